/** From bits to a row and its fields, and to the form the cores execute. */
import type { Bus } from '../core.js';
import { remembering, type Decoded, type Decoder } from '../icache.js';
import { readFields, type Values } from '../pattern.js';
import { takesWord } from './op.js';
import { Op, rowsOf, type Row, type Xlen } from './table.js';

export interface Instruction {
  row: Row;
  /** Fields of `row` itself. */
  fields: Values;
  /** The uncompressed row and its fields; the same objects when nothing was compressed. */
  base: Row;
  baseFields: Values;
}

/** Rows by what never moves: the low two bits, then the opcode or the compressed funct3. */
const bucketOf = (word: number): number =>
  (word & 3) === 3 ? word & 0x7f : 0x80 | ((word >>> 11) & 0x1c) | (word & 3);

const buckets = { 32: bucketsOf(32), 64: bucketsOf(64) };

function bucketsOf(xlen: Xlen): Map<number, Row[]> {
  const map = new Map<number, Row[]>();
  for (const row of rowsOf(xlen)) {
    const bucket = bucketOf(row.pattern.match);
    map.set(bucket, [...(map.get(bucket) ?? []), row]);
  }
  return map;
}

/** Bytes of the instruction whose first parcel this is; longer formats than 4 are reserved. */
export const sizeOf = (parcel: number): 2 | 4 => ((parcel & 3) === 3 ? 4 : 2);

/** The instruction in `word` (its low 16 bits when compressed), or undefined when it is illegal. */
export function decode(word: number, xlen: Xlen): Instruction | undefined {
  for (const row of buckets[xlen].get(bucketOf(word)) ?? []) {
    if (((word ^ row.pattern.match) & row.pattern.mask) !== 0) continue;
    const fields = readFields(row.pattern, word);
    if (row.excludes?.(fields, xlen)) continue;
    if (row.expansion === undefined) return { row, fields, base: row, baseFields: fields };
    return { row, fields, base: row.expansion.row, baseFields: row.expansion.fields(fields) };
  }
  return undefined;
}

/** Writes to x0 go to a register nobody reads. */
export const SINK = 32;

/** The operands a core is handed, in this order. */
const OPERANDS = ['rd', 'fd', 'rs1', 'rs2', 'fs2', 'imm', 'shamt'];

/**
 * `[operation | size << 8, ...operands]`. A register is the index of its low word in the core's file of
 * integer registers (32-bit words, two for a register of RV64) or of floating-point registers (two always).
 */
function executable(word: number, xlen: Xlen): Decoded {
  const instruction = decode(word, xlen);
  if (instruction === undefined) return [Op.illegal, word, 0, 0];
  const { row, base, baseFields } = instruction;
  const operation = base.op | (row.size << 8);
  if (takesWord(base.op)) return [operation, word, 0, 0];
  const operands: number[] = [];
  for (const name of OPERANDS) {
    const value = baseFields[name];
    if (value === undefined) continue;
    if (name.startsWith('f')) operands.push(2 * value);
    else if (name.startsWith('r')) operands.push((name === 'rd' && value === 0 ? SINK : value) * (xlen / 32));
    else operands.push(value);
  }
  const [a = 0, b = 0, c = 0] = operands;
  return [operation, a, b, c];
}

function decoderFor(xlen: Xlen): Decoder {
  const executableOf = remembering((word) => executable(word, xlen));
  return (bus: Bus, pc: number) => {
    const parcel = bus.fetch16(pc);
    const word = sizeOf(parcel) === 2 ? parcel : parcel | (bus.fetch16(pc + 2) << 16);
    return executableOf(word);
  };
}

/** Decoders for the instruction cache. */
export const decodeAt: Readonly<Record<Xlen, Decoder>> = { 32: decoderFor(32), 64: decoderFor(64) };
