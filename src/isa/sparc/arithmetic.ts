/**
 * Condition codes and division of the integer units, as functions of their operands.
 *
 * Source: The SPARC Architecture Manual, Version 8, section 4.2 "Processor State Register", appendix B.19
 * "Divide Instructions"; Version 9, section 5.2.1 "Condition Codes Register (CCR)".
 */

/** The bits of icc; an enum, so that the core's loop sees literals. */
export const enum Icc {
  negative = 8,
  zero = 4,
  overflow = 2,
  carry = 1,
}

/** N and Z of a result, V and C clear. */
export function logicFlags(z: number): number {
  // Without a branch that the host would have to guess: only of zero neither z nor -z has a sign.
  return ((z >> 28) & Icc.negative) | ((~(z | -z) >>> 29) & Icc.zero);
}

/** icc of `z`, the sum of `x`, `y` and any carry. */
export function addFlags(x: number, y: number, z: number): number {
  const overflow = (((x ^ z) & (y ^ z)) >> 30) & Icc.overflow;
  return logicFlags(z) | overflow | carryOf(x, y, z);
}

/** icc of `z`, the difference of `x` and `y`, less any borrow. */
export function subFlags(x: number, y: number, z: number): number {
  const overflow = (((x ^ y) & (x ^ z)) >> 30) & Icc.overflow;
  return logicFlags(z) | overflow | borrowOf(x, y, z);
}

/** Carry out of the sum `z` of `x`, `y` and any carry. */
export function carryOf(x: number, y: number, z: number): number {
  return ((x & y) | ((x | y) & ~z)) >>> 31;
}

/** Borrow out of the difference `z` of `x` and `y`, less any borrow. */
export function borrowOf(x: number, y: number, z: number): number {
  return ((~x & y) | ((~x | y) & z)) >>> 31;
}

/** Both condition codes as CCR has them: those of the low half, and above them those of all 64 bits. */
export function joinFlags(low: number, high: number): number {
  // The whole is zero only if both halves are.
  const zero = (low & high & Icc.zero) | (high & ~Icc.zero);
  return low | (zero << 4);
}

/** Rounded toward zero; exact where it fits 32 bits, and beyond them wherever it does not. */
function quotientSigned(high: number, low: number, divisor: number): number {
  if (high === low >> 31) return Math.trunc(low / divisor);
  return Number(((BigInt(high) << 32n) | BigInt(low >>> 0)) / BigInt(divisor));
}

function quotientUnsigned(high: number, low: number, divisor: number): number {
  if (high === 0) return Math.floor((low >>> 0) / (divisor >>> 0));
  return Number(((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)) / BigInt(divisor >>> 0));
}

/** `high` and `low` divided by `divisor`, not zero; a quotient too large for 32 bits becomes the nearest that fits. */
export function divide(
  signed: boolean,
  high: number,
  low: number,
  divisor: number,
): { quotient: number; overflow: boolean } {
  const exact = signed ? quotientSigned(high, low, divisor) : quotientUnsigned(high, low, divisor);
  const [least, most] = signed ? [-0x80000000, 0x7fffffff] : [0, 0xffffffff];
  const quotient = Math.min(Math.max(exact, least), most);
  return { quotient, overflow: quotient !== exact };
}
