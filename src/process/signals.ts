/**
 * Signals of a process: what it wants done with each, which ones wait, and how one reaches its handler.
 *
 *     sent --> pending --(not blocked)--> ignored | default action | handler on the guest's stack --> sigreturn
 *
 * Source: signal(7), sigaction(2), rt_sigqueueinfo(2).
 */
import type { Abi } from './abi/index.js';
import { USER } from './initial-stack.js';

export const SIG_DFL = 0;
export const SIG_IGN = 1;
export const MOST_SIGNALS = 64;
/** The first of the signals that queue; of those below only one of a kind waits. */
const FIRST_REALTIME = 32;
/** Linux bounds what waits by RLIMIT_SIGPENDING. */
const MOST_QUEUED = 1000;

/** si_code: who or what sent it. */
export const SI_USER = 0;
export const SI_KERNEL = 0x80;
export const SI_TKILL = -6;

export interface SignalInfo {
  number: number;
  /** si_code. */
  code: number;
  /** si_addr of a fault. */
  address?: number;
  /** si_pid of a sender, with its si_value if it gave one. */
  sender?: number;
  value?: number;
}

export interface SignalAction {
  /** SIG_DFL, SIG_IGN, or the address of a procedure. */
  handler: number;
  /** As the guest gave them; `Abi.signalFlags` names the bits. */
  flags: number;
  /** Signals blocked while the handler runs. */
  mask: bigint;
  restorer: number;
}

export const DEFAULT_ACTION: SignalAction = { handler: SIG_DFL, flags: 0, mask: 0n, restorer: 0 };

export const bitOf = (signal: number): bigint => 1n << BigInt(signal - 1);

/** Signals sent to a thread or to the process that were not taken yet, in order. */
export class PendingSignals {
  private queue: readonly SignalInfo[] = [];

  get mask(): bigint {
    return this.queue.reduce((mask, { number }) => mask | bitOf(number), 0n);
  }

  get isEmpty(): boolean {
    return this.queue.length === 0;
  }

  add(info: SignalInfo): void {
    const single = info.number < FIRST_REALTIME;
    if (single && this.queue.some(({ number }) => number === info.number)) return;
    if (this.queue.length < MOST_QUEUED) this.queue = [...this.queue, info];
  }

  /** Takes the first of the lowest-numbered signals that are in `mask`. */
  take(mask: bigint): SignalInfo | undefined {
    let found: SignalInfo | undefined;
    for (const info of this.queue) {
      if ((mask & bitOf(info.number)) !== 0n && info.number < (found?.number ?? Infinity)) found = info;
    }
    if (found !== undefined) this.queue = this.queue.filter((info) => info !== found);
    return found;
  }

  discard(signal: number): void {
    this.queue = this.queue.filter(({ number }) => number !== signal);
  }

  fork(): PendingSignals {
    const fork = new PendingSignals();
    fork.queue = this.queue;
    return fork;
  }

  describe(): readonly SignalInfo[] {
    return this.queue;
  }
}

/** siginfo_t as the guest reads it. */
export function encodeSignalInfo(abi: Abi, info: SignalInfo): Uint8Array {
  const bytes = new Uint8Array(SIGINFO_SIZE);
  const view = new DataView(bytes.buffer);
  const little = !abi.bigEndian;
  view.setInt32(0, info.number, little);
  view.setInt32(8, info.code, little);
  const word = (at: number, value: number): void => {
    if (abi.wordSize === 4) view.setUint32(at, value, little);
    else view.setBigInt64(at, BigInt(value), little);
  };
  // The union of details is aligned as a pointer.
  const details = abi.wordSize === 4 ? 12 : 16;
  if (info.address !== undefined) word(details, info.address);
  if (info.sender !== undefined) {
    view.setInt32(details, info.sender, little);
    view.setInt32(details + 4, USER, little);
  }
  if (info.value !== undefined) word(details + 8, info.value);
  return bytes;
}

export const SIGINFO_SIZE = 128;
