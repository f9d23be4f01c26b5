/**
 * Instructions that leave one stack for another: loads of sp, and moves to sp from a register that is neither sp nor
 * the frame pointer. Compilers give frames back by adding to sp, or to s0.
 */
import { SP } from './abi.js';
import { instructionSize } from './text.js';

const S0 = 8;
const LOAD = 0x03;
const ADDI = 0x13;

export function switchesStacks(code: Uint8Array): boolean {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  for (let at = 0; at + 2 <= code.length;) {
    const size = instructionSize(code.subarray(at, at + 4));
    if (at + size > code.length) break;
    const bits = size === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
    if (size === 2 ? compressedSwitches(bits) : switches(bits)) return true;
    at += size;
  }
  return false;
}

const rdOf = (bits: number): number => (bits >>> 7) & 31;

function switches(bits: number): boolean {
  const opcode = bits & 0x7f;
  if (rdOf(bits) !== SP) return false;
  const source = (bits >>> 15) & 31;
  return opcode === LOAD || (opcode === ADDI && source !== SP && source !== S0);
}

/** c.lwsp and c.ldsp to sp; c.mv to sp. */
function compressedSwitches(bits: number): boolean {
  if (rdOf(bits) !== SP || (bits & 3) !== 2) return false;
  const funct3 = bits >>> 13;
  const source = (bits >>> 2) & 31;
  const isMove = bits >>> 12 === 8 && source !== 0;
  return funct3 === 2 || funct3 === 3 || (isMove && source !== SP && source !== S0);
}
