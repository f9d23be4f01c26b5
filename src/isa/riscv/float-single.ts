/**
 * F: operations on singles, and what converts between both formats.
 *
 * A register is 64 bits wide, and one that holds a single has all ones above it. One that has not counts as the
 * canonical NaN in every operation that computes; `fmv.x.w` and `fsw` only move bits.
 */
import { Order, type FloatUnit, type Rounding } from '../float/index.js';
import { classOf, injectSign, isFirst } from './float-choice.js';
import { NAN_SINGLE, type RegisterFile } from './register-file.js';
import { Op } from './table.js';

export function onSingles(file: RegisterFile, op: Op, word: number, rm: Rounding): void {
  const { floats } = file;
  const { words } = floats;
  const rd = (word >>> 7) & 31;
  const rs1 = (word >>> 15) & 31;
  const d = 2 * rd;
  const a = single(words, rs1);
  const b = single(words, (word >>> 20) & 31);
  switch (op) {
    case Op.fmadd_s:
      floats.fma32(d, a, b, single(words, word >>> 27), false, false, rm);
      break;
    case Op.fmsub_s:
      floats.fma32(d, a, b, single(words, word >>> 27), false, true, rm);
      break;
    case Op.fnmsub_s:
      floats.fma32(d, a, b, single(words, word >>> 27), true, false, rm);
      break;
    case Op.fnmadd_s:
      floats.fma32(d, a, b, single(words, word >>> 27), true, true, rm);
      break;
    case Op.fadd_s:
      floats.add32(d, a, b, rm);
      break;
    case Op.fsub_s:
      floats.sub32(d, a, b, rm);
      break;
    case Op.fmul_s:
      floats.mul32(d, a, b, rm);
      break;
    case Op.fdiv_s:
      floats.div32(d, a, b, rm);
      break;
    case Op.fsqrt_s:
      floats.sqrt32(d, a, rm);
      break;
    case Op.fsgnj_s:
    case Op.fsgnjn_s:
    case Op.fsgnjx_s:
      words[d] = injectSign(op - Op.fsgnj_s, words[a]!, words[b]!);
      break;
    case Op.fmin_s:
    case Op.fmax_s:
      choose(floats, d, a, b, op === Op.fmin_s);
      break;
    case Op.fcvt_s_w:
      floats.fromNumber32(d, file.word(rs1), rm);
      break;
    case Op.fcvt_s_wu:
      floats.fromNumber32(d, file.word(rs1) >>> 0, rm);
      break;
    case Op.fcvt_s_l:
      floats.fromInteger32(d, file.doubleword(rs1), rm);
      break;
    case Op.fcvt_s_lu:
      floats.fromInteger32(d, file.unsigned(rs1), rm);
      break;
    case Op.fmv_w_x:
      words[d] = file.word(rs1);
      break;
    case Op.fcvt_s_d:
      floats.narrow(d, rs1, rm);
      break;
    case Op.fcvt_d_s:
      floats.widen(rd, a);
      return;
    default:
      toInteger(file, op, rd, a, b, rm, words[2 * rs1]!);
      return;
  }
  words[d + 1] = -1;
}

/** What writes an integer register; `raw` is the lower word of the register of `a`, whatever is above. */
function toInteger(
  file: RegisterFile,
  op: Op,
  rd: number,
  a: number,
  b: number,
  rm: Rounding,
  raw: number,
): void {
  const { floats } = file;
  switch (op) {
    case Op.feq_s:
      file.setWord(rd, floats.compare32(a, b, false) === Order.equal ? 1 : 0);
      return;
    case Op.flt_s:
      file.setWord(rd, floats.compare32(a, b, true) === Order.less ? 1 : 0);
      return;
    case Op.fle_s:
      file.setWord(rd, floats.compare32(a, b, true) <= Order.equal ? 1 : 0);
      return;
    case Op.fclass_s:
      file.setWord(rd, classify(floats.words[a]!));
      return;
    case Op.fcvt_w_s:
    case Op.fcvt_wu_s:
      file.setWord(rd, floats.toWord32(a, rm, op === Op.fcvt_w_s));
      return;
    case Op.fcvt_l_s:
    case Op.fcvt_lu_s:
      file.setDoubleword(rd, floats.toInteger32(a, rm, 64, op === Op.fcvt_l_s));
      return;
    case Op.fmv_x_w:
      file.setWord(rd, raw);
      return;
    default:
      throw new Error(`operation ${op} is in the table but not in the core`);
  }
}

/** The word of a register's single. */
const single = (words: Int32Array, register: number): number =>
  words[2 * register + 1] === -1 ? 2 * register : NAN_SINGLE;

/** Writes the smaller or the larger of two singles. */
function choose(floats: FloatUnit, d: number, a: number, b: number, least: boolean): void {
  const { singles, words } = floats;
  const order = floats.compare32(a, b, false);
  const from = isFirst(order, least, words[a]! < 0, Number.isNaN(singles[a]!)) ? a : b;
  words[d] = words[Number.isNaN(singles[from]!) ? NAN_SINGLE : from]!;
}

function classify(word: number): number {
  const exponent = (word >>> 23) & 0xff;
  const kind = exponent === 0 ? 'zero' : exponent === 0xff ? 'ones' : 'other';
  return classOf(word < 0, kind, (word & 0x7fffff) === 0, (word & 0x400000) !== 0);
}
