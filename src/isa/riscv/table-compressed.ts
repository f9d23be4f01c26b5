/**
 * C: every 16-bit instruction is another spelling of a 32-bit one.
 *
 * The widths share the encoding space: what loads and stores a single-precision register on RV32 moves
 * doublewords on RV64, and RV64 has `c.addiw` in the place of `c.jal`.
 *
 * Source: The RISC-V Instruction Set Manual, Volume I, chapter "C", "RVC Instruction Set Listings".
 */
import type { Values } from '../pattern.js';
import { compressedOf, type Row } from './row.js';
import { FLOAT } from './table-float.js';
import { INTEGER } from './table-integer.js';

const c = compressedOf([...INTEGER, ...FLOAT]);

const not = (excludes: (own: Values) => boolean): Pick<Row, 'excludes'> => ({ excludes });
const zero = (field: string): Pick<Row, 'excludes'> => not((own) => own[field] === 0);
const RV32 = { xlen: 32 } as const;
const RV64 = { xlen: 64 } as const;

export const COMPRESSED: readonly Row[] = [
  c('c.addi4spn', "000 uimm[5:4|9:6|2|3] rd' 00", "addi rd=rd' rs1=2 imm=uimm", zero('uimm')),
  c('c.fld', "001 uimm[5:3] rs1' uimm[7:6] fd' 00", "fld fd=fd' rs1=rs1' imm=uimm"),
  c('c.lw', "010 uimm[5:3] rs1' uimm[2|6] rd' 00", "lw rd=rd' rs1=rs1' imm=uimm"),
  c('c.flw', "011 uimm[5:3] rs1' uimm[2|6] fd' 00", "flw fd=fd' rs1=rs1' imm=uimm", RV32),
  c('c.ld', "011 uimm[5:3] rs1' uimm[7:6] rd' 00", "ld rd=rd' rs1=rs1' imm=uimm", RV64),
  c('c.fsd', "101 uimm[5:3] rs1' uimm[7:6] fs2' 00", "fsd rs1=rs1' fs2=fs2' imm=uimm"),
  c('c.sw', "110 uimm[5:3] rs1' uimm[2|6] rs2' 00", "sw rs1=rs1' rs2=rs2' imm=uimm"),
  c('c.fsw', "111 uimm[5:3] rs1' uimm[2|6] fs2' 00", "fsw rs1=rs1' fs2=fs2' imm=uimm", RV32),
  c('c.sd', "111 uimm[5:3] rs1' uimm[7:6] rs2' 00", "sd rs1=rs1' rs2=rs2' imm=uimm", RV64),
  c('c.addi', '000 imm[5] rd imm[4:0] 01', 'addi rd=rd rs1=rd imm=imm'),
  c('c.jal', '001 imm[11|4|9:8|10|6|7|3:1|5] 01', 'jal rd=1 imm=imm', RV32),
  c('c.addiw', '001 imm[5] rd imm[4:0] 01', 'addiw rd=rd rs1=rd imm=imm', { ...RV64, ...zero('rd') }),
  c('c.li', '010 imm[5] rd imm[4:0] 01', 'addi rd=rd rs1=0 imm=imm'),
  c('c.addi16sp', '011 imm[9] 00010 imm[4|6|8:7|5] 01', 'addi rd=2 rs1=2 imm=imm', zero('imm')),
  c(
    'c.lui',
    '011 imm[17] rd imm[16:12] 01',
    'lui rd=rd imm=imm',
    not((own) => own.rd === 2 || own.imm === 0),
  ),
  c('c.srli', "100 shamt[5] 00 rd' shamt[4:0] 01", "srli rd=rd' rs1=rd' shamt=shamt"),
  c('c.srai', "100 shamt[5] 01 rd' shamt[4:0] 01", "srai rd=rd' rs1=rd' shamt=shamt"),
  c('c.andi', "100 imm[5] 10 rd' imm[4:0] 01", "andi rd=rd' rs1=rd' imm=imm"),
  c('c.sub', "100 0 11 rd' 00 rs2' 01", "sub rd=rd' rs1=rd' rs2=rs2'"),
  c('c.xor', "100 0 11 rd' 01 rs2' 01", "xor rd=rd' rs1=rd' rs2=rs2'"),
  c('c.or', "100 0 11 rd' 10 rs2' 01", "or rd=rd' rs1=rd' rs2=rs2'"),
  c('c.and', "100 0 11 rd' 11 rs2' 01", "and rd=rd' rs1=rd' rs2=rs2'"),
  c('c.subw', "100 1 11 rd' 00 rs2' 01", "subw rd=rd' rs1=rd' rs2=rs2'", RV64),
  c('c.addw', "100 1 11 rd' 01 rs2' 01", "addw rd=rd' rs1=rd' rs2=rs2'", RV64),
  c('c.j', '101 imm[11|4|9:8|10|6|7|3:1|5] 01', 'jal rd=0 imm=imm'),
  c('c.beqz', "110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01", "beq rs1=rs1' rs2=0 imm=imm"),
  c('c.bnez', "111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01", "bne rs1=rs1' rs2=0 imm=imm"),
  c('c.slli', '000 shamt[5] rd shamt[4:0] 10', 'slli rd=rd rs1=rd shamt=shamt'),
  c('c.fldsp', '001 uimm[5] fd uimm[4:3|8:6] 10', 'fld fd=fd rs1=2 imm=uimm'),
  c('c.lwsp', '010 uimm[5] rd uimm[4:2|7:6] 10', 'lw rd=rd rs1=2 imm=uimm', zero('rd')),
  c('c.flwsp', '011 uimm[5] fd uimm[4:2|7:6] 10', 'flw fd=fd rs1=2 imm=uimm', RV32),
  c('c.ldsp', '011 uimm[5] rd uimm[4:3|8:6] 10', 'ld rd=rd rs1=2 imm=uimm', { ...RV64, ...zero('rd') }),
  c('c.jr', '100 0 rs1 00000 10', 'jalr rd=0 rs1=rs1 imm=0', zero('rs1')),
  c('c.mv', '100 0 rd rs2 10', 'add rd=rd rs1=0 rs2=rs2', zero('rs2')),
  c('c.ebreak', '100 1 00000 00000 10', 'ebreak'),
  c('c.jalr', '100 1 rs1 00000 10', 'jalr rd=1 rs1=rs1 imm=0', zero('rs1')),
  c('c.add', '100 1 rd rs2 10', 'add rd=rd rs1=rd rs2=rs2', zero('rs2')),
  c('c.fsdsp', '101 uimm[5:3|8:6] fs2 10', 'fsd rs1=2 fs2=fs2 imm=uimm'),
  c('c.swsp', '110 uimm[5:2|7:6] rs2 10', 'sw rs1=2 rs2=rs2 imm=uimm'),
  c('c.fswsp', '111 uimm[5:2|7:6] fs2 10', 'fsw rs1=2 fs2=fs2 imm=uimm', RV32),
  c('c.sdsp', '111 uimm[5:3|8:6] rs2 10', 'sd rs1=2 rs2=rs2 imm=uimm', RV64),
];
