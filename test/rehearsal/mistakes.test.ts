/** Patch engines that make one mistake each: rehearsal names a point at which it shows, and none with the sound one. */
import { expect, test } from 'vitest';
import { link, openPackage } from '#suture/patch/index.js';
import { caseNamed, programsOf } from '../support/cases.js';
import { MISTAKES, type Mistake } from '../support/mistaken-engines.js';
import { newName as newElf, pathOf, type IsaName } from '../support/programs.js';
import {
  classesOf,
  PATIENT,
  PLAIN,
  subjectBetween,
  subjectOf,
  WAYS,
  type Subject,
  type Way,
} from '../support/rehearsed-cases.js';

const TABLE = WAYS.find(({ name }) => name === 'binding-table')!;

const regression = (name: string) => (isa: IsaName, way: Way, engine: Mistake) =>
  subjectOf(caseNamed(name), isa, way, engine);

/** From one new program of the handlers to another: both handlers are others, and one interrupts the other. */
const bothHandlers = (isa: IsaName, way: Way, engine: Mistake): Subject => {
  const [oldName, newName] = ['handler-plain', 'handler-informed'].map((name) => pathOf(newElf(name, isa)));
  const session = pathOf('patches/handler-plain/session.txt');
  return subjectBetween({ oldName: oldName!, newName: newName!, session }, way, engine);
};

/** Old activations may go on in the old text: only of the jump at its entry nobody may be inside. */
const CROSSING: Way = { name: 'cross-version', options: { ifBusy: 'cross-version' }, patience: PATIENT };
const goingOn = (name: string) => (isa: IsaName, way: Way, engine: Mistake) =>
  subjectBetween(programsOf(caseNamed(name), isa), way, engine, {
    manifest: undefined,
    patchOf: (difference) => {
      const made = link(difference);
      return openPackage({ ...made, metadata: { ...made.metadata, consistency: 'cross-version' } });
    },
  });

/** Where each mistake shows. */
const SHOWN: readonly [keyof typeof MISTAKES, IsaName[], Way, typeof bothHandlers][] = [
  ['forgets nPC when it calls', ['sparc'], PLAIN, regression('structure-grown')],
  ['forgets nPC when it checks', ['sparc'], PLAIN, regression('far-and-short')],
  ['forgets the second instruction of a pair', ['rv32', 'rv64'], PLAIN, regression('new-static')],
  ['forgets the second instruction of a pair', ['sparc'], CROSSING, goingOn('far-away')],
  ['skips synchronization', ['rv32', 'rv64', 'sparc'], PLAIN, regression('across-pages')],
  ['ignores signal frames', ['rv32', 'rv64', 'sparc'], PLAIN, bothHandlers],
  ['misses an unsaved return address', ['rv64', 'sparc'], TABLE, regression('teller-grow')],
  ['misses an unsaved return address', ['rv32'], PLAIN, regression('far-and-short')],
];

test.each(
  SHOWN.flatMap(([mistake, isas, way, subject]) => isas.map((isa) => [mistake, isa, way, subject] as const)),
)('an engine that %s is caught on %s', (mistake, isa, way, subject) => {
  const wrongWith = (engine: Mistake): string[] =>
    classesOf(subject(isa, way, engine))
      .filter(({ judgement }) => judgement !== 'right')
      .map(
        ({ first, last, judgement, objection }) => `${first} to ${last}: ${judgement}, ${objection ?? ''}`,
      );
  expect(wrongWith({})).toEqual([]);
  const wrong = wrongWith(MISTAKES[mistake]);
  expect(wrong).not.toEqual([]);
  expect(wrong[0]).toMatch(/: (crashed|diverged|hung), \S/);
});
