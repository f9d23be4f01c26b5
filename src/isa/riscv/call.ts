/**
 * How a procedure is called from outside of the program.
 *
 * gp and tp are the program's own, whatever code it executes: they are the thread's. A stack pointer is a multiple
 * of 16 on entry to a procedure.
 *
 * Source: RISC-V ELF psABI, "Integer Calling Convention".
 */
import type { Core } from '../core.js';
import type { ProcedureCall } from '../isa.js';
import { A0, GP, RA, SP, TP } from './abi.js';
import { decode } from './decode.js';
import type { Xlen } from './table.js';

const STACK_ALIGNMENT = 16;
export const FIXED_REGISTERS: readonly number[] = [GP, TP];

export function beginCall(core: Core, thread: Core, call: ProcedureCall): void {
  for (const register of FIXED_REGISTERS) core.set(register, thread.get(register));
  for (const [i, value] of call.args.entries()) core.set(A0 + i, value);
  core.set(SP, call.stackTop - (call.stackTop % STACK_ALIGNMENT));
  core.set(RA, call.returnsTo);
  core.pc = call.address;
}

export function setsFixedRegister(bytes: Uint8Array, xlen: Xlen): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const instruction = decode(bytes.length === 2 ? view.getUint16(0, true) : view.getUint32(0, true), xlen);
  return instruction !== undefined && FIXED_REGISTERS.includes(instruction.baseFields.rd ?? 0);
}

export const callResult = (core: Core): number => core.get(A0) | 0;
