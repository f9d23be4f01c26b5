/** The upper 32 bits of 32 x 32 bit products, without leaving small numbers. */

/** Both operands unsigned. */
export function highUnsigned(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const low = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (low >>> 16)) | 0;
}

/** Both operands signed. */
export function highSigned(a: number, b: number): number {
  return (highUnsigned(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
}

/** `a` signed, `b` unsigned. */
export function highSignedUnsigned(a: number, b: number): number {
  return (highUnsigned(a, b) - (a < 0 ? b : 0)) | 0;
}
