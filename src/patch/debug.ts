/** The debug information of programs that are compared, read once for each. */
import {
  compareLayouts,
  DebugInformation,
  describeLayoutChange,
  type LayoutChange,
  type SymbolEntry,
} from '../elf/index.js';
import type { Program } from './program.js';

const known = new WeakMap<Program, DebugInformation | null>();

/**
 * What the compiler said about a program, or undefined when it was not asked to (`-g`).
 *
 * @throws ElfError 'bad-dwarf', here and from what it returns.
 */
export function debugOf(program: Program): DebugInformation | undefined {
  let debug = known.get(program);
  if (debug === undefined) known.set(program, (debug = DebugInformation.of(program.image) ?? null));
  return debug ?? undefined;
}

/**
 * How the layout of a variable changed; empty also when the programs do not say what its layout is.
 *
 * @throws ElfError 'bad-dwarf'
 */
export function layoutChanges(
  oldProgram: Program,
  newProgram: Program,
  old: SymbolEntry,
  successor: SymbolEntry,
): LayoutChange[] {
  const before = debugOf(oldProgram)?.variable(old.address, old.name);
  const after = debugOf(newProgram)?.variable(successor.address, successor.name);
  return before === undefined || after === undefined ? [] : compareLayouts(before, after);
}

/** Those that change what the bytes of the running program's variable mean, in words; undefined without any. */
export function describeLayout(changes: readonly LayoutChange[]): string | undefined {
  const weighty = changes.filter(({ kind }) => kind !== 'renamed').map(describeLayoutChange);
  return weighty.length === 0 ? undefined : listed(weighty).join('; ');
}

const MOST_LISTED = 8;

/** As many as a person reads. */
export function listed(sentences: readonly string[]): string[] {
  if (sentences.length <= MOST_LISTED + 1) return [...sentences];
  return [...sentences.slice(0, MOST_LISTED), `and ${sentences.length - MOST_LISTED} more`];
}
