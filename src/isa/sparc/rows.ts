/** How the rows of the SPARC tables are written. */
import { pattern, type FieldSpec, type Pattern } from '../pattern.js';
import { Op, Operand } from './operations.js';

/** Which of the two ways of writing the second operand. */
export type Form = 'register' | 'immediate';

export interface Row {
  /** The manual's name, which is the assembler's unless `mnemonic` says otherwise. */
  name: string;
  /** Absent when the instruction has only one. */
  form?: Form;
  pattern: Pattern;
  op: number;
  mnemonic?: string;
  /** Operands as the assembler has them, in which names of fields stand for their values. */
  syntax: string;
  /** The condition as the manual numbers it, for what depends on one. */
  cond?: number;
  /** What `cond` is about when it is not the integer condition codes. */
  of?: 'float' | 'register';
  /** The function of two bits, as a truth table, of a VIS logical. */
  logic?: number;
  /** rd is where the value comes from, not where it goes to. */
  stores?: boolean;
  /** Only in version 9. */
  v9?: boolean;
}

/** f: a single register, d: a double register by its number, which version 9 packs into five bits. */
const FIELDS: Record<string, FieldSpec> = {
  rd: { width: 5 },
  rs1: { width: 5 },
  rs2: { width: 5 },
  fd: { width: 5 },
  fs1: { width: 5 },
  fs2: { width: 5 },
  dd: { width: 6 },
  ds1: { width: 6 },
  ds2: { width: 6 },
  simm13: { width: 13, signed: true },
  simm11: { width: 11, signed: true },
  simm10: { width: 10, signed: true },
  shcnt: { width: 5 },
  shcnt64: { width: 6 },
  imm7: { width: 7 },
  imm22: { width: 22 },
  const22: { width: 22 },
  disp16: { width: 16, signed: true },
  disp19: { width: 19, signed: true },
  disp22: { width: 22, signed: true },
  disp30: { width: 30, signed: true },
  a: { width: 1 },
  /** Predicted taken. */
  p: { width: 1 },
  /** Looks at xcc instead of icc. */
  xcc: { width: 1 },
  /** Which of the floating-point condition codes. */
  fcc: { width: 2 },
  asi: { width: 8 },
  fcn: { width: 5 },
  mask: { width: 7 },
};

export const only = (
  op: Op | number,
  name: string,
  text: string,
  syntax = '',
  rest: Partial<Row> = {},
): Row => ({ name, op, pattern: pattern(text, 32, FIELDS), syntax, ...rest });

/** The same rows, marked as of version 9. */
export const ofV9 = (rows: readonly Row[]): Row[] => rows.map((row) => ({ ...row, v9: true }));

/** Both forms; `head` is the pattern up to the i bit. In `syntax` `2` stands for the second operand. */
export function both(
  name: string,
  register: Op,
  immediate: number,
  head: string,
  syntax: string,
  rest: Partial<Row> = {},
): Row[] {
  const written = (second: string): string => syntax.replace('2', second);
  return [
    only(register, name, `${head} 0 00000000 rs2`, written('rs2'), { ...rest, form: 'register' }),
    only(immediate, name, `${head} 1 simm13`, written('simm13'), { ...rest, form: 'immediate' }),
  ];
}

const THREE = 'rs1, 2, rd';
export const ADDRESS = '[rs1+2]';

/** Both forms under one operation. */
export const uncommon = (name: string, op: Op, head: string, syntax = THREE, rest?: Partial<Row>): Row[] =>
  both(name, op, op | Operand.immediate, head, syntax, rest);

export const arithmetic = (name: string, register: Op, immediate: Op, op3: string): Row[] =>
  both(name, register, immediate, `10 rd ${op3} rs1`, THREE);

export const shift = (name: string, register: Op, immediate: Op, op3: string): Row[] => [
  only(register, name, `10 rd ${op3} rs1 0 00000000 rs2`, 'rs1, rs2, rd', { form: 'register' }),
  only(immediate, name, `10 rd ${op3} rs1 1 00000000 shcnt`, 'rs1, shcnt, rd', { form: 'immediate' }),
];

export const load = (name: string, register: Op, immediate: Op, op3: string, rd = 'rd'): Row[] =>
  both(name, register, immediate, `11 ${rd} ${op3} rs1`, `${ADDRESS}, rd`);

export const store = (name: string, register: Op, immediate: Op, op3: string, rd = 'rd'): Row[] =>
  both(name, register, immediate, `11 ${rd} ${op3} rs1`, `rd, ${ADDRESS}`, { stores: true });

/** Suffixes of Bicc and Ticc in the order of the cond field. */
// prettier-ignore
export const CONDITIONS = [
  'n', 'e', 'le', 'l', 'leu', 'cs', 'neg', 'vs', 'a', 'ne', 'g', 'ge', 'gu', 'cc', 'pos', 'vc',
];

/** Suffixes of FBfcc in the order of the cond field. */
// prettier-ignore
export const FLOAT_CONDITIONS = [
  'n', 'ne', 'lg', 'ul', 'l', 'ug', 'g', 'u', 'a', 'e', 'ue', 'ge', 'uge', 'le', 'ule', 'o',
];

export const fourBits = (cond: number): string => cond.toString(2).padStart(4, '0');
