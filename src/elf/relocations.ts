/** Relocations that `--emit-relocs` keeps in a linked program. Source: System V ABI, "Relocation". */
import { ElfError, hex } from './errors.js';
import { ADDRESS_LIMIT, readSignedWord, readWord, type Layout } from './layout.js';
import type { Section } from './section.js';
import type { SymbolEntry } from './symbols.js';

export interface Relocation {
  /** P: the address of the relocated field. */
  address: number;
  /** A number of the processor's psABI. */
  type: number;
  /** S is its address. */
  symbol: SymbolEntry;
  /** A. */
  addend: number;
}

export const MOST_RELOCATIONS = 8_000_000;

/**
 * The relocations of all allocated sections, sorted by address. A table that is itself allocated is work
 * left to the program's own start (R_RISCV_IRELATIVE and friends) and says nothing about the linked bytes.
 */
export function readRelocations(
  sections: readonly Section[],
  symbols: readonly SymbolEntry[],
  layout: Layout,
  bigEndian: boolean,
  file: string,
): Relocation[] {
  const relocations: Relocation[] = [];
  for (const table of sections) {
    const target = sections[table.info];
    if (table.type !== 'rela' || table.allocated || target?.allocated !== true) continue;
    if (relocations.length + table.bytes.length / layout.relocation.size > MOST_RELOCATIONS)
      throw tooManyRelocations(file);
    for (const relocation of readTable(table, target, 0, symbols, layout, bigEndian, file)) {
      relocations.push(relocation);
    }
  }
  return sortedByAddress(relocations);
}

/** Those of one field stay in their order. */
export const sortedByAddress = (relocations: Relocation[]): Relocation[] =>
  relocations.sort((a, b) => a.address - b.address);

/**
 * The relocations of one table in its order, at addresses that count from `origin`.
 *
 * @throws ElfError when it is cut short or names what is not there.
 */
export function readTable(
  table: Section,
  target: Section,
  origin: number,
  symbols: readonly SymbolEntry[],
  layout: Layout,
  bigEndian: boolean,
  file: string,
): Relocation[] {
  const { size: entrySize, ...fields } = layout.relocation;
  const relocations: Relocation[] = [];
  const { bytes } = table;
  if (bytes.length % entrySize !== 0) {
    const detail = `${table.name} has ${bytes.length} bytes, not a multiple of ${entrySize}: it ends inside a relocation`;
    throw new ElfError(file, 'truncated', detail);
  }
  if (bytes.length / entrySize > MOST_RELOCATIONS) throw tooManyRelocations(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += entrySize) {
    const address = origin + readWord(view, at, layout.bits, !bigEndian);
    const { index, type } = readInfo(view, at + fields.info, layout, !bigEndian);
    const symbol = symbols[index];
    if (symbol === undefined) {
      const detail = `the relocation of ${hex(address)} in ${table.name} names symbol ${index} of ${symbols.length}`;
      throw new ElfError(file, 'bad-relocation', detail);
    }
    if (address < target.address || address > target.address + target.size) {
      const detail = `${table.name} relocates ${hex(address)}, outside ${target.name}`;
      throw new ElfError(file, 'bad-relocation', detail);
    }
    // Left by alignment that relaxation removed; at this address another section may begin.
    if (address === target.address + target.size) continue;
    const addend = readSignedWord(view, at + fields.addend, layout.bits, !bigEndian);
    if (Math.abs(addend) > ADDRESS_LIMIT) {
      const detail = `the relocation of ${hex(address)} in ${table.name} adds ${hex(addend)}, more than 4 GiB`;
      throw new ElfError(file, 'bad-relocation', detail);
    }
    relocations.push({ address, type, symbol, addend });
  }
  return relocations;
}

export const tooManyRelocations = (file: string): ElfError =>
  new ElfError(file, 'bad-section', `more than ${MOST_RELOCATIONS} relocations`);

function readInfo(
  view: DataView,
  at: number,
  layout: Layout,
  little: boolean,
): { index: number; type: number } {
  if (layout.bits === 32) {
    const info = view.getUint32(at, little);
    return { index: info >>> 8, type: info & 0xff };
  }
  const info = view.getBigUint64(at, little);
  return { index: Number(info >> 32n), type: Number(info & 0xffffffffn) };
}
