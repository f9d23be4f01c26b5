/**
 * Floating-point registers and the operations on them.
 *
 * Registers are one buffer seen as doubles, singles, words and bit patterns. A NaN is moved only as words or
 * bits: a JavaScript number does not keep which NaN it is.
 */
import { add, divide, multiply, multiplyAdd, squareRoot, subtract } from './arithmetic.js';
import { compare, convert, fromInteger, toInteger } from './convert.js';
import type { Environment, FloatRules, Order, Rounding } from './environment.js';
import { DOUBLE, SINGLE } from './format.js';

if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
  throw new Error('floating point needs a little-endian host');
}

/**
 * `d`, `a`, `b`, `c` are indices of doubles in operations named ...64 and of words in those named ...32. Every
 * operation takes its operands before it writes its result, and adds to `flags`.
 */
export class FloatUnit implements Environment {
  /** Word 2k is the low half of double k, word 2k + 1 the high half. */
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly singles: Float32Array;
  readonly bits: BigUint64Array;
  flags = 0;

  /** `count` is the number of 64-bit registers. */
  constructor(
    count: number,
    readonly rules: FloatRules,
  ) {
    const buffer = new ArrayBuffer(8 * count);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.singles = new Float32Array(buffer);
    this.bits = new BigUint64Array(buffer);
  }

  /** Takes registers and flags of a unit of the same size. */
  copyFrom(other: FloatUnit): void {
    this.words.set(other.words);
    this.flags = other.flags;
  }

  add64(d: number, a: number, b: number, rm: Rounding): void {
    this.bits[d] = add(this, DOUBLE, this.bits[a]!, this.bits[b]!, rm);
  }

  sub64(d: number, a: number, b: number, rm: Rounding): void {
    this.bits[d] = subtract(this, DOUBLE, this.bits[a]!, this.bits[b]!, rm);
  }

  mul64(d: number, a: number, b: number, rm: Rounding): void {
    this.bits[d] = multiply(this, DOUBLE, this.bits[a]!, this.bits[b]!, rm);
  }

  div64(d: number, a: number, b: number, rm: Rounding): void {
    this.bits[d] = divide(this, DOUBLE, this.bits[a]!, this.bits[b]!, rm);
  }

  sqrt64(d: number, a: number, rm: Rounding): void {
    this.bits[d] = squareRoot(this, DOUBLE, this.bits[a]!, rm);
  }

  /** d = +-(a * b) +- c, rounded once. */
  fma64(
    d: number,
    a: number,
    b: number,
    c: number,
    negateProduct: boolean,
    negateAddend: boolean,
    rm: Rounding,
  ): void {
    const { bits } = this;
    bits[d] = multiplyAdd(this, DOUBLE, bits[a]!, bits[b]!, bits[c]!, negateProduct, negateAddend, rm);
  }

  add32(d: number, a: number, b: number, rm: Rounding): void {
    this.setSingle(d, add(this, SINGLE, this.single(a), this.single(b), rm));
  }

  sub32(d: number, a: number, b: number, rm: Rounding): void {
    this.setSingle(d, subtract(this, SINGLE, this.single(a), this.single(b), rm));
  }

  mul32(d: number, a: number, b: number, rm: Rounding): void {
    this.setSingle(d, multiply(this, SINGLE, this.single(a), this.single(b), rm));
  }

  div32(d: number, a: number, b: number, rm: Rounding): void {
    this.setSingle(d, divide(this, SINGLE, this.single(a), this.single(b), rm));
  }

  sqrt32(d: number, a: number, rm: Rounding): void {
    this.setSingle(d, squareRoot(this, SINGLE, this.single(a), rm));
  }

  /** d = +-(a * b) +- c, rounded once. */
  fma32(
    d: number,
    a: number,
    b: number,
    c: number,
    negateProduct: boolean,
    negateAddend: boolean,
    rm: Rounding,
  ): void {
    const [x, y, z] = [this.single(a), this.single(b), this.single(c)];
    this.setSingle(d, multiplyAdd(this, SINGLE, x, y, z, negateProduct, negateAddend, rm));
  }

  /** A signaling NaN is always invalid; if `signaling`, a quiet one is, too. */
  compare64(a: number, b: number, signaling: boolean): Order {
    return compare(this, DOUBLE, this.bits[a]!, this.bits[b]!, signaling);
  }

  compare32(a: number, b: number, signaling: boolean): Order {
    return compare(this, SINGLE, this.single(a), this.single(b), signaling);
  }

  /** Single `a`, an index of words, to double `d`. */
  widen(d: number, a: number): void {
    this.bits[d] = convert(this, SINGLE, DOUBLE, this.single(a), 0);
  }

  /** Double `a` to single `d`, an index of words. */
  narrow(d: number, a: number, rm: Rounding): void {
    this.setSingle(d, convert(this, DOUBLE, SINGLE, this.bits[a]!, rm));
  }

  /** `value` is at most 64 bits, signed or unsigned. */
  fromInteger64(d: number, value: bigint, rm: Rounding): void {
    this.bits[d] = fromInteger(this, DOUBLE, value, rm);
  }

  fromInteger32(d: number, value: bigint, rm: Rounding): void {
    this.setSingle(d, fromInteger(this, SINGLE, value, rm));
  }

  /** What the integer type cannot hold is invalid and gives the nearest that it can; for a NaN see `FloatRules`. */
  toInteger64(a: number, rm: Rounding, bits: 32 | 64, signed: boolean): bigint {
    return toInteger(this, DOUBLE, this.bits[a]!, rm, bits, signed);
  }

  toInteger32(a: number, rm: Rounding, bits: 32 | 64, signed: boolean): bigint {
    return toInteger(this, SINGLE, this.single(a), rm, bits, signed);
  }

  private single(index: number): bigint {
    return BigInt(this.words[index]! >>> 0);
  }

  private setSingle(index: number, bits: bigint): void {
    this.words[index] = Number(bits);
  }
}
