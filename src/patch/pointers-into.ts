/**
 * Variables of the running program whose pointers may lead into an object that gets another place. Nobody but the
 * author knows whether they do; only debug information tells that they may.
 */
import { pointsInto, type Reach, type SymbolEntry } from '../elf/index.js';
import { debugOf, typeOf } from './debug.js';
import type { Diff, SymbolVerdict } from './diff.js';

/** Undefined when the old program does not say what the object is. */
export function pointersInto(
  { old: program, verdicts }: Diff,
  object: SymbolEntry,
): { verdict: SymbolVerdict; reach: Reach }[] | undefined {
  const type = debugOf(program) && typeOf(program, object);
  if (type === undefined) return undefined;
  return verdicts.flatMap((verdict) => {
    const { kind, old, new: successor } = verdict;
    if (kind !== 'object' || old === undefined || successor === undefined || old === object) return [];
    const own = program.isWritable(old) ? typeOf(program, old) : undefined;
    const reach = own && pointsInto(own, type);
    return reach === undefined ? [] : [{ verdict, reach }];
  });
}
