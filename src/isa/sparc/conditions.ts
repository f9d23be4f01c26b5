/**
 * Conditions as sets: a bit for each value of the condition codes for which a condition holds, so that a core
 * tests one with a shift.
 *
 * Source: The SPARC Architecture Manual, Version 8, appendices B.21 "Branch on Integer Condition Codes" and
 * B.22 "Branch on Floating-point Condition Codes"; Version 9, appendix A.3 "Branch on Integer Register with
 * Prediction".
 */

/** The set for a condition on icc or xcc; bit nzvc of it. */
export function integerHoldsFor(cond: number): number {
  let set = 0;
  for (let icc = 0; icc < 16; icc++) {
    const n = (icc & 8) !== 0;
    const z = (icc & 4) !== 0;
    const v = (icc & 2) !== 0;
    const c = (icc & 1) !== 0;
    const tests = [false, z, z || n !== v, n !== v, c || z, c, n, v];
    // The upper half of the conditions are the opposites of the lower half.
    if (tests[cond & 7] !== (cond & 8) > 0) set |= 1 << icc;
  }
  return set;
}

/** Values of a floating-point condition code: how the first operand compares with the second. */
export const enum Fcc {
  equal = 0,
  less = 1,
  greater = 2,
  unordered = 3,
}

/** Sets of Fcc values, in the order of the cond field: never, ne, lg, ul, l, ug, g, u; their opposites follow. */
const FLOAT_SETS = [0b0000, 0b1110, 0b0110, 0b1010, 0b0010, 0b1100, 0b0100, 0b1000];

/** The set for a condition on a floating-point condition code; bit Fcc of it. */
export function floatHoldsFor(cond: number): number {
  return cond < 8 ? FLOAT_SETS[cond]! : FLOAT_SETS[cond - 8]! ^ 0b1111;
}

/** What a register can be, compared with zero. */
export const enum Sign {
  zero = 0,
  negative = 1,
  positive = 2,
}

const REGISTER_SETS = [0, 0b001, 0b011, 0b010, 0, 0b110, 0b100, 0b101];

/** The set for a condition on a register, by its rcond; bit Sign of it. */
export const registerHoldsFor = (rcond: number): number => REGISTER_SETS[rcond]!;

/** Where the codes are that a packed condition selects: icc and xcc lie at these bits of ccr. */
export const enum Selector {
  icc = 0,
  xcc = 4,
  /** Added to the bit in fcc. */
  float = 16,
}

/** A set, and what it is about: a Selector, or the register of a condition on one. */
export const packCondition = (set: number, selector: number): number => set | (selector << 16);
