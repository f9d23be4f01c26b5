/**
 * Every regression patch on every instruction set under every way of redirection, at seeded update points. Here a
 * part of all that, chosen by the seed; `npm run test:patches` tries all of it, at a hundred points each.
 */
import { expect, test } from 'vitest';
import type { Image } from '#suture/elf/index.js';
import {
  diff,
  link,
  LiveProcess,
  makePlan,
  openPackage,
  Program,
  select,
  type Plan,
} from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { Approach, parseWhen } from '#suture/update/index.js';
import { tryRedirection } from '../support/apply-case.js';
import { caseNamed } from '../support/cases.js';
import {
  Collected,
  imageOf,
  ISAS,
  newName,
  patchBetween,
  PLENTY,
  runToEnd,
  sessionOf,
  start,
  tellerName,
} from '../support/programs.js';
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

test.each(ISAS)('on %s frame information is no pointer to the procedure that it is about', (isa) => {
  const pointersOf = (name: string): (string | undefined)[] => {
    const image = imageOf(`patches/${name}/old.${isa}.elf`);
    const patch = patchBetween(image, imageOf(newName(name, isa)));
    const { running } = new LiveProcess(new EmulatedTarget(start(image, '')));
    return patch.procedures.map(({ old }) => running.pointerTo(old!.address));
  };
  expect(pointersOf('mutually-recursive')).toEqual([undefined, undefined]);
  expect(pointersOf('pointer-kept')).toEqual(['apply']);
});

test.each(ISAS)('on %s calls that an update brought are rewritten by the next, table or not', (isa) => {
  const [old, next] = ['old', 'new'].map((name) =>
    imageOf(`patches/mutually-recursive/${name}.${isa}.elf`),
  ) as [Image, Image];
  const live = new LiveProcess(new EmulatedTarget(start(old, '')));
  live.bind();
  live.update(patchBetween(old, next), { redirect: 'binding-table' }).advance();
  const back = diff(new Program(next), new Program(old));
  const one = openPackage(link(back, select(back, { only: ['squares'] })));
  const { writes } = makePlan(live.target, one, { redirect: 'binding-table' }, live.running);
  const { start: caller, size } = live.updates[0]!.plan.procedures.find(({ name }) => name === 'rounds')!;
  const rewritten = writes.filter(({ address }) => address >= caller && address < caller + size);
  expect(rewritten.map(({ why }) => why)).toEqual([expect.stringMatching(/^call of squares in rounds\+0x/)]);
});

test.each(ISAS)('on %s with a table, what only pointers lead to has a jump at its entry', (isa) => {
  const of = caseNamed('function-pointer-table');
  expect(tryRedirection(of, isa, 'binding-table', 5)).toMatchObject({ points: 5 });
  const image = imageOf(`patches/${of.name}/old.${isa}.elf`);
  const patch = patchBetween(image, imageOf(newName(of.name, isa)));
  const live = new LiveProcess(new EmulatedTarget(start(image, '')));
  const plan = (): Plan => makePlan(live.target, patch, { redirect: 'binding-table' }, live.running);
  expect(plan).toThrow('calls of half go through no binding table');
  live.bind();
  const commits = plan().writes.filter(({ phase }) => phase === 'commit');
  expect(commits.map(({ why }) => why)).toEqual([
    'trampoline at the old entry of half, for pointers and new calls',
  ]);
});

test('with a table and no jump at the entry, nobody may stand there', () => {
  const [old, next] = ['old', 'new'].map((name) =>
    imageOf(`patches/mutually-recursive/${name}.sparc.elf`),
  ) as [Image, Image];
  const process = start(old, sessionOf('mutually-recursive'));
  const live = new LiveProcess(new EmulatedTarget(process));
  live.bind();
  new Approach(process, parseWhen('entry:squares', old)).advance(PLENTY);
  const point = process.instructions;
  const busy: string[] = [];
  live
    .update(patchBetween(old, next), {
      redirect: 'binding-table',
      onEvent: (event) => {
        if (event.kind === 'busy') busy.push(...event.blockers.map(({ range }) => range.name));
      },
    })
    .advance();
  expect(busy).toContain('squares');
  expect(process.instructions).toBeGreaterThan(point);
});

test('on sparc a leaf’s tail call is sent far away with its delay slot, and nobody may be between the two', () => {
  const [old, next] = ['old', 'new'].map((name) => imageOf(`patches/callback/${name}.sparc.elf`)) as [
    Image,
    Image,
  ];
  const output = new Collected();
  const process = start(old, sessionOf('callback'), output);
  const live = new LiveProcess(new EmulatedTarget(process));
  const options = { redirect: 'call-sites', place: 'far' } as const;
  const { writes, forbidden } = makePlan(live.target, patchBetween(old, next), options, live.running);
  const site = writes.find(({ why }) => why.startsWith('call of each in visit'))!;
  expect(site.after).toHaveLength(8);
  expect(forbidden).toContainEqual(
    expect.objectContaining({ kind: 'sequence', start: site.address, end: site.address + 8 }),
  );
  live.update(patchBetween(old, next), options).advance();
  expect(process.run(PLENTY)).toEqual({ kind: 'exited', status: 0 });
  expect(output.text).toBe(runToEnd(next, sessionOf('callback')).output);
});
