/**
 * What debug information adds to the verdicts of a diff: which member of a structure moved, which procedure
 * was inlined where, what became of a signature.
 *
 * Explanations decide nothing. Where the programs carry no debug information there are none, and `notes` says so.
 */
import {
  compareLayouts,
  describeLayoutChange,
  type DebugInformation,
  type InlinedCall,
  type Signature,
  type SymbolEntry,
} from '../elf/index.js';
import type { Item } from '../isa/body.js';
import { align, type AlignedRow } from './align.js';
import { debugOf, describePointee, layoutChanges, listed, pointeeChanges } from './debug.js';
import type { Diff, SymbolVerdict, Verdict } from './diff.js';
import { differsInLine } from './line-constants.js';

export type RemarkKind =
  /** What moved, grew, came or went inside a variable. */
  | 'layout'
  /** The same for what its pointers lead to, such as the nodes of a list. */
  | 'pointee'
  | 'signature'
  /** A procedure that was inlined here, or is now, and has to do with the change. */
  | 'inlined'
  /** What differs is a line number. */
  | 'line';

export interface Remark {
  kind: RemarkKind;
  /** A sentence without its full stop. */
  text: string;
}

export interface Explanation {
  /** Also for symbols that are unchanged themselves. */
  remarks: ReadonlyMap<SymbolVerdict, readonly Remark[]>;
  /** What could not be explained and why, in words. */
  notes: readonly string[];
}

/**
 * Explains a diff as far as the debug information of the two programs goes.
 *
 * @throws ElfError 'bad-dwarf' when that cannot be right.
 *
 * @example
 * for (const [{ name }, remarks] of explain(diff(before, after)).remarks)
 *   for (const { text } of remarks) console.log(`${name}: ${text}`); // table: member `limit` moved from offset 8 to 16
 */
export function explain(diff: Diff): Explanation {
  const remarks = new Map<SymbolVerdict, Remark[]>();
  const notes: string[] = [];
  const [before, after] = [diff.old, diff.new].map((program) => {
    const debug = debugOf(program);
    const { name } = program.image;
    if (debug === undefined) {
      notes.push(`${name} has no debug information (-g): structures and inlined procedures are not compared`);
    }
    notes.push(...(debug?.notes ?? []).map((note) => `${name}: ${note}`));
    return debug;
  });
  if (before === undefined || after === undefined) return { remarks, notes };
  const explainer = new Explainer(diff, before, after);
  for (const verdict of diff.verdicts) {
    const found = explainer.remarksOn(verdict);
    if (found.length > 0) remarks.set(verdict, found);
  }
  return { remarks, notes };
}

class Explainer {
  /** Procedures that are not as they were, by their name in the source. */
  private readonly altered: ReadonlyMap<string, Verdict>;
  /** By the name of what is inlined in them in the new program. */
  private readonly callers = new Map<string, string[]>();

  constructor(
    private readonly diff: Diff,
    private readonly before: DebugInformation,
    private readonly after: DebugInformation,
  ) {
    this.altered = new Map(
      diff.verdicts
        .filter(({ kind, verdict }) => kind === 'procedure' && !['unchanged', 'refused'].includes(verdict))
        .map(({ name, verdict }) => [sourceName(name), verdict]),
    );
    for (const { name, address } of diff.new.procedures) {
      for (const callee of namesOf(after.inlinedIn(address))) {
        if (callee === sourceName(name)) continue;
        const others = this.callers.get(callee);
        if (others === undefined) this.callers.set(callee, [name]);
        else others.push(name);
      }
    }
  }

  remarksOn(verdict: SymbolVerdict): Remark[] {
    const as = (kind: RemarkKind, texts: readonly string[]): Remark[] =>
      listed(texts).map((text) => ({ kind, text }));
    const into = as('inlined', this.inlinedInto(verdict));
    if (verdict.old === undefined || verdict.new === undefined) return into;
    if (verdict.kind === 'object') {
      const { old, new: successor } = verdict;
      const changes = layoutChanges(this.diff.old, this.diff.new, old, successor);
      const pointees = pointeeChanges(this.diff.old, this.diff.new, old, successor);
      return [
        ...as('layout', changes.map(describeLayoutChange)),
        ...as(
          'pointee',
          pointees.map((change) => `its pointers lead to ${describePointee(change)}`),
        ),
      ];
    }
    return [...as('signature', this.signature(verdict)), ...this.code(verdict), ...into];
  }

  /** Where else in the new program the code of a procedure is that is not as it was. */
  private inlinedInto({ kind, verdict, name }: SymbolVerdict): string[] {
    const callers = this.callers.get(sourceName(name)) ?? [];
    if (kind !== 'procedure' || verdict === 'unchanged' || callers.length === 0) return [];
    return [`it is inlined in ${listed(callers.map((caller) => `\`${caller}\``)).join(', ')}`];
  }

  private signature({ old, new: successor }: SymbolVerdict): string[] {
    const mine = this.before.signature(old!.address);
    const theirs = this.after.signature(successor!.address);
    if (mine === undefined || theirs === undefined || sameSignature(mine, theirs)) return [];
    return [`its signature was \`${spell(mine)}\`, is \`${spell(theirs)}\``];
  }

  /** Of a changed procedure, by what its differing instructions belong to. */
  private code({ verdict, old, new: successor, name }: SymbolVerdict): Remark[] {
    if (verdict !== 'changed' || old === undefined || successor === undefined) return [];
    const rows = align(this.diff, old, successor).filter(({ mark }) => mark !== 'same');
    const lines = rows.filter((row) => differsInLine(this.diff, old, successor, row)).length;
    const remarks = listed(this.inlined(sourceName(name), old, successor, rows)).map((text): Remark => ({
      kind: 'inlined',
      text,
    }));
    if (lines === 0) return remarks;
    return [
      ...remarks,
      { kind: 'line', text: `${share(lines, rows.length)} the number of a source line (\`__LINE__\`)` },
    ];
  }

  private inlined(
    own: string,
    old: SymbolEntry,
    successor: SymbolEntry,
    rows: readonly AlignedRow[],
  ): string[] {
    const [mine, theirs] = [this.before.inlinedIn(old.address), this.after.inlinedIn(successor.address)];
    const differing = new Map<string, number>();
    for (const row of rows) {
      const callee = innermost(mine, old.address, row.old) ?? innermost(theirs, successor.address, row.new);
      if (callee !== undefined) differing.set(callee, (differing.get(callee) ?? 0) + 1);
    }
    const [was, is] = [namesOf(mine), namesOf(theirs)];
    const texts: string[] = [];
    const others: string[] = [];
    for (const callee of new Set([...was, ...is])) {
      if (callee === own) continue;
      const state = this.altered.get(callee);
      const itself = state === undefined ? '' : ` (${state} itself)`;
      const count = differing.get(callee) ?? 0;
      if (!is.has(callee)) texts.push(`\`${callee}\`${itself} is no longer inlined here`);
      else if (!was.has(callee)) texts.push(`\`${callee}\`${itself} is inlined here now`);
      else if (count > 0) {
        texts.push(`${share(count, rows.length)} in \`${callee}\`${itself}, which is inlined here`);
      } else if (itself !== '') texts.push(`\`${callee}\`${itself} is inlined here`);
      else others.push(`\`${callee}\``);
    }
    // The compiler does not say of every instruction whose it was.
    if (others.length > 0)
      texts.push(`${texts.length === 0 ? '' : 'also '}inlined here: ${listed(others).join(', ')}`);
    return texts;
  }
}

const share = (count: number, total: number): string =>
  count === total ? 'all that differs is' : `${count} of ${total} differences ${count === 1 ? 'is' : 'are'}`;

const namesOf = (calls: readonly InlinedCall[]): Set<string> =>
  new Set(calls.map(({ callee }) => callee.name));

/** The procedure an instruction was written in, when that was inlined into the one it is in. */
function innermost(calls: readonly InlinedCall[], start: number, item: Item | undefined): string | undefined {
  if (item === undefined) return undefined;
  const at = start + item.offset;
  return calls.findLast(({ ranges }) => ranges.some((range) => at >= range.start && at < range.end))?.callee
    .name;
}

/** What the compiler made `clamp.constprop.0` from. */
const sourceName = (symbol: string): string => symbol.replace(/\..*$/, '');

function sameSignature(mine: Signature, theirs: Signature): boolean {
  const types = ({ returns, parameters }: Signature): Signature['parameters'] => [returns, ...parameters];
  const others = types(theirs);
  return (
    mine.variadic === theirs.variadic &&
    mine.parameters.length === theirs.parameters.length &&
    types(mine).every(({ typeName, type }, i) => {
      const other = others[i]!;
      if (typeName === other.typeName) return true;
      const [before, after] = [type(), other.type()];
      if (before === undefined || after === undefined) return before === after;
      return compareLayouts(before, after).length === 0;
    })
  );
}

function spell({ name, returns, parameters, variadic }: Signature): string {
  const list = parameters.map((parameter) => parameter.typeName);
  if (variadic) list.push('...');
  return `${returns.typeName} ${name ?? ''}(${list.length === 0 ? 'void' : list.join(', ')})`;
}
