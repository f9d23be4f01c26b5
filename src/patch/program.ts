/**
 * A program as the patch engine sees it: procedures and objects by name, and what an address stands for.
 */
import { countUpTo, hex, SymbolIndex, type Image, type Relocation, type SymbolEntry } from '../elf/index.js';
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
  /** Without the constants that the compiler made and numbered: those are known by their contents. */
  readonly objects: readonly SymbolEntry[];
  private readonly index: SymbolIndex;
  /** Addresses at which something begins or a named thing ends. */
  private readonly boundaries: readonly number[];
  /** Those of named things alone. */
  private readonly namedBoundaries: readonly number[];
  private readonly bodies = new Map<SymbolEntry, Body | BodyError>();

  /** @throws Refusal when the file lacks sections or symbols. */
  constructor(readonly image: Image) {
    this.isa = isaOf(image);
    const { name, sections, symbols } = image;
    const advice = 'patches are made from files that keep it';
    if (sections.length === 0)
      throw new Refusal('no-sections', `${name} has no section table (stripped?); ${advice}`);
    const named = symbols.filter((s) => s.section !== 0 && (s.kind === 'procedure' || s.kind === 'object'));
    if (!named.some((s) => s.kind === 'procedure')) {
      throw new Refusal('no-symbols', `${name} has no symbol table with procedures (stripped?); ${advice}`);
    }
    this.procedures = named.filter(({ kind }) => kind === 'procedure');
    this.objects = named.filter((s) => s.kind === 'object' && !this.isCompilerConstant(s));
    this.index = new SymbolIndex(named);
    this.namedBoundaries = ascending(named.flatMap(({ address, size }) => [address, address + size]));
    this.boundaries = ascending([...this.namedBoundaries, ...this.unnamedStarts()]);
  }

  /** @throws Refusal when the linker's relocations are gone: nobody can tell then what code refers to. */
  needRelocations(): void {
    const { name, relocations } = this.image;
    if (relocations.length > 0) return;
    throw new Refusal('no-relocations', `${name} has no relocations; link it with -Wl,--emit-relocs`);
  }

  /** The procedure or object whose bytes include the address. */
  symbolAt(address: number): SymbolEntry | undefined {
    return this.index.at(address);
  }

  /** What S + A stands for. A symbol of its own counts as itself even one past its end. */
  referent({ symbol, addend }: { symbol: SymbolEntry; addend: number }): Referent {
    const { kind, binding } = symbol;
    if (kind === 'object' && this.isCompilerConstant(symbol)) {
      return { kind: 'unnamed', base: symbol.address, offset: addend };
    }
    if (
      kind === 'procedure' ||
      kind === 'object' ||
      (kind === 'untyped' && binding !== 'local' && symbol.defined)
    ) {
      return { kind: 'symbol', symbol, offset: addend };
    }
    const address = (symbol.address + addend) >>> 0;
    const containing = this.symbolAt(address);
    if (containing !== undefined) {
      const offset = address - containing.address;
      if (this.isCompilerConstant(containing)) return { kind: 'unnamed', base: containing.address, offset };
      return { kind: 'symbol', symbol: containing, offset };
    }
    if (this.sectionAt(address) === undefined) return { kind: 'absolute', value: address };
    // A label says where its data begins; a section symbol does not.
    const base = kind === 'section' ? address : symbol.address;
    return { kind: 'unnamed', base, offset: address - base };
  }

  /** A procedure taken apart. @throws BodyError */
  body(symbol: SymbolEntry): Body {
    let body = this.bodies.get(symbol);
    if (body === undefined) {
      try {
        const { bytes, relocations } = this.data(symbol.address, symbol.address + symbol.size);
        body = this.isa.takeApart(this.image, symbol, bytes, relocations);
      } catch (error) {
        if (!(error instanceof BodyError)) throw error;
        body = error;
      }
      this.bodies.set(symbol, body);
    }
    if (body instanceof BodyError) throw body;
    return body;
  }

  /** The items of a procedure; none when its code is not understood or has no known end. */
  itemsIfUnderstood(symbol: SymbolEntry): Body['items'] {
    try {
      return symbol.size === 0 ? [] : this.body(symbol).items;
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
    let end = after(this.boundaries);
    const limit = after(this.namedBoundaries);
    const shared = !section.writable && this.relocationsIn(address, end).length === 0;
    while (shared && end < limit && section.bytes[end - 1 - section.address] !== 0) end++;
    return this.data(address, end);
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

  relocationsOf({ address, size }: SymbolEntry): Relocation[] {
    return this.relocationsIn(address, address + size);
  }

  /** All of a procedure or object. */
  contents({ address, size }: SymbolEntry): Data {
    return this.data(address, address + size);
  }

  isWritable({ address }: SymbolEntry): boolean {
    return this.sectionAt(address)?.writable ?? false;
  }

  /** Whether an object has no bytes in the file and starts as zeros. */
  isZeroed({ address }: SymbolEntry): boolean {
    return this.sectionAt(address)?.type === 'nobits';
  }

  private relocationsIn(start: number, end: number): Relocation[] {
    const { relocations } = this.image;
    const first = countUpTo(relocations, start - 1, (r) => r.address);
    const found: Relocation[] = [];
    for (let i = first; i < relocations.length && relocations[i]!.address < end; i++)
      found.push(relocations[i]!);
    return found;
  }

  private sectionAt(address: number): Image['sections'][number] | undefined {
    return this.image.sections.find(
      (s) => s.allocated && address >= s.address && address < s.address + s.size,
    );
  }

  private unnamedStarts(): number[] {
    const labels = this.image.symbols.filter(({ section }) => section !== 0).map(({ address }) => address);
    const fromSections = this.image.relocations
      .filter(({ symbol }) => symbol.kind === 'section')
      .map(({ symbol, addend }) => (symbol.address + addend) >>> 0);
    return [...labels, ...fromSections];
  }
}

const ascending = (addresses: readonly number[]): number[] => [...new Set(addresses)].sort((a, b) => a - b);
