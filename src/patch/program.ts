/**
 * A program as the patch engine sees it: procedures and objects by name, and what an address stands for.
 */
import {
  countUpTo,
  hex,
  SymbolIndex,
  type Image,
  type Relocation,
  type Section,
  type SymbolEntry,
} from '../elf/index.js';
import { BodyError, type Body } from '../isa/body.js';
import { isaOf, type Isa } from '../isa/index.js';
import { Refusal } from './refusal.js';

/**
 * Where a reference points: into a named procedure or object, at unnamed data (from where it begins, as far as
 * that is known), or nowhere in the program.
 */
export type Referent =
  | { kind: 'symbol'; symbol: SymbolEntry; offset: number }
  | { kind: 'unnamed'; base: number; offset: number }
  | { kind: 'absolute'; value: number };

/** A piece of data: its bytes, and the relocations within. */
export interface Data {
  address: number;
  bytes: Uint8Array;
  relocations: readonly Relocation[];
  writable: boolean;
}

export class Program {
  readonly isa: Isa;
  readonly procedures: readonly SymbolEntry[];
  /** Thread-local ones too; without the constants that the compiler made and numbered: those are known by their contents. */
  readonly objects: readonly SymbolEntry[];
  private readonly index: SymbolIndex;
  private readonly threadIndex: SymbolIndex;
  /** In ascending order of address. */
  private readonly sections: readonly Section[];
  private readonly compilerConstants: ReadonlySet<SymbolEntry>;
  /** Addresses at which something begins or a named thing ends. */
  private readonly boundaries: readonly number[];
  /** Those of named things alone. */
  private readonly namedBoundaries: readonly number[];
  private externals: ReadonlyMap<string, SymbolEntry> | undefined;
  private readonly bodies = new Map<SymbolEntry, Body | BodyError>();

  /** @throws Refusal when the file lacks sections or symbols. */
  constructor(readonly image: Image) {
    this.isa = isaOf(image);
    const { name, sections, symbols } = image;
    const advice = 'patches are made from files that keep it';
    if (sections.length === 0)
      throw new Refusal('no-sections', `${name} has no section table (stripped?); ${advice}`);
    this.sections = sections
      .filter((s) => s.allocated && s.size > 0 && !isThreadZeros(s))
      .sort((a, b) => a.address - b.address);
    const named = symbols.filter((s) => s.section !== 0 && (s.kind === 'procedure' || s.kind === 'object'));
    if (!named.some((s) => s.kind === 'procedure')) {
      throw new Refusal('no-symbols', `${name} has no symbol table with procedures (stripped?); ${advice}`);
    }
    const threadLocal = symbols.filter((s) => s.kind === 'thread-local' && s.section !== 0 && s.size > 0);
    this.compilerConstants = new Set(named.filter((symbol) => this.isCompilerConstant(symbol)));
    this.procedures = named.filter(({ kind }) => kind === 'procedure');
    const objects = named.filter((s) => s.kind === 'object' && !this.compilerConstants.has(s));
    this.objects = [...objects, ...threadLocal];
    this.index = new SymbolIndex(named);
    this.threadIndex = new SymbolIndex(threadLocal, ['thread-local']);
    this.namedBoundaries = ascending(named.flatMap(({ address, size }) => [address, address + size]));
    this.boundaries = ascending([...this.namedBoundaries, ...this.unnamedStarts()]);
  }

  /** @throws Refusal when the linker's relocations are gone: nobody can tell then what code refers to. An object has all. */
  needRelocations(): void {
    const { name, relocations, relocatable } = this.image;
    if (relocations.length > 0 || relocatable) return;
    throw new Refusal('no-relocations', `${name} has no relocations; link it with -Wl,--emit-relocs`);
  }

  /** The procedure or object whose bytes include the address. */
  symbolAt(address: number): SymbolEntry | undefined {
    return this.index.at(address);
  }

  /** What the linker knows by a name, in an unlinked object whether it defines it or not. */
  external(name: string): SymbolEntry | undefined {
    const { symbols, relocatable } = this.image;
    this.externals ??= new Map(
      symbols
        .filter(
          ({ binding, kind, defined }) => binding !== 'local' && kind !== 'other' && (defined || relocatable),
        )
        .map((symbol) => [symbol.name, symbol]),
    );
    return this.externals.get(name);
  }

  /** What S + A stands for. A symbol of its own counts as itself even one past its end. */
  referent({ symbol, addend }: { symbol: SymbolEntry; addend: number }): Referent {
    const { kind, binding } = symbol;
    // Weak ones that a linked program does not define are at zero.
    if (!symbol.defined && symbol.name !== '' && (this.image.relocatable || binding === 'global')) {
      return { kind: 'symbol', symbol, offset: addend };
    }
    if (kind === 'object' && this.compilerConstants.has(symbol)) {
      return { kind: 'unnamed', base: symbol.address, offset: addend };
    }
    if (kind === 'thread-local') {
      const containing = symbol.size > 0 ? symbol : this.threadIndex.at(symbol.address + addend);
      if (containing === undefined) return { kind: 'symbol', symbol, offset: addend };
      return {
        kind: 'symbol',
        symbol: containing,
        offset: symbol.address + addend - containing.address,
      };
    }
    if (
      kind === 'procedure' ||
      kind === 'object' ||
      kind === 'indirect' ||
      (kind === 'untyped' && binding !== 'local' && symbol.defined)
    ) {
      return { kind: 'symbol', symbol, offset: addend };
    }
    const address = (symbol.address + addend) >>> 0;
    const last = kind === 'section' ? this.lastOf(symbol.address, address) : undefined;
    if (last !== undefined) return { kind: 'symbol', symbol: last, offset: last.size };
    const containing = this.symbolAt(address);
    if (containing !== undefined) {
      const offset = address - containing.address;
      if (this.compilerConstants.has(containing))
        return { kind: 'unnamed', base: containing.address, offset };
      return { kind: 'symbol', symbol: containing, offset };
    }
    if (this.sectionAt(address) === undefined) return { kind: 'absolute', value: address };
    // A label says where its data begins; a section symbol does not.
    const base = kind === 'section' ? address : symbol.address;
    return { kind: 'unnamed', base, offset: address - base };
  }

  /** The object with which the section that begins at `start` ends at `end`: no other section's first is meant. */
  private lastOf(start: number, end: number): SymbolEntry | undefined {
    const section = this.sectionAt(start);
    const last = this.symbolAt(end - 1);
    if (section?.address !== start || section.address + section.size !== end) return undefined;
    if (last?.kind !== 'object' || this.compilerConstants.has(last)) return undefined;
    return last.address + last.size === end ? last : undefined;
  }

  /** A procedure taken apart; one without a size up to whatever comes next. @throws BodyError */
  body(symbol: SymbolEntry): Body {
    let body = this.bodies.get(symbol);
    if (body === undefined) {
      try {
        const size = symbol.size || this.sizeUpToNext(symbol.address);
        const { bytes, relocations } = this.data(symbol.address, symbol.address + size);
        const extent = size === symbol.size ? symbol : { ...symbol, size };
        body = this.isa.takeApart(this.image, extent, bytes, relocations);
      } catch (error) {
        if (!(error instanceof BodyError)) throw error;
        body = error;
      }
      this.bodies.set(symbol, body);
    }
    if (body instanceof BodyError) throw body;
    return body;
  }

  /** The items of a procedure; none when its code is not understood. */
  itemsIfUnderstood(symbol: SymbolEntry): Body['items'] {
    try {
      return this.body(symbol).items;
    } catch (error) {
      if (error instanceof BodyError) return [];
      throw error;
    }
  }

  /** The bytes of `[start, end)` in the file, zeros where it has none. */
  data(start: number, end: number): Data {
    const section = this.sectionAt(start);
    const bytes = new Uint8Array(end - start);
    if (section !== undefined) {
      bytes.set(section.bytes.subarray(start - section.address, end - section.address));
    }
    return {
      address: start,
      bytes,
      relocations: this.relocationsIn(start, end),
      writable: section?.writable ?? false,
    };
  }

  /**
   * Unnamed data from an address to wherever the next thing begins. When that falls inside a string, because
   * the linker let another string share its tail, it goes on to the string's end.
   */
  unnamed(address: number): Data {
    const section = this.sectionAt(address);
    if (section === undefined) throw new Error(`${hex(address)} is in no section of ${this.image.name}`);
    const after = (boundaries: readonly number[]): number =>
      Math.min(
        boundaries[countUpTo(boundaries, address, (b) => b)] ?? Infinity,
        section.address + section.size,
      );
    const end = after(this.boundaries);
    if (section.writable || this.relocationsIn(address, end).length > 0) return this.data(address, end);
    return this.data(address, this.endOfString(section, end, after(this.namedBoundaries)));
  }

  /** Where the string that goes on at `end` is over; `end` when no zero comes before `limit` or an address: it is none. */
  private endOfString({ address, bytes }: Section, end: number, limit: number): number {
    let after = end;
    while (after < limit && bytes[after - 1 - address] !== 0) after++;
    const isString = bytes[after - 1 - address] === 0 && this.relocationsIn(end, after).length === 0;
    return isString ? after : end;
  }

  /**
   * Whether an address is in a table that the linker makes of the whole program: frame information, and relocations
   * that the program applies to itself. Only start-up code refers to them, and each program has its own.
   */
  isLinkersTable(address: number): boolean {
    const section = this.sectionAt(address);
    return section !== undefined && (section.name === '.eh_frame' || section.type === 'rela');
  }

  /** A numbered local object in read-only memory, such as CSWTCH.1: its number means nothing to the next build. */
  private isCompilerConstant({ kind, binding, name, address }: SymbolEntry): boolean {
    return (
      kind === 'object' &&
      binding === 'local' &&
      /\.\d+$/.test(name) &&
      this.sectionAt(address)?.writable === false
    );
  }

  relocationsOf(symbol: SymbolEntry): Relocation[] {
    if (symbol.kind === 'thread-local' && this.isZeroed(symbol)) return [];
    const start = this.startOf(symbol);
    return this.relocationsIn(start, start + symbol.size);
  }

  /** All of a procedure or object. */
  contents(symbol: SymbolEntry): Data {
    const start = this.startOf(symbol);
    if (symbol.kind === 'thread-local' && this.isZeroed(symbol)) {
      return { address: start, bytes: new Uint8Array(symbol.size), relocations: [], writable: true };
    }
    return this.data(start, start + symbol.size);
  }

  isWritable(symbol: SymbolEntry): boolean {
    return symbol.kind === 'thread-local' || (this.sectionAt(symbol.address)?.writable ?? false);
  }

  /** Whether an object has no bytes in the file and starts as zeros. */
  isZeroed(symbol: SymbolEntry): boolean {
    return this.image.sections[symbol.section]?.type === 'nobits';
  }

  /** Where the contents are; of a thread-local object, those that every thread begins with. */
  private startOf({ kind, address }: SymbolEntry): number {
    return address + (kind === 'thread-local' ? (this.image.threadStorage?.address ?? 0) : 0);
  }

  private sizeUpToNext(address: number): number {
    const section = this.sectionAt(address);
    if (section === undefined) return 0;
    const next = this.namedBoundaries[countUpTo(this.namedBoundaries, address, (b) => b)] ?? Infinity;
    return Math.min(next, section.address + section.size) - address;
  }

  private relocationsIn(start: number, end: number): Relocation[] {
    const { relocations } = this.image;
    const first = countUpTo(relocations, start - 1, (r) => r.address);
    const found: Relocation[] = [];
    for (let i = first; i < relocations.length && relocations[i]!.address < end; i++)
      found.push(relocations[i]!);
    return found;
  }

  private sectionAt(address: number): Section | undefined {
    const section = this.sections[countUpTo(this.sections, address, (s) => s.address) - 1];
    return section !== undefined && address < section.address + section.size ? section : undefined;
  }

  private unnamedStarts(): number[] {
    const labels = this.image.symbols
      .filter(({ section, kind }) => section !== 0 && kind !== 'thread-local')
      .map(({ address }) => address);
    const fromSections = this.image.relocations
      .filter(({ symbol }) => symbol.kind === 'section')
      .map(({ symbol, addend }) => (symbol.address + addend) >>> 0);
    return [...labels, ...fromSections];
  }
}

/** Zeros that every thread begins with take no addresses of their own. */
const isThreadZeros = ({ threadLocal, type }: Section): boolean => threadLocal && type === 'nobits';

const ascending = (addresses: readonly number[]): number[] => [
  ...Float64Array.from(new Set(addresses)).sort(),
];
