/**
 * How a procedure is called from outside of the program.
 *
 * The globals are the thread's: g7 is its thread pointer, g2 to g4 may belong to the application. The stack pointer
 * leaves room for what the procedure may expect there: a window's save area, the hidden parameter, six arguments.
 *
 * Source: System V ABI, SPARC Processor Supplement, "Registers and the Stack Frame", "Function Calling Sequence".
 */
import type { Core } from '../core.js';
import type { ProcedureCall } from '../isa.js';
import { G7, O0, O7, SP } from './abi.js';
import type { Decode } from './decode.js';
import { Op } from './operations.js';

const LEAST_FRAME = 96;
const STACK_ALIGNMENT = 8;
/** A call and its delay slot, behind which a procedure returns. */
const CALL = 8;
export const FIXED_REGISTERS: readonly number[] = [G7];

export function beginCall(core: Core, thread: Core, call: ProcedureCall): void {
  for (let global = 1; global <= G7; global++) core.set(global, thread.get(global));
  for (const [i, value] of call.args.entries()) core.set(O0 + i, value);
  core.set(SP, call.stackTop - (call.stackTop % STACK_ALIGNMENT) - LEAST_FRAME);
  core.set(O7, call.returnsTo - CALL);
  core.pc = call.address;
}

/** A load of two words into g6 sets g7 as well. */
export function setsFixedRegister(bytes: Uint8Array, decode: Decode): boolean {
  const instruction = decode(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0));
  if (instruction === undefined || instruction.row.stores === true) return false;
  const { rd = 0 } = instruction.fields;
  return rd === G7 || (rd === G7 - 1 && instruction.row.op === Op.ldd);
}

export const callResult = (core: Core): number => core.get(O0) | 0;
