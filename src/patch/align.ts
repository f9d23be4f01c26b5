/**
 * Two bodies of a procedure side by side: a longest common subsequence of their items modulo relocation.
 *
 * An item is the same on both sides when it does the same, refers to the same, and jumps to items that stand
 * side by side. The upper part of an address that relaxation removed from one side is no difference.
 */
import { diffArrays } from 'diff';
import type { SymbolEntry } from '../elf/index.js';
import { BodyError, type Item } from '../isa/body.js';
import type { Diff } from './diff.js';
import type { Program } from './program.js';

export type Mark = 'same' | 'changed' | 'removed' | 'added';

export interface AlignedRow {
  mark: Mark;
  old: Item | undefined;
  new: Item | undefined;
}

/** Edits beyond which bodies are taken as a whole for different: the search takes their number squared. */
const MOST_EDITS = 2000;

/**
 * The rows of a procedure of both programs; of one that is new or removed, with one side empty.
 *
 * @example
 * align(comparison, verdict.old, verdict.new).filter(({ mark }) => mark !== 'same');
 */
export function align(
  diff: Diff,
  old: SymbolEntry | undefined,
  symbol: SymbolEntry | undefined,
): AlignedRow[] {
  const before = old === undefined ? [] : itemsOf(diff.old, old);
  const after = symbol === undefined ? [] : itemsOf(diff.new, symbol);
  const rows = rowsOf(before, after, (mine, theirs) => sameItem(diff, mine, theirs));
  return checkTargets(forgiveRelaxation(rows), before, after);
}

function itemsOf(program: Program, symbol: SymbolEntry): readonly Item[] {
  try {
    return program.body(symbol).items;
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    return plainItems(program, symbol);
  }
}

/** Instructions as bare bytes, of code that is not understood. */
function plainItems(program: Program, { address, size: whole }: SymbolEntry): Item[] {
  const { bytes } = program.data(address, address + whole);
  const items: Item[] = [];
  for (let offset = 0; offset < whole;) {
    const size = Math.min(program.isa.instructionSize(bytes.subarray(offset)), whole - offset);
    items.push({ offset, size, token: bytes.subarray(offset, offset + size).join(' ') });
    offset += size;
  }
  return items;
}

function sameItem(diff: Diff, mine: Item, theirs: Item): boolean {
  if (mine.token !== theirs.token) return false;
  if (mine.base !== undefined && theirs.base !== undefined && mine.base !== theirs.base) return false;
  return diff.sameReference(mine.reference, theirs.reference);
}

function rowsOf(
  before: readonly Item[],
  after: readonly Item[],
  same: (mine: Item, theirs: Item) => boolean,
): AlignedRow[] {
  const changes = diffArrays([...before], [...after], { comparator: same, maxEditLength: MOST_EDITS });
  const rows: AlignedRow[] = [];
  let mine = 0;
  let theirs = 0;
  const gap = { removed: 0, added: 0 };
  const closeGap = (): void => {
    rows.push(...differing(before.slice(mine, mine + gap.removed), after.slice(theirs, theirs + gap.added)));
    mine += gap.removed;
    theirs += gap.added;
    gap.removed = gap.added = 0;
  };
  for (const { removed, added, count } of changes ?? [
    { removed: true, added: false, count: before.length },
    { removed: false, added: true, count: after.length },
  ]) {
    if (removed) gap.removed += count;
    else if (added) gap.added += count;
    else {
      closeGap();
      for (let i = 0; i < count; i++) rows.push({ mark: 'same', old: before[mine++], new: after[theirs++] });
    }
  }
  closeGap();
  return rows;
}

/** Items that differ, in pairs as long as there are some on both sides; what relaxation may remove has no partner. */
function differing(removed: readonly Item[], added: readonly Item[]): AlignedRow[] {
  const rows: AlignedRow[] = [];
  for (let i = 0, k = 0; i < removed.length || k < added.length;) {
    const [mine, theirs] = [removed[i], added[k]];
    if (theirs === undefined || mine?.token === '') {
      rows.push({ mark: 'removed', old: mine, new: undefined });
      i++;
    } else if (mine === undefined || theirs.token === '') {
      rows.push({ mark: 'added', old: undefined, new: theirs });
      k++;
    } else {
      rows.push({ mark: 'changed', old: mine, new: theirs });
      i++;
      k++;
    }
  }
  return rows;
}

/** An upper part on one side only is no difference where the lower part it prepares is none. */
function forgiveRelaxation(rows: readonly AlignedRow[]): AlignedRow[] {
  return rows.map((row, i) => {
    const side = row.mark === 'removed' ? 'old' : 'new';
    const item = row[side];
    if (row.mark === 'same' || row.mark === 'changed' || item?.token !== '') return row;
    if (item.reference === undefined) return row;
    const { symbol, addend } = item.reference;
    const lower = rows
      .slice(i + 1)
      .find((other) => other[side]?.reference?.symbol === symbol && other[side].reference.addend === addend);
    return lower?.mark === 'same' ? { ...row, mark: 'same' } : row;
  });
}

/** A jump whose targets do not stand side by side is a difference after all. */
function checkTargets(rows: AlignedRow[], before: readonly Item[], after: readonly Item[]): AlignedRow[] {
  const partners = new Map(rows.map((row) => [row.old, row.new]));
  const target = (items: readonly Item[], offset: number): Item | undefined =>
    items.find((item) => item.offset >= offset && item.token !== '');
  return rows.map((row) => {
    const [mine, theirs] = [row.old?.target, row.new?.target];
    if (row.mark !== 'same' || mine === undefined || theirs === undefined) return row;
    const [from, to] = [target(before, mine), target(after, theirs)];
    const same = from === undefined ? to === undefined : partners.get(from) === to;
    return same ? row : { ...row, mark: 'changed' };
  });
}
