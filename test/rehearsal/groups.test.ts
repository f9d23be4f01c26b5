/** Patches that land together are rehearsed as one update. */
import { expect, test } from 'vitest';
import { Decider } from '#suture/rehearsal/decide.js';
import { OldThenNew, referencesOf, runAlone } from '#suture/rehearsal/index.js';
import { imageOf, ISAS, newName, patchBetween, PLENTY, sessionOf, tellerName } from '../support/programs.js';
import { classesOf, compareWithBruteForce, PATIENT, WAYS } from '../support/rehearsed-cases.js';

const BY_CALLS = WAYS.find(({ name }) => name === 'call-sites')!;

test.each(ISAS)('two versions at once, on %s', (isa) => {
  const first = imageOf(tellerName(isa));
  const [second, third] = ['teller-grow', 'teller-several'].map((name) => imageOf(newName(name, isa)));
  const workload = { input: sessionOf('teller-several') };
  const before = runAlone(first, workload, PLENTY);
  const references = referencesOf(before, runAlone(third!, workload, PLENTY));
  const patches = [patchBetween(first, second!), patchBetween(second!, third!)];
  const update = { patches, options: BY_CALLS.options, patience: PATIENT };
  const judge = new OldThenNew(references.before, references.after);
  const decider = new Decider(first, workload, update, judge, 10 * before.instructions);
  const subject = { decider, points: before.instructions + 1, command: () => `both patches on ${isa}` };
  const classes = classesOf(subject);
  expect(new Set(classes.map(({ decision }) => decision))).toEqual(
    new Set(['at-once', 'deferred', 'refused']),
  );
  expect(classes.filter(({ judgement }) => judgement !== 'right')).toEqual([]);
  const points = Array.from({ length: subject.points }, (_, point) => point);
  compareWithBruteForce(subject, classes, points);
});
