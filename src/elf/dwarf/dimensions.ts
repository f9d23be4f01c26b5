/** The dimensions of arrays. Source: DWARF 5, sections 5.5 and 5.13. */
import { AT } from './constants.js';
import { constant, type Entry } from './entries.js';

/** How many elements a dimension has; undefined when that is not a number in the file. */
export function elementCount(subrange: Entry): number | undefined {
  const count = constant(subrange.attributes.get(AT.count));
  if (count !== undefined) return count;
  const upper = constant(subrange.attributes.get(AT.upperBound));
  const lower = constant(subrange.attributes.get(AT.lowerBound)) ?? 0;
  // A dimension of 0 has -1 as its upper bound, in as many bits as the compiler likes.
  return upper === undefined || upper - lower + 1 >= 2 ** 32 - 1 ? undefined : Math.max(0, upper - lower + 1);
}

export const dimensions = (counts: readonly (number | undefined)[]): string =>
  counts.map((count) => `[${count ?? ''}]`).join('');
