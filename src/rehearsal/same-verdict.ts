/** Whether what is found at two points is one verdict, so that a class goes on. */
import type { Blocker } from '../patch/index.js';
import type { Verdict } from './verdict.js';

export const sameRefusal = (a: Verdict, b: Verdict): boolean =>
  a.kind === 'refused' && b.kind === 'refused' && a.reason === b.reason && a.planned === b.planned;

export const sameBlockers = (some: readonly Blocker[], others: readonly Blocker[]): boolean =>
  some.length === others.length &&
  some.every((one, i) => {
    const other = others[i]!;
    return (
      one.range === other.range &&
      one.thread === other.thread &&
      one.depth === other.depth &&
      one.address === other.address &&
      one.foundAt === other.foundAt &&
      one.returnsTo === other.returnsTo &&
      one.inDelaySlot === other.inDelaySlot &&
      one.outermost === other.outermost
    );
  });

export function sameBusy(a: Verdict, b: Verdict): boolean {
  if (a.kind !== 'busy' || b.kind !== 'busy') return false;
  return (
    a.reason === b.reason && a.refused === b.refused && JSON.stringify(a.wait) === JSON.stringify(b.wait)
  );
}
