/** Programs without call-frame information: whoever is inside is known to be out only when an exit was taken. */
import { expect, test } from 'vitest';
import { patchFor } from '../support/apply-case.js';
import { caseNamed, programsOf } from '../support/cases.js';
import { ISAS, withoutFrames } from '../support/programs.js';
import { classesOf, compareWithBruteForce, PLAIN, subjectBetween, WAYS } from '../support/rehearsed-cases.js';

const IN_TIME = WAYS.find(({ name }) => name === 'deadline 50')!;
/** Of the program with threads every instruction is looked at, which takes its time: it is rehearsed in one way. */
const RUNS = [
  ['figure-2-activeness', [PLAIN, IN_TIME]],
  ['tricks-carry', [PLAIN, IN_TIME]],
  ['pool-score', [PLAIN]],
] as const;
const MOST = 200;

test.each(
  RUNS.flatMap(([name, ways]) =>
    ISAS.flatMap((isa) => ways.map((way) => [name, isa, way.name, way] as const)),
  ),
)('%s on %s, %s', (name, isa, _way, way) => {
  const of = caseNamed(name);
  const subject = subjectBetween(
    programsOf(of, isa),
    way,
    {},
    {
      manifest: `patches/${name}/manifest.json`,
      patchOf: (found) => patchFor(of, found),
      load: withoutFrames,
    },
  );
  const classes = classesOf(subject);
  const waiting = classes.filter(({ decision }) => decision === 'deferred');
  expect(waiting.length).toBeGreaterThan(0);
  const edges = waiting.flatMap(({ first, last }) => (first === last ? [first] : [first, last]));
  const step = Math.ceil(edges.length / MOST);
  const points = edges.filter((_, i) => i % step === 0);
  expect(compareWithBruteForce(subject, classes, points)).toBe(points.length);
});
