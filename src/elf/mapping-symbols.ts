/**
 * Mapping symbols: `$x` where code begins in a section, `$d` where data does.
 *
 * Source: RISC-V ELF psABI, "Mapping Symbol".
 */
import type { Image } from './image.js';
import { countUpTo } from './symbol-index.js';
import type { SymbolEntry } from './symbols.js';

const known = new WeakMap<readonly SymbolEntry[], readonly SymbolEntry[]>();

const MAPPING = /^\$[xd]/;

/** Whether the program says that the bytes at an address, in the section of `symbol`, are data. */
export function isMarkedAsData({ symbols }: Image, section: number, address: number): boolean {
  let sorted = known.get(symbols);
  if (sorted === undefined) {
    sorted = symbols
      .filter(({ name, kind }) => kind === 'untyped' && MAPPING.test(name))
      .sort((a, b) => a.section - b.section || a.address - b.address);
    known.set(symbols, sorted);
  }
  // One key for both parts: addresses are below 2^32.
  const key = (of: { section: number; address: number }): number => of.section * 2 ** 32 + of.address;
  const last = sorted[countUpTo(sorted, key({ section, address }), key) - 1];
  return last?.section === section && last.name.startsWith('$d');
}
