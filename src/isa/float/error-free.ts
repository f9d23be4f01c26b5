/**
 * What rounding to nearest did to an operation on doubles, found with doubles alone.
 *
 * Source: Muller et al., Handbook of Floating-Point Arithmetic, "Fast2Sum", "2Sum", "Dekker's product"; Boldo
 * and Melquiond, "Emulation of a FMA and Correctly Rounded Sums: Proved Algorithms Using Rounding to Odd".
 */

const enum Split {
  /** 2^27 + 1: halves of 26 bits. */
  factor = 0x8000001,
  smallest = 2 ** -480,
  largest = 2 ** 480,
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** Whether finite s = x + y is exact: s minus the larger operand always is. */
export function sumIsExact(x: number, y: number, s: number): boolean {
  return s - x === y && s - y === x;
}

/** x + y - s for s = x + y, exactly, if nothing overflows. */
export function sumError(x: number, y: number, s: number): number {
  const part = s - x;
  return x - (s - part) + (y - part);
}

/** Whether `productError` is exact with x as a factor. */
export function splits(x: number): boolean {
  const magnitude = Math.abs(x);
  return magnitude > Split.smallest && magnitude < Split.largest;
}

/** x * y - p for p = x * y, exactly, if both factors split. */
export function productError(x: number, y: number, p: number): number {
  const xScaled = x * Split.factor;
  const xHigh = xScaled - (xScaled - x);
  const xLow = x - xHigh;
  const yScaled = y * Split.factor;
  const yHigh = yScaled - (yScaled - y);
  const yLow = y - yHigh;
  return xLow * yLow - (p - xHigh * yHigh - xLow * yHigh - xHigh * yLow);
}

/**
 * x + y rounded to odd: if it is not exact, of the two neighbours the one whose last bit is set. Rounding that
 * again, to at least two bits less, gives what rounding the exact sum would.
 */
export function sumToOdd(x: number, y: number): number {
  const s = x + y;
  const error = sumError(x, y, s);
  if (error === 0) return s;
  double[0] = s;
  const low = words[0]!;
  if ((low & 1) !== 0) return s;
  if (error > 0 === s > 0) {
    words[0] = low + 1;
  } else {
    words[0] = low - 1;
    if (low === 0) words[1]!--;
  }
  return double[0];
}
