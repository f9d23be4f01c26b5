/** Relocations that `--emit-relocs` keeps in a linked program. Source: System V ABI, "Relocation". */
import { ElfError, hex } from './errors.js';
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

const ENTRY_SIZE = 12;
const MOST_RELOCATIONS = 8_000_000;

/** The relocations of all allocated sections, sorted by address. */
export function readRelocations(
  sections: readonly Section[],
  symbols: readonly SymbolEntry[],
  bigEndian: boolean,
  file: string,
): Relocation[] {
  const relocations: Relocation[] = [];
  for (const table of sections) {
    const target = sections[table.info];
    if (table.type !== 'rela' || target?.allocated !== true) continue;
    const { bytes } = table;
    if (bytes.length % ENTRY_SIZE !== 0) {
      const detail = `${table.name} has ${bytes.length} bytes, not a multiple of ${ENTRY_SIZE}: it ends inside a relocation`;
      throw new ElfError(file, 'truncated', detail);
    }
    if (relocations.length + bytes.length / ENTRY_SIZE > MOST_RELOCATIONS) {
      throw new ElfError(file, 'bad-section', `more than ${MOST_RELOCATIONS} relocations`);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length; at += ENTRY_SIZE) {
      const address = view.getUint32(at, !bigEndian);
      const info = view.getUint32(at + 4, !bigEndian);
      const symbol = symbols[info >>> 8];
      if (symbol === undefined) {
        const detail = `the relocation of ${hex(address)} in ${table.name} names symbol ${info >>> 8} of ${symbols.length}`;
        throw new ElfError(file, 'bad-relocation', detail);
      }
      if (address < target.address || address > target.address + target.size) {
        const detail = `${table.name} relocates ${hex(address)}, outside ${target.name}`;
        throw new ElfError(file, 'bad-relocation', detail);
      }
      relocations.push({ address, type: info & 0xff, symbol, addend: view.getInt32(at + 8, !bigEndian) });
    }
  }
  return relocations.sort((a, b) => a.address - b.address);
}
