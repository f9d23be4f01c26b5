/**
 * Comparisons, and conversions between formats and to and from integers, for every operand and every rounding
 * mode. Operands and results are bit patterns.
 *
 * Source: IEEE Std 754-2019, 5.4.1 "Arithmetic operations" (conversions), 5.8 "Details of conversions from
 * floating point to integer formats", 5.11 "Details of comparison predicates".
 */
import { multiply, propagate } from './arithmetic.js';
import { Flag, Order, type Environment, type Rounding } from './environment.js';
import type { Datum, Format } from './format.js';
import { round, shiftRounded } from './round.js';

/** `signaling`: a quiet NaN is invalid, too. */
export function compare(
  environment: Environment,
  format: Format,
  a: bigint,
  b: bigint,
  signaling: boolean,
): Order {
  const x = format.unpack(a);
  const y = format.unpack(b);
  const bad = (datum: Datum): boolean => datum.kind === 'nan' && (signaling || datum.signaling);
  if (bad(x) || bad(y)) environment.flags |= Flag.invalid;
  if (x.kind === 'nan' || y.kind === 'nan') return Order.unordered;
  // Magnitudes are ordered as their bits are.
  const signed = (bits: bigint): bigint => (bits & format.sign ? format.sign - bits : bits);
  const difference = signed(a) - signed(b);
  if (difference === 0n) return Order.equal;
  return difference < 0n ? Order.less : Order.greater;
}

export function convert(environment: Environment, from: Format, to: Format, a: bigint, rm: Rounding): bigint {
  const x = from.unpack(a);
  if (x.kind === 'infinite') return to.signed(x.negative, to.infinity);
  if (x.kind === 'finite') return round(environment, to, x.negative, x.significand, x.exponent, rm);
  if (x.signaling) environment.flags |= Flag.invalid;
  if (environment.rules.canonicalNan) return to.defaultNan(true);
  return to.nan(x.negative, x.fraction, from.fractionBits);
}

/** a * b in a wider format. */
export function multiplyWide(
  environment: Environment,
  from: Format,
  to: Format,
  a: bigint,
  b: bigint,
  rm: Rounding,
): bigint {
  const nan = propagate(environment, from, [from.unpack(a), from.unpack(b)]);
  if (nan !== undefined) return convert(environment, from, to, nan, rm);
  const wide = (bits: bigint): bigint => convert(environment, from, to, bits, rm);
  return multiply(environment, to, wide(a), wide(b), rm);
}

export function fromInteger(environment: Environment, format: Format, value: bigint, rm: Rounding): bigint {
  return round(environment, format, value < 0n, value < 0n ? -value : value, 0, rm);
}

/** The nearest integer that there is, with the invalid flag, for what cannot be represented. */
export function toInteger(
  environment: Environment,
  format: Format,
  a: bigint,
  rm: Rounding,
  bits: 32 | 64,
  signed: boolean,
): bigint {
  const x = format.unpack(a);
  const largest = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  const smallest = signed ? -largest - 1n : 0n;
  if (x.kind !== 'finite') {
    environment.flags |= Flag.invalid;
    const low = x.negative && !(x.kind === 'nan' && environment.rules.canonicalNan);
    return low ? smallest : largest;
  }
  const magnitude = shiftRounded(x.significand, -x.exponent, x.negative, rm);
  const value = x.negative ? -magnitude : magnitude;
  if (value < smallest || value > largest) {
    environment.flags |= Flag.invalid;
    return value < smallest ? smallest : largest;
  }
  const exact = x.exponent >= 0 || magnitude << BigInt(-x.exponent) === x.significand;
  if (!exact) environment.flags |= Flag.inexact;
  return value;
}
