/**
 * RISC-V RV32IMAC: one row an instruction, with the bit pattern of the manual.
 *
 * What is peculiar here: immediates are scattered over the word so that register fields never move;
 * a 16-bit instruction is another spelling of a 32-bit one, so it has no operation of its own and names
 * what it expands to; instructions start at every even address.
 *
 * Source: The RISC-V Instruction Set Manual, Volume I, chapter "RV32/64G Instruction Set Listings", the
 * chapters "C", "A", "M" and "Zifencei".
 */
import { pattern, type FieldSpec, type Pattern, type Values } from '../pattern.js';

/** Operations the core executes; 0 and 1 are reserved by the instruction cache. */
// prettier-ignore
export const enum Op {
  illegal = 2,
  lui, auipc, jal, jalr,
  beq, bne, blt, bge, bltu, bgeu,
  lb, lh, lw, lbu, lhu, sb, sh, sw,
  addi, slti, sltiu, xori, ori, andi, slli, srli, srai,
  add, sub, sll, slt, sltu, xor, srl, sra, or, and,
  fence, fence_i, ecall, ebreak,
  mul, mulh, mulhsu, mulhu, div, divu, rem, remu,
  lr_w, sc_w, amoswap_w, amoadd_w, amoxor_w, amoand_w, amoor_w, amomin_w, amomax_w, amominu_w, amomaxu_w,
}

/** Which operands the core takes from the fields, in this order. */
export const OPERANDS = ['rd', 'rs1', 'rs2', 'imm'] as const;

export interface Row {
  name: string;
  pattern: Pattern;
  /** Bytes. */
  size: 2 | 4;
  op: Op;
  /** For a compressed instruction: the row it stands for, and that row's fields from its own. */
  expansion?: { row: Row; fields: (own: Values) => Values };
  /** Encodings that match the pattern but belong to another row, or to none. */
  excludes?: (own: Values) => boolean;
}

const FIELDS: Record<string, FieldSpec> = {
  rd: { width: 5 },
  rs1: { width: 5 },
  rs2: { width: 5 },
  "rd'": { width: 3 },
  "rs1'": { width: 3 },
  "rs2'": { width: 3 },
  imm: { width: 32, signed: true },
  uimm: { width: 32 },
  shamt: { width: 5 },
  ordering: { width: 2 },
  pred: { width: 4 },
  succ: { width: 4 },
  fm: { width: 4 },
};

const base = (op: Op, name: string, text: string): Row => ({
  name,
  op,
  size: 4,
  pattern: pattern(text, 32, FIELDS),
});

const B = 'imm[12|10:5] rs2 rs1 FUNCT imm[4:1|11] 1100011';
const I = 'imm[11:0] rs1 FUNCT rd 0010011';
const L = 'imm[11:0] rs1 FUNCT rd 0000011';
const S = 'imm[11:5] rs2 rs1 FUNCT imm[4:0] 0100011';
const R = 'FUNCT7 rs2 rs1 FUNCT rd 0110011';
const A = 'FUNCT5 ordering rs2 rs1 010 rd 0101111';
const f = (format: string, funct: string): string => format.replace('FUNCT', funct);
const r = (funct7: string, funct3: string): string => R.replace('FUNCT7', funct7).replace('FUNCT', funct3);
const a = (funct5: string): string => A.replace('FUNCT5', funct5);

const BASE: Row[] = [
  base(Op.lui, 'lui', 'imm[31:12] rd 0110111'),
  base(Op.auipc, 'auipc', 'imm[31:12] rd 0010111'),
  base(Op.jal, 'jal', 'imm[20|10:1|11|19:12] rd 1101111'),
  base(Op.jalr, 'jalr', 'imm[11:0] rs1 000 rd 1100111'),
  base(Op.beq, 'beq', f(B, '000')),
  base(Op.bne, 'bne', f(B, '001')),
  base(Op.blt, 'blt', f(B, '100')),
  base(Op.bge, 'bge', f(B, '101')),
  base(Op.bltu, 'bltu', f(B, '110')),
  base(Op.bgeu, 'bgeu', f(B, '111')),
  base(Op.lb, 'lb', f(L, '000')),
  base(Op.lh, 'lh', f(L, '001')),
  base(Op.lw, 'lw', f(L, '010')),
  base(Op.lbu, 'lbu', f(L, '100')),
  base(Op.lhu, 'lhu', f(L, '101')),
  base(Op.sb, 'sb', f(S, '000')),
  base(Op.sh, 'sh', f(S, '001')),
  base(Op.sw, 'sw', f(S, '010')),
  base(Op.addi, 'addi', f(I, '000')),
  base(Op.slti, 'slti', f(I, '010')),
  base(Op.sltiu, 'sltiu', f(I, '011')),
  base(Op.xori, 'xori', f(I, '100')),
  base(Op.ori, 'ori', f(I, '110')),
  base(Op.andi, 'andi', f(I, '111')),
  base(Op.slli, 'slli', '0000000 shamt rs1 001 rd 0010011'),
  base(Op.srli, 'srli', '0000000 shamt rs1 101 rd 0010011'),
  base(Op.srai, 'srai', '0100000 shamt rs1 101 rd 0010011'),
  base(Op.add, 'add', r('0000000', '000')),
  base(Op.sub, 'sub', r('0100000', '000')),
  base(Op.sll, 'sll', r('0000000', '001')),
  base(Op.slt, 'slt', r('0000000', '010')),
  base(Op.sltu, 'sltu', r('0000000', '011')),
  base(Op.xor, 'xor', r('0000000', '100')),
  base(Op.srl, 'srl', r('0000000', '101')),
  base(Op.sra, 'sra', r('0100000', '101')),
  base(Op.or, 'or', r('0000000', '110')),
  base(Op.and, 'and', r('0000000', '111')),
  base(Op.fence, 'fence', 'fm pred succ rs1 000 rd 0001111'),
  base(Op.fence_i, 'fence.i', 'imm[11:0] rs1 001 rd 0001111'),
  base(Op.ecall, 'ecall', '00000000000000000000000001110011'),
  base(Op.ebreak, 'ebreak', '00000000000100000000000001110011'),
  base(Op.mul, 'mul', r('0000001', '000')),
  base(Op.mulh, 'mulh', r('0000001', '001')),
  base(Op.mulhsu, 'mulhsu', r('0000001', '010')),
  base(Op.mulhu, 'mulhu', r('0000001', '011')),
  base(Op.div, 'div', r('0000001', '100')),
  base(Op.divu, 'divu', r('0000001', '101')),
  base(Op.rem, 'rem', r('0000001', '110')),
  base(Op.remu, 'remu', r('0000001', '111')),
  base(Op.lr_w, 'lr.w', '00010 ordering 00000 rs1 010 rd 0101111'),
  base(Op.sc_w, 'sc.w', a('00011')),
  base(Op.amoswap_w, 'amoswap.w', a('00001')),
  base(Op.amoadd_w, 'amoadd.w', a('00000')),
  base(Op.amoxor_w, 'amoxor.w', a('00100')),
  base(Op.amoand_w, 'amoand.w', a('01100')),
  base(Op.amoor_w, 'amoor.w', a('01000')),
  base(Op.amomin_w, 'amomin.w', a('10000')),
  base(Op.amomax_w, 'amomax.w', a('10100')),
  base(Op.amominu_w, 'amominu.w', a('11000')),
  base(Op.amomaxu_w, 'amomaxu.w', a('11100')),
];

const byName = new Map(BASE.map((row) => [row.name, row]));

/**
 * A compressed row. `as` is the instruction it stands for: its name, then `field=source` pairs where a
 * source is one of the row's own fields, a three-bit register field (`rd'` is x8 + rd'), or a number.
 */
function compressed(name: string, text: string, as: string, excludes?: (own: Values) => boolean): Row {
  const [target, ...assignments] = as.split(' ');
  const row = byName.get(target ?? '');
  if (row === undefined) throw new Error(`${name} expands to unknown ${target}`);
  const sources = assignments.map((text) => text.split('=') as [string, string]);
  const fields = (own: Values): Values => {
    const values: Values = {};
    for (const [field, source] of sources) {
      if (/^\d+$/.test(source)) values[field] = Number(source);
      else values[field] = source.endsWith("'") ? 8 + own[source]! : own[source]!;
    }
    return values;
  };
  const compressedPattern = pattern(text, 16, FIELDS);
  return {
    name,
    op: row.op,
    size: 2,
    pattern: compressedPattern,
    expansion: { row, fields },
    ...(excludes && { excludes }),
  };
}

const zero =
  (field: string) =>
  (own: Values): boolean =>
    own[field] === 0;

const COMPRESSED: Row[] = [
  compressed('c.addi4spn', "000 uimm[5:4|9:6|2|3] rd' 00", "addi rd=rd' rs1=2 imm=uimm", zero('uimm')),
  compressed('c.lw', "010 uimm[5:3] rs1' uimm[2|6] rd' 00", "lw rd=rd' rs1=rs1' imm=uimm"),
  compressed('c.sw', "110 uimm[5:3] rs1' uimm[2|6] rs2' 00", "sw rs1=rs1' rs2=rs2' imm=uimm"),
  compressed('c.addi', '000 imm[5] rd imm[4:0] 01', 'addi rd=rd rs1=rd imm=imm'),
  compressed('c.jal', '001 imm[11|4|9:8|10|6|7|3:1|5] 01', 'jal rd=1 imm=imm'),
  compressed('c.li', '010 imm[5] rd imm[4:0] 01', 'addi rd=rd rs1=0 imm=imm'),
  compressed('c.addi16sp', '011 imm[9] 00010 imm[4|6|8:7|5] 01', 'addi rd=2 rs1=2 imm=imm', zero('imm')),
  compressed(
    'c.lui',
    '011 imm[17] rd imm[16:12] 01',
    'lui rd=rd imm=imm',
    (own) => own.rd === 2 || own.imm === 0,
  ),
  compressed('c.srli', "100 0 00 rd' shamt 01", "srli rd=rd' rs1=rd' shamt=shamt"),
  compressed('c.srai', "100 0 01 rd' shamt 01", "srai rd=rd' rs1=rd' shamt=shamt"),
  compressed('c.andi', "100 imm[5] 10 rd' imm[4:0] 01", "andi rd=rd' rs1=rd' imm=imm"),
  compressed('c.sub', "100 0 11 rd' 00 rs2' 01", "sub rd=rd' rs1=rd' rs2=rs2'"),
  compressed('c.xor', "100 0 11 rd' 01 rs2' 01", "xor rd=rd' rs1=rd' rs2=rs2'"),
  compressed('c.or', "100 0 11 rd' 10 rs2' 01", "or rd=rd' rs1=rd' rs2=rs2'"),
  compressed('c.and', "100 0 11 rd' 11 rs2' 01", "and rd=rd' rs1=rd' rs2=rs2'"),
  compressed('c.j', '101 imm[11|4|9:8|10|6|7|3:1|5] 01', 'jal rd=0 imm=imm'),
  compressed('c.beqz', "110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01", "beq rs1=rs1' rs2=0 imm=imm"),
  compressed('c.bnez', "111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01", "bne rs1=rs1' rs2=0 imm=imm"),
  compressed('c.slli', '000 0 rd shamt 10', 'slli rd=rd rs1=rd shamt=shamt'),
  compressed('c.lwsp', '010 uimm[5] rd uimm[4:2|7:6] 10', 'lw rd=rd rs1=2 imm=uimm', zero('rd')),
  compressed('c.jr', '100 0 rs1 00000 10', 'jalr rd=0 rs1=rs1 imm=0', zero('rs1')),
  compressed('c.mv', '100 0 rd rs2 10', 'add rd=rd rs1=0 rs2=rs2', zero('rs2')),
  compressed('c.ebreak', '100 1 00000 00000 10', 'ebreak'),
  compressed('c.jalr', '100 1 rs1 00000 10', 'jalr rd=1 rs1=rs1 imm=0', zero('rs1')),
  compressed('c.add', '100 1 rd rs2 10', 'add rd=rd rs1=rd rs2=rs2', zero('rs2')),
  compressed('c.swsp', '110 uimm[5:2|7:6] rs2 10', 'sw rs1=2 rs2=rs2 imm=uimm'),
];

export const TABLE: readonly Row[] = [...BASE, ...COMPRESSED];

/** The row of this mnemonic. @throws Error on a mnemonic that is not in the table: a mistake of the caller. */
export function row(name: string): Row {
  const found = TABLE.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no RISC-V instruction ${name}`);
  return found;
}
