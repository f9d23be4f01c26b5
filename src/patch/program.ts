/**
 * A program as the patch engine sees it: procedures and objects by name, and what an address stands for.
 */
import { countUpTo, hex, SymbolIndex, type Image, type Relocation, type SymbolEntry } from '../elf/index.js';
import { BodyError, type Body } from '../isa/body.js';
import { isaOf, type Isa } from '../isa/index.js';
import { Refusal } from './refusal.js';

/** Where a reference points: into a named procedure or object, at unnamed data, or nowhere in the program. */
export type Referent =
  | { kind: 'symbol'; symbol: SymbolEntry; offset: number }
  | { kind: 'unnamed'; address: number }
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
  /** Procedures by key. */
  readonly procedures = new Map<string, SymbolEntry>();
  /** Objects by key. */
  readonly objects = new Map<string, SymbolEntry>();
  private readonly keys = new Map<SymbolEntry, string>();
  private readonly index: SymbolIndex;
  /** Addresses at which something begins. */
  private readonly boundaries: readonly number[];
  private readonly bodies = new Map<SymbolEntry, Body | BodyError>();

  /** @throws Refusal when the file lacks what a patch needs: sections, symbols, relocations. */
  constructor(readonly image: Image) {
    this.isa = isaOf(image);
    const { name, sections, symbols, relocations } = image;
    const advice = 'patches are made from files that keep it';
    if (sections.length === 0)
      throw new Refusal('no-sections', `${name} has no section table (stripped?); ${advice}`);
    const named = symbols.filter((s) => s.section !== 0 && (s.kind === 'procedure' || s.kind === 'object'));
    if (!named.some((s) => s.kind === 'procedure')) {
      throw new Refusal('no-symbols', `${name} has no symbol table with procedures (stripped?); ${advice}`);
    }
    if (relocations.length === 0) {
      throw new Refusal('no-relocations', `${name} has no relocations; link it with -Wl,--emit-relocs`);
    }
    for (const symbol of named) this.enter(symbol);
    this.index = new SymbolIndex(named);
    this.boundaries = this.findBoundaries(named);
  }

  /** The name under which a symbol is looked for in the other program: with its file when it is local. */
  key(symbol: SymbolEntry): string {
    return this.keys.get(symbol) ?? symbol.name;
  }

  /** The procedure or object whose bytes include the address. */
  symbolAt(address: number): SymbolEntry | undefined {
    return this.index.at(address);
  }

  /** What S + A stands for. A symbol of its own counts as itself even one past its end. */
  referent({ symbol, addend }: { symbol: SymbolEntry; addend: number }): Referent {
    const { kind } = symbol;
    if (kind === 'procedure' || kind === 'object') return { kind: 'symbol', symbol, offset: addend };
    if (kind === 'untyped' && symbol.binding !== 'local' && symbol.defined) {
      return { kind: 'symbol', symbol, offset: addend };
    }
    const address = (symbol.address + addend) >>> 0;
    const containing = this.symbolAt(address);
    if (containing !== undefined)
      return { kind: 'symbol', symbol: containing, offset: address - containing.address };
    if (this.sectionAt(address) !== undefined) return { kind: 'unnamed', address };
    return { kind: 'absolute', value: address };
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

  /** Unnamed data from an address to wherever the next thing begins. */
  unnamed(address: number): Data {
    const section = this.sectionAt(address);
    if (section === undefined) throw new Error(`${hex(address)} is in no section of ${this.image.name}`);
    const end =
      this.boundaries[countUpTo(this.boundaries, address, (b) => b)] ?? section.address + section.size;
    return this.data(address, Math.min(end, section.address + section.size));
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

  private enter(symbol: SymbolEntry): void {
    const table = symbol.kind === 'procedure' ? this.procedures : this.objects;
    const base = symbol.binding === 'local' ? `${symbol.file ?? ''}:${symbol.name}` : symbol.name;
    let key = base;
    // The same name twice in one file: told apart by order.
    for (let n = 2; table.has(key); n++) key = `${base}#${n}`;
    table.set(key, symbol);
    this.keys.set(symbol, key);
  }

  private findBoundaries(named: readonly SymbolEntry[]): number[] {
    const addresses = new Set<number>();
    for (const symbol of this.image.symbols) if (symbol.section !== 0) addresses.add(symbol.address);
    for (const symbol of named) addresses.add(symbol.address + symbol.size);
    for (const { symbol, addend } of this.image.relocations) {
      if (symbol.kind === 'section' || symbol.kind === 'untyped')
        addresses.add((symbol.address + addend) >>> 0);
    }
    return [...addresses].sort((a, b) => a - b);
  }
}
