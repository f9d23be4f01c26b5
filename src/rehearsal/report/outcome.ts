/** What a class comes to in one word, for people. */
import type { PointClass } from '../model.js';

/** From the best to the worst: where several share a place in a picture, the last is shown. */
export const OUTCOMES = [
  { key: 'at-once', label: 'lands at once, right' },
  { key: 'deferred', label: 'waits, then right' },
  { key: 'refused', label: 'refused, goes on as before' },
  { key: 'undecided', label: 'undecided' },
  { key: 'diverged', label: 'diverged' },
  { key: 'hung', label: 'hung' },
  { key: 'crashed', label: 'crashed' },
] as const;

export type OutcomeKey = (typeof OUTCOMES)[number]['key'];

export function outcomeOf({ decision, judgement }: PointClass): OutcomeKey {
  if (decision === 'undecided' || judgement === undefined) return 'undecided';
  return judgement === 'right' ? decision : judgement;
}

export const isFailure = (of: PointClass): boolean =>
  of.decision !== 'undecided' && of.judgement !== undefined && of.judgement !== 'right';

export const pointsOf = ({ first, last }: Pick<PointClass, 'first' | 'last'>): number => last - first + 1;
