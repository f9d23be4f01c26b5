/**
 * I, M, A, Zicsr and Zifencei: everything on integer registers that takes 32 bits.
 *
 * Source: The RISC-V Instruction Set Manual, Volume I, chapter "RV32/64G Instruction Set Listings".
 */
import { Op } from './op.js';
import { base, type Row } from './row.js';

const B = 'imm[12|10:5] rs2 rs1 FUNCT imm[4:1|11] 1100011';
const I = 'imm[11:0] rs1 FUNCT rd 0010011';
const L = 'imm[11:0] rs1 FUNCT rd 0000011';
const S = 'imm[11:5] rs2 rs1 FUNCT imm[4:0] 0100011';
const C = 'csr rs1 FUNCT rd 1110011';
const f = (format: string, funct: string): string => format.replace('FUNCT', funct);
const r = (funct7: string, funct3: string): string => `${funct7} rs2 rs1 ${funct3} rd 0110011`;
/** On the low words of 64-bit registers. */
const w = (funct7: string, funct3: string): string => `${funct7} rs2 rs1 ${funct3} rd 0111011`;
const shiftW = (funct7: string, funct3: string): string => `${funct7} shamt[4:0] rs1 ${funct3} rd 0011011`;
/** Atomic on a word and on a doubleword. */
const a = (funct5: string): string => `${funct5} ordering rs2 rs1 010 rd 0101111`;
const d = (funct5: string): string => `${funct5} ordering rs2 rs1 011 rd 0101111`;

export const INTEGER: readonly Row[] = [
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
  base(Op.ld, 'ld', f(L, '011'), 64),
  base(Op.lbu, 'lbu', f(L, '100')),
  base(Op.lhu, 'lhu', f(L, '101')),
  base(Op.lwu, 'lwu', f(L, '110'), 64),
  base(Op.sb, 'sb', f(S, '000')),
  base(Op.sh, 'sh', f(S, '001')),
  base(Op.sw, 'sw', f(S, '010')),
  base(Op.sd, 'sd', f(S, '011'), 64),
  base(Op.addi, 'addi', f(I, '000')),
  base(Op.slti, 'slti', f(I, '010')),
  base(Op.sltiu, 'sltiu', f(I, '011')),
  base(Op.xori, 'xori', f(I, '100')),
  base(Op.ori, 'ori', f(I, '110')),
  base(Op.andi, 'andi', f(I, '111')),
  base(Op.slli, 'slli', '000000 shamt rs1 001 rd 0010011'),
  base(Op.srli, 'srli', '000000 shamt rs1 101 rd 0010011'),
  base(Op.srai, 'srai', '010000 shamt rs1 101 rd 0010011'),
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
  base(Op.addiw, 'addiw', 'imm[11:0] rs1 000 rd 0011011', 64),
  base(Op.slliw, 'slliw', shiftW('0000000', '001'), 64),
  base(Op.srliw, 'srliw', shiftW('0000000', '101'), 64),
  base(Op.sraiw, 'sraiw', shiftW('0100000', '101'), 64),
  base(Op.addw, 'addw', w('0000000', '000'), 64),
  base(Op.subw, 'subw', w('0100000', '000'), 64),
  base(Op.sllw, 'sllw', w('0000000', '001'), 64),
  base(Op.srlw, 'srlw', w('0000000', '101'), 64),
  base(Op.sraw, 'sraw', w('0100000', '101'), 64),
  base(Op.fence, 'fence', 'fm pred succ rs1 000 rd 0001111'),
  base(Op.fence_i, 'fence.i', 'imm[11:0] rs1 001 rd 0001111'),
  base(Op.ecall, 'ecall', '00000000000000000000000001110011'),
  base(Op.ebreak, 'ebreak', '00000000000100000000000001110011'),
  base(Op.csrrw, 'csrrw', f(C, '001')),
  base(Op.csrrs, 'csrrs', f(C, '010')),
  base(Op.csrrc, 'csrrc', f(C, '011')),
  base(Op.csrrwi, 'csrrwi', 'csr zimm 101 rd 1110011'),
  base(Op.csrrsi, 'csrrsi', 'csr zimm 110 rd 1110011'),
  base(Op.csrrci, 'csrrci', 'csr zimm 111 rd 1110011'),
  base(Op.mul, 'mul', r('0000001', '000')),
  base(Op.mulh, 'mulh', r('0000001', '001')),
  base(Op.mulhsu, 'mulhsu', r('0000001', '010')),
  base(Op.mulhu, 'mulhu', r('0000001', '011')),
  base(Op.div, 'div', r('0000001', '100')),
  base(Op.divu, 'divu', r('0000001', '101')),
  base(Op.rem, 'rem', r('0000001', '110')),
  base(Op.remu, 'remu', r('0000001', '111')),
  base(Op.mulw, 'mulw', w('0000001', '000'), 64),
  base(Op.divw, 'divw', w('0000001', '100'), 64),
  base(Op.divuw, 'divuw', w('0000001', '101'), 64),
  base(Op.remw, 'remw', w('0000001', '110'), 64),
  base(Op.remuw, 'remuw', w('0000001', '111'), 64),
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
  base(Op.lr_d, 'lr.d', '00010 ordering 00000 rs1 011 rd 0101111', 64),
  base(Op.sc_d, 'sc.d', d('00011'), 64),
  base(Op.amoswap_d, 'amoswap.d', d('00001'), 64),
  base(Op.amoadd_d, 'amoadd.d', d('00000'), 64),
  base(Op.amoxor_d, 'amoxor.d', d('00100'), 64),
  base(Op.amoand_d, 'amoand.d', d('01100'), 64),
  base(Op.amoor_d, 'amoor.d', d('01000'), 64),
  base(Op.amomin_d, 'amomin.d', d('10000'), 64),
  base(Op.amomax_d, 'amomax.d', d('10100'), 64),
  base(Op.amominu_d, 'amominu.d', d('11000'), 64),
  base(Op.amomaxu_d, 'amomaxu.d', d('11100'), 64),
];
