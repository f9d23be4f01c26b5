/**
 * Which symbol of the old program is which of the new one.
 *
 * Names first: globals by name, locals by name and file. Where such a name stands for several things (static
 * locals, which the compiler numbers, and names a program has twice) they are told apart by who refers to them
 * and from where, and procedures by their bodies, until nothing more follows. What is left over is paired by
 * bare name, for what became static or global or moved to another file, and procedures by their bodies alone.
 *
 * A procedure that is not paired is no danger: whoever calls it has changed and takes its own along. To take
 * one variable for another would give the process wrong state: what cannot be told apart has an ambiguity.
 */
import { symbolNamed, type SymbolEntry } from '../elf/index.js';
import { bareKeyOf, keyOf } from './compiler-names.js';
import { outlineOf } from './outline.js';
import type { Program, Referent } from './program.js';
import { referentsIn, referralsOf, type Referrals } from './referrals.js';
import { shapeOf } from './shape.js';

export class Correlation {
  private readonly ambiguities = new Map<SymbolEntry, string>();
  private readonly successors = new Map<SymbolEntry, SymbolEntry>();
  private readonly predecessors = new Map<SymbolEntry, SymbolEntry>();

  constructor(
    private readonly oldProgram: Program,
    private readonly newProgram: Program,
  ) {
    const correlator = new Correlator(oldProgram, newProgram, (before, after) => {
      this.successors.set(before, after);
      this.predecessors.set(after, before);
    });
    correlator.run();
    for (const { old, new: news } of correlator.ambiguous) this.report(old, news);
  }

  successor(symbol: SymbolEntry): SymbolEntry | undefined {
    return this.successors.get(symbol) ?? namesake(symbol, this.newProgram);
  }

  predecessor(symbol: SymbolEntry): SymbolEntry | undefined {
    return this.predecessors.get(symbol) ?? namesake(symbol, this.oldProgram);
  }

  /** Why a symbol has no counterpart although there are candidates. */
  ambiguity(symbol: SymbolEntry): string | undefined {
    return this.ambiguities.get(symbol);
  }

  private report(olds: readonly SymbolEntry[], news: readonly SymbolEntry[]): void {
    const list = (symbols: readonly SymbolEntry[]): string =>
      symbols.map(({ name, file }) => (file === undefined ? name : `${name} (${file})`)).join(', ');
    const reason =
      `${list(olds)} in ${this.oldProgram.image.name} and ${list(news)} in ${this.newProgram.image.name} ` +
      'cannot be told apart; give the variables or files different names';
    for (const symbol of [...olds, ...news]) this.ambiguities.set(symbol, reason);
  }
}

/** Known by name alone: what is neither procedure nor object, such as `_end`, and what an unlinked object leaves undefined. */
function namesake({ kind, name, binding, defined }: SymbolEntry, program: Program): SymbolEntry | undefined {
  if (!defined && (program.image.relocatable || binding === 'global')) return program.external(name);
  if (kind !== 'untyped' && kind !== 'indirect') return undefined;
  const symbol = symbolNamed(program.image.symbols, name);
  return symbol?.kind === kind && symbol.binding !== 'local' ? symbol : undefined;
}

interface Group {
  old: SymbolEntry[];
  new: SymbolEntry[];
}

/** One side of the comparison. */
interface Side {
  program: Program;
  referrers: Referrals['to'];
  /** The other side's symbol, for those that are paired. */
  paired: Map<SymbolEntry, SymbolEntry>;
}

class Correlator {
  ambiguous: Group[] = [];
  private readonly old: Side;
  private readonly new: Side;

  constructor(
    oldProgram: Program,
    newProgram: Program,
    private readonly report: (before: SymbolEntry, after: SymbolEntry) => void,
  ) {
    const side = (program: Program): Side => ({
      program,
      referrers: referralsOf(program).to,
      paired: new Map(),
    });
    [this.old, this.new] = [side(oldProgram), side(newProgram)];
  }

  run(): void {
    const all = (program: Program): SymbolEntry[] => [...program.procedures, ...program.objects];
    const [olds, news] = [all(this.old.program), all(this.new.program)];
    const groups = groupsOf(olds, news, keyOf);
    for (const group of groups) this.pairIfSingle(group);
    this.pairToFixpoint(groups);
    const rest = (): Group[] =>
      groupsOf(this.unpaired(olds, this.old), this.unpaired(news, this.new), bareKeyOf);
    for (const group of rest()) if (group.old[0]?.kind === 'procedure') this.pairIfSingle(group);
    this.pairToFixpoint([...groups, ...rest()]);
    for (const group of rest()) if (this.shareReferrers(group)) this.pairIfSingle(group);
    this.pairToFixpoint([...groups, ...rest()]);
    for (const group of [...groups, ...rest()]) this.pairHarmless(group);
    this.pairByShape({ old: this.unpaired(olds, this.old), new: this.unpaired(news, this.new) });
    this.ambiguous = [...groups, ...rest()].map((group) => this.left(group)).filter(isDangerous);
  }

  private pair(before: SymbolEntry, after: SymbolEntry): void {
    this.old.paired.set(before, after);
    this.new.paired.set(after, before);
    this.report(before, after);
  }

  private unpaired(symbols: readonly SymbolEntry[], { paired }: Side): SymbolEntry[] {
    return symbols.filter((symbol) => !paired.has(symbol));
  }

  private left(group: Group): Group {
    return { old: this.unpaired(group.old, this.old), new: this.unpaired(group.new, this.new) };
  }

  private pairIfSingle(group: Group): void {
    const [before, after] = [group.old[0], group.new[0]];
    if (group.old.length === 1 && group.new.length === 1) this.pair(before!, after!);
  }

  private pairToFixpoint(groups: readonly Group[]): void {
    let open = groups;
    for (let before = -1; before !== this.old.paired.size;) {
      before = this.old.paired.size;
      open = open
        .map((group) => this.left(group))
        .filter((group) => group.old.length > 0 && group.new.length > 0);
      for (const group of open) {
        this.pairByPosition(group);
        this.pairByShape(this.left(group));
        this.pairByReferrers(this.left(group));
      }
    }
  }

  /** Pairs what the same code refers to at the same places, where all who refer to it agree. */
  private pairByPosition(group: Group): void {
    const members = new Set(group.new);
    for (const before of group.old) {
      const votes = this.votesFor(before, this.old, this.new);
      const [after] = votes;
      if (votes.size !== 1 || after === undefined || !members.has(after) || this.new.paired.has(after))
        continue;
      const back = this.votesFor(after, this.new, this.old);
      if (back.size === 1 && back.has(before)) this.pair(before, after);
    }
  }

  /** Everything of the other program that stands where `symbol` does in code or data that is otherwise the same. */
  private votesFor(symbol: SymbolEntry, mine: Side, theirs: Side): Set<SymbolEntry | undefined> {
    const votes = new Set<SymbolEntry | undefined>();
    for (const { from } of mine.referrers.get(symbol) ?? []) {
      const other = mine.paired.get(from);
      if (other === undefined || !this.isAligned(mine.program, from, theirs.program, other)) continue;
      const referents = referentsIn(theirs.program, other);
      for (const [i, referent] of referentsIn(mine.program, from).entries()) {
        if (isSymbol(referent) && referent.symbol === symbol) votes.add(counterpart(referent, referents[i]));
      }
    }
    return votes;
  }

  private isAligned(mine: Program, symbol: SymbolEntry, theirs: Program, other: SymbolEntry): boolean {
    if (symbol.kind !== 'procedure') {
      const [before, after] = [mine.relocationsOf(symbol), theirs.relocationsOf(other)];
      return (
        symbol.size === other.size &&
        before.length === after.length &&
        before.every((r, i) => r.address - symbol.address === after[i]!.address - other.address)
      );
    }
    if (mine.itemsIfUnderstood(symbol).length === 0 || theirs.itemsIfUnderstood(other).length === 0)
      return false;
    const [before, after] = [outlineOf(mine.body(symbol)).items, outlineOf(theirs.body(other)).items];
    return before.length === after.length && before.every(({ token }, i) => token === after[i]!.token);
  }

  /** Pairs procedures whose bodies are the same and like no other's. */
  private pairByShape(group: Group): void {
    const procedures = (symbols: readonly SymbolEntry[]): SymbolEntry[] =>
      symbols.filter(({ kind }) => kind === 'procedure');
    const [olds, news] = [procedures(group.old), procedures(group.new)];
    if (olds.length === 0 || news.length === 0) return;
    this.pairUnique({ old: olds, new: news }, (symbol, { program }) => shapeOf(program, symbol));
  }

  /** Pairs what exactly the same procedures and objects refer to. */
  private pairByReferrers(group: Group): void {
    this.pairUnique(group, (symbol, side) => {
      const referrers = (side.referrers.get(symbol) ?? []).map(({ from }) => this.identityOf(from, side));
      return [...new Set(referrers)].sort().join('\n');
    });
  }

  /** One name for both of a pair. */
  private identityOf(symbol: SymbolEntry, side: Side): string {
    const other = side === this.old ? symbol : side.paired.get(symbol);
    const known = other !== undefined && this.old.paired.has(other);
    return known ? `${other.kind} ${other.address} ${other.name}` : keyOf(symbol);
  }

  private pairUnique(
    group: Group,
    keyOfMember: (symbol: SymbolEntry, side: Side) => string | undefined,
  ): void {
    const byKey = (symbols: readonly SymbolEntry[], side: Side): Map<string | undefined, SymbolEntry[]> => {
      const found = new Map<string | undefined, SymbolEntry[]>();
      for (const symbol of symbols) {
        const key = keyOfMember(symbol, side);
        found.set(key, [...(found.get(key) ?? []), symbol]);
      }
      return found;
    };
    const news = byKey(group.new, this.new);
    for (const [key, olds] of byKey(group.old, this.old)) {
      const candidates = key === undefined ? undefined : news.get(key);
      if (olds.length === 1 && candidates?.length === 1) this.pair(olds[0]!, candidates[0]!);
    }
  }

  /** Whether something that is paired refers to both. */
  private shareReferrers({ old: olds, new: news }: Group): boolean {
    if (olds.length !== 1 || news.length !== 1) return false;
    const others = new Set((this.new.referrers.get(news[0]!) ?? []).map(({ from }) => from));
    return (this.old.referrers.get(olds[0]!) ?? []).some(({ from }) => {
      const successor = this.old.paired.get(from);
      return successor !== undefined && others.has(successor);
    });
  }

  /** In their order: objects that nobody of the new program refers to, and read-only ones of the same contents. */
  private pairHarmless(group: Group): void {
    const { old: olds, new: news } = this.left(group);
    for (const before of olds) {
      if (before.kind === 'procedure') continue;
      const after = news.find(
        (candidate) => !this.new.paired.has(candidate) && this.isHarmless(before, candidate),
      );
      if (after !== undefined) this.pair(before, after);
    }
  }

  private isHarmless(before: SymbolEntry, after: SymbolEntry): boolean {
    if (before.size !== after.size) return false;
    if ((this.new.referrers.get(after) ?? []).length === 0) return true;
    const [mine, theirs] = [this.old.program, this.new.program];
    if (mine.isWritable(before) || theirs.isWritable(after)) return false;
    const [contents, others] = [mine.contents(before), theirs.contents(after)];
    return (
      contents.relocations.length + others.relocations.length === 0 &&
      contents.bytes.every((byte, i) => byte === others.bytes[i])
    );
  }
}

const isSymbol = (referent: Referent): referent is Extract<Referent, { kind: 'symbol' }> =>
  referent.kind === 'symbol';

function counterpart(
  { offset }: Extract<Referent, { kind: 'symbol' }>,
  other: Referent | undefined,
): SymbolEntry | undefined {
  return other?.kind === 'symbol' && other.offset === offset ? other.symbol : undefined;
}

/** Whether variables are left on both sides. */
const isDangerous = ({ old: olds, new: news }: Group): boolean =>
  olds.length > 0 && news.length > 0 && olds[0]!.kind !== 'procedure';

function groupsOf(
  olds: readonly SymbolEntry[],
  news: readonly SymbolEntry[],
  key: (symbol: SymbolEntry) => string,
): Group[] {
  const groups = new Map<string, Group>();
  const groupFor = (symbol: SymbolEntry): Group => {
    const name = key(symbol);
    let group = groups.get(name);
    if (group === undefined) groups.set(name, (group = { old: [], new: [] }));
    return group;
  };
  for (const symbol of olds) groupFor(symbol).old.push(symbol);
  for (const symbol of news) groupFor(symbol).new.push(symbol);
  return [...groups.values()].filter((group) => group.old.length > 0 && group.new.length > 0);
}
