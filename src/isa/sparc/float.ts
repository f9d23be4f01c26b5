/**
 * The floating-point unit of both versions: registers, FSR, and the operations as FSR wants them.
 *
 * An operation leaves its exceptions in cexc and adds them to aexc. One that raises an enabled exception traps
 * at once and changes nothing but FSR; the floating-point queue of V8 implementations, which trap later, is
 * not modelled. Nonstandard mode does not exist: NS reads as zero.
 *
 * Source: The SPARC Architecture Manual, Version 8, section 4.4 "Floating-Point State Register" and appendix
 * N; Version 9, section 5.1.7 "Floating-Point State Register (FSR)" and appendix B.
 */
import type { Register } from '../core.js';
import { Flag, FloatUnit, Order, Rounding } from '../float/index.js';
import { Fcc } from './conditions.js';
import { Op } from './operations.js';
import type { Version } from './table-float.js';

/** By RD of FSR. */
const ROUNDINGS = [Rounding.nearestEven, Rounding.towardZero, Rounding.up, Rounding.down];

/** Where the fields of FSR begin. */
const enum Fsr {
  current = 0,
  accrued = 5,
  fcc0 = 10,
  trapType = 14,
  enabled = 23,
  rounding = 30,
}

const EXCEPTIONS = 0b11111;

/** The trap type that exceptions leave; the others are for troubles of the hardware. */
const IEEE_754_EXCEPTION = 1;

/** FSR has nv, of, uf, dz, nx from bit 4 down, `Flag` has dz after nv. */
const toFsr = (flags: number): number =>
  (flags & (Flag.invalid | Flag.inexact)) |
  ((flags & (Flag.overflow | Flag.underflow)) << 1) |
  ((flags & Flag.divideByZero) >> 2);
const fromFsr = (bits: number): number =>
  (bits & (Flag.invalid | Flag.inexact)) | ((bits & 0b01100) >> 1) | ((bits & 0b00010) << 2);

/** In the order in which one of several enabled exceptions is the one that traps. */
const BY_PRIORITY = [Flag.invalid, Flag.divideByZero, Flag.overflow, Flag.underflow, Flag.inexact];

const enum Bits {
  sign = -0x80000000,
  magnitude = 0x7fffffff,
  exponent32 = 0x7f800000,
  fraction32 = 0x007fffff,
  exponentHigh64 = 0x7ff00000,
  fractionHigh64 = 0x000fffff,
}

export class FloatingPoint {
  /** f(n) is word n ^ 1, and the double register f(2k) is double k. */
  readonly unit: FloatUnit;
  /** fcc0 in the lowest two bits, then fcc1 and so on, of which V8 has only the first. */
  fcc = 0;
  private mode: Rounding = Rounding.nearestEven;
  /** RD, of which `mode` is the meaning. */
  private rounding = 0;
  // Exceptions as `Flag` bits: those that trap, those since somebody cleared them, those of the last operation.
  private enabled = 0;
  private accrued = 0;
  private current = 0;
  private trapType = 0;

  constructor(version: Version) {
    this.unit = new FloatUnit(version === 'v8' ? 16 : 32, { canonicalNan: false, tininess: 'before' });
  }

  /** The low 32 bits of FSR, unsigned. Writing changes what ldfsr may change: not version and trap type. */
  get fsr(): number {
    const { rounding, enabled, trapType, fcc, accrued, current } = this;
    const low =
      (toFsr(enabled) << Fsr.enabled) |
      (trapType << Fsr.trapType) |
      ((fcc & 3) << Fsr.fcc0) |
      (toFsr(accrued) << Fsr.accrued) |
      (toFsr(current) << Fsr.current);
    return ((rounding << Fsr.rounding) | low) >>> 0;
  }

  set fsr(value: number) {
    this.rounding = value >>> Fsr.rounding;
    this.mode = ROUNDINGS[this.rounding]!;
    this.enabled = fromFsr((value >> Fsr.enabled) & EXCEPTIONS);
    this.fcc = (this.fcc & ~3) | ((value >> Fsr.fcc0) & 3);
    this.accrued = fromFsr((value >> Fsr.accrued) & EXCEPTIONS);
    this.current = fromFsr((value >> Fsr.current) & EXCEPTIONS);
  }

  /** The high 32 bits of V9's FSR: fcc1 to fcc3. */
  get fsrHigh(): number {
    return this.fcc >>> 2;
  }

  set fsrHigh(value: number) {
    this.fcc = (this.fcc & 3) | ((value & 0x3f) << 2);
  }

  /** As storing FSR does. */
  clearTrapType(): void {
    this.trapType = 0;
  }

  /** As an operation does that raises no exception. */
  clearCurrent(): void {
    this.current = 0;
    this.trapType = 0;
  }

  copyFrom(other: FloatingPoint): void {
    this.unit.copyFrom(other.unit);
    this.fcc = other.fcc;
    this.trapType = other.trapType;
    this.fsr = other.fsr;
  }

  state(): Int32Array {
    return Int32Array.of(this.fsr, this.fcc, ...this.unit.words);
  }

  /** Takes over what `state` gave. */
  restoreState(state: Int32Array): void {
    this.fsr = state[0]!;
    this.trapType = (state[0]! >> Fsr.trapType) & 7;
    this.fcc = state[1]!;
    this.unit.words.set(state.subarray(2));
  }

  /** None before the first is used: few programs do. */
  registers(): Register[] {
    const { words, bits } = this.unit;
    if (this.fsr === 0 && words.every((word) => word === 0)) return [];
    const all: Register[] = [{ name: 'fsr', value: BigInt(this.fsr), bits: 32 }];
    for (let n = 0; n < 32; n++) all.push({ name: `f${n}`, value: BigInt(words[n ^ 1]! >>> 0), bits: 32 });
    for (let k = 16; k < bits.length; k++) all.push({ name: `f${2 * k}`, value: bits[k]!, bits: 64 });
    return all;
  }

  /**
   * An operation on registers, see `decodeAt`. Returns the exception that traps, as a `Flag` bit, or 0.
   */
  operate(op: Op, d: number, a: number, b: number): number {
    if (this.enabled !== 0) return this.guarded(op, d, a, b);
    const { unit } = this;
    unit.flags = 0;
    this.compute(op, d, a, b);
    this.current = unit.flags;
    this.accrued |= unit.flags;
    this.trapType = 0;
    return 0;
  }

  /** The same while exceptions are enabled: what traps gives back what it has written. */
  private guarded(op: Op, d: number, a: number, b: number): number {
    const { unit, enabled, fcc } = this;
    const before = unit.words.slice();
    unit.flags = 0;
    this.compute(op, d, a, b);
    // Enabled, underflow does not wait for a loss of accuracy.
    if ((enabled & Flag.underflow) !== 0 && this.isTiny(op, d)) unit.flags |= Flag.underflow;
    const trap = BY_PRIORITY.find((flag) => (unit.flags & enabled & flag) !== 0);
    if (trap !== undefined) {
      unit.words.set(before);
      this.fcc = fcc;
      this.current = trap;
      this.trapType = IEEE_754_EXCEPTION;
      return trap;
    }
    this.current = unit.flags;
    this.accrued |= unit.flags;
    this.trapType = 0;
    return 0;
  }

  /** Whether the operation computed a number, and that is subnormal. */
  private isTiny(op: Op, d: number): boolean {
    const { words } = this.unit;
    switch (op) {
      case Op.fadds:
      case Op.fsubs:
      case Op.fmuls:
      case Op.fdivs:
      case Op.fdtos:
        return (words[d]! & Bits.exponent32) === 0 && (words[d]! & Bits.fraction32) !== 0;
      case Op.faddd:
      case Op.fsubd:
      case Op.fmuld:
      case Op.fdivd: {
        const high = words[2 * d + 1]!;
        return (high & Bits.exponentHigh64) === 0 && ((high & Bits.fractionHigh64) | words[2 * d]!) !== 0;
      }
      default:
        return false;
    }
  }

  private compute(op: Op, d: number, a: number, b: number): void {
    const { unit, mode } = this;
    const { words } = unit;
    switch (op) {
      case Op.fadds:
        unit.add32(d, a, b, mode);
        break;
      case Op.faddd:
        unit.add64(d, a, b, mode);
        break;
      case Op.fsubs:
        unit.sub32(d, a, b, mode);
        break;
      case Op.fsubd:
        unit.sub64(d, a, b, mode);
        break;
      case Op.fmuls:
        unit.mul32(d, a, b, mode);
        break;
      case Op.fmuld:
        unit.mul64(d, a, b, mode);
        break;
      case Op.fdivs:
        unit.div32(d, a, b, mode);
        break;
      case Op.fdivd:
        unit.div64(d, a, b, mode);
        break;
      case Op.fsmuld:
        unit.mulWide(d, a, b);
        break;
      case Op.fsqrts:
        unit.sqrt32(d, b, mode);
        break;
      case Op.fsqrtd:
        unit.sqrt64(d, b, mode);
        break;
      case Op.fmovs:
        words[d] = words[b]!;
        break;
      case Op.fnegs:
        words[d] = words[b]! ^ Bits.sign;
        break;
      case Op.fabss:
        words[d] = words[b]! & Bits.magnitude;
        break;
      case Op.fmovd:
        words[2 * d] = words[2 * b]!;
        words[2 * d + 1] = words[2 * b + 1]!;
        break;
      case Op.fnegd:
        words[2 * d] = words[2 * b]!;
        words[2 * d + 1] = words[2 * b + 1]! ^ Bits.sign;
        break;
      case Op.fabsd:
        words[2 * d] = words[2 * b]!;
        words[2 * d + 1] = words[2 * b + 1]! & Bits.magnitude;
        break;
      case Op.fcmps:
        this.setFcc(d, unit.compare32(a, b, false));
        break;
      case Op.fcmpd:
        this.setFcc(d, unit.compare64(a, b, false));
        break;
      case Op.fcmpes:
        this.setFcc(d, unit.compare32(a, b, true));
        break;
      case Op.fcmped:
        this.setFcc(d, unit.compare64(a, b, true));
        break;
      case Op.fitos:
        unit.fromNumber32(d, words[b]!, mode);
        break;
      case Op.fitod:
        unit.doubles[d] = words[b]!;
        break;
      case Op.fstoi:
        words[d] = unit.toWord32(b, Rounding.towardZero, true);
        break;
      case Op.fdtoi:
        words[d] = unit.toWord64(b, Rounding.towardZero, true);
        break;
      case Op.fstod:
        unit.widen(d, b);
        break;
      case Op.fdtos:
        unit.narrow(d, b, mode);
        break;
      case Op.fxtos:
        unit.fromInteger32(d, BigInt.asIntN(64, unit.bits[b]!), mode);
        break;
      case Op.fxtod:
        unit.fromInteger64(d, BigInt.asIntN(64, unit.bits[b]!), mode);
        break;
      case Op.fstox:
        unit.bits[d] = BigInt.asUintN(64, unit.toInteger32(b, Rounding.towardZero, 64, true));
        break;
      case Op.fdtox:
        unit.bits[d] = BigInt.asUintN(64, unit.toInteger64(b, Rounding.towardZero, 64, true));
        break;
      default:
        throw new Error(`floating-point operation ${op} is in the table but not in the unit`);
    }
  }

  private setFcc(shift: number, order: Order): void {
    this.fcc = (this.fcc & ~(3 << shift)) | (fccOf(order) << shift);
  }
}

function fccOf(order: Order): Fcc {
  switch (order) {
    case Order.less:
      return Fcc.less;
    case Order.equal:
      return Fcc.equal;
    case Order.greater:
      return Fcc.greater;
    case Order.unordered:
      return Fcc.unordered;
  }
}
