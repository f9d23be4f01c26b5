/** The debug information of programs that are compared, read once for each. */
import {
  compareLayouts,
  comparePointees,
  DebugInformation,
  describeLayoutChange,
  type DataType,
  type LayoutChange,
  type PointeeChange,
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
  const before = typeOf(oldProgram, old);
  const after = typeOf(newProgram, successor);
  return before === undefined || after === undefined ? [] : compareLayouts(before, after);
}

/**
 * The same of every type that the pointers of a variable lead to.
 *
 * @throws ElfError 'bad-dwarf'
 */
export function pointeeChanges(
  oldProgram: Program,
  newProgram: Program,
  old: SymbolEntry,
  successor: SymbolEntry,
): PointeeChange[] {
  const before = typeOf(oldProgram, old);
  const after = typeOf(newProgram, successor);
  return before === undefined || after === undefined ? [] : comparePointees(before, after);
}

/** The type of a variable, where the compiler told. @throws ElfError 'bad-dwarf' */
export function typeOf(program: Program, { kind, address, name }: SymbolEntry): DataType | undefined {
  const debug = debugOf(program);
  return kind === 'thread-local' ? debug?.threadVariable(name) : debug?.variable(address, name);
}

/** Those that change what the bytes of the running program's variable mean, in words; undefined without any. */
export function describeLayout(changes: readonly LayoutChange[]): string | undefined {
  const weighty = changes.filter(({ kind }) => kind !== 'renamed').map(describeLayoutChange);
  return weighty.length === 0 ? undefined : listed(weighty).join('; ');
}

export const isWeighty = (changes: readonly LayoutChange[]): boolean => describeLayout(changes) !== undefined;

/** What pointers lead to, as the end of a sentence. */
export const describePointee = ({ typeName, changes }: PointeeChange): string =>
  `\`${typeName}\`, which changed: ${listed(changes.map(describeLayoutChange)).join('; ')}`;

const MOST_LISTED = 8;

/** As many as a person reads. */
export function listed(sentences: readonly string[]): string[] {
  if (sentences.length <= MOST_LISTED + 1) return [...sentences];
  return [...sentences.slice(0, MOST_LISTED), `and ${sentences.length - MOST_LISTED} more`];
}
