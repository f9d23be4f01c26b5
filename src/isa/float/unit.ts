/**
 * Floating-point registers and the operations on them.
 *
 * Registers are one buffer seen as doubles, singles, words and bit patterns. A NaN is moved only as words or
 * bits: a JavaScript number does not keep which NaN it is.
 *
 * The host rounds to nearest, so an operation that does is left to it, unless its result is a NaN or infinite or
 * may be subnormal. Whether it was exact is found out only until `inexact` is set. Everything else is computed
 * with integers.
 */
import { add, divide, multiply, multiplyAdd, squareRoot, subtract } from './arithmetic.js';
import { compare, convert, fromInteger, multiplyWide, toInteger } from './convert.js';
import { Flag, Order, Rounding, type Environment, type FloatRules } from './environment.js';
import { productError, splits, sumError, sumIsExact, sumToOdd } from './error-free.js';
import { DOUBLE, SINGLE } from './format.js';
import { roundToIntegral } from './integral.js';

if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
  throw new Error('floating point needs a little-endian host');
}

/** A nonzero result up to the smallest normal number may have been subnormal before it was rounded. */
const enum Smallest {
  normal64 = 2 ** -1022,
  normal32 = 2 ** -126,
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
    const x = this.doubles[a]!;
    const y = this.doubles[b]!;
    const sum = x + y;
    // A subnormal sum is exact.
    if (rm === Rounding.nearestEven && Math.abs(sum) < Infinity) {
      this.doubles[d] = sum;
      if ((this.flags & Flag.inexact) === 0 && !sumIsExact(x, y, sum)) this.flags |= Flag.inexact;
    } else {
      this.bits[d] = add(this, DOUBLE, this.bits[a]!, this.bits[b]!, rm);
    }
  }

  sub64(d: number, a: number, b: number, rm: Rounding): void {
    const x = this.doubles[a]!;
    const y = this.doubles[b]!;
    const difference = x - y;
    if (rm === Rounding.nearestEven && Math.abs(difference) < Infinity) {
      this.doubles[d] = difference;
      if ((this.flags & Flag.inexact) === 0 && !sumIsExact(x, -y, difference)) this.flags |= Flag.inexact;
    } else {
      this.bits[d] = subtract(this, DOUBLE, this.bits[a]!, this.bits[b]!, rm);
    }
  }

  mul64(d: number, a: number, b: number, rm: Rounding): void {
    const x = this.doubles[a]!;
    const y = this.doubles[b]!;
    const product = x * y;
    const magnitude = Math.abs(product);
    if (rm === Rounding.nearestEven) {
      if (magnitude > Smallest.normal64 && magnitude < Infinity) {
        if ((this.flags & Flag.inexact) !== 0) {
          this.doubles[d] = product;
          return;
        }
        if (splits(x) && splits(y)) {
          this.doubles[d] = product;
          if (productError(x, y, product) !== 0) this.flags |= Flag.inexact;
          return;
        }
      } else if (product === 0 && (x === 0 || y === 0)) {
        this.doubles[d] = product;
        return;
      }
    }
    this.bits[d] = multiply(this, DOUBLE, this.bits[a]!, this.bits[b]!, rm);
  }

  div64(d: number, a: number, b: number, rm: Rounding): void {
    const x = this.doubles[a]!;
    const y = this.doubles[b]!;
    const quotient = x / y;
    const magnitude = Math.abs(quotient);
    if (rm === Rounding.nearestEven) {
      if (magnitude > Smallest.normal64 && magnitude < Infinity) {
        if ((this.flags & Flag.inexact) !== 0) {
          this.doubles[d] = quotient;
          return;
        }
        if (splits(quotient) && splits(y)) {
          this.doubles[d] = quotient;
          if (quotient * y !== x || productError(quotient, y, x) !== 0) this.flags |= Flag.inexact;
          return;
        }
      } else if (quotient === 0 && x === 0) {
        this.doubles[d] = quotient;
        return;
      }
    }
    this.bits[d] = divide(this, DOUBLE, this.bits[a]!, this.bits[b]!, rm);
  }

  /** The host's square root is the processor's instruction. */
  sqrt64(d: number, a: number, rm: Rounding): void {
    const x = this.doubles[a]!;
    const root = Math.sqrt(x);
    if (rm === Rounding.nearestEven && root < Infinity) {
      if (root === 0 || (this.flags & Flag.inexact) !== 0) {
        this.doubles[d] = root;
        return;
      }
      if (splits(root)) {
        this.doubles[d] = root;
        if (root * root !== x || productError(root, root, x) !== 0) this.flags |= Flag.inexact;
        return;
      }
    }
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
    const { doubles, bits } = this;
    const x = negateProduct ? -doubles[a]! : doubles[a]!;
    const y = doubles[b]!;
    const z = negateAddend ? -doubles[c]! : doubles[c]!;
    if (rm === Rounding.nearestEven && Math.abs(z) < 2 ** 1000) {
      const product = x * y;
      if (product === 0 && (x === 0 || y === 0)) {
        doubles[d] = product + z;
        return;
      }
      if (splits(x) && splits(y)) {
        // Boldo and Melquiond: three parts that add up exactly, the lower two rounded to odd.
        const error = productError(x, y, product);
        const low = z + error;
        const high = product + low;
        const rest = sumToOdd(sumError(product, low, high), sumError(z, error, low));
        const result = high + rest;
        // All parts are multiples of the smallest subnormal number, so that a subnormal result is exact.
        doubles[d] = result;
        if ((this.flags & Flag.inexact) === 0 && !sumIsExact(high, rest, result)) this.flags |= Flag.inexact;
        return;
      }
    }
    bits[d] = multiplyAdd(this, DOUBLE, bits[a]!, bits[b]!, bits[c]!, negateProduct, negateAddend, rm);
  }

  // A double has more than twice the bits of a single and two more, so that rounding a double's sum, product,
  // quotient or root of singles to a single gives what rounding once would.

  add32(d: number, a: number, b: number, rm: Rounding): void {
    const x = this.singles[a]!;
    const y = this.singles[b]!;
    const sum = x + y;
    const result = Math.fround(sum);
    if (rm === Rounding.nearestEven && Math.abs(result) < Infinity) {
      this.singles[d] = result;
      if ((this.flags & Flag.inexact) === 0 && !(result === sum && sumIsExact(x, y, sum))) {
        this.flags |= Flag.inexact;
      }
    } else {
      this.setSingle(d, add(this, SINGLE, this.single(a), this.single(b), rm));
    }
  }

  sub32(d: number, a: number, b: number, rm: Rounding): void {
    const x = this.singles[a]!;
    const y = this.singles[b]!;
    const difference = x - y;
    const result = Math.fround(difference);
    if (rm === Rounding.nearestEven && Math.abs(result) < Infinity) {
      this.singles[d] = result;
      if ((this.flags & Flag.inexact) === 0 && !(result === difference && sumIsExact(x, -y, difference))) {
        this.flags |= Flag.inexact;
      }
    } else {
      this.setSingle(d, subtract(this, SINGLE, this.single(a), this.single(b), rm));
    }
  }

  mul32(d: number, a: number, b: number, rm: Rounding): void {
    const product = this.singles[a]! * this.singles[b]!;
    const result = Math.fround(product);
    const magnitude = Math.abs(result);
    if (
      rm === Rounding.nearestEven &&
      ((magnitude > Smallest.normal32 && magnitude < Infinity) || product === 0)
    ) {
      this.singles[d] = result;
      // The product is exact as a double.
      if (result !== product) this.flags |= Flag.inexact;
    } else {
      this.setSingle(d, multiply(this, SINGLE, this.single(a), this.single(b), rm));
    }
  }

  /** The product of singles `a` and `b`, indices of words, as double `d`: it is exact. */
  mulWide(d: number, a: number, b: number): void {
    const product = this.singles[a]! * this.singles[b]!;
    if (product === product) {
      this.doubles[d] = product;
    } else {
      const [x, y] = [this.single(a), this.single(b)];
      this.bits[d] = multiplyWide(this, SINGLE, DOUBLE, x, y, Rounding.nearestEven);
    }
  }

  div32(d: number, a: number, b: number, rm: Rounding): void {
    const x = this.singles[a]!;
    const y = this.singles[b]!;
    const result = Math.fround(x / y);
    const magnitude = Math.abs(result);
    if (rm === Rounding.nearestEven && magnitude > Smallest.normal32 && magnitude < Infinity) {
      this.singles[d] = result;
      if (result * y !== x) this.flags |= Flag.inexact;
    } else {
      this.setSingle(d, divide(this, SINGLE, this.single(a), this.single(b), rm));
    }
  }

  sqrt32(d: number, a: number, rm: Rounding): void {
    const x = this.singles[a]!;
    const result = Math.fround(Math.sqrt(x));
    if (rm === Rounding.nearestEven && result < Infinity) {
      this.singles[d] = result;
      if (result * result !== x) this.flags |= Flag.inexact;
    } else {
      this.setSingle(d, squareRoot(this, SINGLE, this.single(a), rm));
    }
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
    const product = this.singles[a]! * this.singles[b]!;
    const z = this.singles[c]!;
    const sum = sumToOdd(negateProduct ? -product : product, negateAddend ? -z : z);
    const result = Math.fround(sum);
    const magnitude = Math.abs(result);
    if (
      rm === Rounding.nearestEven &&
      ((magnitude > Smallest.normal32 && magnitude < Infinity) || sum === 0)
    ) {
      this.singles[d] = result;
      if (result !== sum) this.flags |= Flag.inexact;
    } else {
      this.setSingle(
        d,
        multiplyAdd(
          this,
          SINGLE,
          this.single(a),
          this.single(b),
          this.single(c),
          negateProduct,
          negateAddend,
          rm,
        ),
      );
    }
  }

  /** A signaling NaN is always invalid; if `signaling`, a quiet one is, too. */
  compare64(a: number, b: number, signaling: boolean): Order {
    const x = this.doubles[a]!;
    const y = this.doubles[b]!;
    if (x < y) return Order.less;
    if (x > y) return Order.greater;
    if (x === y) return Order.equal;
    return compare(this, DOUBLE, this.bits[a]!, this.bits[b]!, signaling);
  }

  compare32(a: number, b: number, signaling: boolean): Order {
    const x = this.singles[a]!;
    const y = this.singles[b]!;
    if (x < y) return Order.less;
    if (x > y) return Order.greater;
    if (x === y) return Order.equal;
    return compare(this, SINGLE, this.single(a), this.single(b), signaling);
  }

  /** Single `a`, an index of words, to double `d`. */
  widen(d: number, a: number): void {
    const x = this.singles[a]!;
    if (x === x) this.doubles[d] = x;
    else this.bits[d] = convert(this, SINGLE, DOUBLE, this.single(a), Rounding.nearestEven);
  }

  /** Double `a` to single `d`, an index of words. */
  narrow(d: number, a: number, rm: Rounding): void {
    const x = this.doubles[a]!;
    const result = Math.fround(x);
    const magnitude = Math.abs(result);
    if (result === x) {
      this.singles[d] = result;
    } else if (rm === Rounding.nearestEven && magnitude > Smallest.normal32 && magnitude < Infinity) {
      this.singles[d] = result;
      this.flags |= Flag.inexact;
    } else {
      this.setSingle(d, convert(this, DOUBLE, SINGLE, this.bits[a]!, rm));
    }
  }

  /** `value` is at most 64 bits, signed or unsigned. */
  fromInteger64(d: number, value: bigint, rm: Rounding): void {
    const x = Number(value);
    if (Math.abs(x) < 2 ** 53) this.doubles[d] = x;
    else this.bits[d] = fromInteger(this, DOUBLE, value, rm);
  }

  fromInteger32(d: number, value: bigint, rm: Rounding): void {
    const x = Number(value);
    if (Math.abs(x) < 2 ** 53) this.fromNumber32(d, x, rm);
    else this.setSingle(d, fromInteger(this, SINGLE, value, rm));
  }

  /** `fromInteger32` for a safe integer. For doubles there is no such method: they hold it as it is. */
  fromNumber32(d: number, value: number, rm: Rounding): void {
    const result = Math.fround(value);
    if (result === value) {
      this.singles[d] = result;
    } else if (rm === Rounding.nearestEven) {
      this.singles[d] = result;
      this.flags |= Flag.inexact;
    } else {
      this.setSingle(d, fromInteger(this, SINGLE, BigInt(value), rm));
    }
  }

  /** What the integer type cannot hold is invalid and gives the nearest that it can; for a NaN see `FloatRules`. */
  toInteger64(a: number, rm: Rounding, bits: 32 | 64, signed: boolean): bigint {
    const value = this.integer(this.doubles[a]!, rm, bits, signed);
    return value === value ? BigInt(value) : toInteger(this, DOUBLE, this.bits[a]!, rm, bits, signed);
  }

  toInteger32(a: number, rm: Rounding, bits: 32 | 64, signed: boolean): bigint {
    const value = this.integer(this.singles[a]!, rm, bits, signed);
    return value === value ? BigInt(value) : toInteger(this, SINGLE, this.single(a), rm, bits, signed);
  }

  /** `toInteger64` to 32 bits, as a signed word whatever `signed` says. */
  toWord64(a: number, rm: Rounding, signed: boolean): number {
    const value = this.integer(this.doubles[a]!, rm, 32, signed);
    return value === value ? value | 0 : Number(toInteger(this, DOUBLE, this.bits[a]!, rm, 32, signed)) | 0;
  }

  toWord32(a: number, rm: Rounding, signed: boolean): number {
    const value = this.integer(this.singles[a]!, rm, 32, signed);
    return value === value ? value | 0 : Number(toInteger(this, SINGLE, this.single(a), rm, 32, signed)) | 0;
  }

  /** x as an integer of this type; NaN if it is none. */
  private integer(x: number, rm: Rounding, bits: 32 | 64, signed: boolean): number {
    const value = roundToIntegral(x, rm);
    const range = bits === 32 ? 2 ** 32 : 2 ** 64;
    const inRange = signed ? value >= -range / 2 && value < range / 2 : value >= 0 && value < range;
    if (!inRange) return NaN;
    if (value !== x) this.flags |= Flag.inexact;
    return value;
  }

  private single(index: number): bigint {
    return BigInt(this.words[index]! >>> 0);
  }

  private setSingle(index: number, bits: bigint): void {
    this.words[index] = Number(bits);
  }
}
