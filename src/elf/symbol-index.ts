/** Finds the procedure or object an address lies in. */
import { hex } from './errors.js';
import type { SymbolEntry } from './symbols.js';

export class SymbolIndex {
  private readonly sorted: SymbolEntry[];

  constructor(symbols: readonly SymbolEntry[]) {
    this.sorted = symbols
      .filter((s) => s.section !== 0 && s.size > 0 && (s.kind === 'procedure' || s.kind === 'object'))
      .sort((a, b) => a.address - b.address);
  }

  /** The symbol whose bytes include the address. */
  at(address: number): SymbolEntry | undefined {
    const symbol = this.sorted[countUpTo(this.sorted, address, (s) => s.address) - 1];
    return symbol !== undefined && address < symbol.address + symbol.size ? symbol : undefined;
  }

  /** `main+0x12`, or undefined outside of every symbol. */
  describe(address: number): string | undefined {
    const symbol = this.at(address);
    if (symbol === undefined) return undefined;
    return address === symbol.address ? symbol.name : `${symbol.name}+${hex(address - symbol.address)}`;
  }
}

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
