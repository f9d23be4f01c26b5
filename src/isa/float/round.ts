/**
 * The one rounding at the end of every operation.
 *
 * Source: IEEE Std 754-2019, 4.3 "Rounding-direction attributes", 7.4 "Overflow", 7.5 "Underflow".
 */
import { Flag, Rounding, type Environment } from './environment.js';
import type { Format } from './format.js';

/** Number of bits of a positive number, 0 for 0. */
export function bitLength(value: bigint): number {
  const digits = value.toString(16);
  return digits.length * 4 - Math.clz32(Number.parseInt(digits[0]!, 16)) + 28;
}

/** `value` / 2^shift as an integer; `value` is a magnitude whose sign is `negative`. */
export function shiftRounded(value: bigint, shift: number, negative: boolean, rm: Rounding): bigint {
  if (shift <= 0) return value << BigInt(-shift);
  const places = BigInt(shift);
  const floor = value >> places;
  const rest = value - (floor << places);
  if (rest === 0n) return floor;
  const half = 1n << (places - 1n);
  switch (rm) {
    case Rounding.nearestEven:
      return rest > half || (rest === half && (floor & 1n) === 1n) ? floor + 1n : floor;
    case Rounding.towardZero:
      return floor;
    case Rounding.down:
      return negative ? floor + 1n : floor;
    case Rounding.up:
      return negative ? floor : floor + 1n;
    case Rounding.nearestAway:
      return rest >= half ? floor + 1n : floor;
  }
}

/** The bits of (-1)^negative * significand * 2^exponent, rounded; `significand` is not negative. */
export function round(
  environment: Environment,
  format: Format,
  negative: boolean,
  significand: bigint,
  exponent: number,
  rm: Rounding,
): bigint {
  if (significand === 0n) return format.signed(negative, 0n);
  const { fractionBits, smallestExponent } = format;
  const leading = exponent + bitLength(significand) - 1;
  const kept = Math.max(leading, smallestExponent);
  const shift = kept - fractionBits - exponent;
  const rounded = shiftRounded(significand, shift, negative, rm);
  // The hidden bit and a carry out of the significand each add one to the exponent field.
  const magnitude = (BigInt(kept - smallestExponent) << BigInt(fractionBits)) + rounded;
  if (magnitude >= format.infinity) {
    environment.flags |= Flag.overflow | Flag.inexact;
    const toInfinity = rm === (negative ? Rounding.down : Rounding.up);
    const nearest = rm === Rounding.nearestEven || rm === Rounding.nearestAway;
    return format.signed(negative, nearest || toInfinity ? format.infinity : format.infinity - 1n);
  }
  const exact = shift <= 0 || rounded << BigInt(shift) === significand;
  if (!exact) {
    environment.flags |= Flag.inexact;
    if (leading < smallestExponent) {
      const full = shiftRounded(significand, leading - fractionBits - exponent, negative, rm);
      const grows = leading === smallestExponent - 1 && bitLength(full) > format.precision;
      if (environment.rules.tininess === 'before' || !grows) environment.flags |= Flag.underflow;
    }
  }
  return format.signed(negative, magnitude);
}
