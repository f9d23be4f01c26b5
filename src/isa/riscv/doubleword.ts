/**
 * Products and quotients of 64-bit registers. Operands and results are pairs of words in one array, low word
 * first, named by the index of their low word.
 *
 * Source: The RISC-V Instruction Set Manual, Volume I: "M".
 */
import { highUnsigned } from '../multiply.js';

const WORD = 2 ** 32;

/** The lower 64 bits of a * b. */
export function multiply(x: Int32Array, d: number, a: number, b: number): void {
  const aLow = x[a]!;
  const bLow = x[b]!;
  const cross = (Math.imul(aLow, x[b + 1]!) + Math.imul(x[a + 1]!, bLow)) | 0;
  x[d] = Math.imul(aLow, bLow);
  x[d + 1] = highUnsigned(aLow, bLow) + cross;
}

/** The upper 64 bits of a * b, each taken as signed or not. */
export function multiplyHigh(
  x: Int32Array,
  d: number,
  a: number,
  b: number,
  aSigned: boolean,
  bSigned: boolean,
): void {
  const aLow = x[a]!;
  const aHigh = x[a + 1]!;
  const bLow = x[b]!;
  const bHigh = x[b + 1]!;
  const second =
    (highUnsigned(aLow, bLow) >>> 0) + (Math.imul(aLow, bHigh) >>> 0) + (Math.imul(aHigh, bLow) >>> 0);
  const third =
    (highUnsigned(aLow, bHigh) >>> 0) +
    (highUnsigned(aHigh, bLow) >>> 0) +
    (Math.imul(aHigh, bHigh) >>> 0) +
    Math.floor(second / WORD);
  let low = third;
  let high = highUnsigned(aHigh, bHigh);
  // A negative factor was taken as 2^64 too much.
  if (aSigned && aHigh < 0) {
    high -= bHigh;
    low -= bLow >>> 0;
  }
  if (bSigned && bHigh < 0) {
    high -= aHigh;
    low -= aLow >>> 0;
  }
  x[d] = low;
  x[d + 1] = high + Math.floor(low / WORD);
}

/** Whether a register and its negative are exact as numbers. */
const isSmall = (high: number): boolean => high >= -0x200000 && high < 0x200000;

/** a / b toward zero; all ones when b is zero, a when it overflows. */
export function divide(x: Int32Array, d: number, a: number, b: number, signed: boolean): void {
  const aHigh = x[a + 1]!;
  const bHigh = x[b + 1]!;
  if ((x[b]! | bHigh) === 0) set(x, d, -1);
  else if (isSmall(aHigh) && isSmall(bHigh) && (signed || (aHigh | bHigh) >= 0)) {
    const dividend = aHigh * WORD + (x[a]! >>> 0);
    const divisor = bHigh * WORD + (x[b]! >>> 0);
    set(x, d, (dividend - (dividend % divisor)) / divisor);
  } else setBits(x, d, bitsOf(x, a, signed) / bitsOf(x, b, signed));
}

/** The remainder of `divide`: a when b is zero, zero when the quotient overflows. */
export function remainder(x: Int32Array, d: number, a: number, b: number, signed: boolean): void {
  const aHigh = x[a + 1]!;
  const bHigh = x[b + 1]!;
  if ((x[b]! | bHigh) === 0) {
    const aLow = x[a]!;
    x[d] = aLow;
    x[d + 1] = aHigh;
  } else if (isSmall(aHigh) && isSmall(bHigh) && (signed || (aHigh | bHigh) >= 0)) {
    const dividend = aHigh * WORD + (x[a]! >>> 0);
    const divisor = bHigh * WORD + (x[b]! >>> 0);
    set(x, d, dividend % divisor);
  } else setBits(x, d, bitsOf(x, a, signed) % bitsOf(x, b, signed));
}

function set(x: Int32Array, d: number, value: number): void {
  x[d] = value;
  x[d + 1] = Math.floor(value / WORD);
}

function setBits(x: Int32Array, d: number, value: bigint): void {
  x[d] = Number(BigInt.asIntN(32, value));
  x[d + 1] = Number(BigInt.asIntN(32, value >> 32n));
}

function bitsOf(x: Int32Array, a: number, signed: boolean): bigint {
  const high = x[a + 1]!;
  return (BigInt(signed ? high : high >>> 0) << 32n) | BigInt(x[a]! >>> 0);
}
