/**
 * Mapping symbols: `$x` where code begins in a section, `$d` where data does.
 *
 * Source: RISC-V ELF psABI, "Mapping Symbol".
 */
import type { Image } from './image.js';
import { countUpTo } from './symbol-index.js';
import type { SymbolEntry } from './symbols.js';

/** By section, in ascending order of address. */
type Marks = ReadonlyMap<number, readonly SymbolEntry[]>;

const known = new WeakMap<readonly SymbolEntry[], Marks>();

const MAPPING = /^\$[xd]/;

/** The parts of `[start, end)` in a section that the program says are data, as offsets from `start`. */
export function dataWithin(
  { symbols }: Image,
  section: number,
  start: number,
  end: number,
): [from: number, to: number][] {
  const marks = marksAbout(symbols, section, start, end);
  const found: [number, number][] = [];
  for (const [i, mark] of marks.entries()) {
    const next = marks[i + 1]?.address ?? end;
    if (mark.name.startsWith('$d') && next > start) {
      found.push([Math.max(mark.address, start) - start, Math.min(next, end) - start]);
    }
  }
  return found;
}

/** The mapping symbols that tell what `[start, end)` is: those within, and the last one before. */
export function marksAbout(
  symbols: readonly SymbolEntry[],
  section: number,
  start: number,
  end: number,
): SymbolEntry[] {
  const marks = marksOf(symbols).get(section) ?? [];
  const first = Math.max(0, countUpTo(marks, start, addressOf) - 1);
  return marks.slice(first, countUpTo(marks, end - 1, addressOf));
}

const addressOf = ({ address }: SymbolEntry): number => address;

function marksOf(symbols: readonly SymbolEntry[]): Marks {
  let marks = known.get(symbols);
  if (marks === undefined) {
    const bySection = new Map<number, SymbolEntry[]>();
    for (const symbol of symbols) {
      if (symbol.kind !== 'untyped' || !MAPPING.test(symbol.name)) continue;
      const others = bySection.get(symbol.section);
      if (others === undefined) bySection.set(symbol.section, [symbol]);
      else others.push(symbol);
    }
    for (const list of bySection.values()) list.sort((a, b) => a.address - b.address);
    known.set(symbols, (marks = bySection));
  }
  return marks;
}
