/**
 * IEEE 754 by its definitions: results are compared with every candidate's exact value as fractions, and the
 * candidate is found by bisection. What infinities and zeros do is asked of the host. Slow, and shares nothing
 * with the implementation.
 */
import type { Widths } from './floats.js';

export interface Answer {
  bits: bigint;
  flags: number;
}

const INEXACT = 1;
const UNDERFLOW = 2;
const OVERFLOW = 4;
const DIVIDE_BY_ZERO = 8;
const INVALID = 16;

const [EVEN, , DOWN, UP, AWAY] = [0, 1, 2, 3, 4];

/** A fraction; the denominator is positive. */
type Fraction = readonly [numerator: bigint, denominator: bigint];

/** The sign of a magnitude minus a fraction. */
type Comparison = (fraction: Fraction) => number;

const signOf = (value: bigint): number => (value > 0n ? 1 : value < 0n ? -1 : 0);
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

const signBit = ({ exponentBits, fractionBits }: Widths): bigint => 1n << BigInt(exponentBits + fractionBits);
const infinity = ({ exponentBits, fractionBits }: Widths): bigint =>
  BigInt(2 ** exponentBits - 1) << BigInt(fractionBits);
const canonical = (format: Widths): bigint => infinity(format) | (1n << BigInt(format.fractionBits - 1));

const isNegative = (format: Widths, bits: bigint): boolean => bits >= signBit(format);
const unsigned = (format: Widths, bits: bigint): bigint => bits % signBit(format);
const isNan = (format: Widths, bits: bigint): boolean => unsigned(format, bits) > infinity(format);
const isSignaling = (format: Widths, bits: bigint): boolean =>
  isNan(format, bits) && unsigned(format, bits) < canonical(format);
const isInfinite = (format: Widths, bits: bigint): boolean => unsigned(format, bits) === infinity(format);

/** The exact value; that of infinity is the number that would follow the largest one. */
function valueOf(format: Widths, bits: bigint): Fraction {
  const { exponentBits, fractionBits } = format;
  const exponent = Number(unsigned(format, bits) >> BigInt(fractionBits));
  const fraction = bits % (1n << BigInt(fractionBits));
  const significand = exponent === 0 ? fraction : fraction + (1n << BigInt(fractionBits));
  const power = Math.max(exponent, 1) - (2 ** (exponentBits - 1) - 1) - fractionBits;
  const signed = isNegative(format, bits) ? -significand : significand;
  return power < 0 ? [signed, 1n << BigInt(-power)] : [signed << BigInt(power), 1n];
}

const compareWith =
  ([n, d]: Fraction): Comparison =>
  ([m, e]) =>
    signOf(magnitude(n) * e - m * d);

/** The candidate for a magnitude: the next one below it or above it, as the mode wants. */
function candidate(
  format: Widths,
  negative: boolean,
  compare: Comparison,
  rm: number,
): { chosen: bigint; below: bigint; exact: boolean } {
  let below = 0n;
  let above = infinity(format) + 1n;
  while (above - below > 1n) {
    const middle = (below + above) >> 1n;
    if (compare(valueOf(format, middle)) >= 0) below = middle;
    else above = middle;
  }
  const low = valueOf(format, below);
  if (compare(low) === 0) return { chosen: below, below, exact: true };
  const beyond = below === infinity(format);
  const high = valueOf(format, below + 1n);
  const half = beyond ? 1 : compare([low[0] * high[1] + high[0] * low[1], 2n * low[1] * high[1]]);
  const odd = (below & 1n) === 1n;
  const upwards =
    rm === EVEN ? half > 0 || (half === 0 && odd) : rm === AWAY ? half >= 0 : rm === (negative ? DOWN : UP);
  return { chosen: beyond || !upwards ? below : below + 1n, below, exact: false };
}

function rounded(
  format: Widths,
  negative: boolean,
  compare: Comparison,
  rm: number,
  tininess: 'before' | 'after',
): Answer {
  const { chosen, below, exact } = candidate(format, negative, compare, rm);
  const sign = negative ? signBit(format) : 0n;
  if (chosen === infinity(format)) {
    const stays = rm !== EVEN && rm !== AWAY && rm !== (negative ? DOWN : UP);
    return { bits: sign + (stays ? chosen - 1n : chosen), flags: OVERFLOW + INEXACT };
  }
  if (exact) return { bits: sign + chosen, flags: 0 };
  const smallestNormal = 1n << BigInt(format.fractionBits);
  let tiny = below < smallestNormal;
  if (tiny && tininess === 'after') {
    // Twice the value has one bit more to be rounded to; what is still smaller has more.
    const doubled = candidate(format, negative, ([n, d]) => compare([n, 2n * d]), rm);
    tiny = doubled.chosen < 2n * smallestNormal;
  }
  return { bits: sign + chosen, flags: INEXACT + (tiny ? UNDERFLOW : 0) };
}

/** Infinities and zeros as they are, everything else 1 or -1. */
function stand(format: Widths, bits: bigint): number {
  const sign = isNegative(format, bits) ? -1 : 1;
  return sign * (isInfinite(format, bits) ? Infinity : unsigned(format, bits) === 0n ? 0 : 1);
}

/** The answer that the host gives to the operation on stand-ins: an infinity, a zero, or invalid. */
function special(format: Widths, value: number): Answer {
  if (Number.isNaN(value)) return { bits: canonical(format), flags: INVALID };
  const negative = value < 0 || Object.is(value, -0);
  const bits = (value === 0 ? 0n : infinity(format)) + (negative ? signBit(format) : 0n);
  return { bits, flags: 0 };
}

/** What every operation does with NaNs where they are not propagated. */
function nan(format: Widths, operands: readonly bigint[]): Answer | undefined {
  if (!operands.some((bits) => isNan(format, bits))) return undefined;
  return {
    bits: canonical(format),
    flags: operands.some((bits) => isSignaling(format, bits)) ? INVALID : 0,
  };
}

const plus = ([n, d]: Fraction, [m, e]: Fraction): Fraction => [n * e + m * d, d * e];
const times = ([n, d]: Fraction, [m, e]: Fraction): Fraction => [n * m, d * e];
const minus = (format: Widths, bits: bigint): bigint => bits ^ signBit(format);

export class Rationals {
  constructor(
    readonly format: Widths,
    readonly tininess: 'before' | 'after',
  ) {}

  add(a: bigint, b: bigint, rm: number): Answer {
    const { format } = this;
    const early = nan(format, [a, b]) ?? this.infinite([a, b], ([x, y]) => x! + y!);
    if (early !== undefined) return early;
    return this.total(valueOf(format, a), valueOf(format, b), stand(format, a), stand(format, b), rm);
  }

  subtract(a: bigint, b: bigint, rm: number): Answer {
    return nan(this.format, [a, b]) ?? this.add(a, minus(this.format, b), rm);
  }

  multiply(a: bigint, b: bigint, rm: number): Answer {
    const { format } = this;
    const early = nan(format, [a, b]) ?? this.infinite([a, b], ([x, y]) => x! * y!);
    if (early !== undefined) return early;
    const product = stand(format, a) * stand(format, b);
    if (product === 0) return special(format, product);
    return this.round(product < 0, times(valueOf(format, a), valueOf(format, b)), rm);
  }

  divide(a: bigint, b: bigint, rm: number): Answer {
    const { format } = this;
    const early = nan(format, [a, b]) ?? this.infinite([a, b], ([x, y]) => x! / y!);
    if (early !== undefined) return early;
    const quotient = stand(format, a) / stand(format, b);
    if (!Number.isFinite(quotient) || quotient === 0) {
      const answer = special(format, quotient);
      return Number.isNaN(quotient) || quotient === 0 ? answer : { ...answer, flags: DIVIDE_BY_ZERO };
    }
    const [n, d] = valueOf(format, b);
    const inverse: Fraction = n < 0n ? [-d, -n] : [d, n];
    return this.round(quotient < 0, times(valueOf(format, a), inverse), rm);
  }

  squareRoot(a: bigint, rm: number): Answer {
    const { format } = this;
    const root = Math.sqrt(stand(format, a));
    const early = nan(format, [a]);
    if (early !== undefined) return early;
    if (root !== 1) return special(format, root);
    const square = compareWith(valueOf(format, a));
    return rounded(format, false, ([n, d]) => square([n * n, d * d]), rm, this.tininess);
  }

  /** +-(a * b) +- c */
  multiplyAdd(
    a: bigint,
    b: bigint,
    c: bigint,
    negateProduct: boolean,
    negateAddend: boolean,
    rm: number,
  ): Answer {
    const { format } = this;
    const early = nan(format, [a, b, c]);
    if (early !== undefined) {
      const badProduct =
        !isNan(format, a) && !isNan(format, b) && Number.isNaN(stand(format, a) * stand(format, b));
      return badProduct ? { ...early, flags: INVALID } : early;
    }
    const x = negateProduct ? minus(format, a) : a;
    const z = negateAddend ? minus(format, c) : c;
    const infinite = this.infinite([x, b, z], ([u, v, w]) => u! * v! + w!);
    if (infinite !== undefined) return infinite;
    const product = times(valueOf(format, x), valueOf(format, b));
    return this.total(product, valueOf(format, z), stand(format, x) * stand(format, b), stand(format, z), rm);
  }

  /** From this format to another. */
  convert(a: bigint, to: Rationals, rm: number): Answer {
    const { format } = this;
    if (isNan(format, a)) return { bits: canonical(to.format), flags: nan(format, [a])!.flags };
    const value = stand(format, a);
    if (Math.abs(value) !== 1) return special(to.format, value);
    return to.round(value < 0, valueOf(format, a), rm);
  }

  fromInteger(value: bigint, rm: number): Answer {
    return value === 0n ? special(this.format, 0) : this.round(value < 0n, [value, 1n], rm);
  }

  /** As RISC-V has it: the nearest integer there is, the largest for a NaN. */
  toInteger(a: bigint, rm: number, bits: number, isSigned: boolean): { value: bigint; flags: number } {
    const { format } = this;
    const largest = isSigned ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n;
    const smallest = isSigned ? -(2n ** BigInt(bits - 1)) : 0n;
    if (isNan(format, a)) return { value: largest, flags: INVALID };
    const [n, d] = valueOf(format, a);
    const floor = n >= 0n ? n / d : -((d - 1n - n) / d);
    const twiceRest = 2n * (n - floor * d);
    const up =
      rm === EVEN
        ? twiceRest > d || (twiceRest === d && floor % 2n !== 0n)
        : rm === AWAY
          ? twiceRest > d || (twiceRest === d && n > 0n)
          : rm === UP
            ? twiceRest > 0n
            : rm !== DOWN && twiceRest > 0n && n < 0n;
    const value = up ? floor + 1n : floor;
    if (isInfinite(format, a) || value < smallest || value > largest) {
      return { value: isNegative(format, a) ? smallest : largest, flags: INVALID };
    }
    return { value, flags: twiceRest === 0n ? 0 : INEXACT };
  }

  /** -1, 0, 1, or 2 for unordered. */
  compare(a: bigint, b: bigint, signaling: boolean): { order: number; flags: number } {
    const { format } = this;
    const unordered = nan(format, [a, b]);
    if (unordered !== undefined) return { order: 2, flags: signaling ? INVALID : unordered.flags };
    const [n, d] = valueOf(format, a);
    const [m, e] = valueOf(format, b);
    return { order: signOf(n * e - m * d), flags: 0 };
  }

  private infinite(operands: readonly bigint[], operate: (stands: number[]) => number): Answer | undefined {
    if (!operands.some((bits) => isInfinite(this.format, bits))) return undefined;
    return special(this.format, operate(operands.map((bits) => stand(this.format, bits))));
  }

  /** A sum whose terms, if they are zero, have the signs of `x` and `y`. */
  private total(left: Fraction, right: Fraction, x: number, y: number, rm: number): Answer {
    const sum = plus(left, right);
    if (sum[0] !== 0n) return this.round(sum[0] < 0n, sum, rm);
    const bothZero = x === 0 && y === 0;
    const zero = bothZero && Object.is(x, y) ? x : rm === DOWN ? -0 : 0;
    return special(this.format, zero);
  }

  private round(negative: boolean, value: Fraction, rm: number): Answer {
    return rounded(this.format, negative, compareWith(value), rm, this.tininess);
  }
}
