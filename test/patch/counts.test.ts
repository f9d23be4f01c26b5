/** A limit or a deadline that is no whole number would never be reached: it is refused before anything has happened. */
import { describe, expect, test } from 'vitest';
import { LiveProcess } from '#suture/patch/index.js';
import { HandlerSession } from '#suture/patch/handler/index.js';
import { Process } from '#suture/process/process.js';
import { Decider } from '#suture/rehearsal/decide.js';
import { EndlessRun, OldThenNew, referencesOf, runAlone } from '#suture/rehearsal/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { handlerImage } from '../support/executors.js';
import { imageOf, patchOf, PLENTY, start, tellerName } from '../support/programs.js';

const NONE = [NaN, 1.5, -1, -Infinity, undefined, '7'] as number[];
/** An option that is not given is another one. */
const isGiven = (value: number | undefined): boolean => value !== undefined;
const image = imageOf(tellerName('rv64'));
const patch = patchOf('teller-grow', 'rv64');
const wanted = (what: string, value: unknown, least = 0): RegExp =>
  new RegExp(`^${what} is ${String(value)}; it must be a whole number, ${least} or more, or Infinity$`);

/** A process that has begun, and what must not change when something is refused. */
function begun(): { process: Process; target: EmulatedTarget; state: () => unknown } {
  const process = start(image, '');
  process.run(500);
  const target = new EmulatedTarget(process);
  const state = (): unknown => [
    process.digest(),
    process.memory.regions,
    process.memory.observer,
    'breakpoints' in process.core && process.core.breakpoints,
  ];
  return { process, target, state };
}

describe.each(NONE)('%s', (value) => {
  test.each<[string, (process: Process, target: EmulatedTarget) => unknown, string]>([
    ['run', (process) => process.run(value), 'the limit of instructions'],
    ['run of a hart', ({ core }) => core.run(value), 'the limit of instructions'],
    ['runTo', (_, target) => target.runTo([image.entry], value), 'the limit of instructions'],
    [
      'call',
      (_, target) =>
        target.call({
          address: image.entry,
          args: [],
          stack: { start: 0x1000, end: 0x3000 },
          limit: value,
          observer: { watches: () => false, accessed: () => undefined } as never,
        }),
      'the limit of a call',
    ],
    [
      'interrupt',
      (process, target) =>
        target.interrupt({
          handler: image.entry,
          signal: 10,
          stackTop: process.core.get(process.isa.stackPointer),
          limit: value,
        }),
      'the limit of a handler',
    ],
  ])('is no limit for %s, and nothing has happened', (_, act, what) => {
    const { process, target, state } = begun();
    const before = state();
    expect(() => act(process, target)).toThrow(wanted(what, value));
    expect(() => act(process, target)).toThrow(RangeError);
    expect(state()).toEqual(before);
    expect(process.run(PLENTY)).toEqual({ kind: 'exited', status: 0 });
  });

  test('is no deadline, and nothing has happened', () => {
    const deadline = value;
    const { target, state } = begun();
    const live = new LiveProcess(target);
    const before = state();
    const refusal = wanted('the deadline of an update', value);
    if (isGiven(deadline)) {
      expect(() => live.update(patch, { deadline })).toThrow(refusal);
      const { package: made } = patch;
      const hasty = { ...patch, package: { ...made, metadata: { ...made.metadata, deadline } } };
      expect(() => live.update(hasty)).toThrow(refusal);
    }
    const session = new HandlerSession(target, handlerImage('rv64'));
    expect(() => session.update(patch, { deadline })).toThrow(refusal);
    expect(state()).toEqual(before);
    live.update(patch).advance();
    if (isGiven(deadline)) expect(() => live.rollback({ deadline })).toThrow(refusal);
    live.rollback().advance();
    session.update(patch, { deadline: Infinity }).advance();
    expect(() => session.rollback({ deadline })).toThrow(refusal);
    expect(session.rollback({ deadline: Infinity }).advance()).toBe('done');
  });

  test('is no measure of a rehearsal', () => {
    const workload = { input: new Uint8Array() };
    expect(() => runAlone(image, workload, value)).toThrow(wanted('the limit of instructions', value));
    const solo = runAlone(image, workload, PLENTY);
    const { before, after } = referencesOf(solo, solo);
    const make = (patience: number, limit: number): Decider =>
      new Decider(
        image,
        workload,
        { patches: [patch], options: {}, patience },
        new OldThenNew(before, after),
        limit,
      );
    expect(() => make(value, PLENTY)).toThrow(wanted('the patience of an update', value));
    expect(() => make(PLENTY, value)).toThrow(wanted('the limit of instructions', value));
    const decider = make(PLENTY, PLENTY);
    const ignore = (): void => undefined;
    expect(() => {
      decider.decide({ first: value, end: 1 }, ignore);
    }).toThrow(wanted('the first point of a part', value));
    expect(() => {
      decider.decide({ first: 0, end: value }, ignore);
    }).toThrow(wanted('the end of a part', value));
    expect(() => decider.try(value)).toThrow(wanted('the limit of instructions', value));
  });

  test('is neither a quantum nor a memory limit', () => {
    if (!isGiven(value)) return;
    expect(() => Process.load(image, { quantum: value })).toThrow(wanted('quantum', value, 1));
    expect(() => Process.load(image, { memoryLimit: value })).toThrow(wanted('memoryLimit', value));
  });
});

test('a turn has one instruction at least', () => {
  expect(() => Process.load(image, { quantum: 0 })).toThrow(wanted('quantum', 0, 1));
});

test('Infinity is a limit that is never reached', () => {
  const process = start(image, '');
  expect(process.run(Infinity)).toEqual({ kind: 'exited', status: 0 });
  expect(() => runAlone(image, { input: new Uint8Array() }, 10)).toThrow(EndlessRun);
  const live = new LiveProcess(begun().target);
  expect(live.update(patch, { deadline: Infinity }).advance()).toBe('done');
});
