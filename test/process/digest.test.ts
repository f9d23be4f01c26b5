/** The state of a process: the same for one run however it is cut in slices, and for a fork and its original. */
import { describe, expect, test } from 'vitest';
import type { Process } from '#suture/process/process.js';
import type { Thread } from '#suture/process/thread.js';
import { concert, count, ENDED, WHOLE } from '../support/concert.js';
import { Collected, ISAS, type IsaName } from '../support/programs.js';

const OPTIONS = { seed: 3, quantum: 60 };
const DISTANCE = 23;
/** Threads at futexes, asleep and being ended; signals that wait; a timer. */
const THEMES = 'ulczwqZ';

/** Plays all themes to the end of the input. */
function whole(isa: IsaName, themes: string): { process: Process; output: Collected } {
  const player = concert(isa, themes, OPTIONS);
  player.process.input.end();
  return player;
}

describe.each(ISAS)('the state on %s', (isa) => {
  test('is the same in one go and in slices of an instruction', () => {
    const [one, two] = [whole(isa, THEMES), whole(isa, THEMES)];
    for (let n = 1; two.process.run(n).kind === 'limit'; n++) {
      if (n % 997 !== 0) continue;
      one.process.run(n);
      expect(two.process.digest(), `at ${n}`).toBe(one.process.digest());
    }
    expect(one.process.run(WHOLE)).toEqual(ENDED);
    expect(two.process.digest()).toBe(one.process.digest());
    expect(two.output.text).toBe(one.output.text);
  });

  test('differs from one instruction to the next', () => {
    const { process } = whole(isa, 'cw');
    const seen = count(3000).map((n) => {
      process.run(n);
      return process.digest();
    });
    expect(new Set(seen).size).toBe(seen.length);
  });

  test.each(Array.from(THEMES))('of a fork is its original’s at once and at the end: %s', (theme) => {
    const reference = whole(isa, theme);
    expect(reference.process.run(WHOLE)).toEqual(ENDED);
    const { process, output } = whole(isa, theme);
    let threads = 1;
    for (let n = 1; process.run(n).kind === 'limit'; n++) {
      const changed = process.threads.length !== threads;
      threads = process.threads.length;
      if (!changed && n % DISTANCE !== 0) continue;
      const more = new Collected();
      const fork = process.fork(more.sink);
      expect(fork.digest(), `at ${n}`).toBe(process.digest());
      fork.run(WHOLE);
      expect(fork.digest(), `from ${n} on`).toBe(reference.process.digest());
      expect(output.text + more.text).toBe(reference.output.text);
    }
    expect(process.digest(), 'of the original too').toBe(reference.process.digest());
  });

  test('of a fork that waits for input does not see what the original is given', () => {
    const { process, output } = concert(isa, 'I');
    expect(process.run(WHOLE)).toEqual({ kind: 'waiting-for-input' });
    const [one, two] = [new Collected(), new Collected()];
    const forks = [process.fork(one.sink), process.fork(two.sink)] as const;
    const all = [process, ...forks];
    for (const [i, each] of all.entries()) {
      each.input.provide(Buffer.from('XYX'[i]!));
      each.input.end();
    }
    for (const each of all) expect(each.run(WHOLE)).toEqual(ENDED);
    expect([output.text, one.text, two.text]).toEqual(
      ['X', 'Y', 'X'].map((letter) => `read 1 ${letter}, signals 1\n`),
    );
    expect(process.digest()).toBe(forks[1].digest());
    expect(process.digest()).not.toBe(forks[0].digest());
  });
});

/** Another value for everything a thread remembers; a field that is missing here fails the test. */
const OTHERS: Record<string, unknown> = {
  wait: { kind: 'futex', address: 64, bitset: -1, deadline: Infinity },
  looksAgain: true,
  result: { errno: 'EINTR' },
  waitingSince: 7,
  blocked: 1n << 40n,
  blockedAfterSuspend: 2n,
  deadline: 99,
  alternateStack: { start: 4096, size: 8192 },
  clearedAtExit: 12,
  robustList: 16,
  name: Uint8Array.of(1, 2, 3),
};
/** What never changes, is compared otherwise, or decides with `threads` alone. */
const FIXED = ['id', 'core', 'stackTop', 'pending', 'before', 'hasEnded'];

describe('a thread', () => {
  const { process } = concert('rv32', 'c', OPTIONS);
  process.run(1000);
  const fields = [...new Set([...Object.keys(process.threads[1]!), ...Object.keys(OTHERS)])].filter(
    (field) => !FIXED.includes(field),
  );

  test.each(fields)('is told apart by its %s, and its fork has it too', (field) => {
    expect(Object.keys(OTHERS)).toContain(field);
    const changed = process.fork();
    (changed.threads[1] as Thread & Record<string, unknown>)[field] = OTHERS[field];
    expect(changed.digest()).not.toBe(process.digest());
    expect(changed.fork().digest()).toBe(changed.digest());
  });

  test('is told apart by signals that wait for it, and its fork has them too', () => {
    const [one, two] = [process.fork(), process.fork()];
    const info = { number: 34, code: 0, sender: 1 };
    one.threads[1]!.blocked = two.threads[1]!.blocked = -1n;
    one.send(info, one.threads[1]);
    two.send({ ...info, value: 5 }, two.threads[1]);
    expect(new Set([process, one, two].map((each) => each.digest())).size).toBe(3);
    expect(one.fork().digest()).toBe(one.digest());
  });
});

test('a process is told apart by its timer, actions and signals, and its fork has them too', () => {
  const { process } = concert('rv32', 'c', OPTIONS);
  process.run(1000);
  const changes: ((fork: Process) => void)[] = [
    (fork) => (fork.timer = { next: 1e12, interval: 0 }),
    (fork) => (fork.timer = { next: 1e12, interval: 5 }),
    (fork) => {
      fork.signals.setAction(10, { handler: 4096, flags: 0, mask: 0n, restorer: 0 });
    },
    (fork) => {
      fork.signals.setAction(10, { handler: 4096, flags: 0, mask: 8n, restorer: 0 });
    },
    (fork) => {
      fork.send({ number: 40, code: 0, sender: 1 });
    },
    (fork) => {
      fork.random(1);
    },
    (fork) => {
      fork.input.provide(Uint8Array.of(1));
    },
    (fork) => {
      fork.input.end();
    },
    (fork) => {
      fork.yield();
    },
  ];
  const before = process.digest();
  const digests = changes.map((change) => {
    const fork = process.fork();
    change(fork);
    expect(fork.fork().digest()).toBe(fork.digest());
    return fork.digest();
  });
  expect(new Set([before, ...digests]).size).toBe(changes.length + 1);
  expect(process.digest(), 'forks do not change their original').toBe(before);
});
