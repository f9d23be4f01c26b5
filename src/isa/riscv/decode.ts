/** From bits to a row and its fields, and to the form the core executes. */
import type { Bus } from '../core.js';
import { remembering, type Decoded } from '../icache.js';
import { readFields, type Values } from '../pattern.js';
import { Op, OPERANDS, TABLE, type Row } from './table.js';

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

const buckets = new Map<number, Row[]>();
for (const row of TABLE) {
  const bucket = bucketOf(row.pattern.match);
  buckets.set(bucket, [...(buckets.get(bucket) ?? []), row]);
}

/** Bytes of the instruction whose first parcel this is; longer formats than 4 are reserved. */
export const sizeOf = (parcel: number): 2 | 4 => ((parcel & 3) === 3 ? 4 : 2);

/** The instruction in `word` (its low 16 bits when compressed), or undefined when it is illegal. */
export function decode(word: number): Instruction | undefined {
  for (const row of buckets.get(bucketOf(word)) ?? []) {
    if (((word ^ row.pattern.match) & row.pattern.mask) !== 0) continue;
    const fields = readFields(row.pattern, word);
    if (row.excludes?.(fields)) continue;
    if (row.expansion === undefined) return { row, fields, base: row, baseFields: fields };
    return { row, fields, base: row.expansion.row, baseFields: row.expansion.fields(fields) };
  }
  return undefined;
}

/** Writes to x0 go to a register nobody reads. */
const SINK = 32;

function executable(word: number): Decoded {
  const instruction = decode(word);
  if (instruction === undefined) return [Op.illegal, word, 0, 0];
  const { row, base, baseFields } = instruction;
  const operands: number[] = [];
  for (const name of OPERANDS) {
    const value = baseFields[name] ?? (name === 'imm' ? baseFields.shamt : undefined);
    if (value !== undefined) operands.push(name === 'rd' && value === 0 ? SINK : value);
  }
  const [a = 0, b = 0, c = 0] = operands;
  return [base.op | (row.size << 8), a, b, c];
}

const executableOf = remembering(executable);

/** Decoder for the instruction cache. The operation carries the instruction's size in bits 8 and up. */
export function decodeAt(bus: Bus, pc: number): Decoded {
  const parcel = bus.fetch16(pc);
  const word = sizeOf(parcel) === 2 ? parcel : parcel | (bus.fetch16(pc + 2) << 16);
  return executableOf(word);
}
