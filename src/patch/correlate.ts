/**
 * Which symbol of the old program is which of the new one.
 *
 * Names first: globals by name, locals by name and file. The compiler numbers static locals (`count.0`) and
 * a program may have a local name twice, so such a name stands for a group: its members are told apart by
 * who refers to them. What is left over is paired by bare name, for what became static or global or moved to
 * another file. What cannot be told apart is a finding, never a guess: to take one variable for another
 * would give the process wrong state.
 */
import type { SymbolEntry } from '../elf/index.js';
import type { Program } from './program.js';
import { referralsOf, type Referrals } from './referrals.js';

export class Correlation {
  private readonly ambiguities = new Map<SymbolEntry, string>();
  private readonly successors = new Map<SymbolEntry, SymbolEntry>();
  private readonly predecessors = new Map<SymbolEntry, SymbolEntry>();

  constructor(
    private readonly oldProgram: Program,
    private readonly newProgram: Program,
  ) {
    const olds = groups(oldProgram);
    const news = groups(newProgram);
    const referrers = { old: referralsOf(oldProgram).to, new: referralsOf(newProgram).to };
    const left: { old: SymbolEntry[]; new: SymbolEntry[] } = { old: [], new: [] };
    for (const [name, members] of olds) {
      const others = news.get(name) ?? [];
      const rest = this.pairGroup(members, others, referrers);
      if (rest.old.length > 0 && rest.new.length > 0) this.report(rest.old, rest.new);
      else {
        left.old.push(...rest.old);
        left.new.push(...rest.new);
      }
    }
    for (const [name, members] of news) if (!olds.has(name)) left.new.push(...members);
    this.pairByBareName(left.old, left.new);
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

  private pair(before: SymbolEntry, after: SymbolEntry): void {
    this.successors.set(before, after);
    this.predecessors.set(after, before);
  }

  private pairGroup(
    olds: readonly SymbolEntry[],
    news: readonly SymbolEntry[],
    referrers: { old: Referrals['to']; new: Referrals['to'] },
  ): { old: SymbolEntry[]; new: SymbolEntry[] } {
    const [onlyOld, onlyNew] = [olds[0]!, news[0]];
    if (olds.length === 1 && news.length === 1) {
      this.pair(onlyOld, onlyNew!);
      return { old: [], new: [] };
    }
    for (const before of olds) {
      const same = signature(referrers.old, before);
      const candidates = news.filter((after) => signature(referrers.new, after) === same);
      const rivals = olds.filter((other) => signature(referrers.old, other) === same);
      if (candidates.length === 1 && rivals.length === 1) this.pair(before, candidates[0]!);
    }
    return {
      old: olds.filter((symbol) => !this.successors.has(symbol)),
      new: news.filter((symbol) => !this.predecessors.has(symbol)),
    };
  }

  private pairByBareName(olds: readonly SymbolEntry[], news: readonly SymbolEntry[]): void {
    const bare = ({ kind, name }: SymbolEntry): string => `${kind} ${name}`;
    for (const before of olds) {
      const candidates = news.filter((after) => bare(after) === bare(before));
      const rivals = olds.filter((other) => bare(other) === bare(before));
      if (candidates.length === 1 && rivals.length === 1) this.pair(before, candidates[0]!);
    }
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

/** Symbols that are neither procedures nor objects, such as `_end`, are known by name alone. */
function namesake(symbol: SymbolEntry, program: Program): SymbolEntry | undefined {
  if (symbol.kind !== 'untyped') return undefined;
  return program.image.symbols.find((s) => s.name === symbol.name && s.binding !== 'local' && s.defined);
}

const groupOf = ({ kind, binding, file, name }: SymbolEntry): string =>
  binding === 'local' ? `${kind} ${file ?? ''} ${name.replace(/\.\d+$/, '')}` : `${kind} ${name}`;

function groups(program: Program): Map<string, SymbolEntry[]> {
  const result = new Map<string, SymbolEntry[]>();
  for (const symbol of [...program.procedures, ...program.objects]) {
    const group = groupOf(symbol);
    const members = result.get(group);
    if (members === undefined) result.set(group, [symbol]);
    else members.push(symbol);
  }
  return result;
}

/** Who refers to a symbol, as one comparable string. */
const signature = (referrers: Referrals['to'], symbol: SymbolEntry): string =>
  [...new Set((referrers.get(symbol) ?? []).map(({ from }) => groupOf(from)))].sort().join('\n');
