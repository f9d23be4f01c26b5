/**
 * Every regression patch on every instruction set under every way of redirection, at seeded update points. Here a
 * part of all that, chosen by the seed; `npm run test:patches` tries all of it, at a hundred points each.
 */
import { expect, test } from 'vitest';
import { LiveProcess, type Redirect } from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { tryRedirection } from '../support/apply-case.js';
import { cases, expectationOf, type Case } from '../support/cases.js';
import { seededNumbers } from '../support/numbers.js';
import { imageOf, ISAS, start, tellerName, type IsaName } from '../support/programs.js';

const WAYS: readonly Redirect[] = ['in-place', 'call-sites', 'trampoline', 'binding-table'];
const WHOLE = process.env.SUTURE_ALL_PATCHES === '1';
const SEED = Number(process.env.SUTURE_SEED ?? 1);
const POINTS = Number(process.env.SUTURE_POINTS ?? (WHOLE ? 100 : 3));
/** One in so many combinations is tried in a part. */
const PART = 4;

const next = seededNumbers(SEED);
const all = cases().flatMap((of) =>
  ISAS.flatMap((isa) => WAYS.map((way): [string, IsaName, Redirect, Case] => [of.name, isa, way, of])),
);
const applied = all.filter(
  ([, isa, , of]) => of.wrongAt === undefined && expectationOf(of, isa, '-O2').outcome === 'applied',
);
const chosen = WHOLE ? applied : applied.filter(() => next() % PART === 0);

let tried = 0;
const impossible: string[] = [];

test.each(chosen)('%s on %s by %s', (name, isa, way, of) => {
  const result = tryRedirection(of, isa, way, POINTS);
  if (typeof result === 'string') {
    impossible.push(`${name} on ${isa} by ${way}: ${result}`);
    // What is always possible must not be refused.
    if (way === 'call-sites') expect(result).toMatch(/^(too-short-for-trampoline|out-of-reach)/);
    return;
  }
  tried++;
  expect(result.points).toBe(POINTS);
});

test('most ways are open to most patches', () => {
  console.log(
    `${tried} combinations of ${chosen.length} at ${POINTS} points each; not possible:\n${impossible.join('\n')}`,
  );
  expect(tried).toBeGreaterThan(chosen.length / 3);
});

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
