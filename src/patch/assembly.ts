/** A new program made of the old one and hand-written procedures, so that both ways to a patch are one. */
import type { Image, Relocation, SymbolEntry } from '../elf/index.js';
import { AssemblyError, type AssembledPart } from '../isa/assembly.js';

const PAGE = 4096;

/** Where assembled code can be put without touching anything the program has. */
export function freeAddress({ sections, segments }: Image): number {
  const ends = [...sections.filter(({ allocated }) => allocated), ...segments].map((part) =>
    'size' in part ? part.address + part.size : part.address + part.memorySize,
  );
  return Math.ceil(Math.max(0, ...ends) / PAGE) * PAGE;
}

/**
 * The program as it would be with the assembled procedures in place of those with their names.
 *
 * A label that names a procedure of the program replaces it; one with `.type NAME, #function` that does not
 * is a new procedure. Procedures without a size end where the next one begins.
 *
 * @param text what was assembled, for line numbers.
 * @throws AssemblyError when a label or a reference means nothing in the program.
 *
 * @example
 * const patched = withAssembly(image, await isa.assemble({ name, text, address: freeAddress(image) }), text);
 * const comparison = diff(new Program(image), new Program(patched));
 */
export function withAssembly(image: Image, part: AssembledPart, text: string): Image {
  return new Merger(image, part, text).image();
}

class Merger {
  /** What stands for a symbol of either in the result. */
  private readonly symbols = new Map<SymbolEntry, SymbolEntry>();
  private readonly added: SymbolEntry[] = [];
  private readonly replaced: SymbolEntry[] = [];
  private readonly firstSection: number;

  constructor(
    private readonly old: Image,
    private readonly part: AssembledPart,
    private readonly text: string,
  ) {
    this.firstSection = old.sections.length;
  }

  image(): Image {
    const { old, part } = this;
    const definitions = part.symbols.filter((symbol) => this.isProcedure(symbol));
    if (definitions.length === 0) {
      throw this.error(`no label names a procedure of ${old.name}`);
    }
    for (const symbol of definitions) this.define(symbol, this.sizeOf(symbol, definitions));
    const sections = part.sections.map((section, i) => ({ ...section, index: this.firstSection + i }));
    return {
      ...old,
      name: part.name,
      buildId: undefined,
      sections: [...old.sections, ...sections],
      symbols: [...old.symbols.map((symbol) => this.symbols.get(symbol) ?? symbol), ...this.added],
      relocations: [...this.oldRelocations(), ...part.relocations.map((r) => this.newRelocation(r))].sort(
        (a, b) => a.address - b.address,
      ),
    };
  }

  /** @throws AssemblyError for a label that is neither inside a procedure nor a procedure itself. */
  private isProcedure(symbol: SymbolEntry): boolean {
    const { name, kind, section } = symbol;
    if (section === 0 || kind === 'section' || kind === 'file' || kind === 'object') return false;
    if (this.part.sections.find(({ index }) => index === section)?.executable !== true) return false;
    if (name.startsWith('.L') || name.startsWith('$') || name === '') return false;
    if (kind === 'procedure' || this.named(name).some((known) => known.kind === 'procedure')) return true;
    const advice = 'a place inside begins with .L, a new procedure has .type NAME, @function';
    throw this.error(`${name} is no procedure of ${this.old.name}; ${advice}`, name);
  }

  private sizeOf({ address, size, section }: SymbolEntry, definitions: readonly SymbolEntry[]): number {
    if (size > 0) return size;
    const whole = this.part.sections.find(({ index }) => index === section)!;
    const later = definitions.map((other) => other.address).filter((other) => other > address);
    return Math.min(whole.address + whole.size, ...later) - address;
  }

  private define(symbol: SymbolEntry, size: number): void {
    if (size === 0) throw this.error(`${symbol.name} has no instructions`, symbol.name);
    const section = this.sectionOf(symbol);
    const place = { kind: 'procedure' as const, address: symbol.address, size, section, defined: true };
    const [old, another] = this.named(symbol.name).filter(({ kind }) => kind === 'procedure');
    if (another !== undefined)
      throw this.error(`${this.old.name} has several procedures named ${symbol.name}`, symbol.name);
    if (old === undefined) {
      const entry = { ...symbol, ...place };
      this.symbols.set(symbol, entry);
      this.added.push(entry);
      return;
    }
    this.replaced.push(old);
    // Other names of the procedure go with it.
    for (const alias of this.old.symbols) {
      if (alias.kind !== 'procedure' || alias.section === 0 || alias.address !== old.address) continue;
      this.symbols.set(alias, { ...alias, ...place });
    }
    this.symbols.set(symbol, this.symbols.get(old)!);
  }

  private sectionOf({ section }: SymbolEntry): number {
    return this.firstSection + this.part.sections.findIndex(({ index }) => index === section);
  }

  /**
   * Those that count from a section to the entry of a replaced procedure count from its name. Those within its old
   * body stay: they tell where strings begin that others use too.
   */
  private oldRelocations(): Relocation[] {
    const inside = (address: number): SymbolEntry | undefined =>
      this.replaced.find((old) => address >= old.address && address < old.address + old.size);
    return this.old.relocations.map((relocation) => {
      const { symbol, addend } = relocation;
      const entry = symbol.kind === 'section' ? inside(symbol.address + addend) : undefined;
      if (entry?.address === symbol.address + addend) {
        return { ...relocation, symbol: this.symbols.get(entry)!, addend: 0 };
      }
      return { ...relocation, symbol: this.symbols.get(symbol) ?? symbol };
    });
  }

  private newRelocation(relocation: Relocation): Relocation {
    return { ...relocation, symbol: this.meaning(relocation.symbol) };
  }

  /** What a symbol the code refers to is in the result. */
  private meaning(symbol: SymbolEntry): SymbolEntry {
    let entry = this.symbols.get(symbol);
    if (entry !== undefined) return entry;
    if (symbol.section === 0) {
      const [old, another] = this.named(symbol.name);
      if (old === undefined)
        throw this.error(`${symbol.name} is not defined here nor in ${this.old.name}`, symbol.name);
      if (another !== undefined)
        throw this.error(`${this.old.name} has several symbols named ${symbol.name}`, symbol.name);
      entry = this.symbols.get(old) ?? old;
    } else {
      entry = { ...symbol, section: this.sectionOf(symbol) };
      this.added.push(entry);
    }
    this.symbols.set(symbol, entry);
    return entry;
  }

  private named(name: string): SymbolEntry[] {
    return this.old.symbols.filter(
      (symbol) =>
        symbol.name === name && symbol.defined && symbol.kind !== 'section' && symbol.kind !== 'file',
    );
  }

  /** @param name what is wrong, for the line it stands on. */
  private error(detail: string, name?: string): AssemblyError {
    const isWord = new RegExp(`(?<![\\w.$])${name?.replace(/[.$]/g, '\\$&') ?? ''}(?![\\w.$])`);
    const line = name === undefined ? -1 : this.text.split('\n').findIndex((text) => isWord.test(text));
    return new AssemblyError(this.part.name, line < 0 ? undefined : line + 1, detail);
  }
}
