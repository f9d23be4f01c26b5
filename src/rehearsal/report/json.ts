/** A rehearsal as data for other programs. */
import type { PointClass, Rehearsal } from '../model.js';
import { figuresOf, waitOf, type Figures } from './figures.js';
import { isFailure, outcomeOf } from './outcome.js';

const VERSION = 2;

/**
 * Everything of a rehearsal, in an object that `JSON.stringify` takes whole. Points are instruction counts, both
 * ends of a range are included; `outcome` is the worst that a class comes to, and those that fail carry the command
 * that repeats their first point.
 */
export function rehearsalJson(rehearsal: Rehearsal): Record<string, unknown> {
  const { repeat, classes, ...about } = rehearsal;
  const figures = figuresOf(rehearsal);
  return {
    version: VERSION,
    ...about,
    points: figures.points,
    outcomes: figures.tallies.map(({ outcome, points, classes }) => ({ outcome, points, classes })),
    longestWait: longestWait(figures),
    failing: figures.failing,
    undecided: figures.undecided,
    classes: classes.map((each) => classJson(each, repeat)),
  };
}

/** Its members in one order, whoever found the class and whichever file kept it. */
function classJson(each: PointClass, repeat: Rehearsal['repeat']): Record<string, unknown> {
  const { first, last, decision, judgement, landsAt, reason, objection, place, conflict, difference } = each;
  return {
    ...{ first, last, outcome: outcomeOf(each), decision, judgement, landsAt, reason, objection },
    ...{ place, conflict, difference, ranInstructions: each.ranInstructions, merged: each.merged },
    ...(isFailure(each) && { repeat: repeat(each.first) }),
  };
}

function longestWait({ longestWait: longest }: Figures): Record<string, unknown> | undefined {
  if (longest === undefined) return undefined;
  const { first, landsAt, reason } = longest;
  return { first, landsAt, instructions: waitOf(longest), reason };
}
