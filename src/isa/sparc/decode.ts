/** From bits to a row and its fields, and to the form the cores execute. */
import type { Bus } from '../core.js';
import { remembering, type Decoded, type Decoder } from '../icache.js';
import { readFields, type Values } from '../pattern.js';
import { floatHoldsFor, integerHoldsFor, packCondition, registerHoldsFor, Selector } from './conditions.js';
import { Op, Operand } from './operations.js';
import { Place, placeOf } from './registers.js';
import type { Row } from './rows.js';
import { TABLE } from './table.js';
import { TABLE_V9 } from './table-v9.js';

export interface Instruction {
  row: Row;
  fields: Values;
}

/** Finds the instruction in a word; undefined when it is not in the table and so illegal. */
export type Decode = (word: number) => Instruction | undefined;

/** Rows by their opcode: op, and op2 or op3 where the format has one; of floating point and VIS, opf too. */
function bucketOf(word: number): number {
  const op = word >>> 30;
  if (op === 0) return (word >>> 22) & 7;
  if (op === 1) return 1 << 6;
  const op3 = (word >>> 19) & 0x3f;
  const byOpf = op === 2 && (op3 === 0x34 || op3 === 0x36);
  return (op << 6) | op3 | (byOpf ? (word & 0x3fe0) << 3 : 0);
}

function decoderOf(table: readonly Row[]): Decode {
  const buckets = new Map<number, Row[]>();
  for (const row of table) {
    const bucket = bucketOf(row.pattern.match);
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), row]);
  }
  return (word) => {
    for (const row of buckets.get(bucketOf(word)) ?? []) {
      if (((word ^ row.pattern.match) & row.pattern.mask) === 0) {
        return { row, fields: readFields(row.pattern, word) };
      }
    }
    return undefined;
  };
}

/** Version 8. */
export const decode = decoderOf(TABLE);
/** Version 9 in a 32-bit process. */
export const decodeV9 = decoderOf(TABLE_V9);

const ALWAYS = 8;
/** Functions of prefetch that are reserved. */
const FIRST_RESERVED = 5;
const LAST_RESERVED = 15;

/** Single register f(n) is word n ^ 1 of the unit, double register f(2k) is double k. */
const single = (number: number | undefined): number | undefined =>
  number === undefined ? undefined : number ^ 1;
const place = (number: number | undefined): number | undefined =>
  number === undefined ? undefined : placeOf(number);
const double = (number: number | undefined): number | undefined =>
  number === undefined ? undefined : number >> 1;

function annulled(op: Op): Op {
  return op === Op.bicc ? Op.bicc_a : op === Op.fb ? Op.fb_a : Op.br_a;
}

function branch({ row, fields }: Instruction): Decoded {
  const { a = 0, rs1 = 0, fcc = 0, xcc = 0 } = fields;
  const offset = (fields.disp22 ?? fields.disp19 ?? fields.disp16)! * 4;
  const cond = row.cond!;
  if (a === 1 && cond === ALWAYS) return [Op.ba_a, 0, offset, 0];
  const op = a === 1 ? annulled(row.op) : row.op;
  if (row.of === 'register') return [op, registerHoldsFor(cond), offset, placeOf(rs1)];
  if (row.of === 'float') return [op, floatHoldsFor(cond), offset, 2 * fcc];
  return [op, integerHoldsFor(cond), offset, xcc * Selector.xcc];
}

/** The condition of a move or trap, in one word. */
function conditionOf({ row, fields }: Instruction): number {
  const { rs1 = 0, fcc = 0, xcc = 0 } = fields;
  if (row.of === 'register') return packCondition(registerHoldsFor(row.cond!), placeOf(rs1));
  if (row.of === 'float') return packCondition(floatHoldsFor(row.cond!), Selector.float + 2 * fcc);
  return packCondition(integerHoldsFor(row.cond!), xcc * Selector.xcc);
}

function executable(instruction: Instruction | undefined, word: number): Decoded {
  const illegal: Decoded = [Op.illegal, word, 0, 0];
  if (instruction === undefined) return illegal;
  const { row, fields } = instruction;
  const { rd } = fields;
  const rs1 = placeOf(fields.rs1 ?? 0);
  const general = rd === 0 && row.stores !== true ? Place.sink : place(rd);
  const destination = general ?? single(fields.fd) ?? double(fields.dd) ?? Place.sink;
  const constant = fields.simm13 ?? fields.simm11 ?? fields.simm10;
  const second = place(fields.rs2) ?? constant ?? fields.shcnt ?? fields.shcnt64 ?? fields.imm7 ?? 0;
  const source = single(fields.fs2) ?? double(fields.ds2) ?? 0;
  const op: Op = row.op;
  if (op >= Op.firstAlternate && op < Op.firstFloatMemory) return [op, destination, rs1, word];
  if (op >= Op.firstFloatMove && op < Op.firstFloat) {
    return [op, destination, source, conditionOf(instruction)];
  }
  if (op >= Op.fcmps && op <= Op.fcmped) {
    return [op, 2 * (fields.fcc ?? 0), single(fields.fs1) ?? double(fields.ds1)!, source];
  }
  if (op >= Op.firstFloat && op < Operand.immediate) {
    const first = single(fields.fs1) ?? double(fields.ds1) ?? 0;
    return [op, destination | ((row.logic ?? 0) << 8), first, source];
  }
  switch (op) {
    case Op.illegal:
      return illegal;
    case Op.bicc:
    case Op.fb:
    case Op.br:
      return branch(instruction);
    case Op.ticc:
    case Op.ticci:
      return [op, conditionOf(instruction), rs1, second];
    case Op.movcc:
    case Op.movcci:
    case Op.movr:
    case Op.movri:
      return [op, destination, conditionOf(instruction), second];
    case Op.call:
      return [op, fields.disp30! << 2, 0, 0];
    case Op.sethi:
      return [op, destination, fields.imm22! << 10, 0];
    case Op.nothing: {
      const { fcn = 0 } = fields;
      return fcn >= FIRST_RESERVED && fcn <= LAST_RESERVED ? illegal : [op, 0, 0, 0];
    }
    default:
      return [op, destination, rs1, second];
  }
}

function fetching(decodeWord: Decode): Decoder {
  const executableOf = remembering((word) => executable(decodeWord(word), word));
  return (bus: Bus, pc: number) => executableOf(bus.fetch32(pc));
}

/**
 * Decoders for the instruction cache. Operands are rd, rs1 and the second operand, a register (by its place in a
 * window) or a constant;
 * for a branch the set of values of its condition codes that take it, the offset in bytes, and which codes;
 * for floating-point operations rd and both sources as the floating-point unit numbers them; for what has a
 * condition beside its operands, and for alternate spaces, see `executable`.
 */
export const decodeAt = fetching(decode);
export const decodeAtV9 = fetching(decodeV9);
