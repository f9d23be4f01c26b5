/**
 * A package from objects: the running program as linking would make it with a newer object in the place of one of
 * its own. Everything that follows (comparison, selection, package) is then the same as for two linked programs.
 *
 * Old symbols are the running program's, found by name, and by file where they are local. That the old object is
 * what the program was linked from is not believed but compared: exchanged for itself, it must change nothing.
 */
import {
  SymbolIndex,
  type Image,
  type ObjectPlace,
  type Relocation,
  type SymbolEntry,
  type SymbolKind,
} from '../elf/index.js';
import { freeAddress } from './assembly.js';
import { checkConventions, diff, type Diff } from './diff.js';
import { Program } from './program.js';
import { Refusal, type Finding } from './refusal.js';

/** Where objects have to be read to, for a program to take them in. */
export const placeIn = (program: Image): ObjectPlace => ({
  from: freeAddress(program),
  threadStorage: program.threadStorage,
});

/**
 * Compares a program with what becomes of it when one object it was linked from is exchanged.
 *
 * @param old the object as it was, `successor` as it should be; both read to `placeIn(program)`.
 * @throws Refusal when the program was not linked from the old object, or cannot be linked with the new one.
 *
 * @example
 * const place = placeIn(running);
 * const comparison = diffObjects(running, readObject(oldBytes, 'old.o', place), readObject(newBytes, 'new.o', place));
 */
export function diffObjects(program: Image, old: Image, successor: Image): Diff {
  for (const object of [old, successor]) {
    if (object.machine !== program.machine || object.bits !== program.bits) {
      const message = `${object.name} and ${program.name} are for different processors`;
      throw new Refusal('different-isa', `${message}: a program is linked from objects for its own`);
    }
    checkConventions(program, object);
  }
  const running = new Program(program);
  const own = symbolsFrom(program, old);
  checkOrigin(running, old, own);
  return diff(running, new Program(new Exchange(program, own, successor).image()));
}

/** @throws Refusal naming what differs between the object and the program. */
function checkOrigin(running: Program, old: Image, own: ReadonlySet<SymbolEntry>): void {
  const { image } = running;
  const wrong = (what: string): Refusal =>
    new Refusal('not-the-same-program', `${old.name} is not what ${image.name} was linked from: ${what}`);
  if (own.size === 0) throw wrong('they have nothing in common');
  const { verdicts } = diff(running, new Program(new Exchange(image, own, old).image()));
  const linked = new Set([...own].map(({ name }) => name));
  for (const { name, verdict, reason } of verdicts) {
    // The linker leaves out what nobody refers to.
    if (verdict === 'unchanged' || (verdict === 'new' && !linked.has(name))) continue;
    throw wrong(reason === undefined ? `${name} is ${verdict}` : `${name} differs (${reason})`);
  }
}

/** Whether the linker knows a symbol beyond its file. It makes hidden ones local, of a file without a name. */
const isExternal = ({ binding, file, defined }: SymbolEntry): boolean =>
  defined && (binding !== 'local' || file === '');

const KINDS_OF_THINGS: readonly SymbolKind[] = ['procedure', 'object', 'thread-local', 'indirect'];
const isThing = ({ kind, binding, defined }: SymbolEntry): boolean =>
  defined && (KINDS_OF_THINGS.includes(kind) || (kind === 'untyped' && binding !== 'local'));

/** The named things of a program that an object has brought. */
function symbolsFrom(program: Image, object: Image): Set<SymbolEntry> {
  const found = new Set<SymbolEntry>();
  const things = object.symbols.filter(isThing);
  const externals = externalsOf(program);
  for (const { name, binding } of things.filter((symbol) => symbol.binding !== 'local')) {
    const symbol = externals.get(name);
    // Another file's definition wins over a weak one.
    if (symbol !== undefined && !(binding === 'weak' && symbol.binding === 'global')) found.add(symbol);
  }
  const locals = things.filter((symbol) => symbol.binding === 'local');
  for (const file of new Set(locals.map((symbol) => symbol.file))) {
    const names = new Set(locals.filter((symbol) => symbol.file === file).map(({ name }) => name));
    for (const symbol of blockWith(program, file, names)) found.add(symbol);
  }
  return found;
}

const externalsOf = ({ symbols }: Image): Map<string, SymbolEntry> =>
  new Map(symbols.filter(isExternal).map((symbol) => [symbol.name, symbol]));

/**
 * Those of the names that one input file of the linker has as local symbols. Several may be called the same: it is
 * the one that has most of the names.
 */
function blockWith(program: Image, file: string | undefined, names: ReadonlySet<string>): SymbolEntry[] {
  const blocks: SymbolEntry[][] = [];
  let block: SymbolEntry[] | undefined;
  for (const symbol of program.symbols) {
    if (symbol.kind === 'file') block = undefined;
    if (symbol.binding !== 'local' || symbol.file !== file || !isThing(symbol)) continue;
    if (block === undefined) blocks.push((block = []));
    if (names.has(symbol.name)) block.push(symbol);
  }
  const most = Math.max(0, ...blocks.map(({ length }) => length));
  const [best, another] = blocks.filter(({ length }) => length === most);
  if (most > 0 && another !== undefined) {
    const message = `${program.name} is linked from several files called ${file ?? 'nothing'} that have ${[...names].join(', ')}`;
    throw new Refusal('ambiguous-symbol', `${message}; give the files or the names different names`);
  }
  return best ?? [];
}

class Exchange {
  private readonly findings: Finding[] = [];
  /** What stands for a symbol of the object, or for one of the program that the object replaces. */
  private readonly symbols = new Map<SymbolEntry, SymbolEntry>();
  private readonly gone: Set<SymbolEntry>;
  private readonly externals: ReadonlyMap<string, SymbolEntry>;

  constructor(
    private readonly program: Image,
    own: ReadonlySet<SymbolEntry>,
    private readonly object: Image,
  ) {
    this.gone = new Set(own);
    this.externals = externalsOf(program);
  }

  image(): Image {
    const { program, object } = this;
    const shift = program.sections.length;
    const added = object.symbols
      .filter(({ defined }) => defined)
      .flatMap((symbol) => this.define(symbol, shift));
    for (const symbol of object.symbols) if (!symbol.defined) this.resolve(symbol);
    const relocations = [...this.oldRelocations(), ...object.relocations].map((relocation): Relocation => {
      const symbol = this.symbols.get(relocation.symbol);
      return symbol === undefined ? relocation : { ...relocation, symbol };
    });
    if (this.findings.length > 0) throw new Refusal(this.findings);
    return {
      ...program,
      name: object.name,
      buildId: undefined,
      sections: [
        // Debug information of the program tells of what it had before.
        ...program.sections.map((s) => (isDebug(s) ? { ...s, name: '', bytes: new Uint8Array() } : s)),
        ...object.sections.map((section) => ({ ...section, index: section.index + shift })),
      ],
      symbols: [
        ...program.symbols.map((symbol) => (this.gone.has(symbol) ? labelOf(symbol) : symbol)),
        ...added,
      ],
      relocations: relocations.sort((a, b) => a.address - b.address),
      threadStorage: program.threadStorage ?? object.threadStorage,
    };
  }

  /** The object's symbol in the result; none when the program has a definition that wins over it. */
  private define(symbol: SymbolEntry, shift: number): SymbolEntry[] {
    const { name, binding, section } = symbol;
    const entry = section === 0 ? symbol : { ...symbol, section: section + shift };
    const other = binding === 'local' ? undefined : this.externals.get(name);
    if (other !== undefined && !this.gone.has(other)) {
      if (binding === 'weak') {
        this.symbols.set(symbol, other);
        return [];
      }
      if (other.binding === 'global') {
        const message = `${name} is defined in ${this.object.name}, and elsewhere in ${this.program.name}`;
        this.findings.push({ reason: 'ambiguous-symbol', message });
      }
      this.gone.add(other);
    }
    this.symbols.set(symbol, entry);
    if (other !== undefined) this.symbols.set(other, entry);
    return [entry];
  }

  /** Finds what an undefined symbol of the object is in the program. Where it is nothing, nobody may need it. */
  private resolve(symbol: SymbolEntry): void {
    const found = this.externals.get(symbol.name);
    if (found !== undefined && !this.gone.has(found)) this.symbols.set(symbol, found);
  }

  /** Those of what is replaced stay: they tell where strings begin that others use too. */
  private oldRelocations(): readonly Relocation[] {
    const { relocations, symbols, name } = this.program;
    const lost = new Set([...this.gone].filter((symbol) => isExternal(symbol) && !this.symbols.has(symbol)));
    if (lost.size === 0) return relocations;
    const things = new SymbolIndex(symbols);
    for (const { address, symbol } of relocations) {
      const user = lost.has(symbol) ? things.at(address) : undefined;
      if (user === undefined || this.gone.has(user)) continue;
      const message = `${user.name} of ${name} refers to ${symbol.name}, which ${this.object.name} does not define`;
      this.findings.push({ reason: 'unknown-reference', message });
      lost.delete(symbol);
    }
    return relocations;
  }
}

/** What is left of a thing that was replaced: where it begins, constants without a name end. */
const labelOf = (symbol: SymbolEntry): SymbolEntry => ({
  ...symbol,
  name: '',
  kind: symbol.kind === 'thread-local' ? 'thread-local' : 'untyped',
  binding: 'local',
  size: 0,
});

const isDebug = ({ name, allocated }: Image['sections'][number]): boolean =>
  !allocated && name.startsWith('.debug_') && name !== '.debug_frame';
