/**
 * What changes who is inside, or what a check says, without a call or a return, and what meets the memory that an
 * update reserves: a program plays tricks, and classes must say what brute force does.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { diff, makePlan, Program } from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { patchFor } from '../support/apply-case.js';
import { cases, loaded, programsOf } from '../support/cases.js';
import { ISAS, start, type IsaName } from '../support/programs.js';
import {
  classesOf,
  compareWithBruteForce,
  PLAIN,
  subjectBetween,
  WAYS,
  type Subject,
  type Way,
} from '../support/rehearsed-cases.js';

const CASE = cases().find(({ name }) => name === 'tricks-carry')!;
const IN_TIME = WAYS.find(({ name }) => name === 'deadline 50')!;
const folder = mkdtempSync(join(tmpdir(), 'tricks-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Where the update reserves memory when it is asked for at the start. */
function reservedBy(isa: IsaName): number {
  const { oldName, newName } = programsOf(CASE, isa);
  const image = loaded(oldName);
  const patch = patchFor(CASE, diff(new Program(image), new Program(loaded(newName))));
  return makePlan(new EmulatedTarget(start(image, '')), patch).reservations[0]!.start;
}

function subjectOn(isa: IsaName, input: string, way: Way): Subject {
  const session = join(folder, `${isa}-${input.trim()}.txt`);
  writeFileSync(session, input);
  return subjectBetween(
    { ...programsOf(CASE, isa), session },
    way,
    {},
    {
      manifest: `patches/${CASE.name}/manifest.json`,
      patchOf: (difference) => patchFor(CASE, difference),
    },
  );
}

/** Play each by a letter, some with an address. */
const TRICKS: readonly [trick: string, input: (isa: IsaName) => string][] = [
  ['a handler that edits where its signal came from', () => 'e\n'],
  ['a look whether memory is mapped that the update reserves', (isa) => `p${reservedBy(isa)}\n`],
  ['a change of the protection of such memory', (isa) => `m${reservedBy(isa)}\n`],
  ['what is left on a stack without a guard', () => 'c\n'],
  ['an alternate stack that is given back', () => 'a\n'],
  ['threads with variables of their own, which the check reads', () => 't\n'],
  ['a word that leads into a procedure, and is made and destroyed without a call', () => 'w\n'],
  ['a signal that ends the program', () => 'k\n'],
];
const STEP = 3;

test.each(
  TRICKS.flatMap(([trick, input]) =>
    ISAS.flatMap((isa) => [PLAIN, IN_TIME].map((way) => [trick, isa, way.name, input, way] as const)),
  ),
)('%s, on %s, %s', (_trick, isa, _way, input, way) => {
  const subject = subjectOn(isa, input(isa), way);
  const classes = classesOf(subject);
  const edges = classes.flatMap(({ first, last }) => (first === last ? [first] : [first, last]));
  const steps = Array.from({ length: Math.floor(subject.points / STEP) }, (_, i) => STEP * i);
  const points = [...new Set([...edges, ...steps])].sort((a, b) => a - b);
  expect(compareWithBruteForce(subject, classes, points)).toBe(points.length);
});
