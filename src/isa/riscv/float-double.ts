/** D: operations on doubles. */
import { Order, type FloatUnit, type Rounding } from '../float/index.js';
import { classOf, injectSign, isFirst } from './float-choice.js';
import type { RegisterFile } from './register-file.js';
import { Op } from './table.js';

const CANONICAL_NAN = 0x7ff8000000000000n;

export function onDoubles(file: RegisterFile, op: Op, word: number, rm: Rounding): void {
  const { floats } = file;
  const d = (word >>> 7) & 31;
  const a = (word >>> 15) & 31;
  const b = (word >>> 20) & 31;
  const c = word >>> 27;
  switch (op) {
    case Op.fmadd_d:
      floats.fma64(d, a, b, c, false, false, rm);
      return;
    case Op.fmsub_d:
      floats.fma64(d, a, b, c, false, true, rm);
      return;
    case Op.fnmsub_d:
      floats.fma64(d, a, b, c, true, false, rm);
      return;
    case Op.fnmadd_d:
      floats.fma64(d, a, b, c, true, true, rm);
      return;
    case Op.fadd_d:
      floats.add64(d, a, b, rm);
      return;
    case Op.fsub_d:
      floats.sub64(d, a, b, rm);
      return;
    case Op.fmul_d:
      floats.mul64(d, a, b, rm);
      return;
    case Op.fdiv_d:
      floats.div64(d, a, b, rm);
      return;
    case Op.fsqrt_d:
      floats.sqrt64(d, a, rm);
      return;
    case Op.fsgnj_d:
    case Op.fsgnjn_d:
    case Op.fsgnjx_d: {
      const { words } = floats;
      const high = injectSign(op - Op.fsgnj_d, words[2 * a + 1]!, words[2 * b + 1]!);
      words[2 * d] = words[2 * a]!;
      words[2 * d + 1] = high;
      return;
    }
    case Op.fmin_d:
    case Op.fmax_d:
      choose(floats, d, a, b, op === Op.fmin_d);
      return;
    case Op.feq_d:
      file.setWord(d, floats.compare64(a, b, false) === Order.equal ? 1 : 0);
      return;
    case Op.flt_d:
      file.setWord(d, floats.compare64(a, b, true) === Order.less ? 1 : 0);
      return;
    case Op.fle_d:
      file.setWord(d, floats.compare64(a, b, true) <= Order.equal ? 1 : 0);
      return;
    case Op.fclass_d:
      file.setWord(d, classify(floats.words[2 * a + 1]!, floats.words[2 * a]!));
      return;
    case Op.fcvt_w_d:
    case Op.fcvt_wu_d:
      file.setWord(d, floats.toWord64(a, rm, op === Op.fcvt_w_d));
      return;
    case Op.fcvt_l_d:
    case Op.fcvt_lu_d:
      file.setDoubleword(d, floats.toInteger64(a, rm, 64, op === Op.fcvt_l_d));
      return;
    case Op.fcvt_d_w:
      floats.doubles[d] = file.word(a);
      return;
    case Op.fcvt_d_wu:
      floats.doubles[d] = file.word(a) >>> 0;
      return;
    case Op.fcvt_d_l:
      floats.fromInteger64(d, file.doubleword(a), rm);
      return;
    case Op.fcvt_d_lu:
      floats.fromInteger64(d, file.unsigned(a), rm);
      return;
    case Op.fmv_x_d:
      file.setDoubleword(d, floats.bits[a]!);
      return;
    case Op.fmv_d_x:
      floats.bits[d] = file.doubleword(a);
      return;
    default:
      throw new Error(`operation ${op} is in the table but not in the core`);
  }
}

/** Writes the smaller or the larger of two doubles. */
function choose(floats: FloatUnit, d: number, a: number, b: number, least: boolean): void {
  const { bits, doubles, words } = floats;
  const order = floats.compare64(a, b, false);
  const from = isFirst(order, least, words[2 * a + 1]! < 0, Number.isNaN(doubles[a]!)) ? a : b;
  bits[d] = Number.isNaN(doubles[from]!) ? CANONICAL_NAN : bits[from]!;
}

function classify(high: number, low: number): number {
  const exponent = (high >>> 20) & 0x7ff;
  const kind = exponent === 0 ? 'zero' : exponent === 0x7ff ? 'ones' : 'other';
  return classOf(high < 0, kind, ((high & 0xfffff) | low) === 0, (high & 0x80000) !== 0);
}
