/** What a floating-point operation depends on besides its operands, and what it leaves besides its result. */

/** Numbered as RISC-V's `frm`. */
export const enum Rounding {
  /** To nearest, ties to the even one. */
  nearestEven = 0,
  towardZero = 1,
  /** Towards minus infinity. */
  down = 2,
  /** Towards plus infinity. */
  up = 3,
  /** To nearest, ties to the larger magnitude. */
  nearestAway = 4,
}

/** Exceptions, as the bits of RISC-V's `fflags`. */
export const enum Flag {
  inexact = 1,
  underflow = 2,
  overflow = 4,
  divideByZero = 8,
  invalid = 16,
}

export const enum Order {
  less = -1,
  equal = 0,
  greater = 1,
  unordered = 2,
}

/** What IEEE 754 leaves to an architecture. */
export interface FloatRules {
  /**
   * True: every NaN result is the canonical one (positive, quiet bit only), and a NaN becomes the largest
   * integer. Source: The RISC-V Instruction Set Manual, Volume I: "NaN Generation and Propagation",
   * "Single-Precision Floating-Point Conversion and Move Instructions".
   *
   * False: a NaN operand is the result, quieted; of several a signaling one before a quiet one, then the later
   * operand before the earlier. Without a NaN operand the result is positive with all fraction bits set. A NaN
   * becomes the largest or the smallest integer by its sign. Source: The SPARC Architecture Manual, Version 8:
   * Appendix N, "NaN Operand and Result Definitions", "Integer Overflow Definitions".
   */
  canonicalNan: boolean;
  /** When a result counts as too small for a normal number: judged exactly, or rounded to full precision. */
  tininess: 'before' | 'after';
}

export interface Environment {
  readonly rules: FloatRules;
  /** Accumulated `Flag` bits: operations set them and never clear them. */
  flags: number;
}
