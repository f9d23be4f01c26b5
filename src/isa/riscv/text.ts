/** Instructions as text and as jumps. */
import { RA, T0 } from './abi.js';
import { decode, sizeOf, type Instruction } from './decode.js';
import { isBranch } from './op.js';
import { Op, type Xlen } from './table.js';

function word(bytes: Uint8Array): number {
  let value = 0;
  for (let i = Math.min(bytes.length, 4) - 1; i >= 0; i--) value = (value << 8) | bytes[i]!;
  return value >>> 0;
}

export const instructionSize = (bytes: Uint8Array): number => sizeOf(bytes[0] ?? 0);

const decodeBytes = (bytes: Uint8Array, xlen: Xlen): Instruction | undefined =>
  bytes.length < instructionSize(bytes) ? undefined : decode(word(bytes), xlen);

export function describe(bytes: Uint8Array, xlen: Xlen): string {
  const instruction = decodeBytes(bytes, xlen);
  if (instruction === undefined) return `.word 0x${word(bytes).toString(16)}`;
  const fields = Object.entries(instruction.fields).map(([name, value]) => `${name}=${value}`);
  return [instruction.row.name, ...fields].join(' ');
}

export function jumpTarget(bytes: Uint8Array, address: number, xlen: Xlen): number | undefined {
  const instruction = decodeBytes(bytes, xlen);
  if (instruction === undefined) return undefined;
  const { base, baseFields } = instruction;
  if (base.op !== Op.jal && !isBranch(base.op)) return undefined;
  return (address + baseFields.imm!) >>> 0;
}

/** Whether this is `jalr` without a link register. */
export function returnsOrJumpsAway(bytes: Uint8Array, xlen: Xlen): boolean {
  const instruction = decodeBytes(bytes, xlen);
  return instruction?.base.op === Op.jalr && instruction.baseFields.rd === 0;
}

/** Whether this is a call: a jump that leaves a return address in ra or t0. */
export function isLinkingJump(bytes: Uint8Array, xlen: Xlen): boolean {
  const base = decodeBytes(bytes, xlen);
  if (base?.base.op !== Op.jalr && base?.base.op !== Op.jal) return false;
  return base.baseFields.rd === RA || base.baseFields.rd === T0;
}
