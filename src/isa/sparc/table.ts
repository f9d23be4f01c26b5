/**
 * SPARC V8 as a process may use it: one row an instruction and operand form, with the bit pattern of the manual.
 *
 * What is peculiar here: a control transfer takes effect one instruction late (the delay slot), and its
 * annul bit can cancel that instruction; most instructions take a register or a 13-bit constant as their
 * second operand, which makes two rows; displacements count words; a no-operation is `sethi 0, %g0`.
 *
 * Bits the manual calls unused or reserved must be zero. V9 spends some of them on other instructions (sllx
 * is sll with bit 12 set), and those must not execute as something else.
 *
 * Source: The SPARC Architecture Manual, Version 8, appendix B "Instruction Definitions" and appendix F
 * "Opcodes and Condition Codes". Quadruple precision, which no hardware has, coprocessor, alternate spaces,
 * and what is privileged are not in the table.
 */
import { Op } from './operations.js';
import {
  ADDRESS,
  arithmetic,
  both,
  CONDITIONS,
  fourBits,
  load,
  only,
  shift,
  store,
  uncommon,
  type Form,
  type Row,
} from './rows.js';
import { floatRows } from './table-float.js';

const BICC: Row[] = CONDITIONS.map((suffix, cond) =>
  only(Op.bicc, `b${suffix}`, `00 a ${fourBits(cond)} 010 disp22`, 'disp22', { cond }),
);

const TICC: Row[] = CONDITIONS.flatMap((suffix, cond) => {
  const head = `10 0 ${fourBits(cond)} 111010 rs1`;
  return [
    only(Op.ticc, `t${suffix}`, `${head} 0 00000000 rs2`, 'rs1 + rs2', { cond, form: 'register' }),
    only(Op.ticci, `t${suffix}`, `${head} 1 000000 imm7`, 'rs1 + imm7', { cond, form: 'immediate' }),
  ];
});

/** All of them are in version 9 too, but for the traps, which got a choice of condition codes. */
export const INTEGER: readonly Row[] = [
  ...load('ldsb', Op.ldsb, Op.ldsbi, '001001'),
  ...load('ldsh', Op.ldsh, Op.ldshi, '001010'),
  ...load('ldub', Op.ldub, Op.ldubi, '000001'),
  ...load('lduh', Op.lduh, Op.lduhi, '000010'),
  ...load('ld', Op.ld, Op.ldi, '000000'),
  ...load('ldd', Op.ldd, Op.lddi, '000011', 'rd[4:1] 0'),
  ...store('stb', Op.stb, Op.stbi, '000101'),
  ...store('sth', Op.sth, Op.sthi, '000110'),
  ...store('st', Op.st, Op.sti, '000100'),
  ...store('std', Op.std, Op.stdi, '000111', 'rd[4:1] 0'),
  ...uncommon('ldstub', Op.ldstub, '11 rd 001101 rs1', `${ADDRESS}, rd`),
  ...uncommon('swap', Op.swap, '11 rd 001111 rs1', `${ADDRESS}, rd`),
  only(Op.sethi, 'sethi', '00 rd 100 imm22', 'imm22, rd'),
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
  only(Op.call, 'call', '01 disp30', 'disp30'),
  ...both('jmpl', Op.jmpl, Op.jmpli, '10 rd 111000 rs1', 'rs1+2, rd'),
  only(Op.rdy, 'rdy', '10 rd 101000 00000 00000000000000', '%y, rd', { mnemonic: 'rd' }),
  ...uncommon('wry', Op.wry, '10 00000 110000 rs1', 'rs1, 2, %y', { mnemonic: 'wr' }),
  only(Op.nothing, 'stbar', '10 00000 101000 01111 00000000000000'),
  only(Op.illegal, 'unimp', '00 00000 000 const22', 'const22'),
  ...uncommon('flush', Op.flush, '10 00000 111011 rs1', ADDRESS),
];

export const TABLE: readonly Row[] = [...INTEGER, ...TICC, ...floatRows('v8')];

/** `sethi 0, %g0`. */
export const NOP = 0x01000000;

/**
 * The row of this mnemonic and form; no form for an instruction that has only one.
 *
 * @throws Error when the table has no such row: a mistake of the caller.
 */
export function row(name: string, form?: Form, table = TABLE): Row {
  const found = table.find((candidate) => candidate.name === name && candidate.form === form);
  if (found === undefined) throw new Error(`no SPARC instruction ${name} (${form ?? 'with one form'})`);
  return found;
}

export type { Form, Row };
