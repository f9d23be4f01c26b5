/**
 * Condition codes and division of the SPARC V8 integer unit, as functions of their operands.
 *
 * Source: The SPARC Architecture Manual, Version 8, section 4.2 "Processor State Register", appendix B.19
 * "Divide Instructions".
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
  return ((z >>> 31) << 3) | (z === 0 ? Icc.zero : 0);
}

/** icc of `z`, the sum of `x`, `y` and any carry. */
export function addFlags(x: number, y: number, z: number): number {
  const overflow = ((x ^ z) & (y ^ z)) >>> 31;
  const carry = ((x & y) | ((x | y) & ~z)) >>> 31;
  return logicFlags(z) | (overflow << 1) | carry;
}

/** icc of `z`, the difference of `x` and `y`, less any borrow. */
export function subFlags(x: number, y: number, z: number): number {
  const overflow = ((x ^ y) & (x ^ z)) >>> 31;
  const borrow = ((~x & y) | ((~x | y) & z)) >>> 31;
  return logicFlags(z) | (overflow << 1) | borrow;
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
