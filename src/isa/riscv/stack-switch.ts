/** Instructions that may continue on another stack. Source: RISC-V ELF psABI, "Register Convention". */
import { SP } from './abi.js';
import { decode } from './decode.js';
import { Op, type Xlen } from './table.js';

export function switchesStack(bytes: Uint8Array, xlen: Xlen): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const instruction = decode(bytes.length === 2 ? view.getUint16(0, true) : view.getUint32(0, true), xlen);
  if (instruction?.baseFields.rd !== SP) return false;
  return !(instruction.base.op === Op.addi && instruction.baseFields.rs1 === SP);
}
