/**
 * Procedures that are replaced together: a procedure and the cold part the compiler split from it, which shares
 * its frame and registers; and one that jumps into the middle of another.
 */
import type { SymbolEntry } from '../elf/index.js';
import { familyOf } from './compiler-names.js';
import type { Program } from './program.js';
import { referralsOf } from './referrals.js';

export interface Companion {
  symbol: SymbolEntry;
  /** Why it comes along. */
  why: string;
}

/** By procedure: what must be replaced when it is. */
export type Companions = ReadonlyMap<SymbolEntry, readonly Companion[]>;

const known = new WeakMap<Program, Companions>();

export function companionsOf(program: Program): Companions {
  let companions = known.get(program);
  if (companions === undefined) known.set(program, (companions = findCompanions(program)));
  return companions;
}

function findCompanions(program: Program): Companions {
  const found = new Map<SymbolEntry, Companion[]>();
  const note = (of: SymbolEntry, symbol: SymbolEntry, why: string): void => {
    if (of === symbol) return;
    const others = found.get(of);
    if (others === undefined) found.set(of, [{ symbol, why }]);
    else others.push({ symbol, why });
  };
  const families = new Map<string, SymbolEntry[]>();
  for (const procedure of program.procedures) {
    const family = familyOf(procedure.name);
    families.set(family, [...(families.get(family) ?? []), procedure]);
  }
  for (const [family, members] of families) {
    for (const part of members) {
      if (part.name === family) continue;
      for (const other of members) {
        if (other.name !== family || !mayShareFile(part, other)) continue;
        note(part, other, `same procedure as ${part.name}`);
        note(other, part, `same procedure as ${other.name}`);
      }
    }
  }
  for (const referrals of referralsOf(program).to.values()) {
    for (const { from, to, offset } of referrals) {
      if (from.kind !== 'procedure' || to.kind !== 'procedure' || offset === 0) continue;
      note(to, from, `jumps into ${to.name}, which changed`);
      note(from, to, `${from.name}, which changed, jumps into it`);
    }
  }
  return found;
}

/** A global symbol does not say which file it is from. */
const mayShareFile = (a: SymbolEntry, b: SymbolEntry): boolean =>
  a.file === undefined || b.file === undefined || a.file === b.file;
