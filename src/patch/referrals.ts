/** Who refers to whom: procedures by their code, objects by the addresses they hold. */
import type { SymbolEntry } from '../elf/index.js';
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
  const constants = new Constants(program);
  for (const from of [...program.procedures, ...program.objects]) {
    const own: Referral[] = [];
    const seen = new Map<SymbolEntry, Set<number>>();
    for (const { symbol: to, offset } of constants.through(referentsIn(program, from))) {
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
    byFrom.set(from, own);
  }
  return { from: byFrom, to: byTo };
}

/** What a procedure or object refers to, in order. */
export function referentsIn(program: Program, symbol: SymbolEntry): Referent[] {
  const referents: Referent[] = [];
  const items = symbol.kind === 'procedure' ? program.itemsIfUnderstood(symbol) : [];
  for (const { reference } of items) if (reference !== undefined) referents.push(program.referent(reference));
  if (items.length > 0) return referents;
  return program.relocationsOf(symbol).map((relocation) => program.referent(relocation));
}

/** Data without a name, by what it holds. */
class Constants {
  private readonly known = new Map<number, readonly Referent[]>();

  constructor(private readonly program: Program) {}

  /** The named things that referents are or lead to. */
  through(referents: readonly Referent[]): SymbolReferent[] {
    const named: SymbolReferent[] = [];
    const seen = new Set<number>();
    const queue = [...referents].reverse();
    for (let referent = queue.pop(); referent !== undefined; referent = queue.pop()) {
      if (referent.kind === 'symbol') named.push(referent);
      if (referent.kind !== 'unnamed' || seen.has(referent.base)) continue;
      seen.add(referent.base);
      queue.push(...this.heldAt(referent.base));
    }
    return named;
  }

  private heldAt(base: number): readonly Referent[] {
    let held = this.known.get(base);
    if (held === undefined) {
      const { relocations } = this.program.unnamed(base);
      this.known.set(base, (held = relocations.map((relocation) => this.program.referent(relocation))));
    }
    return held;
  }
}
