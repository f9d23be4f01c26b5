/**
 * F and D. The two differ in one field, fmt, so most rows are drawn once.
 *
 * Source: The RISC-V Instruction Set Manual, Volume I, chapter "RV32/64G Instruction Set Listings".
 */
import { Op } from './op.js';
import { base, type Row, type Xlen } from './row.js';

/** The single and the double form of a row; FMT stands for the field and the name's suffix for the format. */
function both(single: Op, double: Op, name: string, text: string, xlen?: Xlen): Row[] {
  return [
    base(single, name.replace('FMT', 's'), text.replace('FMT', '00'), xlen),
    base(double, name.replace('FMT', 'd'), text.replace('FMT', '01'), xlen),
  ];
}

export const FLOAT: readonly Row[] = [
  base(Op.flw, 'flw', 'imm[11:0] rs1 010 fd 0000111'),
  base(Op.fld, 'fld', 'imm[11:0] rs1 011 fd 0000111'),
  base(Op.fsw, 'fsw', 'imm[11:5] fs2 rs1 010 imm[4:0] 0100111'),
  base(Op.fsd, 'fsd', 'imm[11:5] fs2 rs1 011 imm[4:0] 0100111'),
  ...both(Op.fmadd_s, Op.fmadd_d, 'fmadd.FMT', 'fs3 FMT fs2 fs1 rm fd 1000011'),
  ...both(Op.fmsub_s, Op.fmsub_d, 'fmsub.FMT', 'fs3 FMT fs2 fs1 rm fd 1000111'),
  ...both(Op.fnmsub_s, Op.fnmsub_d, 'fnmsub.FMT', 'fs3 FMT fs2 fs1 rm fd 1001011'),
  ...both(Op.fnmadd_s, Op.fnmadd_d, 'fnmadd.FMT', 'fs3 FMT fs2 fs1 rm fd 1001111'),
  ...both(Op.fadd_s, Op.fadd_d, 'fadd.FMT', '00000FMT fs2 fs1 rm fd 1010011'),
  ...both(Op.fsub_s, Op.fsub_d, 'fsub.FMT', '00001FMT fs2 fs1 rm fd 1010011'),
  ...both(Op.fmul_s, Op.fmul_d, 'fmul.FMT', '00010FMT fs2 fs1 rm fd 1010011'),
  ...both(Op.fdiv_s, Op.fdiv_d, 'fdiv.FMT', '00011FMT fs2 fs1 rm fd 1010011'),
  ...both(Op.fsqrt_s, Op.fsqrt_d, 'fsqrt.FMT', '01011FMT 00000 fs1 rm fd 1010011'),
  ...both(Op.fsgnj_s, Op.fsgnj_d, 'fsgnj.FMT', '00100FMT fs2 fs1 000 fd 1010011'),
  ...both(Op.fsgnjn_s, Op.fsgnjn_d, 'fsgnjn.FMT', '00100FMT fs2 fs1 001 fd 1010011'),
  ...both(Op.fsgnjx_s, Op.fsgnjx_d, 'fsgnjx.FMT', '00100FMT fs2 fs1 010 fd 1010011'),
  ...both(Op.fmin_s, Op.fmin_d, 'fmin.FMT', '00101FMT fs2 fs1 000 fd 1010011'),
  ...both(Op.fmax_s, Op.fmax_d, 'fmax.FMT', '00101FMT fs2 fs1 001 fd 1010011'),
  ...both(Op.feq_s, Op.feq_d, 'feq.FMT', '10100FMT fs2 fs1 010 rd 1010011'),
  ...both(Op.flt_s, Op.flt_d, 'flt.FMT', '10100FMT fs2 fs1 001 rd 1010011'),
  ...both(Op.fle_s, Op.fle_d, 'fle.FMT', '10100FMT fs2 fs1 000 rd 1010011'),
  ...both(Op.fclass_s, Op.fclass_d, 'fclass.FMT', '11100FMT 00000 fs1 001 rd 1010011'),
  ...both(Op.fcvt_w_s, Op.fcvt_w_d, 'fcvt.w.FMT', '11000FMT 00000 fs1 rm rd 1010011'),
  ...both(Op.fcvt_wu_s, Op.fcvt_wu_d, 'fcvt.wu.FMT', '11000FMT 00001 fs1 rm rd 1010011'),
  ...both(Op.fcvt_l_s, Op.fcvt_l_d, 'fcvt.l.FMT', '11000FMT 00010 fs1 rm rd 1010011', 64),
  ...both(Op.fcvt_lu_s, Op.fcvt_lu_d, 'fcvt.lu.FMT', '11000FMT 00011 fs1 rm rd 1010011', 64),
  ...both(Op.fcvt_s_w, Op.fcvt_d_w, 'fcvt.FMT.w', '11010FMT 00000 rs1 rm fd 1010011'),
  ...both(Op.fcvt_s_wu, Op.fcvt_d_wu, 'fcvt.FMT.wu', '11010FMT 00001 rs1 rm fd 1010011'),
  ...both(Op.fcvt_s_l, Op.fcvt_d_l, 'fcvt.FMT.l', '11010FMT 00010 rs1 rm fd 1010011', 64),
  ...both(Op.fcvt_s_lu, Op.fcvt_d_lu, 'fcvt.FMT.lu', '11010FMT 00011 rs1 rm fd 1010011', 64),
  base(Op.fcvt_s_d, 'fcvt.s.d', '0100000 00001 fs1 rm fd 1010011'),
  base(Op.fcvt_d_s, 'fcvt.d.s', '0100001 00000 fs1 rm fd 1010011'),
  base(Op.fmv_x_w, 'fmv.x.w', '1110000 00000 fs1 000 rd 1010011'),
  base(Op.fmv_w_x, 'fmv.w.x', '1111000 00000 rs1 000 fd 1010011'),
  base(Op.fmv_x_d, 'fmv.x.d', '1110001 00000 fs1 000 rd 1010011', 64),
  base(Op.fmv_d_x, 'fmv.d.x', '1111001 00000 rs1 000 fd 1010011', 64),
];
