/** Updates on updates, groups of them, and the way back. */
import { describe, expect, test } from 'vitest';
import type { Image } from '#suture/elf/index.js';
import { LiveProcess, type Patch, type Redirect } from '#suture/patch/index.js';
import type { Process } from '#suture/process/process.js';
import { EmulatedTarget } from '#suture/target/index.js';
import {
  Collected,
  imageOf,
  ISAS,
  newName,
  patchBetween,
  PLENTY,
  runToEnd,
  start,
  tellerName,
  type IsaName,
} from '../support/programs.js';
import { refusalOf } from '../support/refusals.js';

const SESSION = [
  ...['accounts', 'forecast 1 3', 'forecast 2 12', 'interest 2 4 compound', 'deposit 1 12.75', 'statement 1'],
  ...['deposit 2 0', 'withdraw 2 0.51', 'statement 2', 'interest 3 9 simple', 'forecast 3 9', 'quit', ''],
].join('\n');

/** Each of them is a build of teller, and a patch leads from any to any other. */
const BUILDS = ['teller-grow', 'teller-several', 'teller-shrink', 'shadow-variables', 'teller-hooks'];

const buildOf = (name: string, isa: IsaName): Image => imageOf(newName(name, isa));

/** A process in which nothing that any build changes is active. */
function quiet(isa: IsaName): Process {
  const process = start(imageOf(tellerName(isa)), SESSION);
  process.run(750);
  return process;
}

/** Said before that. */
const BEGINNING = 'ready\n';

/** What the process says from here on, when nothing else happens to it. */
function restOf(process: Process): string {
  const output = new Collected();
  expect(process.fork(output.sink).run(PLENTY)).toEqual({ kind: 'exited', status: 0 });
  return BEGINNING + output.text;
}

describe.each(ISAS)('on %s', (isa) => {
  const original = imageOf(tellerName(isa));
  const builds = BUILDS.map((name) => buildOf(name, isa));
  const patch = (before: Image, after: Image): Patch => patchBetween(before, after);

  test.each<[string, { redirect?: Redirect; place?: 'far' }]>([
    ['as chosen', {}],
    ['by trampolines', { redirect: 'trampoline' }],
    ['by call sites', { redirect: 'call-sites' }],
    ['beyond the reach of a jump', { redirect: 'call-sites', place: 'far' }],
  ])('a chain of updates, %s, is each version in turn, and goes back to the byte', (_how, options) => {
    const process = quiet(isa);
    const before = process.digest();
    const live = new LiveProcess(new EmulatedTarget(process));
    const there = options.place === 'far' ? builds.slice(0, 3) : builds;
    const chain = [...there, ...there.toReversed().slice(1), original];
    let previous = original;
    for (const next of chain) {
      live.update(patch(previous, next), options).advance();
      expect(restOf(process), `${next.name} after ${previous.name}`).toBe(runToEnd(next, SESSION).output);
      previous = next;
    }
    expect(live.updates).toHaveLength(options.place === 'far' ? 6 : 10);
    expect(process.instructions).toBe(750);
    for (const version of [...chain.toReversed().slice(1), original]) {
      live.rollback().advance();
      expect(restOf(process)).toBe(runToEnd(version, SESSION).output);
    }
    live.reclaim();
    expect(process.digest()).toBe(before);
  });

  test('a group lands whole or not at all', () => {
    const process = quiet(isa);
    const live = new LiveProcess(new EmulatedTarget(process));
    const [first, second, third] = builds as [Image, Image, Image];
    const before = process.digest();
    expect(refusalOf(() => live.update([patch(original, first), patch(third, second)]).advance())).toBe(
      'not-the-same-program',
    );
    expect(process.digest()).toBe(before);
    live.update([patch(original, first), patch(first, second)]).advance();
    expect(live.updates.map(({ plan }) => plan.program)).toEqual([original.name, first.name]);
    expect(restOf(process)).toBe(runToEnd(second, SESSION).output);
  });

  test('a package from an earlier version replaces what came since', () => {
    const process = quiet(isa);
    const live = new LiveProcess(new EmulatedTarget(process));
    const [first, second, third] = builds as [Image, Image, Image];
    live.update(patch(original, first)).advance();
    live.update(patch(first, second)).advance();
    live.update(patch(first, third)).advance();
    expect(
      live.updates.map(
        ({
          patch: {
            package: { to },
          },
        }) => to.buildId,
      ),
    ).toEqual([first.buildId, third.buildId]);
    expect(restOf(process)).toBe(runToEnd(third, SESSION).output);
    live.update(patch(original, second)).advance();
    expect(live.updates).toHaveLength(1);
    expect(restOf(process)).toBe(runToEnd(second, SESSION).output);
  });

  test('what is out of order, unknown, there already or in the way is refused', () => {
    const process = quiet(isa);
    const live = new LiveProcess(new EmulatedTarget(process));
    const [first, second, third] = builds as [Image, Image, Image];
    expect(refusalOf(() => live.rollback())).toBe('not-applied');
    live.update(patch(original, first)).advance();
    live.update(patch(first, second)).advance();
    expect(refusalOf(() => live.rollback({}, live.updates[0]))).toBe('out-of-order');
    expect(refusalOf(() => live.update(patch(third, first)))).toBe('not-the-same-program');
    expect(refusalOf(() => live.update(patch(first, second)))).toBe('no-change');
    const waiting = live.update(patch(second, third));
    expect(refusalOf(() => live.update(patch(second, first)))).toBe('update-in-progress');
    waiting.abandon();
    live.update(patch(second, third)).advance();
    expect(live.running.version.buildId).toBe(third.buildId);
  });

  test('with a binding table an update is a word for each procedure, now and later', () => {
    const process = start(original, SESSION);
    const live = new LiveProcess(new EmulatedTarget(process));
    live.bind();
    process.run(1000);
    expect(restOf(process)).toBe(runToEnd(original, SESSION).output);
    let previous = original;
    for (const next of builds) {
      live.update(patch(previous, next), { redirect: 'binding-table' }).advance();
      expect(restOf(process), next.name).toBe(runToEnd(next, SESSION).output);
      previous = next;
    }
    const { plan } = live.updates[1]!;
    const words = plan.writes.filter(({ why }) => why.includes('in the binding table'));
    expect(words.length).toBeGreaterThan(0);
    expect(words.every(({ after }) => after.length === process.isa.bits / 8)).toBe(true);
    while (live.updates.length > 0) live.rollback().advance();
    expect(restOf(process)).toBe(runToEnd(original, SESSION).output);
  });

  test('in place is refused when it does not fit, and a table when there is none', () => {
    const process = quiet(isa);
    const live = new LiveProcess(new EmulatedTarget(process));
    const grow = patch(original, builds[0]!);
    expect(refusalOf(() => live.update(grow, { redirect: 'in-place' }))).toBe('redirection-impossible');
    expect(refusalOf(() => live.update(grow, { redirectOf: { compound: 'binding-table' } }))).toBe(
      'redirection-impossible',
    );
    live.update(grow, { redirectOf: { compound: 'trampoline' } }).advance();
    expect(live.updates[0]!.plan.procedures).toMatchObject([{ name: 'compound', strategy: 'trampoline' }]);
  });
});
