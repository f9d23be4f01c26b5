/**
 * Instructions that may continue on another stack. Source: System V ABI SPARC Processor Supplement, "Registers".
 *
 * `save` and `restore` keep to the stack: what they make of the frame pointer was a stack pointer before.
 */
import type { Decode } from './decode.js';
import { Op } from './operations.js';

const SP = 14;
const FP = 30;
const ADJUSTMENTS: readonly number[] = [Op.addi, Op.subi];
const WINDOWS: readonly number[] = [Op.save, Op.savei, Op.restore, Op.restorei];

export function switchesStack(bytes: Uint8Array, decode: Decode): boolean {
  const instruction = decode(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0));
  if (instruction === undefined || instruction.row.stores === true) return false;
  const { row, fields } = instruction;
  const { rd, rs1 } = fields;
  if ((rd !== SP && rd !== FP) || WINDOWS.includes(row.op)) return false;
  return !(ADJUSTMENTS.includes(row.op) && rd === SP && rs1 === SP);
}
