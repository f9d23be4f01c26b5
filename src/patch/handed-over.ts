/**
 * Types that changed and that replaced procedures are handed pointers to: what the old program made of them lives on
 * in its old layout, in the heap and on stacks, where no variable tells of it.
 */
import { debugOf, describePointee, isWeighty, listed } from './debug.js';
import { comparePointees, type Parameter, type SymbolEntry } from '../elf/index.js';
import type { Diff } from './diff.js';

interface Replaced {
  old: SymbolEntry | undefined;
  new: SymbolEntry;
}

/** A sentence for each type; none without debug information. @throws ElfError 'bad-dwarf' */
export function typesHandedOver(
  { old: program, new: newProgram }: Diff,
  procedures: Iterable<Replaced>,
): string[] {
  const users = new Map<string, Set<string>>();
  for (const { old, new: successor } of procedures) {
    const before = old && debugOf(program)?.signature(old.address);
    const after = debugOf(newProgram)?.signature(successor.address);
    if (before === undefined || after === undefined) continue;
    const pairs = [
      [before.returns, after.returns] as const,
      ...before.parameters.map((parameter, i) => [parameter, after.parameters[i]] as const),
    ];
    for (const change of pairs.flatMap(([mine, theirs]) => changesBehind(mine, theirs))) {
      users.set(change, (users.get(change) ?? new Set()).add(successor.name));
    }
  }
  return [...users].map(([change, names]) => {
    const takers = listed([...names]).join(', ');
    return `${takers}: pointers lead to ${change}; what the old program made of that stays as it is`;
  });
}

function changesBehind(mine: Parameter, theirs: Parameter | undefined): string[] {
  const [before, after] = [mine.type(), theirs?.type()];
  if (before === undefined || after === undefined) return [];
  return comparePointees(before, after)
    .filter(({ changes }) => isWeighty(changes))
    .map(describePointee);
}
