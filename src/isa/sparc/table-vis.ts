/**
 * What compilers and the C library use of the first Visual Instruction Set: logicals on floating-point
 * registers, sums of packed integers, and the alignment of data.
 *
 * Source: SPARC Joint Programming Specification (JPS1): Commonality, appendix A.
 */
import { Op } from './operations.js';
import { only, type Row } from './rows.js';

/**
 * In the order of their opcodes, which are truth tables: bit 3 is the result where both operands are 1, bit 2
 * where only the second is, bit 1 where only the first is, bit 0 where none is.
 */
// prettier-ignore
const LOGICALS = [
  'fzero', 'fnor', 'fandnot2', 'fnot2', 'fandnot1', 'fnot1', 'fxor', 'fnand',
  'fand', 'fxnor', 'fsrc1', 'fornot2', 'fsrc2', 'fornot1', 'for', 'fone',
];

const FIRST_LOGICAL = 0x60;

const binary = (value: number, bits: number): string => value.toString(2).padStart(bits, '0');

/** The function does not depend on the operand whose bit in the truth table's index this is. */
const ignores = (table: number, bit: 1 | 2): boolean =>
  [0, 1, 2, 3].every((k) => ((table >> k) & 1) === ((table >> (k ^ bit)) & 1));

function row(name: string, op: Op, opf: number, kind: 's' | 'd', used = [true, true]): Row {
  const register = (field: string): string => (kind === 's' ? `f${field}` : `d${field}`);
  const bits = (field: string): string => register(field) + (kind === 's' ? '' : '[4:1|5]');
  const operands = ['s1', 's2'].filter((_, i) => used[i]);
  const [rs1, rs2] = ['s1', 's2'].map((field) => (operands.includes(field) ? bits(field) : '00000'));
  const text = `10 ${bits('d')} 110110 ${rs1} ${binary(opf, 9)} ${rs2}`;
  return only(op, name, text, [...operands, 'd'].map(register).join(', '));
}

const logical = (name: string, table: number): Row[] =>
  (['d', 's'] as const).map((kind, single) => ({
    ...row(
      kind === 's' ? `${name}s` : name,
      kind === 's' ? Op.flogics : Op.flogicd,
      FIRST_LOGICAL + 2 * table + single,
      kind,
      [!ignores(table, 1), !ignores(table, 2)],
    ),
    logic: table,
  }));

const align = (name: string, op: Op, opf: number): Row =>
  only(op, name, `10 rd 110110 rs1 ${binary(opf, 9)} rs2`, 'rs1, rs2, rd');

export const VIS: readonly Row[] = [
  align('alignaddr', Op.alignaddr, 0x18),
  align('alignaddrl', Op.alignaddrl, 0x1a),
  row('faligndata', Op.faligndata, 0x48, 'd'),
  row('fpadd16', Op.fpadd16, 0x50, 'd'),
  row('fpadd16s', Op.fpadd16s, 0x51, 's'),
  row('fpadd32', Op.fpadd32, 0x52, 'd'),
  row('fpadd32s', Op.fpadd32s, 0x53, 's'),
  row('fpsub16', Op.fpsub16, 0x54, 'd'),
  row('fpsub16s', Op.fpsub16s, 0x55, 's'),
  row('fpsub32', Op.fpsub32, 0x56, 'd'),
  row('fpsub32s', Op.fpsub32s, 0x57, 's'),
  ...LOGICALS.flatMap(logical),
];
