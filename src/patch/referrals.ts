/** Who refers to whom: procedures by their code, objects by the addresses they hold. */
import type { Relocation, SymbolEntry } from '../elf/index.js';
import type { Reference } from '../isa/body.js';
import type { Program, Referent } from './program.js';

export interface Referral {
  from: SymbolEntry;
  to: SymbolEntry;
  /** Where in `to`. */
  offset: number;
}

/** Every referral of a program, once, by either end. What constants without a name hold counts for their users. */
export interface Referrals {
  from: ReadonlyMap<SymbolEntry, readonly Referral[]>;
  to: ReadonlyMap<SymbolEntry, readonly Referral[]>;
}

const known = new WeakMap<Program, Referrals>();

export function referralsOf(program: Program): Referrals {
  let referrals = known.get(program);
  if (referrals === undefined) known.set(program, (referrals = findReferrals(program)));
  return referrals;
}

type SymbolReferent = Extract<Referent, { kind: 'symbol' }>;

function findReferrals(program: Program): Referrals {
  const byFrom = new Map<SymbolEntry, Referral[]>();
  const byTo = new Map<SymbolEntry, Referral[]>();
  const constants = new Map<number, readonly SymbolReferent[]>();
  for (const from of [...program.procedures, ...program.objects]) {
    const own: Referral[] = [];
    const seen = new Map<SymbolEntry, Set<number>>();
    for (const reference of referencesIn(program, from)) {
      for (const { symbol: to, offset } of reached(program, program.referent(reference), constants)) {
        const offsets = seen.get(to);
        if (offsets?.has(offset)) continue;
        if (offsets === undefined) seen.set(to, new Set([offset]));
        else offsets.add(offset);
        const referral = { from, to, offset };
        own.push(referral);
        const others = byTo.get(to);
        if (others === undefined) byTo.set(to, [referral]);
        else others.push(referral);
      }
    }
    byFrom.set(from, own);
  }
  return { from: byFrom, to: byTo };
}

function referencesIn(program: Program, symbol: SymbolEntry): (Reference | Relocation)[] {
  if (symbol.kind === 'procedure') {
    const items = program.itemsIfUnderstood(symbol);
    if (items.length > 0) return items.flatMap(({ reference }) => reference ?? []);
  }
  return program.relocationsOf(symbol);
}

/** The named things a referent is or leads to. */
function reached(
  program: Program,
  referent: Referent,
  constants: Map<number, readonly SymbolReferent[]>,
): readonly SymbolReferent[] {
  if (referent.kind === 'symbol') return [referent];
  if (referent.kind === 'absolute') return [];
  const before = constants.get(referent.base);
  if (before !== undefined) return before;
  const named: SymbolReferent[] = [];
  constants.set(referent.base, named);
  for (const relocation of program.unnamed(referent.base).relocations) {
    named.push(...reached(program, program.referent(relocation), constants));
  }
  return named;
}
