/** Every single step of the sequence fails in turn: the process is as before, to the byte, and goes on. */
import { describe, expect, test } from 'vitest';
import {
  diff,
  link,
  LiveProcess,
  openPackage,
  Program,
  Refusal,
  select,
  UndoFailed,
  type Patch,
} from '#suture/patch/index.js';
import type { Process } from '#suture/process/process.js';
import { FaultyTarget, Injected, OPERATIONS, type Fault } from '../support/faulty-target.js';
import {
  Collected,
  imageOf,
  ISAS,
  newName,
  PLENTY,
  sessionOf,
  start,
  tellerName,
  type IsaName,
} from '../support/programs.js';

type Hooks = NonNullable<NonNullable<Parameters<typeof link>[2]>['hooks']>;

const ALL_HOOKS: Hooks = {
  check: 'hook_check',
  pre: 'hook_pre',
  transfer: 'hook_transfer',
  post: 'hook_post',
  'rollback-check': 'hook_rollback_check',
  'rollback-pre': 'hook_rollback_pre',
  'rollback-transfer': 'hook_rollback_transfer',
  'rollback-post': 'hook_rollback_post',
};

const CASES: [name: string, hooks: Hooks][] = [
  ['teller-shrink', {}],
  ['teller-several', {}],
  ['teller-hooks', ALL_HOOKS],
];

function patchWith(name: string, isa: IsaName, hooks: Hooks): Patch {
  const [before, after] = [imageOf(tellerName(isa)), imageOf(newName(name, isa))];
  const comparison = diff(new Program(before), new Program(after));
  return openPackage(link(comparison, select(comparison, { roots: Object.values(hooks) }), { hooks }));
}

/** A process at a moment at which every update lands at once. */
function quiet(isa: IsaName, name: string): Process {
  const process = start(imageOf(tellerName(isa)), sessionOf(name));
  process.run(200);
  return process;
}

/** What a process writes from here to its end. */
function rest(process: Process): string {
  const output = new Collected();
  expect(process.fork(output.sink).run(PLENTY)).toEqual({ kind: 'exited', status: 0 });
  return output.text;
}

/** Lets each operation that `deed` makes fail once. */
function failEach(
  begin: () => { process: Process; live: (target: FaultyTarget) => LiveProcess },
  deed: (live: LiveProcess) => void,
): number {
  const base = begin();
  const counting = new FaultyTarget(base.process.fork());
  const live = base.live(counting);
  counting.arm();
  deed(live);
  let failures = 0;
  for (const operation of OPERATIONS) {
    for (let index = 0; index < (counting.counts.get(operation) ?? 0); index++) {
      failures += failOnce(base, deed, { operation, index }) ? 1 : 0;
    }
  }
  return failures;
}

/** Whether the deed was given up; it may also get by without the operation. */
function failOnce(
  base: { process: Process; live: (target: FaultyTarget) => LiveProcess },
  deed: (live: LiveProcess) => void,
  fault: Fault,
): boolean {
  const process = base.process.fork(() => undefined);
  const target = new FaultyTarget(process, fault);
  const live = base.live(target);
  const before = process.digest();
  const expected = rest(process);
  target.arm();
  const what = JSON.stringify(fault);
  try {
    deed(live);
    return false;
  } catch (error) {
    expect(error instanceof Refusal || error instanceof Injected, `${what}: ${String(error)}`).toBe(true);
  }
  expect(process.digest(), what).toBe(before);
  expect(rest(process), what).toBe(expected);
  return true;
}

describe.each(ISAS)('on %s', (isa) => {
  test.each(CASES)('an update by %s', (name, hooks) => {
    const patch = patchWith(name, isa, hooks);
    const process = quiet(isa, name);
    const failures = failEach(
      () => ({ process, live: (target) => new LiveProcess(target) }),
      (live) => {
        live.update(patch).advance();
      },
    );
    expect(failures).toBeGreaterThan(15);
  });

  test.each(CASES)('a rollback of %s', (name, hooks) => {
    const patch = patchWith(name, isa, hooks);
    const process = quiet(isa, name);
    const failures = failEach(
      () => ({
        process,
        live: (target) => {
          const live = new LiveProcess(target);
          live.update(patch).advance();
          // With nothing done since, the author's procedures would not be needed.
          target.process.run(400);
          return live;
        },
      }),
      (live) => {
        live.rollback().advance();
      },
    );
    expect(failures).toBeGreaterThan(8);
  });

  test.each([
    ['hook_refuse', 'hook-refused', 'answered 7, which is no'],
    ['hook_fault', 'hook-failed', 'read of 0x4, unmapped'],
    ['hook_loop', 'hook-too-long', 'did not return within 1000000 instructions'],
    ['hook_exit', 'hook-failed', 'made the system call exit_group'],
  ])('%s as each of the hooks', (hook, reason, message) => {
    for (const when of ['pre', 'transfer', 'post'] as const) {
      const process = quiet(isa, 'teller-hooks');
      const before = process.digest();
      const update = new LiveProcess(new FaultyTarget(process)).update(
        patchWith('teller-hooks', isa, { ...ALL_HOOKS, [when]: hook }),
      );
      let refusal: unknown;
      try {
        update.advance();
      } catch (error) {
        refusal = error;
      }
      expect(refusal).toBeInstanceOf(Refusal);
      expect(refusal).toMatchObject({ reason });
      expect((refusal as Refusal).message).toContain(message);
      expect((refusal as Refusal).message).toContain(hook);
      expect(process.digest(), when).toBe(before);
    }
  });

  test('expected bytes that are not there', () => {
    const patch = patchWith('teller-several', isa, {});
    const base = quiet(isa, 'teller-several');
    const update = new LiveProcess(new FaultyTarget(base.fork())).update(patch);
    update.abandon();
    const { deposit } = Object.fromEntries(base.image.symbols.map(({ name, address }) => [name, address]));
    for (let offset = 4; offset < 24; offset += 4) {
      const process = base.fork();
      process.memory.write(deposit! + offset, Uint8Array.of(0x5a), true);
      const before = process.digest();
      expect(() => new LiveProcess(new FaultyTarget(process)).update(patch)).toThrow('old body of deposit');
      expect(process.digest()).toBe(before);
      // The same, when they are overwritten while the update waits.
      const late = base.fork();
      const waiting = new LiveProcess(new FaultyTarget(late)).update(patch);
      late.memory.write(deposit! + offset, Uint8Array.of(0x5a), true);
      expect(() => waiting.advance()).toThrow('old body of deposit');
      expect(late.digest()).toBe(before);
    }
  });

  test('memory that stays gone is told, and everything else is undone', () => {
    const process = quiet(isa, 'teller-several');
    const patch = patchWith('teller-several', isa, {});
    const { deposit } = Object.fromEntries(process.image.symbols.map(({ name, address }) => [name, address]));
    class Stuck extends FaultyTarget {
      private broken = false;
      override synchronize(from: number, to: number): void {
        this.broken ||= from === deposit;
        super.synchronize(from, to);
        if (this.broken) throw new Injected('the cache does not answer');
      }
    }
    const regions = JSON.stringify(process.memory.regions);
    const memory = process.fork().memory;
    const update = new LiveProcess(new Stuck(process)).update(patch);
    expect(() => update.advance()).toThrow(UndoFailed);
    expect(JSON.stringify(process.memory.regions)).toBe(regions);
    expect(process.memory.differingPages(memory)).toEqual([]);
  });
});
