/**
 * The first Visual Instruction Set on floating-point registers, as far as table-vis.ts has it. Nothing here
 * raises exceptions or touches FSR.
 *
 * Source: SPARC Joint Programming Specification (JPS1): Commonality, appendix A.
 */
import { Op } from './operations.js';

/** The function of two bits that a truth table says, on all bits of two words. */
function logic(table: number, a: number, b: number): number {
  return (
    ((table & 8) === 0 ? 0 : a & b) |
    ((table & 4) === 0 ? 0 : ~a & b) |
    ((table & 2) === 0 ? 0 : a & ~b) |
    ((table & 1) === 0 ? 0 : ~a & ~b)
  );
}

/** Both halves of a word on their own. */
const halves = (high: number, low: number): number => (high & -0x10000) | (low & 0xffff);

function packed(op: Op, a: number, b: number): number {
  switch (op) {
    case Op.fpadd16:
    case Op.fpadd16s:
      return halves((a & -0x10000) + (b & -0x10000), a + b);
    case Op.fpsub16:
    case Op.fpsub16s:
      return halves((a & -0x10000) - (b & -0x10000), a - b);
    case Op.fpadd32:
    case Op.fpadd32s:
      return a + b;
    case Op.fpsub32:
    case Op.fpsub32s:
      return a - b;
    default:
      throw new Error(`operation ${op} is in the table but not in the core`);
  }
}

/** The four bytes that begin `offset` bytes into the words, the first of which is highest. */
function wordAt(words: readonly number[], offset: number): number {
  const shift = (offset & 3) * 8;
  const first = words[offset >> 2]!;
  return shift === 0 ? first : (first << shift) | (words[(offset >> 2) + 1]! >>> (32 - shift));
}

/**
 * Executes a decoded operation, see `decodeAt`: the truth table of a logical stands above `rd`.
 * `offset`: in bytes, of faligndata.
 */
export function operateVis(
  words: Int32Array,
  op: Op,
  rd: number,
  a: number,
  b: number,
  offset: number,
): void {
  const d = rd & 0xff;
  const table = rd >> 8;
  switch (op) {
    case Op.faligndata: {
      const bytes = [words[2 * a + 1]!, words[2 * a]!, words[2 * b + 1]!, words[2 * b]!];
      words[2 * d + 1] = wordAt(bytes, offset);
      words[2 * d] = wordAt(bytes, offset + 4);
      break;
    }
    case Op.flogics:
      words[d] = logic(table, words[a]!, words[b]!);
      break;
    case Op.flogicd:
      words[2 * d] = logic(table, words[2 * a]!, words[2 * b]!);
      words[2 * d + 1] = logic(table, words[2 * a + 1]!, words[2 * b + 1]!);
      break;
    case Op.fpadd16s:
    case Op.fpadd32s:
    case Op.fpsub16s:
    case Op.fpsub32s:
      words[d] = packed(op, words[a]!, words[b]!);
      break;
    default:
      words[2 * d] = packed(op, words[2 * a]!, words[2 * b]!);
      words[2 * d + 1] = packed(op, words[2 * a + 1]!, words[2 * b + 1]!);
  }
}
