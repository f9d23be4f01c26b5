/**
 * Every regression patch on every instruction set under every way of redirection, at seeded update points. Here a
 * part of all that, chosen by the seed; `npm run test:patches` tries all of it, at a hundred points each.
 */
import { expect, test } from 'vitest';
import { LiveProcess } from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { imageOf, ISAS, start, tellerName } from '../support/programs.js';
import { tryRedirections } from '../support/redirection-trials.js';

/** One in so many combinations is tried in a part. */
const PART = 4;

tryRedirections('-O2', PART);

test.each(ISAS)('on %s nobody can keep a return address among the entries in a binding table', (isa) => {
  const target = new EmulatedTarget(start(imageOf(tellerName(isa)), ''));
  new LiveProcess(target).bind();
  const WRITE = 2;
  const table = target.regions().filter(({ name }) => name === '[ bindings ]');
  expect(table.map(({ protection }) => protection & WRITE)).toEqual([0]);
});

test.each([
  [
    'patches/renumbered-enumeration/old.sparc.elf',
    ['the table jump of is_atom takes g1, in which classify may'],
  ],
  ['targets/teller/teller.rv64.elf', ['the table jump of strlen takes x6, in which print may']],
  ['targets/teller/teller.sparc.elf', []],
])('a binding table for %s tells which callers may keep a value where its jumps write', (file, told) => {
  const notes = new LiveProcess(new EmulatedTarget(start(imageOf(file), ''))).bind();
  expect(notes.filter((note) => note.includes(' takes '))).toEqual(
    told.map((text): unknown => expect.stringContaining(text)),
  );
});
