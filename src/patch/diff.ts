/**
 * What changed between two builds of a program: a verdict for every procedure and object.
 *
 * Bodies are compared modulo relocation: the same items, and references to the same things. Where a name
 * is missing (strings, constants, jump tables) things are the same when their contents are.
 */
import type { SymbolEntry } from '../elf/index.js';
import { BodyError, type Body, type Reference } from '../isa/body.js';
import { companionsOf } from './companions.js';
import { Correlation } from './correlate.js';
import { describeLayout, layoutChanges } from './debug.js';
import type { Data, Program, Referent } from './program.js';
import { Refusal, type RefusalReason } from './refusal.js';

/** `refused`: suture cannot tell what became of it. */
export type Verdict = 'unchanged' | 'changed' | 'new' | 'removed' | 'refused';

/** What changed in an object. */
export type DataChange =
  /** The contents of a variable before the program writes to it. */
  | 'initial-value'
  | 'size'
  /** Its members, at the same size; only debug information tells. */
  | 'layout'
  /** The contents of read-only memory. */
  | 'constant'
  /** From read-only to writable memory or back. */
  | 'writability';

export interface SymbolVerdict {
  name: string;
  kind: 'procedure' | 'object';
  verdict: Verdict;
  old: SymbolEntry | undefined;
  new: SymbolEntry | undefined;
  /** Why it is not `unchanged`. */
  reason?: string;
  /** Of a changed object. */
  change?: DataChange;
  /** Of a refused symbol: what a patch that needs it is refused for. */
  refusal?: RefusalReason;
}

type Judgement = Pick<SymbolVerdict, 'verdict' | 'reason' | 'change' | 'refusal'>;

const UNCHANGED: Judgement = { verdict: 'unchanged' };

export interface Diff {
  old: Program;
  new: Program;
  correlation: Correlation;
  verdicts: SymbolVerdict[];
  /** Whether a reference of the old program and one of the new stand for the same thing. */
  sameReference(before: Reference | undefined, after: Reference | undefined): boolean;
}

/** Programs that share fewer of their procedures than this are taken for strangers. */
const LEAST_IN_COMMON = 0.5;

/**
 * Compares two programs. Pure: neither is changed.
 *
 * @throws Refusal when they cannot be compared at all. What merely forbids a patch is found by `select`.
 */
export function diff(oldProgram: Program, newProgram: Program): Diff {
  if (oldProgram.isa !== newProgram.isa) {
    const message = `${oldProgram.image.name} is for ${oldProgram.isa.title}, ${newProgram.image.name} for ${newProgram.isa.title}`;
    throw new Refusal('different-isa', `${message}: both must be builds of one program for one processor`);
  }
  oldProgram.needRelocations();
  newProgram.needRelocations();
  checkKinship(oldProgram, newProgram);
  const correlation = new Correlation(oldProgram, newProgram);
  const comparison = new Comparison(oldProgram, newProgram, correlation);
  const verdicts = [...spread(oldProgram, newProgram, comparison.procedures()), ...comparison.objects()];
  return {
    old: oldProgram,
    new: newProgram,
    correlation,
    verdicts,
    sameReference: (before, after) => comparison.sameReference(before, after),
  };
}

function checkKinship(oldProgram: Program, newProgram: Program): void {
  const names = new Set(newProgram.procedures.map(({ name }) => name));
  const keys = oldProgram.procedures.map(({ name }) => name);
  const common = keys.filter((name) => names.has(name)).length;
  if (common >= keys.length * LEAST_IN_COMMON) return;
  throw new Refusal(
    'not-the-same-program',
    `${newProgram.image.name} has only ${common} of the ${keys.length} procedures of ${oldProgram.image.name}: ` +
      'it is not a newer build of the same program',
  );
}

class Comparison {
  private readonly unnamedPairs = new Map<string, boolean>();

  constructor(
    private readonly oldProgram: Program,
    private readonly newProgram: Program,
    private readonly correlation: Correlation,
  ) {}

  procedures(): SymbolVerdict[] {
    return this.pair(this.oldProgram.procedures, this.newProgram.procedures, 'procedure', (before, after) =>
      this.compareProcedures(before, after),
    );
  }

  objects(): SymbolVerdict[] {
    return this.pair(this.oldProgram.objects, this.newProgram.objects, 'object', (before, after) =>
      this.compareObjects(before, after),
    );
  }

  private pair(
    before: readonly SymbolEntry[],
    after: readonly SymbolEntry[],
    kind: SymbolVerdict['kind'],
    compare: (before: SymbolEntry, after: SymbolEntry) => Judgement,
  ): SymbolVerdict[] {
    const verdicts: SymbolVerdict[] = [];
    for (const old of before) {
      const successor = this.correlation.successor(old);
      const judgement = successor ? compare(old, successor) : this.unpaired(old, 'removed');
      verdicts.push({ name: old.name, kind, old, new: successor, ...judgement });
    }
    for (const symbol of after) {
      if (this.correlation.predecessor(symbol) !== undefined) continue;
      verdicts.push({
        name: symbol.name,
        kind,
        old: undefined,
        new: symbol,
        ...this.unpaired(symbol, 'new'),
      });
    }
    return verdicts;
  }

  private unpaired(symbol: SymbolEntry, verdict: 'new' | 'removed'): Judgement {
    const reason = this.correlation.ambiguity(symbol);
    return reason === undefined ? { verdict } : { verdict: 'refused', reason, refusal: 'ambiguous-symbol' };
  }

  private compareProcedures(old: SymbolEntry, successor: SymbolEntry): Judgement {
    if (old.size === 0 || successor.size === 0) return this.compareUnsized(old, successor);
    let before: Body;
    let after: Body;
    try {
      before = this.oldProgram.body(old);
      after = this.newProgram.body(successor);
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      if (this.sameBytes(old, successor)) return UNCHANGED;
      return { verdict: 'refused', reason: error.message, refusal: 'body-not-understood' };
    }
    const difference = this.differenceOfBodies(before, after);
    if (difference === undefined) return UNCHANGED;
    const size =
      successor.size === old.size
        ? 'same size'
        : `${successor.size > old.size ? 'grown' : 'shrunk'} from ${old.size} to ${successor.size} bytes`;
    return { verdict: 'changed', reason: `${size}; ${difference}` };
  }

  /** Assembly without .size: nobody knows where it ends, so it can be compared but not replaced. */
  private compareUnsized(old: SymbolEntry, successor: SymbolEntry): Judgement {
    if (this.sameUnnamed(old.address, successor.address)) return UNCHANGED;
    const reason = `${old.name} has no size and its code differs or cannot be compared; give it a .size`;
    return { verdict: 'refused', reason, refusal: 'body-not-understood' };
  }

  /** The fallback for what cannot be taken apart: it must not have moved or been touched at all. */
  private sameBytes(old: SymbolEntry, successor: SymbolEntry): boolean {
    const before = this.oldProgram.data(old.address, old.address + old.size).bytes;
    const after = this.newProgram.data(successor.address, successor.address + successor.size).bytes;
    return old.address === successor.address && Buffer.compare(before, after) === 0;
  }

  private differenceOfBodies(before: Body, after: Body): string | undefined {
    const mine = before.items.filter((item) => item.token !== '');
    const theirs = after.items.filter((item) => item.token !== '');
    const ordinals = (items: typeof mine): Map<number, number> =>
      new Map(items.map((item, i) => [item.offset, i]));
    const myOrdinals = ordinals(mine);
    const theirOrdinals = ordinals(theirs);
    const ordinal = (from: Map<number, number>, body: Body, target: number): number | undefined =>
      from.get(nextCompared(body, target));
    for (const [i, item] of mine.entries()) {
      const other = theirs[i];
      const place = `first difference at +0x${item.offset.toString(16)}`;
      if (item.token !== other?.token) return place;
      if ((item.target === undefined) !== (other.target === undefined)) return place;
      if (item.base !== undefined && other.base !== undefined && item.base !== other.base) return place;
      if (item.target !== undefined && other.target !== undefined) {
        if (ordinal(myOrdinals, before, item.target) !== ordinal(theirOrdinals, after, other.target))
          return place;
      }
      if (!this.sameReference(item.reference, other.reference)) return `${place}: refers to something else`;
    }
    return mine.length === theirs.length ? undefined : 'more code at the end';
  }

  sameReference(before: Reference | undefined, after: Reference | undefined): boolean {
    if (before === undefined || after === undefined) return before === after;
    return (
      before.role === after.role &&
      this.sameReferent(this.oldProgram.referent(before), this.newProgram.referent(after))
    );
  }

  private sameReferent(before: Referent, after: Referent): boolean {
    if (before.kind === 'symbol' && after.kind === 'symbol') {
      if (this.correlation.successor(before.symbol) !== after.symbol) return false;
      if (before.offset === after.offset)
        return before.symbol.kind !== 'procedure' || this.sameInside(before, after);
      return before.symbol.kind === 'procedure' && this.sameInside(before, after);
    }
    if (before.kind === 'unnamed' && after.kind === 'unnamed')
      return before.offset === after.offset && this.sameUnnamed(before.base, after.base);
    return before.kind === 'absolute' && after.kind === 'absolute' && before.value === after.value;
  }

  /** Whether two offsets into a procedure (a jump table's entries) name the same item. */
  private sameInside(
    before: Extract<Referent, { kind: 'symbol' }>,
    after: Extract<Referent, { kind: 'symbol' }>,
  ): boolean {
    if (before.offset === 0 && after.offset === 0) return true;
    const position = (program: Program, { symbol, offset }: typeof before): number => {
      const body = program.body(symbol);
      const target = nextCompared(body, offset);
      return body.items.filter((item) => item.token !== '' && item.offset < target).length;
    };
    try {
      return position(this.oldProgram, before) === position(this.newProgram, after);
    } catch (error) {
      if (error instanceof BodyError) return before.offset === after.offset;
      throw error;
    }
  }

  private sameUnnamed(before: number, after: number): boolean {
    const pair = `${before}:${after}`;
    const known = this.unnamedPairs.get(pair);
    if (known !== undefined) return known;
    // Until proven otherwise: a table may lead back to itself.
    this.unnamedPairs.set(pair, true);
    const same = this.sameData(this.oldProgram.unnamed(before), this.newProgram.unnamed(after), true);
    this.unnamedPairs.set(pair, same);
    return same;
  }

  /** Same relocations to the same things, same bytes elsewhere; `padded`: zeros at the end may differ in number. */
  private sameData(before: Data, after: Data, padded: boolean): boolean {
    if (!padded && before.bytes.length !== after.bytes.length) return false;
    if (before.relocations.length !== after.relocations.length) return false;
    const mine = before.bytes.slice();
    const theirs = after.bytes.slice();
    for (const [i, relocation] of before.relocations.entries()) {
      const other = after.relocations[i]!;
      const offset = relocation.address - before.address;
      if (relocation.type !== other.type || offset !== other.address - after.address) return false;
      if (!this.sameReferent(this.oldProgram.referent(relocation), this.newProgram.referent(other)))
        return false;
      mine.fill(0, offset, offset + 4);
      theirs.fill(0, offset, offset + 4);
    }
    const length = Math.max(mine.length, theirs.length);
    for (let i = 0; i < length; i++) if ((mine[i] ?? 0) !== (theirs[i] ?? 0)) return false;
    return true;
  }

  private compareObjects(old: SymbolEntry, successor: SymbolEntry): Judgement {
    const changed = (change: DataChange, reason: string): Judgement => ({
      verdict: 'changed',
      change,
      reason,
    });
    const [wasWritable, isWritable] = [
      this.oldProgram.isWritable(old),
      this.newProgram.isWritable(successor),
    ];
    if (wasWritable !== isWritable) {
      const [before, after] = wasWritable ? ['writable', 'read-only'] : ['read-only', 'writable'];
      return changed('writability', `${before} in the old program, ${after} in the new one`);
    }
    if (old.size !== successor.size) {
      return changed('size', `${old.size} bytes in the old program, ${successor.size} in the new one`);
    }
    const layout = isWritable
      ? describeLayout(layoutChanges(this.oldProgram, this.newProgram, old, successor))
      : undefined;
    if (layout !== undefined) return changed('layout', layout);
    // However large it is, there is nothing to compare.
    if (this.oldProgram.isZeroed(old) && this.newProgram.isZeroed(successor)) return UNCHANGED;
    const [mine, theirs] = [this.oldProgram.contents(old), this.newProgram.contents(successor)];
    if (this.sameData(mine, theirs, false)) return UNCHANGED;
    return isWritable
      ? changed('initial-value', 'its initial value differs')
      : changed('constant', 'its contents differ');
  }
}

/** Marks what must change with what changed. */
function spread(
  oldProgram: Program,
  newProgram: Program,
  verdicts: readonly SymbolVerdict[],
): SymbolVerdict[] {
  const result = [...verdicts];
  const indexOf = new Map<SymbolEntry, number>();
  for (const [i, { old, new: successor }] of verdicts.entries()) {
    if (old !== undefined) indexOf.set(old, i);
    if (successor !== undefined) indexOf.set(successor, i);
  }
  const companions = [companionsOf(oldProgram), companionsOf(newProgram)] as const;
  const queue = verdicts.filter(({ verdict }) => verdict === 'changed');
  for (let verdict = queue.pop(); verdict !== undefined; verdict = queue.pop()) {
    const { old, new: successor } = verdict;
    for (const { symbol, why } of [
      ...(companions[0].get(old!) ?? []),
      ...(companions[1].get(successor!) ?? []),
    ]) {
      const i = indexOf.get(symbol);
      if (i === undefined || result[i]!.verdict !== 'unchanged') continue;
      queue.push((result[i] = { ...result[i]!, verdict: 'changed', reason: why }));
    }
  }
  return result;
}

/** The offset of the first item at or after `offset` that takes part in comparisons; relaxation may remove others. */
function nextCompared(body: Body, offset: number): number {
  for (const item of body.items) if (item.offset >= offset && item.token !== '') return item.offset;
  return body.symbol.size;
}
