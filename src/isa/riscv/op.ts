/** Operations the cores execute; 0 and 1 are reserved by the instruction cache. */
// prettier-ignore
export const enum Op {
  illegal = 2,
  lui, auipc, jal, jalr,
  beq, bne, blt, bge, bltu, bgeu,
  lb, lh, lw, lbu, lhu, lwu, ld, flw, fld,
  sb, sh, sw, sd, fsw, fsd,
  addi, slti, sltiu, xori, ori, andi, slli, srli, srai,
  add, sub, sll, slt, sltu, xor, srl, sra, or, and,
  addiw, slliw, srliw, sraiw, addw, subw, sllw, srlw, sraw,
  mul, mulh, mulhsu, mulhu, div, divu, rem, remu,
  mulw, divw, divuw, remw, remuw,
  fence, fence_i, ecall, ebreak,
  // From here on a core is handed the instruction word, and takes the fields from it.
  csrrw, csrrs, csrrc, csrrwi, csrrsi, csrrci,
  lr_w, sc_w, amoswap_w, amoadd_w, amoxor_w, amoand_w, amoor_w, amomin_w, amomax_w, amominu_w, amomaxu_w,
  lr_d, sc_d, amoswap_d, amoadd_d, amoxor_d, amoand_d, amoor_d, amomin_d, amomax_d, amominu_d, amomaxu_d,
  fmadd_s, fmsub_s, fnmsub_s, fnmadd_s, fadd_s, fsub_s, fmul_s, fdiv_s, fsqrt_s,
  fsgnj_s, fsgnjn_s, fsgnjx_s, fmin_s, fmax_s, feq_s, flt_s, fle_s, fclass_s,
  fcvt_w_s, fcvt_wu_s, fcvt_l_s, fcvt_lu_s, fcvt_s_w, fcvt_s_wu, fcvt_s_l, fcvt_s_lu,
  fmv_x_w, fmv_w_x, fcvt_s_d, fcvt_d_s,
  fmadd_d, fmsub_d, fnmsub_d, fnmadd_d, fadd_d, fsub_d, fmul_d, fdiv_d, fsqrt_d,
  fsgnj_d, fsgnjn_d, fsgnjx_d, fmin_d, fmax_d, feq_d, flt_d, fle_d, fclass_d,
  fcvt_w_d, fcvt_wu_d, fcvt_l_d, fcvt_lu_d, fcvt_d_w, fcvt_d_wu, fcvt_d_l, fcvt_d_lu,
  fmv_x_d, fmv_d_x,
}

export const isBranch = (op: Op): boolean => op >= Op.beq && op <= Op.bgeu;
export const isStore = (op: Op): boolean => op >= Op.sb && op <= Op.fsd;
export const isFloatAccess = (op: Op): boolean =>
  op === Op.flw || op === Op.fld || op === Op.fsw || op === Op.fsd;
/** Whether the operation takes its fields from the instruction word when it is executed. */
export const takesWord = (op: Op): boolean => op >= Op.csrrw;
