/**
 * RISC-V RV32GC and RV64GC: one row an instruction, with the bit pattern of the manual.
 *
 * What is peculiar here: immediates are scattered over the word so that register fields never move;
 * a 16-bit instruction is another spelling of a 32-bit one, so it has no operation of its own and names
 * what it expands to; instructions start at every even address; few instructions exist in one width only.
 *
 * Source: The RISC-V Instruction Set Manual, Volume I, chapter "RV32/64G Instruction Set Listings", the
 * chapters "C", "A", "F", "D", "M", "Zicsr" and "Zifencei".
 */
import type { Row, Xlen } from './row.js';
import { COMPRESSED } from './table-compressed.js';
import { FLOAT } from './table-float.js';
import { INTEGER } from './table-integer.js';

export { Op } from './op.js';
export type { Row, Xlen } from './row.js';

export const TABLE: readonly Row[] = [...INTEGER, ...FLOAT, ...COMPRESSED];

/** The rows that exist in this width. */
export const rowsOf = (xlen: Xlen): readonly Row[] =>
  TABLE.filter((row) => row.xlen === undefined || row.xlen === xlen);

const byName = new Map(TABLE.map((row) => [row.name, row]));

/** The row of this mnemonic. @throws Error on a mnemonic that is not in the table: a mistake of the caller. */
export function row(name: string): Row {
  const found = byName.get(name);
  if (found === undefined) throw new Error(`no RISC-V instruction ${name}`);
  return found;
}
