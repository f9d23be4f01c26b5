/**
 * SPARC V8 integer instructions: one row an instruction and operand form, with the bit pattern of the manual.
 *
 * What is peculiar here: a control transfer takes effect one instruction late (the delay slot), and its
 * annul bit can cancel that instruction; most instructions take a register or a 13-bit constant as their
 * second operand, which makes two rows; displacements count words; a no-operation is `sethi 0, %g0`.
 *
 * Bits the manual calls unused or reserved must be zero. V9 spends some of them on other instructions (sllx
 * is sll with bit 12 set), and those must not execute as something else.
 *
 * Source: The SPARC Architecture Manual, Version 8, appendix B "Instruction Definitions" and appendix F
 * "Opcodes and Condition Codes". Floating point, coprocessor, alternate spaces, and what is privileged are
 * not in the table.
 */
import { pattern, type FieldSpec, type Pattern } from '../pattern.js';

/**
 * Operations the core executes; 0 and 1 are reserved by the instruction cache. Two operand forms are two
 * operations, named as add and addi; from `firstUncommon` on they share one, see `IMMEDIATE`.
 */
// prettier-ignore
export const enum Op {
  illegal = 2,
  sethi, call, bicc, bicc_a, ba_a, jmpl, jmpli, ticc, ticci,
  ld, ldi, ldsb, ldsbi, ldsh, ldshi, ldub, ldubi, lduh, lduhi, ldd, lddi,
  st, sti, stb, stbi, sth, sthi, std, stdi,
  add, addi, addcc, addcci, addx, addxi, addxcc, addxcci,
  sub, subi, subcc, subcci, subx, subxi, subxcc, subxcci,
  and, andi, andcc, andcci, andn, andni, andncc, andncci,
  or, ori, orcc, orcci, orn, orni, orncc, orncci,
  xor, xori, xorcc, xorcci, xnor, xnori, xnorcc, xnorcci,
  sll, slli, srl, srli, sra, srai,
  umul, umuli, smul, smuli, save, savei, restore, restorei, rdy, stbar,
  firstUncommon,
  ldstub = firstUncommon, swap, wry, flush,
  umulcc, smulcc, udiv, sdiv, udivcc, sdivcc, mulscc,
  taddcc, tsubcc, taddcctv, tsubcctv,
}

/** Added to an uncommon operation whose second operand is a constant. */
export const IMMEDIATE = 0x100;

/** Which of the two ways of writing the second operand. */
export type Form = 'register' | 'immediate';

export interface Row {
  name: string;
  /** Absent when the instruction has only one. */
  form?: Form;
  pattern: Pattern;
  op: number;
  /** For a Bicc or Ticc: the condition, 0 (never) to 15 (overflow clear). */
  cond?: number;
  /** rd is where the value comes from, not where it goes to. */
  stores?: boolean;
}

const FIELDS: Record<string, FieldSpec> = {
  rd: { width: 5 },
  rs1: { width: 5 },
  rs2: { width: 5 },
  simm13: { width: 13, signed: true },
  shcnt: { width: 5 },
  imm7: { width: 7 },
  imm22: { width: 22 },
  const22: { width: 22 },
  disp22: { width: 22, signed: true },
  disp30: { width: 30, signed: true },
  a: { width: 1 },
};

const only = (op: Op, name: string, text: string, rest: Partial<Row> = {}): Row => ({
  name,
  op,
  pattern: pattern(text, 32, FIELDS),
  ...rest,
});

/** Both forms; `head` is the pattern up to the i bit, `constant` what follows it in the immediate form. */
function both(name: string, register: Op, immediate: number, head: string, rest?: Partial<Row>): Row[] {
  const constant = rest?.cond !== undefined ? '000000 imm7' : 'simm13';
  return [
    only(register, name, `${head} 0 00000000 rs2`, { ...rest, form: 'register' }),
    only(immediate, name, `${head} 1 ${constant}`, { ...rest, form: 'immediate' }),
  ];
}

const uncommon = (name: string, op: Op, head: string): Row[] => both(name, op, op | IMMEDIATE, head);

const arithmetic = (name: string, register: Op, immediate: Op, op3: string): Row[] =>
  both(name, register, immediate, `10 rd ${op3} rs1`);

const shift = (name: string, register: Op, immediate: Op, op3: string): Row[] => [
  only(register, name, `10 rd ${op3} rs1 0 00000000 rs2`, { form: 'register' }),
  only(immediate, name, `10 rd ${op3} rs1 1 00000000 shcnt`, { form: 'immediate' }),
];

const load = (name: string, register: Op, immediate: Op, op3: string): Row[] =>
  both(name, register, immediate, `11 rd ${op3} rs1`);

const store = (name: string, register: Op, immediate: Op, op3: string): Row[] =>
  both(name, register, immediate, `11 rd ${op3} rs1`, { stores: true });

/** Suffixes of Bicc and Ticc in the order of the cond field. */
// prettier-ignore
const CONDITIONS = [
  'n', 'e', 'le', 'l', 'leu', 'cs', 'neg', 'vs', 'a', 'ne', 'g', 'ge', 'gu', 'cc', 'pos', 'vc',
];

const fourBits = (cond: number): string => cond.toString(2).padStart(4, '0');

const BICC: Row[] = CONDITIONS.map((suffix, cond) =>
  only(Op.bicc, `b${suffix}`, `00 a ${fourBits(cond)} 010 disp22`, { cond }),
);

const TICC: Row[] = CONDITIONS.flatMap((suffix, cond) =>
  both(`t${suffix}`, Op.ticc, Op.ticci, `10 0 ${fourBits(cond)} 111010 rs1`, { cond }),
);

export const TABLE: readonly Row[] = [
  ...load('ldsb', Op.ldsb, Op.ldsbi, '001001'),
  ...load('ldsh', Op.ldsh, Op.ldshi, '001010'),
  ...load('ldub', Op.ldub, Op.ldubi, '000001'),
  ...load('lduh', Op.lduh, Op.lduhi, '000010'),
  ...load('ld', Op.ld, Op.ldi, '000000'),
  ...both('ldd', Op.ldd, Op.lddi, '11 rd[4:1] 0 000011 rs1'),
  ...store('stb', Op.stb, Op.stbi, '000101'),
  ...store('sth', Op.sth, Op.sthi, '000110'),
  ...store('st', Op.st, Op.sti, '000100'),
  ...both('std', Op.std, Op.stdi, '11 rd[4:1] 0 000111 rs1', { stores: true }),
  ...uncommon('ldstub', Op.ldstub, '11 rd 001101 rs1'),
  ...uncommon('swap', Op.swap, '11 rd 001111 rs1'),
  only(Op.sethi, 'sethi', '00 rd 100 imm22'),
  ...arithmetic('and', Op.and, Op.andi, '000001'),
  ...arithmetic('andcc', Op.andcc, Op.andcci, '010001'),
  ...arithmetic('andn', Op.andn, Op.andni, '000101'),
  ...arithmetic('andncc', Op.andncc, Op.andncci, '010101'),
  ...arithmetic('or', Op.or, Op.ori, '000010'),
  ...arithmetic('orcc', Op.orcc, Op.orcci, '010010'),
  ...arithmetic('orn', Op.orn, Op.orni, '000110'),
  ...arithmetic('orncc', Op.orncc, Op.orncci, '010110'),
  ...arithmetic('xor', Op.xor, Op.xori, '000011'),
  ...arithmetic('xorcc', Op.xorcc, Op.xorcci, '010011'),
  ...arithmetic('xnor', Op.xnor, Op.xnori, '000111'),
  ...arithmetic('xnorcc', Op.xnorcc, Op.xnorcci, '010111'),
  ...shift('sll', Op.sll, Op.slli, '100101'),
  ...shift('srl', Op.srl, Op.srli, '100110'),
  ...shift('sra', Op.sra, Op.srai, '100111'),
  ...arithmetic('add', Op.add, Op.addi, '000000'),
  ...arithmetic('addcc', Op.addcc, Op.addcci, '010000'),
  ...arithmetic('addx', Op.addx, Op.addxi, '001000'),
  ...arithmetic('addxcc', Op.addxcc, Op.addxcci, '011000'),
  ...uncommon('taddcc', Op.taddcc, '10 rd 100000 rs1'),
  ...uncommon('taddcctv', Op.taddcctv, '10 rd 100010 rs1'),
  ...arithmetic('sub', Op.sub, Op.subi, '000100'),
  ...arithmetic('subcc', Op.subcc, Op.subcci, '010100'),
  ...arithmetic('subx', Op.subx, Op.subxi, '001100'),
  ...arithmetic('subxcc', Op.subxcc, Op.subxcci, '011100'),
  ...uncommon('tsubcc', Op.tsubcc, '10 rd 100001 rs1'),
  ...uncommon('tsubcctv', Op.tsubcctv, '10 rd 100011 rs1'),
  ...uncommon('mulscc', Op.mulscc, '10 rd 100100 rs1'),
  ...arithmetic('umul', Op.umul, Op.umuli, '001010'),
  ...arithmetic('smul', Op.smul, Op.smuli, '001011'),
  ...uncommon('umulcc', Op.umulcc, '10 rd 011010 rs1'),
  ...uncommon('smulcc', Op.smulcc, '10 rd 011011 rs1'),
  ...uncommon('udiv', Op.udiv, '10 rd 001110 rs1'),
  ...uncommon('sdiv', Op.sdiv, '10 rd 001111 rs1'),
  ...uncommon('udivcc', Op.udivcc, '10 rd 011110 rs1'),
  ...uncommon('sdivcc', Op.sdivcc, '10 rd 011111 rs1'),
  ...arithmetic('save', Op.save, Op.savei, '111100'),
  ...arithmetic('restore', Op.restore, Op.restorei, '111101'),
  ...BICC,
  only(Op.call, 'call', '01 disp30'),
  ...arithmetic('jmpl', Op.jmpl, Op.jmpli, '111000'),
  ...TICC,
  only(Op.rdy, 'rdy', '10 rd 101000 00000 00000000000000'),
  ...uncommon('wry', Op.wry, '10 00000 110000 rs1'),
  only(Op.stbar, 'stbar', '10 00000 101000 01111 00000000000000'),
  only(Op.illegal, 'unimp', '00 00000 000 const22'),
  ...uncommon('flush', Op.flush, '10 00000 111011 rs1'),
];

/** `sethi 0, %g0`. */
export const NOP = 0x01000000;

/**
 * The row of this mnemonic and form; no form for an instruction that has only one.
 *
 * @throws Error when the table has no such row: a mistake of the caller.
 */
export function row(name: string, form?: Form): Row {
  const found = TABLE.find((candidate) => candidate.name === name && candidate.form === form);
  if (found === undefined) throw new Error(`no SPARC instruction ${name} (${form ?? 'with one form'})`);
  return found;
}
