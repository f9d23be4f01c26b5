/**
 * What the cores of both widths share: misaligned accesses, the rare instructions, and what surrounds the loop.
 *
 * Misaligned loads and stores are carried out, as Linux on RISC-V does; misaligned atomics fault.
 */
import { CachingCore } from '../caching-core.js';
import type { Bus, Register } from '../core.js';
import type { FloatUnit } from '../float/index.js';
import { InstructionCache } from '../icache.js';
import { Page } from '../page.js';
import { FLOAT_NAMES, REGISTER_NAMES } from './abi.js';
import { atomic } from './atomic.js';
import { accessCsr, showsCounter } from './csr.js';
import { decodeAt } from './decode.js';
import { float } from './float.js';
import { NO_RESERVATION, RegisterFile } from './register-file.js';
import { Op, type Xlen } from './table.js';

export abstract class RiscvHart extends CachingCore {
  readonly file: RegisterFile;
  protected nextPc = 0;

  protected constructor(
    protected readonly bus: Bus,
    xlen: Xlen,
  ) {
    super(new InstructionCache(bus, decodeAt[xlen], 1, 4));
    this.file = new RegisterFile(xlen);
  }

  /** x0..x31, for whoever lays them out in memory. RV64 has two words each, the low one first. */
  get x(): Int32Array {
    return this.file.x;
  }

  /** f0..f31, as double k each. */
  get floats(): FloatUnit {
    return this.file.floats;
  }

  get fcsr(): number {
    return this.file.fcsr;
  }

  set fcsr(value: number) {
    this.file.fcsr = value;
  }

  get pc(): number {
    return this.nextPc >>> 0;
  }

  set pc(value: number) {
    this.nextPc = value | 0;
  }

  get(register: number): number {
    return this.file.number(register);
  }

  set(register: number, value: number): void {
    this.file.setNumber(register, value);
  }

  registers(): Register[] {
    const bits = this.file.xlen;
    const general = REGISTER_NAMES.map((name, i) => ({ name, value: this.file.unsigned(i), bits }));
    return [{ name: 'pc', value: BigInt(this.pc), bits }, ...general, ...this.floatRegisters()];
  }

  /** None before the first is used: few programs do. */
  private floatRegisters(): Register[] {
    const values = FLOAT_NAMES.map((name, i) => ({ name, value: this.floats.bits[i]!, bits: 64 as const }));
    if (this.fcsr === 0 && values.every(({ value }) => value === 0n)) return [];
    return [...values, { name: 'fcsr', value: BigInt(this.fcsr), bits: 32 }];
  }

  state(): Int32Array {
    return Int32Array.of(this.nextPc, ...this.file.words());
  }

  override endReservation(): void {
    this.file.reservation = NO_RESERVATION;
  }

  /** Takes over what `state` of a core of the same width gave. */
  restore(state: Int32Array): void {
    this.nextPc = state[0]!;
    this.file.restore(state.subarray(1));
  }

  finishSyscall(): void {
    this.nextPc = (this.nextPc + 4) | 0;
    this.retired++;
  }

  /** Makes this core, which is new, a fork of another of its kind. */
  protected copyFrom(original: RiscvHart): this {
    this.file.copyFrom(original.file);
    this.nextPc = original.nextPc;
    this.retired = original.retired;
    this.timeBase = original.timeBase;
    this.idleTime = original.idleTime;
    this.clockSeen = original.clockSeen;
    this.cache = original.cache.fork(this.bus);
    this.executor = original.executor?.fork(this.bus);
    return this;
  }

  /**
   * Executes what has no place in the loop. `done` is how many instructions retired that `retired` does not
   * count yet.
   *
   * @returns false when the instruction is illegal.
   */
  protected rare(op: Op, word: number, done: number): boolean {
    if (op <= Op.csrrci) {
      const retired = this.retired + done;
      this.clockSeen ||= showsCounter(word);
      return accessCsr(this.file, op, word, { retired, time: this.timeBase + this.idleTime + retired });
    }
    if (op >= Op.fmadd_s) return float(this.file, op, word);
    atomic(this.file, this.bus, op, word);
    return true;
  }

  protected loadHalf(address: number): number {
    if ((address & 1) === 0) return this.bus.load16(address);
    return this.bus.load8(address) | (this.bus.load8((address + 1) | 0) << 8);
  }

  protected loadMisaligned(address: number): number {
    return this.loadHalf(address) | (this.loadHalf((address + 2) | 0) << 16);
  }

  /** Stores the lowest `bytes` bytes of a doubleword. */
  protected storeMisaligned(address: number, bytes: 2 | 4 | 8, low: number, high = 0): void {
    // Both pages are tried before anything changes, so that a fault leaves memory as it was.
    this.bus.checkWritable(address);
    const last = (address + bytes - 1) & Page.base;
    if (last !== (address & Page.base)) this.bus.checkWritable(last);
    for (let i = 0; i < bytes; i++) {
      this.bus.store8((address + i) | 0, (i < 4 ? low : high) >> (8 * (i & 3)));
    }
  }
}
