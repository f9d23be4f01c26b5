/**
 * Places where classes could say something else than brute force: stacks that cannot be walked, judges that mind the
 * moment, deadlines.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  diff,
  instructionsOf,
  link,
  openPackage,
  Program,
  select,
  type Diff,
  type Patch,
} from '#suture/patch/index.js';
import { Decider } from '#suture/rehearsal/decide.js';
import { OldThenNew, runAlone, type PointClass, type Reference } from '#suture/rehearsal/index.js';
import type { Judge } from '#suture/rehearsal/judge.js';
import { Predicate, type Questions } from '#suture/rehearsal/predicate.js';
import { patchFor } from '../support/apply-case.js';
import { caseNamed, instructionsFor, loaded, programsOf, type Case } from '../support/cases.js';
import { ISAS, PLENTY, type IsaName } from '../support/programs.js';
import {
  classesOf,
  compareWithBruteForce,
  PATIENT,
  PLAIN,
  subjectBetween,
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

test.each(ISAS)('what a program may do while points wait, on %s', (isa) => {
  const subject = subjectOf(caseNamed('while-it-waits'), isa);
  const classes = classesOf(subject);
  const reasons = classes.map(({ reason }) => reason.split(':')[0]);
  expect(reasons).toEqual(expect.arrayContaining(['never-returns', 'unexpected-bytes', 'attempt is active']));
  compareWithBruteForce(subject, classes, edgesOf(classes));
});

test.each(ISAS)('a refusal ends when the program writes what was expected, on %s', (isa) => {
  const of = caseNamed('while-it-waits');
  const { first } = classesOf(subjectOf(of, isa)).find(({ reason }) =>
    reason.startsWith('unexpected-bytes'),
  )!;
  const subject = subjectOf(of, isa);
  const classes: PointClass[] = [];
  subject.decider.decide({ first, end: subject.points }, (found) => classes.push(found));
  classes.sort((a, b) => a.first - b.first);
  expect(classes[0]).toMatchObject({ first, decision: 'refused' });
  compareWithBruteForce(subject, classes, edgesOf(classes));
});

test('what a hook prints is no output of the program', () => {
  const of = caseNamed('teller-hooks');
  const { select: decisions } = instructionsFor(of);
  const { metadata, hooks } = instructionsOf({
    title: 'Tells',
    nature: 'fix',
    hooks: { post: 'hook_print' },
  });
  const patchOf = (found: Diff): Patch =>
    openPackage(link(found, select(found, decisions), { metadata, hooks }));
  const subject = subjectBetween(programsOf(of, 'rv32'), PLAIN, {}, { manifest: undefined, patchOf });
  const classes = classesOf(subject);
  const right = classes.filter(({ decision, judgement }) => decision === 'at-once' && judgement === 'right');
  expect(compareWithBruteForce(subject, classes, edgesOf(right))).toBeGreaterThan(20);
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

type AtEnd = Questions['atEnd'];

/** A judge that a function is. */
const asking = (atEnd: AtEnd): Judge => Predicate.of('the test', { default: atEnd });

/** A case with another judge. */
function judgedBy(judge: Judge, of: Case, isa: IsaName, redirect?: 'in-place'): Subject {
  const { oldName, newName, session } = programsOf(of, isa);
  const [oldImage, newImage] = [loaded(oldName), loaded(newName)];
  const patch = patchFor(of, diff(new Program(oldImage), new Program(newImage)));
  const workload = { input: new Uint8Array(readFileSync(session)) };
  const { instructions } = runAlone(oldImage, workload, PLENTY);
  const update = { patches: [patch], options: redirect === undefined ? {} : { redirect }, patience: PATIENT };
  const decider = new Decider(oldImage, workload, update, judge, 10 * instructions);
  return { decider, points: instructions + 1, command: () => `${of.name} on ${isa}, judged by the test` };
}

test('a judge that minds what was written before the update landed', () => {
  const isOdd: AtEnd = ({ landedAfter }) =>
    landedAfter! % 2 === 1 ? 'it landed after an odd character' : undefined;
  const subject = judgedBy(asking(isOdd), caseNamed('teller-grow'), 'rv32');
  const classes = classesOf(subject);
  const wrong = classes.filter(({ judgement }) => judgement === 'diverged');
  expect(wrong.length).toBeGreaterThan(0);
  expect(wrong.length).toBeLessThan(classes.length - 1);
  compareWithBruteForce(subject, classes, edgesOf(classes));
});

test('a judge that is not content with the old program', () => {
  const never: AtEnd = ({ landedAfter }) => (landedAfter === undefined ? 'it never landed' : undefined);
  const subject = judgedBy(asking(never), caseNamed('teller-grow'), 'rv32', 'in-place');
  const classes = classesOf(subject);
  const wrong = { decision: 'refused', judgement: 'diverged', objection: 'it never landed' };
  expect(classes).toMatchObject([
    { ...wrong, first: 0, reason: expect.stringContaining('redirection-impossible') as string },
    { ...wrong, reason: expect.stringContaining('process-ended') as string },
  ]);
  compareWithBruteForce(subject, classes, edgesOf(classes));
});

test('a judge that objects to what the old program writes', () => {
  const silent = {
    output: new Uint8Array(),
    answers: [],
    prompted: false,
    end: { kind: 'exited', status: 0 },
  };
  const judge = new OldThenNew(silent as Reference, silent as Reference, false);
  const subject = judgedBy(judge, caseNamed('teller-grow'), 'rv32');
  const classes = classesOf(subject, 3);
  expect(new Set(classes.map(({ judgement }) => judgement))).toEqual(new Set(['diverged']));
  compareWithBruteForce(subject, classes, edgesOf(classes));
});
