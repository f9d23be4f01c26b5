/** The symbol table, with the file each local symbol came from. Source: System V ABI, "Symbol Table". */
import { ElfError, hex } from './errors.js';
import { ADDRESS_LIMIT, readWord, type Layout } from './layout.js';
import { readString, type Section } from './section.js';

/** `thread-local`: its address counts from the start of a thread's block. `indirect`: its code chooses a procedure. */
export type SymbolKind =
  'procedure' | 'object' | 'section' | 'file' | 'thread-local' | 'indirect' | 'untyped' | 'other';
export type Binding = 'local' | 'global' | 'weak';

export interface SymbolEntry {
  name: string;
  kind: SymbolKind;
  binding: Binding;
  address: number;
  size: number;
  /** Index of its section, or 0 when it is undefined, absolute or common. */
  section: number;
  defined: boolean;
  /** For local symbols the source file the compiler named. */
  file: string | undefined;
}

const MOST_SYMBOLS = 4_000_000;
const RESERVED_SECTIONS = 0xff00;
const SHN_COMMON = 0xfff2;
const SHN_XINDEX = 0xffff;
const KINDS: Record<number, SymbolKind> = {
  0: 'untyped',
  1: 'object',
  2: 'procedure',
  3: 'section',
  4: 'file',
  6: 'thread-local',
  10: 'indirect',
};
const BINDINGS: Record<number, Binding> = { 0: 'local', 1: 'global', 2: 'weak' };

/** Gives the symbols of an unlinked object their addresses, which count from the starts of their sections. */
export interface SymbolPlacement {
  /** What to add to a symbol's value. */
  origin(section: Section, kind: SymbolKind): number;
  /** A place for a variable that the linker would find one for. */
  common(size: number, alignment: number): { address: number; section: number };
}

/**
 * All symbols in table order, so that relocations can name them by index; empty without a symbol table.
 *
 * @param placement of the sections of an unlinked object.
 */
export function readSymbols(
  sections: readonly Section[],
  layout: Layout,
  bigEndian: boolean,
  file: string,
  placement?: SymbolPlacement,
): SymbolEntry[] {
  const { size: entrySize, ...fields } = layout.symbol;
  const table = sections.find((s) => s.type === 'symtab');
  if (table === undefined) return [];
  const strings = sections[table.link];
  if (strings?.type !== 'strtab') {
    throw new ElfError(
      file,
      'bad-section',
      `the symbol table names section ${table.link} as its string table`,
    );
  }
  if (table.size % entrySize !== 0) {
    const detail = `the symbol table has ${table.size} bytes, not a multiple of ${entrySize}: it ends inside a symbol`;
    throw new ElfError(file, 'truncated', detail);
  }
  if (table.size / entrySize > MOST_SYMBOLS) {
    throw new ElfError(
      file,
      'bad-section',
      `${table.size / entrySize} symbols; at most ${MOST_SYMBOLS} are read`,
    );
  }
  const { bytes } = table;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const symbols: SymbolEntry[] = [];
  let source: string | undefined;
  for (let at = 0; at < bytes.length; at += entrySize) {
    const nameOffset = view.getUint32(at, !bigEndian);
    if (nameOffset >= Math.max(1, strings.size)) {
      const detail = `symbol ${at / entrySize} has its name at ${hex(nameOffset)} of a string table of ${hex(strings.size)} bytes`;
      throw new ElfError(file, 'bad-symbol', detail);
    }
    const info = bytes[at + fields.info]!;
    let kind = KINDS[info & 15] ?? 'other';
    const binding = BINDINGS[info >> 4] ?? 'global';
    const name = readString(strings.bytes, nameOffset);
    const index = view.getUint16(at + fields.section, !bigEndian);
    let section = index >= RESERVED_SECTIONS ? 0 : index;
    if (placement !== undefined && index === SHN_XINDEX) {
      throw new ElfError(
        file,
        'bad-symbol',
        `symbol ${name} is in a section beyond the 65,279 that are read`,
      );
    }
    if (section >= sections.length) {
      throw new ElfError(file, 'bad-symbol', `symbol ${name} is in section ${section} of ${sections.length}`);
    }
    if (kind === 'file') source = name;
    let address = readWord(view, at + fields.address, layout.bits, !bigEndian);
    const size = readWord(view, at + fields.bytes, layout.bits, !bigEndian);
    if (address >= ADDRESS_LIMIT || size >= ADDRESS_LIMIT) {
      const detail = `symbol ${name} (${hex(address)}, ${size} bytes) lies beyond 4 GiB; link at a lower address`;
      throw new ElfError(file, 'bad-symbol', detail);
    }
    if (placement !== undefined && index === SHN_COMMON) {
      kind = 'object';
      ({ address, section } = placement.common(size, address));
    } else {
      if (placement !== undefined) address += placement.origin(sections[section]!, kind);
      checkInside(sections[section]!, name, kind, address, size, file);
    }
    symbols.push({
      name,
      kind,
      binding,
      address,
      size,
      section,
      defined: index !== 0,
      file: binding === 'local' ? source : undefined,
    });
  }
  return symbols;
}

function checkInside(
  section: Section,
  name: string,
  kind: SymbolKind,
  address: number,
  size: number,
  file: string,
): void {
  if (section.index === 0 || !section.allocated || (kind !== 'procedure' && kind !== 'object')) return;
  if (address >= section.address && address + size <= section.address + section.size) return;
  const detail =
    `symbol ${name} (${hex(address)}, ${size} bytes) lies outside its section ${section.name} ` +
    `(${hex(section.address)}, ${section.size} bytes)`;
  throw new ElfError(file, 'bad-symbol', detail);
}
