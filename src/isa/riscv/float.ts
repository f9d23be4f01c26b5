/**
 * F and D, without their loads and stores.
 *
 * Source: The RISC-V Instruction Set Manual, Volume I: "F", "D".
 */
import { Rounding } from '../float/index.js';
import { onDoubles } from './float-double.js';
import { onSingles } from './float-single.js';
import type { RegisterFile } from './register-file.js';
import { Op } from './table.js';

/** In an instruction: the rounding mode is the one in fcsr. */
const DYNAMIC = 7;

/** @returns false when the rounding mode is reserved, which makes the instruction illegal. */
export function float(file: RegisterFile, op: Op, word: number): boolean {
  // Instructions that do not round have a small number in this field.
  const field = (word >>> 12) & 7;
  const rm = field === DYNAMIC ? file.frm : field;
  if (rm > Rounding.nearestAway) return false;
  if (op >= Op.fmadd_d) onDoubles(file, op, word, rm);
  else onSingles(file, op, word, rm);
  return true;
}
