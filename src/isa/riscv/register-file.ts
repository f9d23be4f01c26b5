/** The registers of a hart, as both widths keep them. */
import { FloatUnit } from '../float/index.js';
import { SINK } from './decode.js';
import type { Xlen } from './table.js';

const FLOATS = 32;
const CANONICAL_NAN = 0x7fc00000;
const FLAG_BITS = 5;

export const NO_RESERVATION = -1;
/** Word of the canonical NaN, beyond f31: what a register that holds no single counts as in operations on singles. */
export const NAN_SINGLE = 2 * FLOATS;

export class RegisterFile {
  /** x0..x31, and one more that takes what is written to x0. RV64 has two words each, the low one first. */
  readonly x: Int32Array;
  /** The address reserved by `lr`, signed, or `NO_RESERVATION`. */
  reservation = NO_RESERVATION;
  readonly floats = new FloatUnit(FLOATS + 1, { canonicalNan: true, tininess: 'after' });
  /** Rounding mode of fcsr. The reserved ones can be set, and make instructions that ask for it illegal. */
  frm = 0;
  /** 1 when a register has two words: the shift that finds its low one. */
  private readonly wide: 0 | 1;
  /** Pairs of words as RV64 sees them. */
  private readonly doublewords: BigInt64Array;

  constructor(readonly xlen: Xlen) {
    this.wide = xlen === 64 ? 1 : 0;
    this.x = new Int32Array((SINK + 2) << this.wide);
    this.doublewords = new BigInt64Array(this.x.buffer);
    this.floats.words[NAN_SINGLE] = CANONICAL_NAN;
  }

  get fcsr(): number {
    return (this.frm << FLAG_BITS) | this.floats.flags;
  }

  /** Bits that fcsr does not have are ignored. */
  set fcsr(value: number) {
    this.frm = (value >> FLAG_BITS) & 7;
    this.floats.flags = value & ((1 << FLAG_BITS) - 1);
  }

  /** The low word of a register. */
  word(register: number): number {
    return this.x[register << this.wide]!;
  }

  /** Sets a register to a word, sign-extended. */
  setWord(register: number, value: number): void {
    const k = (register === 0 ? SINK : register) << this.wide;
    this.x[k] = value;
    if (this.wide === 1) this.x[k + 1] = value >> 31;
  }

  /** A register as a signed number: exact on RV32, and up to 2^53 in magnitude on RV64. */
  number(register: number): number {
    const k = register << this.wide;
    const low = this.x[k]!;
    return this.wide === 1 ? this.x[k + 1]! * 2 ** 32 + (low >>> 0) : low;
  }

  /** Sets a register to an integer, which is cut to the register's width. */
  setNumber(register: number, value: number): void {
    const k = (register === 0 ? SINK : register) << this.wide;
    this.x[k] = value;
    if (this.wide === 1) this.x[k + 1] = Math.floor(value / 2 ** 32);
  }

  /** A register of RV64. */
  doubleword(register: number): bigint {
    return this.doublewords[register]!;
  }

  /** Sets a register of RV64. */
  setDoubleword(register: number, value: bigint): void {
    this.doublewords[register === 0 ? SINK : register] = value;
  }

  /** A register as an unsigned number of its width. */
  unsigned(register: number): bigint {
    return this.xlen === 64
      ? BigInt.asUintN(64, this.doubleword(register))
      : BigInt(this.word(register) >>> 0);
  }

  copyFrom(other: RegisterFile): void {
    this.x.set(other.x);
    this.reservation = other.reservation;
    this.floats.copyFrom(other.floats);
    this.frm = other.frm;
  }

  /** Everything: the reservation, x0..x31, f0..f31, fcsr. Equal words mean equal registers. */
  words(): number[] {
    const general = this.x.subarray(0, SINK << this.wide);
    return [this.reservation, ...general, ...this.floats.words.subarray(0, NAN_SINGLE), this.fcsr];
  }

  /** Takes over what `words` gave. */
  restore(words: Int32Array): void {
    const floats = 1 + (SINK << this.wide);
    this.reservation = words[0]!;
    this.x.set(words.subarray(1, floats));
    this.floats.words.set(words.subarray(floats, floats + NAN_SINGLE));
    this.fcsr = words[floats + NAN_SINGLE]!;
  }
}
