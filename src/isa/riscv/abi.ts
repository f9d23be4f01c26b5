/**
 * Registers by the names and uses of the calling convention.
 *
 * Source: RISC-V ELF psABI, "Register Convention".
 */
// prettier-ignore
export const REGISTER_NAMES = [
  'zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5',
  'a6', 'a7', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 't3', 't4', 't5', 't6',
];

export const ZERO = 0;
export const RA = 1;
export const SP = 2;
export const GP = 3;
export const TP = 4;
export const T1 = 6;
export const A0 = 10;
export const A7 = 17;
