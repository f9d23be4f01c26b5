/**
 * `.eh_frame` of a made-up program. Source: Linux Standard Base, "Exception Frames"; DWARF 5, section 6.4.2.
 *
 * One common entry, and one for each procedure: the return address is in its register, or in the last word of the
 * frame from the second instruction on.
 */
import { ByteWriter } from './bytes.js';
import type { Frame, Maker } from './code.js';

const VERSION = 1;
const PCREL_SDATA4 = 0x1b;
/** Registers of SPARC's callees, that were the caller's o6 and o7. */
const FRAME_POINTER = 30;
const RETURN_IN_WINDOW = 31;
// prettier-ignore
const DW_CFA = {
  advance4: 0x04, undefined: 0x07, register: 0x09, defCfa: 0x0c, defCfaRegister: 0x0d, defCfaOffset: 0x0e,
  windowSave: 0x2d, offset: 0x80, restore: 0xc0,
};
const WORD = 4;

export interface PlacedCode {
  start: number;
  size: number;
  frame: Frame;
}

/** @param address where the section begins. */
export function ehFrame(
  { bigEndian, bits, stackPointer, returnRegister }: Maker,
  placed: readonly PlacedCode[],
  address: number,
): Uint8Array {
  const out = new ByteWriter(bigEndian, bits);
  entry(out, bigEndian, (body) => {
    body.u32(0);
    body.u8(VERSION);
    body.string('zR');
    body.uleb(1);
    body.u8((-bits / 8) & 0x7f); // the data alignment, signed LEB128
    body.u8(returnRegister);
    body.uleb(1);
    body.u8(PCREL_SDATA4);
    operation(body, DW_CFA.defCfa, stackPointer, 0);
  });
  for (const { start, size, frame } of placed) {
    const at = out.length + WORD;
    entry(out, bigEndian, (body) => {
      body.u32(at);
      body.u32(start - (address + at + WORD));
      body.u32(size);
      body.uleb(0);
      writeRules(body, frame, size, returnRegister);
    });
  }
  out.u32(0);
  return out.result();
}

function writeRules(body: ByteWriter, frame: Frame, size: number, returnRegister: number): void {
  switch (frame.kind) {
    case 'none':
      break;
    case 'outermost':
      operation(body, DW_CFA.undefined, returnRegister);
      break;
    case 'held':
      advance(body, WORD);
      operation(body, DW_CFA.defCfaOffset, frame.size);
      // The word is stored one instruction later; until then the register holds the address.
      advance(body, WORD);
      operation(body, DW_CFA.offset | returnRegister, 1);
      advance(body, size - 3 * WORD);
      operation(body, DW_CFA.restore | returnRegister);
      operation(body, DW_CFA.defCfaOffset, 0);
      break;
    case 'window':
      advance(body, WORD);
      operation(body, DW_CFA.defCfaRegister, FRAME_POINTER);
      operation(body, DW_CFA.windowSave);
      operation(body, DW_CFA.register, returnRegister, RETURN_IN_WINDOW);
  }
}

function operation(body: ByteWriter, opcode: number, ...operands: readonly number[]): void {
  body.u8(opcode);
  for (const operand of operands) body.uleb(operand);
}

function advance(body: ByteWriter, bytes: number): void {
  body.u8(DW_CFA.advance4);
  body.u32(bytes);
}

/** One entry behind its length. */
function entry(out: ByteWriter, bigEndian: boolean, write: (body: ByteWriter) => void): void {
  const body = new ByteWriter(bigEndian);
  write(body);
  body.align(WORD);
  out.u32(body.length);
  out.append(body.result());
}
