/** SPARC instructions by name, for tests. */
import { encodeFields, type Values } from '#suture/isa/pattern.js';
import { row, TABLE, type Row } from '#suture/isa/sparc/table.js';
import { TABLE_V9 } from '#suture/isa/sparc/table-v9.js';
import { Memory } from '#suture/machine/memory.js';

const CONSTANTS = ['simm13', 'simm11', 'simm10', 'shcnt', 'shcnt64', 'imm7'];

function assembler(table: readonly Row[]): (name: string, fields?: Values) => number {
  return (name, fields = {}) => {
    const constant = CONSTANTS.some((field) => field in fields);
    const twoForms = table.some((candidate) => candidate.name === name && candidate.form !== undefined);
    const form = !twoForms ? undefined : constant ? 'immediate' : 'register';
    return encodeFields(row(name, form, table).pattern, fields);
  };
}

/** The instruction of this name in either version; which form follows from the operands. */
export const v8 = assembler(TABLE);
export const v9 = assembler(TABLE_V9);

/** Registers and constants for which disassemblers print no synthetic instruction, such as mov or cmp. */
const SAMPLE: Values = {
  rd: 10,
  rs1: 9,
  rs2: 11,
  fd: 5,
  fs1: 7,
  fs2: 9,
  dd: 12,
  ds1: 14,
  ds2: 16,
  simm13: -5,
  simm11: -5,
  simm10: -5,
  shcnt: 7,
  shcnt64: 39,
  imm7: 33,
  imm22: 77,
  const22: 5,
  disp16: -6,
  disp19: -6,
  disp22: -6,
  disp30: 9,
  a: 0,
  p: 1,
  xcc: 1,
  fcc: 2,
  asi: 0x82,
  fcn: 1,
  mask: 5,
};

/** An instruction of this row. */
export function sampleWord({ pattern }: Row): number {
  return encodeFields(
    pattern,
    Object.fromEntries([...pattern.fields.keys()].map((name) => [name, SAMPLE[name]!])),
  );
}

/** Words as they lie in memory. */
export function bytesOfWords(words: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word);
  return new Uint8Array(view.buffer);
}

/** Puts words into memory whatever the permissions, as a loader or a patcher does. */
export function placeWords(memory: Memory, address: number, words: readonly number[]): void {
  memory.write(address, bytesOfWords(words), true);
}
