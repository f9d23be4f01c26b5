/** From bits to a row and its fields, and to the form the core executes. */
import type { Bus } from '../core.js';
import { remembering, type Decoded } from '../icache.js';
import { readFields, type Values } from '../pattern.js';
import { Op, TABLE, type Row } from './table.js';

export interface Instruction {
  row: Row;
  fields: Values;
}

/** Rows by their opcode: op, and op2 or op3 where the format has one. */
function bucketOf(word: number): number {
  const op = word >>> 30;
  if (op === 0) return (word >>> 22) & 7;
  return op === 1 ? 1 << 6 : (op << 6) | ((word >>> 19) & 0x3f);
}

const buckets = new Map<number, Row[]>();
for (const row of TABLE) {
  const bucket = bucketOf(row.pattern.match);
  buckets.set(bucket, [...(buckets.get(bucket) ?? []), row]);
}

/** The instruction in `word`, or undefined when it is not in the table and so illegal. */
export function decode(word: number): Instruction | undefined {
  for (const row of buckets.get(bucketOf(word)) ?? []) {
    if (((word ^ row.pattern.match) & row.pattern.mask) === 0) {
      return { row, fields: readFields(row.pattern, word) };
    }
  }
  return undefined;
}

/** Writes to g0 go to a register nobody reads. */
const SINK = 32;
const ALWAYS = 8;

/**
 * The values of icc for which a condition holds, as a set: bit nzvc is 1 when it does.
 *
 * Source: The SPARC Architecture Manual, Version 8, appendix B.21, "Branch on Integer Condition Codes".
 */
function holdsFor(cond: number): number {
  let set = 0;
  for (let icc = 0; icc < 16; icc++) {
    const n = (icc & 8) !== 0;
    const z = (icc & 4) !== 0;
    const v = (icc & 2) !== 0;
    const c = (icc & 1) !== 0;
    const tests = [false, z, z || n !== v, n !== v, c || z, c, n, v];
    // The upper half of the conditions are the opposites of the lower half.
    if (tests[cond & 7] !== (cond & 8) > 0) set |= 1 << icc;
  }
  return set;
}

function branch(cond: number, annul: number, offset: number): Decoded {
  if (annul === 0) return [Op.bicc, holdsFor(cond), offset, 0];
  return [cond === ALWAYS ? Op.ba_a : Op.bicc_a, holdsFor(cond), offset, 0];
}

function executable(word: number): Decoded {
  const instruction = decode(word);
  if (instruction === undefined || instruction.row.op === Op.illegal) return [Op.illegal, word, 0, 0];
  const { row, fields } = instruction;
  const { rd = 0, rs1 = 0 } = fields;
  const second = fields.rs2 ?? fields.simm13 ?? fields.shcnt ?? fields.imm7 ?? 0;
  const destination = rd === 0 && row.stores !== true ? SINK : rd;
  switch (row.op) {
    case Op.bicc:
      return branch(row.cond!, fields.a!, fields.disp22! * 4);
    case Op.ticc:
    case Op.ticci:
      return [row.op, holdsFor(row.cond!), rs1, second];
    case Op.call:
      return [row.op, fields.disp30! << 2, 0, 0];
    case Op.sethi:
      return [row.op, destination, fields.imm22! << 10, 0];
    default:
      return [row.op, destination, rs1, second];
  }
}

const executableOf = remembering(executable);

/**
 * Decoder for the instruction cache. Operands are rd, rs1 and the second operand, a register or a constant;
 * for a branch or trap the set of icc values that take it comes first; offsets are in bytes.
 */
export function decodeAt(bus: Bus, pc: number): Decoded {
  const word = bus.fetch32(pc);
  return executableOf(word);
}
