/**
 * The operations of one format, exact and rounded once: for every operand and every rounding mode, in no hurry.
 * Operands and results are bit patterns.
 *
 * Source: IEEE Std 754-2019, 5.4.1 "Arithmetic operations", 6 "Infinity, NaNs, and sign bit", 7 "Exceptions".
 */
import { Flag, Rounding, type Environment } from './environment.js';
import type { Datum, Format } from './format.js';
import { bitLength, round } from './round.js';

/** The NaN that an operation with these operands gives, or undefined if none of them is one. */
export function propagate(
  environment: Environment,
  format: Format,
  operands: readonly Datum[],
): bigint | undefined {
  const nans = operands.filter((operand) => operand.kind === 'nan');
  if (nans.length === 0) return undefined;
  const signaling = nans.findLast((nan) => nan.signaling);
  if (signaling !== undefined) environment.flags |= Flag.invalid;
  if (environment.rules.canonicalNan) return format.defaultNan(true);
  const { negative, fraction } = signaling ?? nans.at(-1)!;
  return format.nan(negative, fraction, format.fractionBits);
}

function invalid(environment: Environment, format: Format): bigint {
  environment.flags |= Flag.invalid;
  return format.defaultNan(environment.rules.canonicalNan);
}

/** a + b of data that are not NaNs. */
function sum(environment: Environment, format: Format, a: Datum, b: Datum, rm: Rounding): bigint {
  if (a.kind !== 'finite' || b.kind !== 'finite') {
    if (a.kind === b.kind && a.negative !== b.negative) return invalid(environment, format);
    return format.signed(a.kind === 'finite' ? b.negative : a.negative, format.infinity);
  }
  const exponent = Math.min(a.exponent, b.exponent);
  const left = a.significand << BigInt(a.exponent - exponent);
  const right = b.significand << BigInt(b.exponent - exponent);
  const total = (a.negative ? -left : left) + (b.negative ? -right : right);
  if (total === 0n) {
    const negative = a.negative === b.negative ? a.negative : rm === Rounding.down;
    return format.signed(negative, 0n);
  }
  return round(environment, format, total < 0n, total < 0n ? -total : total, exponent, rm);
}

function negated(datum: Datum): Datum {
  return { ...datum, negative: !datum.negative };
}

export function add(environment: Environment, format: Format, a: bigint, b: bigint, rm: Rounding): bigint {
  const x = format.unpack(a);
  const y = format.unpack(b);
  return propagate(environment, format, [x, y]) ?? sum(environment, format, x, y, rm);
}

export function subtract(
  environment: Environment,
  format: Format,
  a: bigint,
  b: bigint,
  rm: Rounding,
): bigint {
  const x = format.unpack(a);
  const y = format.unpack(b);
  return propagate(environment, format, [x, y]) ?? sum(environment, format, x, negated(y), rm);
}

/** a * b, not rounded, of data that are not NaNs; undefined for zero times infinity. */
function product(a: Datum, b: Datum): Datum | undefined {
  const negative = a.negative !== b.negative;
  if (a.kind === 'finite' && b.kind === 'finite') {
    return {
      kind: 'finite',
      negative,
      exponent: a.exponent + b.exponent,
      significand: a.significand * b.significand,
    };
  }
  const zero = (datum: Datum): boolean => datum.kind === 'finite' && datum.significand === 0n;
  return zero(a) || zero(b) ? undefined : { kind: 'infinite', negative };
}

export function multiply(
  environment: Environment,
  format: Format,
  a: bigint,
  b: bigint,
  rm: Rounding,
): bigint {
  const x = format.unpack(a);
  const y = format.unpack(b);
  const nan = propagate(environment, format, [x, y]);
  if (nan !== undefined) return nan;
  const exact = product(x, y);
  if (exact === undefined) return invalid(environment, format);
  if (exact.kind !== 'finite') return format.signed(exact.negative, format.infinity);
  return round(environment, format, exact.negative, exact.significand, exact.exponent, rm);
}

/** +-(a * b) +- c, rounded once. */
export function multiplyAdd(
  environment: Environment,
  format: Format,
  a: bigint,
  b: bigint,
  c: bigint,
  negateProduct: boolean,
  negateAddend: boolean,
  rm: Rounding,
): bigint {
  const [x, y, z] = [format.unpack(a), format.unpack(b), format.unpack(c)];
  const exact = x.kind === 'nan' || y.kind === 'nan' ? x : product(x, y);
  // Zero times infinity is invalid even if the addend is a quiet NaN.
  if (exact === undefined) environment.flags |= Flag.invalid;
  const nan = propagate(environment, format, [x, y, z]);
  if (nan !== undefined) return nan;
  if (exact === undefined) return invalid(environment, format);
  return sum(environment, format, negateProduct ? negated(exact) : exact, negateAddend ? negated(z) : z, rm);
}

export function divide(environment: Environment, format: Format, a: bigint, b: bigint, rm: Rounding): bigint {
  const x = format.unpack(a);
  const y = format.unpack(b);
  const nan = propagate(environment, format, [x, y]);
  if (nan !== undefined) return nan;
  const negative = x.negative !== y.negative;
  if (x.kind !== 'finite') {
    return y.kind === 'finite' ? format.signed(negative, format.infinity) : invalid(environment, format);
  }
  if (y.kind !== 'finite') return format.signed(negative, 0n);
  if (y.significand === 0n) {
    if (x.significand === 0n) return invalid(environment, format);
    environment.flags |= Flag.divideByZero;
    return format.signed(negative, format.infinity);
  }
  // Enough quotient bits that only whether there are more matters.
  const length = bitLength(y.significand) - bitLength(x.significand);
  const shift = Math.max(0, format.precision + 2 + length);
  const dividend = x.significand << BigInt(shift);
  const quotient = dividend / y.significand;
  const sticky = quotient * y.significand === dividend ? 0n : 1n;
  const exponent = x.exponent - y.exponent - shift - 1;
  return round(environment, format, negative, (quotient << 1n) | sticky, exponent, rm);
}

/** The integer part of a square root. */
function integerRoot(value: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(bitLength(value) / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

export function squareRoot(environment: Environment, format: Format, a: bigint, rm: Rounding): bigint {
  const x = format.unpack(a);
  const nan = propagate(environment, format, [x]);
  if (nan !== undefined) return nan;
  if (x.kind === 'finite' && x.significand === 0n) return a;
  if (x.negative) return invalid(environment, format);
  if (x.kind !== 'finite') return format.infinity;
  const wanted = 2 * (format.precision + 2);
  let shift = Math.max(0, wanted - bitLength(x.significand));
  if ((x.exponent - shift) % 2 !== 0) shift++;
  const square = x.significand << BigInt(shift);
  const root = integerRoot(square);
  const sticky = root * root === square ? 0n : 1n;
  return round(environment, format, false, (root << 1n) | sticky, (x.exponent - shift) / 2 - 1, rm);
}
