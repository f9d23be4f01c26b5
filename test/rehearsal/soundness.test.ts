/**
 * Places where classes could say something else than brute force: stacks that cannot be walked, judges that mind the
 * moment, deadlines.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { diff, Program } from '#suture/patch/index.js';
import { Decider } from '#suture/rehearsal/decide.js';
import { runAlone, type PointClass } from '#suture/rehearsal/index.js';
import { Predicate, type Questions } from '#suture/rehearsal/predicate.js';
import { patchFor } from '../support/apply-case.js';
import { caseNamed, loaded, programsOf, type Case } from '../support/cases.js';
import { ISAS, PLENTY, type IsaName } from '../support/programs.js';
import {
  classesOf,
  compareWithBruteForce,
  PATIENT,
  subjectOf,
  type Subject,
} from '../support/rehearsed-cases.js';

const edgesOf = (classes: readonly PointClass[]): number[] =>
  classes.flatMap(({ first, last }) => (first === last ? [first] : [first, last]));
const pointsOf = ({ first, last }: PointClass): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

test.each(ISAS)('just before code without frame rules, on %s', (isa) => {
  const subject = subjectOf(caseNamed('jumps-descend'), isa);
  const classes = classesOf(subject);
  expect(compareWithBruteForce(subject, classes, edgesOf(classes))).toBeGreaterThan(20);
});

test('in the delay slot of a call to where nobody may stand', () => {
  const subject = subjectOf(caseNamed('far-and-short'), 'sparc');
  const classes = classesOf(subject);
  const busy = classes.filter(({ reason }) => reason === 'put is active');
  expect(compareWithBruteForce(subject, classes, busy.flatMap(pointsOf))).toBeGreaterThan(20);
});

test('a deadline is one in every part of a run', () => {
  const patience = 1000;
  const way = { name: 'deadline 1000', options: {}, patience };
  const subject = subjectOf(caseNamed('figure-2-times'), 'rv64', way);
  const reasonAt = (classes: readonly PointClass[], point: number): string =>
    classes.find(({ last }) => last >= point)!.reason;
  const [whole, parts] = [classesOf(subject), classesOf(subject, 5)];
  const refused = whole.filter(({ decision }) => decision === 'refused');
  expect(refused.some(({ reason }) => reason.startsWith('deadline'))).toBe(true);
  expect(refused.some(({ reason }) => reason.startsWith('process-ended'))).toBe(true);
  for (const { first, reason } of refused) expect(reasonAt(parts, first)).toBe(reason);
});

/** A case whose runs a function judges. */
type AtEnd = Questions['atEnd'];

function judgedBy(verdict: AtEnd, of: Case, isa: IsaName, redirect?: 'in-place'): Subject {
  const { oldName, newName, session } = programsOf(of, isa);
  const [oldImage, newImage] = [loaded(oldName), loaded(newName)];
  const patch = patchFor(of, diff(new Program(oldImage), new Program(newImage)));
  const workload = { input: new Uint8Array(readFileSync(session)) };
  const { instructions } = runAlone(oldImage, workload, PLENTY);
  const update = { patches: [patch], options: redirect === undefined ? {} : { redirect }, patience: PATIENT };
  const judge = Predicate.of('the test', { default: verdict });
  const decider = new Decider(oldImage, workload, update, judge, 10 * instructions);
  return { decider, points: instructions + 1, command: () => `${of.name} on ${isa}, judged by the test` };
}

test('a judge that minds what was written before the update landed', () => {
  const isOdd: AtEnd = ({ landedAfter }) =>
    landedAfter! % 2 === 1 ? 'it landed after an odd character' : undefined;
  const subject = judgedBy(isOdd, caseNamed('teller-grow'), 'rv32');
  const classes = classesOf(subject);
  const wrong = classes.filter(({ judgement }) => judgement === 'diverged');
  expect(wrong.length).toBeGreaterThan(0);
  expect(wrong.length).toBeLessThan(classes.length - 1);
  compareWithBruteForce(subject, classes, edgesOf(classes));
});

test('a judge that is not content with the old program', () => {
  const never: AtEnd = ({ landedAfter }) => (landedAfter === undefined ? 'it never landed' : undefined);
  const subject = judgedBy(never, caseNamed('teller-grow'), 'rv32', 'in-place');
  const classes = classesOf(subject);
  expect(classes).toMatchObject([{ first: 0, decision: 'refused', judgement: 'diverged' }]);
  compareWithBruteForce(subject, classes, edgesOf(classes));
});
