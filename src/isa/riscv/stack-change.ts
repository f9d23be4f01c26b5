/** What instructions do to the stack pointer. Source: RISC-V ELF psABI, "Register Convention". */
import type { StackChange } from '../isa.js';
import { SP } from './abi.js';
import { decode } from './decode.js';
import { Op, type Xlen } from './table.js';

/** The frame pointer of those who keep one. */
const S0 = 8;
const OPCODE = 0x7f;
const LOAD = 0x03;
const ATOMIC = 0x2f;

export function stackChange(bytes: Uint8Array, xlen: Xlen): StackChange | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const instruction = decode(bytes.length === 2 ? view.getUint16(0, true) : view.getUint32(0, true), xlen);
  if (instruction?.baseFields.rd !== SP) return undefined;
  const { base, baseFields } = instruction;
  const { rs1 = 0, rs2 = 0 } = baseFields;
  if (base.op === Op.addi && rs1 === SP) return undefined;
  const opcode = base.pattern.match & OPCODE;
  if (opcode === LOAD || opcode === ATOMIC) return 'replaced';
  const [source, ...others] = [rs1, rs2].filter((register) => register !== 0);
  const isMove = source !== undefined && others.length === 0;
  return isMove && source !== SP && source !== S0 ? 'replaced' : 'computed';
}
