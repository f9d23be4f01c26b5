/**
 * What a program runs before `main`, and a program that has started will not run again: constructors of C++ objects
 * and procedures with the attribute.
 */
import type { SymbolEntry } from '../elf/index.js';
import type { Diff } from './diff.js';
import type { Program } from './program.js';
import { referralsOf } from './referrals.js';
import type { Finding } from './refusal.js';

const TABLES = /^\.(preinit_array|init_array|ctors)\b/;

export interface Constructors {
  findings: Finding[];
  notes: string[];
}

/**
 * @param procedures the new bodies of the patch.
 * @param called what the manifest has called during the update.
 */
export function judgeConstructors(
  { old, new: program, correlation, verdicts }: Diff,
  procedures: readonly SymbolEntry[],
  called: readonly SymbolEntry[],
): Constructors {
  const changed = new Set(verdicts.filter(({ verdict }) => verdict === 'changed').map((v) => v.new));
  const constructors = constructorsOf(program).filter(
    (symbol) => correlation.predecessor(symbol) === undefined || changed.has(symbol),
  );
  const reached = (from: readonly SymbolEntry[]): Set<SymbolEntry> =>
    closure(program, from, (symbol) => correlation.predecessor(symbol) === undefined);
  const others = reached(procedures.filter((symbol) => !constructors.includes(symbol)));
  const byHooks = reached(called);
  const findings: Finding[] = [];
  const notes: string[] = [];
  for (const constructor of constructors) {
    const { name } = constructor;
    const setsUp = [...reached([constructor])].filter(
      (symbol) => symbol.kind === 'object' && program.isWritable(symbol) && others.has(symbol),
    );
    const fresh = setsUp.find(
      (symbol) => correlation.predecessor(symbol) === undefined && !byHooks.has(symbol),
    );
    if (fresh !== undefined) {
      const message = `${name} sets up ${fresh.name} before main, and ${old.image.name} has started already`;
      const advice = 'have a hook of the manifest ("pre") do it, or do it when it is first used';
      findings.push({ reason: 'data-changed', message: `${message}; ${advice}` });
    } else if (changed.has(constructor)) {
      notes.push(`${name} ran before main and does not run again: what it has set up stays as it is`);
    }
  }
  return { findings, notes };
}

function constructorsOf(program: Program): SymbolEntry[] {
  const { sections, relocations } = program.image;
  const tables = sections.filter(({ name, allocated }) => allocated && TABLES.test(name));
  const found = relocations.flatMap((relocation) => {
    const { address } = relocation;
    if (!tables.some((table) => address >= table.address && address < table.address + table.size)) return [];
    const referent = program.referent(relocation);
    return referent.kind === 'symbol' && referent.symbol.kind === 'procedure' ? [referent.symbol] : [];
  });
  return [...new Set(found)];
}

/** What these refer to, and what that does which is followed. */
function closure(
  program: Program,
  from: readonly SymbolEntry[],
  follows: (symbol: SymbolEntry) => boolean,
): Set<SymbolEntry> {
  const referrals = referralsOf(program).from;
  const found = new Set<SymbolEntry>(from);
  const queue = [...from];
  for (let symbol = queue.pop(); symbol !== undefined; symbol = queue.pop()) {
    for (const { to } of referrals.get(symbol) ?? []) {
      if (found.has(to)) continue;
      found.add(to);
      if (follows(to)) queue.push(to);
    }
  }
  return found;
}
