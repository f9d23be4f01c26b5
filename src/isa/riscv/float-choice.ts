/** What singles and doubles have in common: signs, the choice of one of two, and classes. */
import { Order } from '../float/index.js';

/** The word with the sign bit of `other` (kind 0), its opposite (1), or its own sign changed by it (2). */
export function injectSign(kind: number, word: number, other: number): number {
  const sign = kind === 0 ? other : kind === 1 ? ~other : word ^ other;
  return (word & 0x7fffffff) | (sign & 0x80000000);
}

/**
 * Whether the minimum (or the maximum) is the first operand. A number wins over a NaN, and -0 is less than +0,
 * although they are equal.
 */
export function isFirst(order: Order, least: boolean, firstNegative: boolean, firstNan: boolean): boolean {
  if (order === Order.unordered) return !firstNan;
  if (order === Order.equal) return firstNegative === least;
  return (order === Order.less) === least;
}

const enum Class {
  negativeInfinity = 1 << 0,
  negativeNormal = 1 << 1,
  negativeSubnormal = 1 << 2,
  negativeZero = 1 << 3,
  positiveZero = 1 << 4,
  positiveSubnormal = 1 << 5,
  positiveNormal = 1 << 6,
  positiveInfinity = 1 << 7,
  signalingNan = 1 << 8,
  quietNan = 1 << 9,
}

/** The bit `fclass` sets. `quiet` is the first bit of the fraction. */
export function classOf(
  negative: boolean,
  exponent: 'zero' | 'ones' | 'other',
  fractionIsZero: boolean,
  quiet: boolean,
): Class {
  if (exponent === 'other') return negative ? Class.negativeNormal : Class.positiveNormal;
  if (exponent === 'ones') {
    if (!fractionIsZero) return quiet ? Class.quietNan : Class.signalingNan;
    return negative ? Class.negativeInfinity : Class.positiveInfinity;
  }
  if (fractionIsZero) return negative ? Class.negativeZero : Class.positiveZero;
  return negative ? Class.negativeSubnormal : Class.positiveSubnormal;
}
