/** Figures of a whole rehearsal, from its classes. */
import type { PointClass, Rehearsal } from '../model.js';
import { isFailure, outcomeOf, OUTCOMES, pointsOf, type OutcomeKey } from './outcome.js';

export interface Tally {
  outcome: OutcomeKey;
  label: string;
  points: number;
  classes: number;
}

/** Both ends are points, and included. */
export interface Range {
  first: number;
  last: number;
}

/** Points that are refused for one reason. */
export interface Refused {
  reason: string;
  first: number;
  points: number;
}

export interface Figures {
  points: number;
  /** Of every outcome that occurs, the best first. */
  tallies: Tally[];
  /** The class whose first point waits longest before the update lands. */
  longestWait: (PointClass & { landsAt: number }) | undefined;
  /** Why it is refused, the reason of most points first. */
  refusals: Refused[];
  firstFailure: PointClass | undefined;
  /** Points next to each other are one range. */
  failing: Range[];
  undecided: Range[];
}

export function figuresOf({ classes, instructions }: Rehearsal): Figures {
  const tallies = OUTCOMES.map(({ key, label }) => {
    const of = classes.filter((each) => outcomeOf(each) === key);
    const points = of.reduce((sum, each) => sum + pointsOf(each), 0);
    return { outcome: key, label, points, classes: of.length };
  });
  return {
    points: instructions + 1,
    tallies: tallies.filter((tally) => tally.classes > 0),
    longestWait: longestWaitOf(classes),
    refusals: refusalsOf(classes),
    firstFailure: classes.find(isFailure),
    failing: rangesOf(classes.filter(isFailure)),
    undecided: rangesOf(classes.filter((each) => outcomeOf(each) === 'undecided')),
  };
}

export const waitOf = ({ first, landsAt }: { first: number; landsAt: number }): number => landsAt - first;

function longestWaitOf(classes: readonly PointClass[]): Figures['longestWait'] {
  let longest: Figures['longestWait'];
  for (const { landsAt, ...of } of classes) {
    if (of.decision !== 'deferred' || landsAt === undefined) continue;
    const each = { ...of, landsAt };
    if (longest === undefined || waitOf(each) > waitOf(longest)) longest = each;
  }
  return longest;
}

function refusalsOf(classes: readonly PointClass[]): Refused[] {
  const refusals = new Map<string, Refused>();
  for (const { decision, reason, first, last } of classes) {
    if (decision !== 'refused') continue;
    const points = pointsOf({ first, last });
    const known = refusals.get(reason);
    if (known === undefined) refusals.set(reason, { reason, first, points });
    else known.points += points;
  }
  return [...refusals.values()].sort((a, b) => b.points - a.points);
}

/** Classes that follow each other without a gap, as one. */
function rangesOf(classes: readonly PointClass[]): Range[] {
  const ranges: Range[] = [];
  for (const { first, last } of classes) {
    const before = ranges.at(-1);
    if (before?.last === first - 1) before.last = last;
    else ranges.push({ first, last });
  }
  return ranges;
}
