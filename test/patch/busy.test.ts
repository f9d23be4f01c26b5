/** What happens when somebody is inside: wait, refuse, or let old activations end in the old text. */
import { describe, expect, test } from 'vitest';
import {
  diff,
  link,
  LiveProcess,
  makePlan,
  openPackage,
  Program,
  select,
  type Patch,
  type UpdateEvent,
} from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { Approach, parseWhen } from '#suture/update/index.js';
import { FORECASTS, insideCompound } from '../support/activations.js';
import {
  Collected,
  imageOf,
  ISAS,
  newName,
  patchBetween,
  PLENTY,
  start,
  tellerName,
  type IsaName,
} from '../support/programs.js';
import { refusalOf } from '../support/refusals.js';

function patchWith(isa: IsaName, consistency: 'activeness' | 'cross-version', check?: string): Patch {
  const comparison = diff(
    new Program(imageOf(tellerName(isa))),
    new Program(imageOf(newName('teller-hooks', isa))),
  );
  const selection = select(comparison, { roots: check === undefined ? [] : [check] });
  const metadata = { title: 'Round interest', consistency };
  return openPackage(link(comparison, selection, { metadata, hooks: check === undefined ? {} : { check } }));
}

describe.each(ISAS)('on %s', (isa) => {
  test('it waits for the outermost activation', () => {
    const process = insideCompound(isa);
    const events: UpdateEvent['kind'][] = [];
    const live = new LiveProcess(new EmulatedTarget(process));
    const before = process.instructions;
    live.update(patchWith(isa, 'activeness'), { onEvent: ({ kind }) => events.push(kind) }).advance();
    expect(events.at(-1)).toBe('applied');
    expect(events).toContain('busy');
    expect(process.instructions).toBeGreaterThan(before);
  });

  test('it refuses at once when it may not wait', () => {
    const process = insideCompound(isa);
    const before = process.digest();
    const live = new LiveProcess(new EmulatedTarget(process));
    expect(refusalOf(() => live.update(patchWith(isa, 'activeness'), { ifBusy: 'refuse' }).advance())).toBe(
      'busy',
    );
    expect(process.digest()).toBe(before);
  });

  test('old activations end in the old text where the package allows it, and new calls are new', () => {
    const output = new Collected();
    const process = insideCompound(isa, output);
    const before = process.digest();
    const live = new LiveProcess(new EmulatedTarget(process));
    const options = { ifBusy: 'cross-version' } as const;
    expect(refusalOf(() => live.update(patchWith(isa, 'activeness'), options).advance())).toBe(
      'not-cross-version',
    );
    expect(process.digest()).toBe(before);
    const point = process.instructions;
    live.update(patchWith(isa, 'cross-version'), options).advance();
    expect(process.instructions).toBe(point);
    expect(process.run(PLENTY)).toEqual({ kind: 'exited', status: 0 });
    // The first forecast may be of either version; the second is new, which counts no more than eight years.
    const fresh = new Collected();
    start(imageOf(newName('teller-hooks', isa)), FORECASTS, fresh).run(PLENTY);
    expect(output.text.split('\n').slice(2)).toEqual(fresh.text.split('\n').slice(2));
  });

  test('no package allows old activations to call what writes more registers than they were compiled with', () => {
    const folder = 'patches/changed-signature';
    const comparison = diff(
      new Program(imageOf(`${folder}/old.${isa}.elf`)),
      new Program(imageOf(`${folder}/new.${isa}.elf`)),
    );
    const made = (consistency: 'activeness' | 'cross-version'): unknown =>
      link(comparison, select(comparison), { metadata: { title: 'Scaled', consistency } });
    expect(refusalOf(() => made('activeness'))).toBe('none');
    expect(refusalOf(() => made('cross-version'))).toBe('not-cross-version');
    expect(() => made('cross-version')).toThrow(
      /^old activations of (area, length|length, area) would call the new scale, which writes registers/,
    );
  });

  test('an activation that a longjmp has left is not waited for any longer', () => {
    const image = imageOf(`targets/jumps/jumps.${isa}.elf`);
    // Every number leaves descend by a longjmp: nobody ever comes to where it would return.
    const process = start(image, `9\n${'5\n'.repeat(2000)}`);
    new Approach(process, parseWhen('entry:descend', image)).advance(PLENTY);
    process.run(process.instructions + 10);
    const patch = patchBetween(image, imageOf(newName('jumps-descend', isa)));
    const kinds: UpdateEvent['kind'][] = [];
    const live = new LiveProcess(new EmulatedTarget(process));
    live.update(patch, { onEvent: ({ kind }) => kinds.push(kind) }).advance();
    expect(kinds).toContain('busy');
    expect(kinds.at(-1)).toBe('applied');
    expect(process.run(PLENTY)).toEqual({ kind: 'exited', status: 0 });
  });

  test('a check that says no is asked again, and given up at the deadline', () => {
    const image = imageOf(tellerName(isa));
    const process = start(image, 'deposit 3 1\nforecast 1 2\nwithdraw 3 1\nforecast 1 2\nquit\n');
    new Approach(process, parseWhen('exit:deposit', image)).advance(PLENTY);
    const twin = process.fork(() => undefined);
    const kinds: UpdateEvent['kind'][] = [];
    const patch = patchWith(isa, 'activeness', 'hook_check_balance');
    const live = new LiveProcess(new EmulatedTarget(process));
    live.update(patch, { onEvent: ({ kind }) => kinds.push(kind) }).advance();
    expect(kinds).toContain('not-now');
    expect(kinds.at(-1)).toBe('applied');
    // Asked a little later, it lands where it did.
    const later = twin.fork(() => undefined);
    later.run(twin.instructions + 137);
    const again: number[] = [];
    new LiveProcess(new EmulatedTarget(later))
      .update(patch, {
        onEvent: (event) => {
          if (event.kind === 'not-now') again.push(event.again);
        },
      })
      .advance();
    expect(again.map((count) => count % 1000)).toEqual(again.map(() => 0));
    expect(again.length).toBeGreaterThan(0);
    expect(later.instructions).toBe(process.instructions);
    const deadline = twin.instructions + 100;
    const other = new LiveProcess(new EmulatedTarget(twin));
    expect(refusalOf(() => other.update(patch, { deadline }).advance())).toBe('deadline');
    expect(twin.instructions).toBeGreaterThanOrEqual(deadline);
  });
});

test('a long jump takes a register that a caller may keep: the plan says so, and old activations may not go on', () => {
  const folder = 'patches/renumbered-enumeration';
  const image = imageOf(`${folder}/old.sparc.elf`);
  const made = link(diff(new Program(image), new Program(imageOf(`${folder}/new.sparc.elf`))));
  const patch = openPackage({ ...made, metadata: { title: 'Renumbered', consistency: 'cross-version' } });
  const target = new EmulatedTarget(start(image, ''));
  const notesAt = (place: 'near' | 'far'): string[] =>
    makePlan(target, patch, { place, redirect: 'trampoline' }).notes.filter((note) =>
      note.includes(' takes '),
    );
  expect(notesAt('near')).toEqual([]);
  expect(notesAt('far')).toEqual([
    expect.stringMatching(/^the jump at is_atom takes g1, in which classify may keep a value meanwhile/),
  ]);
  const live = new LiveProcess(target);
  const far = { ifBusy: 'cross-version', redirect: 'trampoline', place: 'far' } as const;
  expect(() => live.update(patch, far)).toThrow('old activations cannot go on: the jump at is_atom takes g1');
});
