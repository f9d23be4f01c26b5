/** Makes one list of what was found in parts, in any order. */
import type { PointClass } from './model.js';

/** Ascending; classes that were only cut because a part ended there are one again; what is missing is undecided. */
export function assemble(found: readonly PointClass[], points: number): PointClass[] {
  const classes: PointClass[] = [];
  const add = (next: PointClass): void => {
    const last = classes.at(-1);
    if (last !== undefined && wasCut(last, next)) classes[classes.length - 1] = rejoined(last, next);
    else classes.push(next);
  };
  let at = 0;
  for (const next of [...found].sort((a, b) => a.first - b.first)) {
    if (next.first > at) add(undecided(at, next.first - 1));
    add(next);
    at = next.last + 1;
  }
  if (at < points) add(undecided(at, points - 1));
  return classes;
}

function undecided(first: number, last: number): PointClass {
  return {
    first,
    last,
    decision: 'undecided',
    judgement: undefined,
    landsAt: undefined,
    reason: '',
    place: { pc: 0, thread: 0, stack: [] },
    conflict: undefined,
    ranInstructions: 0,
    merged: false,
  };
}

const wasCut = (a: PointClass, b: PointClass): boolean =>
  a.conflict === undefined &&
  a.decision === b.decision &&
  a.decision !== 'undecided' &&
  a.judgement === b.judgement &&
  a.landsAt === b.landsAt &&
  a.reason === b.reason &&
  a.objection === b.objection;

const rejoined = (a: PointClass, b: PointClass): PointClass => ({
  ...a,
  last: b.last,
  conflict: b.conflict,
  ranInstructions: a.ranInstructions + b.ranInstructions,
  merged: a.merged && b.merged,
});
