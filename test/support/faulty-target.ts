/** A target on which one operation fails. */
import { EmulatedTarget, type CallOutcome, type OutsideCall } from '#suture/target/index.js';
import type { Process } from '#suture/process/process.js';

export const OPERATIONS = ['read', 'write', 'protect', 'reserve', 'synchronize', 'release', 'call'] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface Fault {
  operation: Operation;
  /** Which one of its kind, from 0. */
  index: number;
}

/** What a failed operation throws. */
export class Injected extends Error {}

/**
 * Operations are counted from `arm` on. One that fails has done what the real one may have done by then: a write has
 * written half of its bytes, a synchronization and a protection nothing.
 */
export class FaultyTarget extends EmulatedTarget {
  readonly counts = new Map<Operation, number>();
  private armed = false;

  constructor(
    process: Process,
    private readonly fault?: Fault,
  ) {
    super(process);
  }

  arm(): void {
    this.armed = true;
  }

  override read(address: number, length: number): Uint8Array {
    this.may('read');
    return super.read(address, length);
  }

  override write(address: number, bytes: Uint8Array): void {
    this.may('write', () => {
      super.write(address, bytes.subarray(0, bytes.length >> 1));
    });
    super.write(address, bytes);
  }

  override protect(start: number, end: number, protection: number): void {
    this.may('protect');
    super.protect(start, end, protection);
  }

  override reserve(start: number, end: number, protection: number, name: string): void {
    this.may('reserve');
    super.reserve(start, end, protection, name);
  }

  override release(start: number, end: number): void {
    this.may('release');
    super.release(start, end);
  }

  override synchronize(start: number, end: number): void {
    this.may('synchronize');
    super.synchronize(start, end);
  }

  override call(call: OutsideCall): CallOutcome {
    this.may('call');
    return super.call(call);
  }

  private may(operation: Operation, half: () => void = () => undefined): void {
    if (!this.armed) return;
    const index = this.counts.get(operation) ?? 0;
    this.counts.set(operation, index + 1);
    if (this.fault?.operation !== operation || this.fault.index !== index) return;
    half();
    throw new Injected(`${operation} ${index} fails`);
  }
}
