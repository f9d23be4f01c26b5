/** What the cores of both versions execute, as numbers. */

/**
 * Operations; 0 and 1 are reserved by the instruction cache. Two operand forms are two operations, named as
 * add and addi; from `firstUncommon` on they share one, see `IMMEDIATE`. `_a`: with the annul bit.
 */
// prettier-ignore
export const enum Op {
  illegal = 2,
  sethi, call, bicc, bicc_a, ba_a, fb, fb_a, jmpl, jmpli, ticc, ticci,
  ld, ldi, ldsb, ldsbi, ldsh, ldshi, ldub, ldubi, lduh, lduhi, ldd, lddi,
  st, sti, stb, stbi, sth, sthi, std, stdi,
  add, addi, addcc, addcci, addx, addxi, addxcc, addxcci,
  sub, subi, subcc, subcci, subx, subxi, subxcc, subxcci,
  and, andi, andcc, andcci, andn, andni, andncc, andncci,
  or, ori, orcc, orcci, orn, orni, orncc, orncci,
  xor, xori, xorcc, xorcci, xnor, xnori, xnorcc, xnorcci,
  sll, slli, srl, srli, sra, srai,
  umul, umuli, smul, smuli, save, savei, restore, restorei, rdy,
  /** stbar, membar, prefetch: nothing to do in a machine that does one thing after the other. */
  nothing,
  // Version 9.
  br, br_a, return, returni, ldx, ldxi, stx, stxi, sllx, sllxi, srlx, srlxi, srax, sraxi,
  movcc, movcci, movr, movri, rdtick,

  firstUncommon,
  ldstub = firstUncommon, swap, wry, flush,
  umulcc, smulcc, udiv, sdiv, udivcc, sdivcc, mulscc,
  taddcc, tsubcc, taddcctv, tsubcctv,
  // Version 9.
  ldsw, mulx, udivx, sdivx, popc, flushw,
  rdccr, rdasi, rdpc, rdfprs, rdgsr, wrccr, wrasi, wrfprs, wrgsr, alignaddr, alignaddrl,
  /** Alternate spaces: rd, rs1 and the whole instruction. */
  firstAlternate,
  lduba = firstAlternate, lduha, lduwa, ldsba, ldsha, ldswa, ldxa, ldda, stba, stha, stwa, stxa, stda,
  ldstuba, swapa, casa, casxa, ldfa, lddfa, stfa, stdfa,

  firstFloatMemory,
  ldf = firstFloatMemory, lddf, ldfsr, ldxfsr, stf, stdf, stfsr, stxfsr,

  firstFloatMove,
  fmovscc = firstFloatMove, fmovdcc, fmovsr, fmovdr,

  /** From here on operands are floating-point registers only. */
  firstFloat,
  fadds = firstFloat, faddd, fsubs, fsubd, fmuls, fmuld, fdivs, fdivd, fsmuld, fsqrts, fsqrtd,
  fmovs, fmovd, fnegs, fnegd, fabss, fabsd,
  fcmps, fcmpd, fcmpes, fcmped,
  fitos, fitod, fstoi, fdtoi, fstod, fdtos, fxtos, fxtod, fstox, fdtox,

  firstVis,
  faligndata = firstVis, flogics, flogicd,
  fpadd16, fpadd16s, fpadd32, fpadd32s, fpsub16, fpsub16s, fpsub32, fpsub32s,
}

/** Added to an uncommon operation whose second operand is a constant. */
export const enum Operand {
  immediate = 0x400,
}
