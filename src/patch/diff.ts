/**
 * What changed between two builds of a program: a verdict for every procedure and object.
 */
import type { Image, SymbolEntry } from '../elf/index.js';
import { BodyError, type Body, type Reference } from '../isa/body.js';
import { companionsOf } from './companions.js';
import { Correlation } from './correlate.js';
import {
  describeLayout,
  describePointee,
  isWeighty,
  layoutChanges,
  listed,
  pointeeChanges,
} from './debug.js';
import { Likeness } from './likeness.js';
import type { Program } from './program.js';
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
  /** The members of what its pointers lead to; only debug information tells. */
  | 'pointee'
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
  checkConventions(oldProgram.image, newProgram.image);
  oldProgram.needRelocations();
  newProgram.needRelocations();
  checkKinship(oldProgram, newProgram);
  const correlation = new Correlation(oldProgram, newProgram);
  const likeness = new Likeness(oldProgram, newProgram, correlation);
  const comparison = new Comparison(oldProgram, newProgram, correlation, likeness);
  const verdicts = [...spread(oldProgram, newProgram, comparison.procedures()), ...comparison.objects()];
  return {
    old: oldProgram,
    new: newProgram,
    correlation,
    verdicts,
    sameReference: (before, after) => likeness.sameReference(before, after),
  };
}

/** @throws Refusal when one was compiled for other calls: what is not replaced would not understand what is. */
export function checkConventions(before: Image, after: Image): void {
  const [mine, theirs] = [before.callingConvention, after.callingConvention];
  if (mine === undefined || theirs === undefined || mine === theirs) return;
  const message = `${before.name} is compiled for ${mine}, ${after.name} for ${theirs}`;
  throw new Refusal('different-isa', `${message}: give both the same -mabi`);
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
  constructor(
    private readonly oldProgram: Program,
    private readonly newProgram: Program,
    private readonly correlation: Correlation,
    private readonly likeness: Likeness,
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
    if (old.size === 0 || successor.size === 0) return this.compareUnsized(old, before, after);
    const difference = this.likeness.differenceOfBodies(before, after);
    if (difference === undefined) return UNCHANGED;
    const size =
      successor.size === old.size
        ? 'same size'
        : `${successor.size > old.size ? 'grown' : 'shrunk'} from ${old.size} to ${successor.size} bytes`;
    return { verdict: 'changed', reason: `${size}; ${difference}` };
  }

  /** Assembly without .size: nobody knows where it ends, so it can be compared but not replaced. */
  private compareUnsized(old: SymbolEntry, before: Body, after: Body): Judgement {
    if (this.likeness.differenceOfBodies(before, after, true) === undefined) return UNCHANGED;
    const reason = `${old.name} has no size and what follows it differs; give it a .size`;
    return { verdict: 'refused', reason, refusal: 'body-not-understood' };
  }

  /** The fallback for what cannot be taken apart: it must not have moved or been touched at all. */
  private sameBytes(old: SymbolEntry, successor: SymbolEntry): boolean {
    return (
      old.address === successor.address &&
      Buffer.compare(this.oldProgram.contents(old).bytes, this.newProgram.contents(successor).bytes) === 0
    );
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
    const pointees = isWritable ? pointeeChanges(this.oldProgram, this.newProgram, old, successor) : [];
    const weighty = pointees.filter(({ changes }) => isWeighty(changes)).map(describePointee);
    if (weighty.length > 0) {
      return changed('pointee', listed(weighty.map((what) => `its pointers lead to ${what}`)).join('; '));
    }
    // However large it is, there is nothing to compare.
    if (this.oldProgram.isZeroed(old) && this.newProgram.isZeroed(successor)) return UNCHANGED;
    if (this.likeness.sameObjects(old, successor)) return UNCHANGED;
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
