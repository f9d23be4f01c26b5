/**
 * Whether two pieces of code or data, one of each program, do the same.
 *
 * Bodies are compared modulo relocation: the same items, and references to the same things. Where a name is
 * missing (strings, constants, jump tables) things are the same when their contents are.
 */
import type { Relocation, SymbolEntry } from '../elf/index.js';
import { BodyError, type Body, type Item, type Reference } from '../isa/body.js';
import { sameBehindAnchors } from './anchors.js';
import type { Correlation } from './correlate.js';
import { outlineOf } from './outline.js';
import type { Data, Program, Referent } from './program.js';

type SymbolReferent = Extract<Referent, { kind: 'symbol' }>;

/** Unnamed data at two addresses that must be the same for something else to be. */
type Pair = readonly [before: number, after: number];

export class Likeness {
  private readonly known = new Map<number, Map<number, boolean>>();

  constructor(
    private readonly oldProgram: Program,
    private readonly newProgram: Program,
    private readonly correlation: Correlation,
  ) {}

  /**
   * What differs first between two bodies, in words; undefined when nothing does. `padded`: where code ends is not
   * known, so what fills the gap behind it, nops or whatever stands behind a jump across, may differ in number.
   */
  differenceOfBodies(before: Body, after: Body, padded = false): string | undefined {
    const [mine, theirs] = [outlineOf(before), outlineOf(after)];
    for (const [i, item] of mine.items.entries()) {
      const other = theirs.items[i];
      const place = `first difference at +0x${item.offset.toString(16)}`;
      if (padded && isFill(before, mine.items, i) && (other === undefined || isFill(after, theirs.items, i)))
        return undefined;
      if (other === undefined && padded && this.areNops(mine.items, i)) return undefined;
      if (other === undefined || !sameToken(item, other)) return place;
      if (item.target !== undefined && mine.ordinal(item.target) !== theirs.ordinal(other.target!))
        return place;
      if (!this.sameReference(item.reference, other.reference)) return `${place}: refers to something else`;
    }
    const end = mine.items.length;
    if (theirs.items.length === end) return undefined;
    if (padded && (this.areNops(theirs.items, end) || isFill(after, theirs.items, end))) return undefined;
    return 'more code at the end';
  }

  private areNops(items: readonly Item[], from: number): boolean {
    return isRepeated(items, from) && items[from]!.token === this.oldProgram.isa.nopToken;
  }

  sameReference(before: Reference | undefined, after: Reference | undefined): boolean {
    if (before === undefined || after === undefined) return before === after;
    if (before.role !== after.role) return false;
    const pending: Pair[] = [];
    return (
      this.sameReferent(this.oldProgram.referent(before), this.newProgram.referent(after), pending) &&
      sameBehindAnchors(this.oldProgram, before.symbol, this.newProgram, after.symbol, this.correlation) &&
      this.allSame(pending)
    );
  }

  /** Same relocations to the same things, same bytes elsewhere. */
  sameObjects(before: SymbolEntry, after: SymbolEntry): boolean {
    const pending: Pair[] = [];
    const [mine, theirs] = [this.oldProgram.contents(before), this.newProgram.contents(after)];
    return this.sameData(mine, theirs, false, pending) && this.allSame(pending);
  }

  /** Whether two symbols of the new program are names for one thing, or the first one's counterpart is the second. */
  private corresponds(before: SymbolEntry, after: SymbolEntry): boolean {
    if (!after.defined) return this.correlation.predecessor(after) === before;
    const successor = this.correlation.successor(before);
    if (successor === undefined) return false;
    return successor === after || (successor.address === after.address && successor.kind === after.kind);
  }

  /** `pending` takes the unnamed data that must be the same besides. */
  private sameReferent(before: Referent, after: Referent, pending: Pair[]): boolean {
    if (before.kind === 'symbol' && after.kind === 'symbol') {
      if (!this.corresponds(before.symbol, after.symbol)) return false;
      if (before.symbol.kind === 'procedure') return this.sameInside(before, after);
      return before.offset === after.offset;
    }
    if (before.kind === 'unnamed' && after.kind === 'unnamed') {
      if (this.oldProgram.isLinkersTable(before.base)) return this.newProgram.isLinkersTable(after.base);
      if (before.offset !== after.offset) return false;
      const known = this.known.get(before.base)?.get(after.base);
      if (known === undefined) pending.push([before.base, after.base]);
      return known ?? true;
    }
    return before.kind === 'absolute' && after.kind === 'absolute' && before.value === after.value;
  }

  /** Whether two offsets into a procedure (a jump table's entries) name the same item. */
  private sameInside(before: SymbolReferent, after: SymbolReferent): boolean {
    if (before.offset === 0 || after.offset === 0) return before.offset === after.offset;
    const position = (program: Program, { symbol, offset }: SymbolReferent): number =>
      outlineOf(program.body(symbol)).ordinal(offset);
    try {
      return position(this.oldProgram, before) === position(this.newProgram, after);
    } catch (error) {
      if (error instanceof BodyError) return before.offset === after.offset;
      throw error;
    }
  }

  /**
   * Whether all pairs of unnamed data are the same, and what they lead to. Each counts as the same until one
   * is found that is not: tables may lead back to themselves.
   */
  private allSame(pending: Pair[]): boolean {
    const assumed: Pair[] = [];
    for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
      const [before, after] = pair;
      const known = this.known.get(before)?.get(after);
      if (known === true) continue;
      this.note(pair, true);
      assumed.push(pair);
      const [mine, theirs] = [this.oldProgram.unnamed(before), this.newProgram.unnamed(after)];
      if (known !== false && this.sameData(mine, theirs, true, pending)) continue;
      for (const other of assumed) this.known.get(other[0])!.delete(other[1]);
      this.note(pair, false);
      return false;
    }
    return true;
  }

  private note([before, after]: Pair, same: boolean): void {
    let others = this.known.get(before);
    if (others === undefined) this.known.set(before, (others = new Map<number, boolean>()));
    others.set(after, same);
  }

  /** `padded`: zeros at the end may differ in number. */
  private sameData(before: Data, after: Data, padded: boolean, pending: Pair[]): boolean {
    if (!padded && before.bytes.length !== after.bytes.length) return false;
    const [mine, theirs] = [this.fieldsOf(before), this.fieldsOf(after)];
    if (mine.length !== theirs.length) return false;
    const [bytes, others] =
      mine.length === 0 ? [before.bytes, after.bytes] : [before.bytes.slice(), after.bytes.slice()];
    for (const [i, relocation] of mine.entries()) {
      const other = theirs[i]!;
      const offset = relocation.address - before.address;
      if (relocation.type !== other.type || offset !== other.address - after.address) return false;
      if (!this.sameReferent(this.oldProgram.referent(relocation), this.newProgram.referent(other), pending))
        return false;
      const end = offset + this.oldProgram.isa.fieldSize(relocation.type);
      bytes.fill(0, offset, end);
      others.fill(0, offset, end);
    }
    return sameBytes(bytes, others);
  }

  private fieldsOf({ relocations }: Data): readonly Relocation[] {
    const { isa } = this.oldProgram;
    return relocations.every(({ type }) => isa.fieldSize(type) > 0)
      ? relocations
      : relocations.filter(({ type }) => isa.fieldSize(type) > 0);
  }
}

/** Whether two items do the same, apart from where they lead. */
export function sameToken(item: Item, other: Item): boolean {
  if (item.token !== other.token || (item.target === undefined) !== (other.target === undefined))
    return false;
  return item.base === undefined || other.base === undefined || item.base === other.base;
}

/** Whether nothing is left but a jump to where the body ends, and one instruction that is repeated. */
function isFill({ symbol }: Body, items: readonly Item[], from: number): boolean {
  const { reference } = items[from]!;
  const leadsTo = reference && reference.symbol.address + reference.addend;
  if (reference?.role !== 'branch' || leadsTo !== symbol.address + symbol.size) return false;
  return from + 1 === items.length || isRepeated(items, from + 1);
}

/** Whether one instruction is repeated from an item to the end. */
function isRepeated(items: readonly Item[], from: number): boolean {
  const { token } = items[from]!;
  return items.slice(from).every((item) => item.token === token && item.reference === undefined);
}

/** What one has more counts as zeros of the other. */
function sameBytes(mine: Uint8Array, theirs: Uint8Array): boolean {
  const length = Math.max(mine.length, theirs.length);
  for (let i = 0; i < length; i++) if ((mine[i] ?? 0) !== (theirs[i] ?? 0)) return false;
  return true;
}
