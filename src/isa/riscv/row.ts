/** What a row of the RISC-V instruction table says, and the shorthand it is written in. */
import { pattern, type FieldSpec, type Pattern, type Values } from '../pattern.js';
import type { Op } from './op.js';

/** Width of the integer registers. */
export type Xlen = 32 | 64;

export interface Row {
  name: string;
  pattern: Pattern;
  /** Bytes. */
  size: 2 | 4;
  op: Op;
  /** The only width that has the instruction, when not both have. */
  xlen?: Xlen;
  /** For a compressed instruction: the row it stands for, and that row's fields from its own. */
  expansion?: { row: Row; fields: (own: Values) => Values };
  /** Encodings that match the pattern but belong to another row, or to none. */
  excludes?: (own: Values, xlen: Xlen) => boolean;
}

/** Registers of the F extension have an f where the manual's drawings leave it to the text. */
const FIELDS: Record<string, FieldSpec> = {
  rd: { width: 5 },
  rs1: { width: 5 },
  rs2: { width: 5 },
  fd: { width: 5 },
  fs1: { width: 5 },
  fs2: { width: 5 },
  fs3: { width: 5 },
  "rd'": { width: 3 },
  "rs1'": { width: 3 },
  "rs2'": { width: 3 },
  "fd'": { width: 3 },
  "fs2'": { width: 3 },
  imm: { width: 32, signed: true },
  uimm: { width: 32 },
  shamt: { width: 6 },
  rm: { width: 3 },
  csr: { width: 12 },
  zimm: { width: 5 },
  ordering: { width: 2 },
  pred: { width: 4 },
  succ: { width: 4 },
  fm: { width: 4 },
};

/** A shift by 32 and more exists where registers are that long. */
const longShift = (own: Values, xlen: Xlen): boolean => xlen === 32 && own.shamt! >= 32;
/** 5 and 6 are reserved; 7 says that fcsr has the rounding mode. */
const reservedRounding = (own: Values): boolean => own.rm === 5 || own.rm === 6;

function impliedExclusion(p: Pattern): Pick<Row, 'excludes'> {
  if (p.fields.get('shamt')?.width === 6) return { excludes: longShift };
  if (p.fields.has('rm')) return { excludes: reservedRounding };
  return {};
}

/** A row of 32 bits. */
export function base(op: Op, name: string, text: string, xlen?: Xlen): Row {
  const own = pattern(text, 32, FIELDS);
  return { name, op, size: 4, pattern: own, ...(xlen && { xlen }), ...impliedExclusion(own) };
}

/**
 * Makes compressed rows. `as` is the instruction one stands for: its name, then `field=source` pairs where a
 * source is one of the row's own fields, a three-bit register field (`rd'` is x8 + rd'), or a number.
 */
export function compressedOf(
  rows: readonly Row[],
): (name: string, text: string, as: string, more?: Pick<Row, 'xlen' | 'excludes'>) => Row {
  const byName = new Map(rows.map((row) => [row.name, row]));
  return (name, text, as, more) => {
    const [target, ...assignments] = as.split(' ');
    const row = byName.get(target ?? '');
    if (row === undefined) throw new Error(`${name} expands to unknown ${target}`);
    const sources = assignments.map((text) => text.split('=') as [string, string]);
    const fields = (own: Values): Values => {
      const values: Values = {};
      for (const [field, source] of sources) {
        if (/^\d+$/.test(source)) values[field] = Number(source);
        else values[field] = source.endsWith("'") ? 8 + own[source]! : own[source]!;
      }
      return values;
    };
    const own = pattern(text, 16, FIELDS);
    const expansion = { row, fields };
    return { name, op: row.op, size: 2, pattern: own, expansion, ...impliedExclusion(own), ...more };
  };
}
