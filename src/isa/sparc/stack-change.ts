/**
 * What instructions do to the stack or frame pointer. Source: System V ABI SPARC Processor Supplement, "Registers".
 *
 * `save` and `restore` keep to the stack: what they make of the frame pointer was a stack pointer before.
 */
import type { StackChange } from '../isa.js';
import type { Decode } from './decode.js';
import { Op } from './operations.js';

const SP = 14;
const FP = 30;
const ADJUSTMENTS: readonly number[] = [Op.addi, Op.subi];
const WINDOWS: readonly number[] = [Op.save, Op.savei, Op.restore, Op.restorei];
const MEMORY = 3;

export function stackChange(bytes: Uint8Array, decode: Decode): StackChange | undefined {
  const word = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const instruction = decode(word);
  if (instruction === undefined || instruction.row.stores === true) return undefined;
  const { row, fields } = instruction;
  const { rd, rs1 = 0, rs2 = 0 } = fields;
  if ((rd !== SP && rd !== FP) || WINDOWS.includes(row.op)) return undefined;
  if (ADJUSTMENTS.includes(row.op) && rd === SP && rs1 === SP) return undefined;
  if (word >>> 30 === MEMORY) return 'replaced';
  const [source, ...others] = [rs1, rs2].filter((register) => register !== 0);
  const isMove = source !== undefined && others.length === 0;
  return isMove && source !== SP && source !== FP ? 'replaced' : 'computed';
}
