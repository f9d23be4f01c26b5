/**
 * Every regression patch rehearsed on every instruction set and in several ways, and held against brute force. Here a
 * part of all that, chosen by the seed, at every 97th point; `npm run test:rehearsal` rehearses all of it as chosen and a sixth of it in the other ways, and with
 * SUTURE_ALL_POINTS=1 tries every point of the runs below 20,000 instructions.
 */
import { expect, test } from 'vitest';
import { caseNamed, cases, type Case } from '../support/cases.js';
import { seededNumbers } from '../support/numbers.js';
import { ISAS, type IsaName } from '../support/programs.js';
import {
  classesOf,
  compareWithBruteForce,
  PLAIN,
  rehearseCase,
  subjectOf,
  WAYS,
  type Way,
} from '../support/rehearsed-cases.js';
import { SEED, WHOLE } from '../support/settings.js';

const ALL_POINTS = process.env.SUTURE_ALL_POINTS === '1';
const STEP = 97;
const SHORT_RUN = 20_000;
const stepOf = (points: number): number => (ALL_POINTS && points <= SHORT_RUN ? 1 : STEP);
/** One in so many combinations is tried in a part; of the ways that are not the usual one fewer. */
const PART = WHOLE ? 1 : 12;
const PART_OF_WAYS = PART * 6;

const next = seededNumbers(SEED);
const chosen = cases().flatMap((of) =>
  ISAS.flatMap((isa) =>
    WAYS.filter((way) => next() % (way === PLAIN ? PART : PART_OF_WAYS) === 0).map(
      (way): [string, IsaName, string, Case, Way, number] => [of.name, isa, way.name, of, way, next()],
    ),
  ),
);
const skipped: string[] = [];
const sums = { rehearsed: 0, points: 0, classes: 0, tried: 0 };

test.each(chosen)('%s on %s, %s', (name, isa, way, of, how, seed) => {
  const result = rehearseCase(of, isa, how, stepOf, seed);
  if (typeof result === 'string') {
    skipped.push(`${name} on ${isa}, ${way}: ${result}`);
    return;
  }
  sums.rehearsed++;
  for (const key of ['points', 'classes', 'tried'] as const) sums[key] += result[key];
  expect(result.tried).toBeGreaterThan(0);
});

test('a thread in the code of a binding table, which has no frame rules, is looked at', () => {
  const of = caseNamed('jumps-descend');
  const way = WAYS.find(({ name }) => name === 'binding-table')!;
  const subject = subjectOf(of, 'rv64', way);
  const points = Array.from({ length: 40 }, (_, i) => 170 + i);
  expect(compareWithBruteForce(subject, classesOf(subject), points)).toBe(40);
});

test('most of them can be rehearsed', () => {
  console.log(`${JSON.stringify(sums)} of ${chosen.length}; skipped:\n${skipped.join('\n')}`);
  expect(sums.rehearsed).toBeGreaterThan(chosen.length / 3);
});
