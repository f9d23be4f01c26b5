/**
 * Instructions that leave one stack for another: loads of the stack or frame pointer, and arithmetic that sets one of
 * them from a register that is neither, and not %g0. Compilers set them by `save`, `restore` and adding to themselves.
 */
import { WORD } from './transfers.js';

const O6 = 14;
const I6 = 30;
const ARITHMETIC = 2;
const MEMORY = 3;
/** Of op 2: from here on control transfers, `save` and `restore`, trap registers. */
const FIRST_CONTROL = 0x30;
/** Of op 3: loads of integers, as far as this bit is clear. */
const STORE_BIT = 4;
const FLOATS = 0x20;

export function switchesStacks(code: Uint8Array): boolean {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  for (let at = 0; at + WORD <= code.length; at += WORD) if (switches(view.getUint32(at))) return true;
  return false;
}

function switches(word: number): boolean {
  const op = word >>> 30;
  const rd = (word >>> 25) & 31;
  if (rd !== O6 && rd !== I6) return false;
  const op3 = (word >>> 19) & 63;
  if (op === MEMORY) return (op3 & (STORE_BIT | FLOATS)) === 0;
  if (op !== ARITHMETIC || op3 >= FIRST_CONTROL) return false;
  return (
    sources(word).some((register) => register !== 0 && register !== O6 && register !== I6) && isMove(word)
  );
}

/** Whether one of its sources is %g0 or a constant: a sum of two registers grows or shrinks a frame. */
const isMove = (word: number): boolean => sources(word).filter((register) => register !== 0).length === 1;

function sources(word: number): number[] {
  const rs1 = (word >>> 14) & 31;
  const isConstant = ((word >>> 13) & 1) === 1;
  return isConstant ? [rs1] : [rs1, word & 31];
}
