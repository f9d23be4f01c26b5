/**
 * What debug information adds to the verdicts of a diff: which member of a structure moved, which procedure
 * was inlined where, what became of a signature.
 *
 * Explanations decide nothing. Where the programs carry no debug information there are none, and `notes` says so.
 */
import {
  comparePointees,
  compareLayouts,
  describeLayoutChange,
  type DebugInformation,
  type Signature,
} from '../elf/index.js';
import type { Diff, SymbolVerdict } from './diff.js';
import { debugOf, layoutChanges, listed } from './debug.js';

export type RemarkKind =
  /** What moved, grew, came or went inside a variable. */
  | 'layout'
  /** The same for what its pointers lead to, such as the nodes of a list. */
  | 'pointee'
  | 'signature'
  /** A procedure that was inlined here, or is now, and has to do with the change. */
  | 'inlined';

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
  private readonly altered: ReadonlyMap<string, SymbolVerdict>;

  constructor(
    private readonly diff: Diff,
    private readonly before: DebugInformation,
    private readonly after: DebugInformation,
  ) {
    this.altered = new Map(
      diff.verdicts
        .filter(({ kind, verdict }) => kind === 'procedure' && verdict !== 'unchanged')
        .map((verdict) => [sourceName(verdict.name), verdict]),
    );
  }

  remarksOn(verdict: SymbolVerdict): Remark[] {
    const as = (kind: RemarkKind, texts: readonly string[]): Remark[] =>
      listed(texts).map((text) => ({ kind, text }));
    if (verdict.old === undefined || verdict.new === undefined) return [];
    if (verdict.kind === 'object') {
      const { old, new: successor } = verdict;
      const changes = layoutChanges(this.diff.old, this.diff.new, old, successor);
      return [...as('layout', changes.map(describeLayoutChange)), ...as('pointee', this.pointees(verdict))];
    }
    return [...as('signature', this.signature(verdict)), ...as('inlined', this.inlined(verdict))];
  }

  private pointees({ old, new: successor }: SymbolVerdict): string[] {
    const mine = this.before.variable(old!.address, old!.name);
    const theirs = this.after.variable(successor!.address, successor!.name);
    if (mine === undefined || theirs === undefined) return [];
    return comparePointees(mine, theirs).map(({ typeName, changes }) => {
      const sentences = listed(changes.map(describeLayoutChange)).join('; ');
      return `its pointers lead to \`${typeName}\`, which changed: ${sentences}`;
    });
  }

  private signature({ old, new: successor }: SymbolVerdict): string[] {
    const mine = this.before.signature(old!.address);
    const theirs = this.after.signature(successor!.address);
    if (mine === undefined || theirs === undefined || sameSignature(mine, theirs)) return [];
    return [`its signature was \`${spell(mine)}\`, is \`${spell(theirs)}\``];
  }

  private inlined({ verdict, old, new: successor, name }: SymbolVerdict): string[] {
    if (verdict === 'unchanged') return [];
    const mine = namesOf(this.before, old!.address);
    const theirs = namesOf(this.after, successor!.address);
    const own = sourceName(name);
    const texts: string[] = [];
    for (const callee of new Set([...mine, ...theirs])) {
      if (callee === own) continue;
      const what = this.altered.get(callee)?.verdict;
      const changed = what === undefined || what === 'refused' ? '' : `, which is ${what} itself,`;
      if (!theirs.has(callee)) texts.push(`\`${callee}\`${changed} is no longer inlined here`);
      else if (!mine.has(callee)) texts.push(`\`${callee}\`${changed} is inlined here now`);
      else if (changed !== '') texts.push(`\`${callee}\`${changed} is inlined here`);
    }
    return texts;
  }
}

const namesOf = (debug: DebugInformation, address: number): Set<string> =>
  new Set(debug.inlinedIn(address).map(({ callee }) => callee.name));

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
