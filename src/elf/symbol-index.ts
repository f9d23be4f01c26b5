/** Finds the procedure or object an address lies in. */
import { hex } from './errors.js';
import type { SymbolEntry, SymbolKind } from './symbols.js';

/** Of several names for one thing the first of these: global, weak, local; then in the order of the alphabet. */
const RANK = { global: 0, weak: 1, local: 2 };

function byAddress(a: SymbolEntry, b: SymbolEntry): number {
  if (a.address !== b.address) return a.address - b.address;
  if (a.size !== b.size) return b.size - a.size;
  if (a.binding !== b.binding) return RANK[b.binding] - RANK[a.binding];
  return a.name < b.name ? 1 : -1;
}

export class SymbolIndex {
  private readonly sorted: SymbolEntry[];
  /** Of each symbol in `sorted`: the one before it that still goes on at its start, or -1. */
  private readonly enclosing: number[] = [];

  constructor(symbols: readonly SymbolEntry[], kinds: readonly SymbolKind[] = ['procedure', 'object']) {
    this.sorted = symbols
      .filter((s) => s.section !== 0 && s.size > 0 && kinds.includes(s.kind))
      .sort(byAddress);
    for (const [i, { address }] of this.sorted.entries()) {
      let around = i - 1;
      while (around >= 0 && endOf(this.sorted[around]!) <= address) around = this.enclosing[around]!;
      this.enclosing.push(around);
    }
  }

  /** The symbol whose bytes include the address; the innermost of several. */
  at(address: number): SymbolEntry | undefined {
    let i = countUpTo(this.sorted, address, (s) => s.address) - 1;
    while (i >= 0 && address >= endOf(this.sorted[i]!)) i = this.enclosing[i]!;
    return this.sorted[i];
  }

  /** `main+0x12`, or undefined outside of every symbol. */
  describe(address: number): string | undefined {
    const symbol = this.at(address);
    if (symbol === undefined) return undefined;
    return address === symbol.address ? symbol.name : `${symbol.name}+${hex(address - symbol.address)}`;
  }
}

const byName = new WeakMap<readonly SymbolEntry[], ReadonlyMap<string, SymbolEntry>>();

/** The defined symbol of a name, a global one first. */
export function symbolNamed(symbols: readonly SymbolEntry[], name: string): SymbolEntry | undefined {
  let named = byName.get(symbols);
  if (named === undefined) {
    const defined = symbols.filter((symbol) => symbol.defined && symbol.kind !== 'file');
    const [locals, globals] = [true, false].map((local) =>
      defined.filter(({ binding }) => (binding === 'local') === local),
    );
    named = new Map([...locals!, ...globals!].map((symbol) => [symbol.name, symbol]));
    byName.set(symbols, named);
  }
  return named.get(name);
}

const endOf = ({ address, size }: SymbolEntry): number => address + size;

/** How many elements of an ascending list have a key up to and including `value`. */
export function countUpTo<T>(sorted: readonly T[], value: number, key: (element: T) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(sorted[middle]!) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
