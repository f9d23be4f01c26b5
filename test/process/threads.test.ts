/** Threads of one process: what they share, how they take turns, what they wait for. */
import { describe, expect, test } from 'vitest';
import { concert, count, ENDED, played, WHOLE } from '../support/concert.js';
import { ISAS } from '../support/programs.js';

const QUANTA = [1, 7, 100, 10_000, 1_000_000_000];

describe.each(ISAS)('threads on %s', (isa) => {
  test.each(QUANTA)('count right under a lock with a quantum of %d', (quantum) => {
    for (const seed of count(3)) {
      const { stop, output } = played(isa, 'l', { seed, quantum });
      expect([stop, output], `seed ${seed}`).toEqual([ENDED, 'locked 400\n']);
    }
  });

  test('lose counts without one, as the seed wills', () => {
    const results = count(20).map((seed) => played(isa, 'u', { seed, quantum: 50 }).output);
    expect(new Set(results).size).toBeGreaterThan(1);
    for (const result of results) {
      const [, counted] = /^unlocked (\d+)\n$/.exec(result)!;
      expect(Number(counted)).toBeLessThanOrEqual(400);
    }
    expect(count(20).map((seed) => played(isa, 'u', { seed, quantum: 50 }).output)).toEqual(results);
  });

  test('run the same for the same seed, and otherwise for another', () => {
    const run = (seed: number): unknown[] => {
      const { process, output } = played(isa, 'ulc', { seed, quantum: 60 });
      return [output, process.instructions, process.digest()];
    };
    expect(run(5)).toEqual(run(5));
    expect(run(5)[2]).not.toBe(run(6)[2]);
  });

  // In turns of two instructions no store-conditional would ever follow its load.
  test.each([3, 8])('count right with atomic instructions and a quantum of %d', (quantum) => {
    for (const seed of count(50)) {
      const { stop, output } = played(isa, 'a', { seed, quantum });
      expect([stop, output], `seed ${seed}`).toEqual([ENDED, 'atomic 200\n']);
    }
  });

  test.each(QUANTA)('wait for their turn at a condition with a quantum of %d', (quantum) => {
    const { stop, output } = played(isa, 'c', { seed: quantum, quantum });
    expect(stop).toEqual(ENDED);
    expect(output).toBe('bar 0 sum 0\nbar 1 sum 18\nbar 2 sum 1476\nconducted 119574\n');
  });

  test('that wait for each other are stuck, and stay so', () => {
    for (const seed of count(5)) {
      const { process, stop, output } = played(isa, 'd', { seed });
      expect([stop, output]).toEqual([{ kind: 'stuck' }, 'crossing\n']);
      const digest = process.digest();
      expect(process.run(WHOLE)).toEqual({ kind: 'stuck' });
      expect(process.digest()).toBe(digest);
    }
  });

  test('go on while one waits for input', () => {
    const { process, output } = concert(isa, 'I');
    expect(process.run(WHOLE)).toEqual({ kind: 'waiting-for-input' });
    expect(process.instructions, 'the other counts to 20,000').toBeGreaterThan(60_000);
    expect(process.threads.length, 'and ends').toBe(1);
    process.input.provide(Buffer.from('X'));
    process.input.end();
    expect([process.run(WHOLE), output.text]).toEqual([ENDED, 'read 1 X, signals 1\n']);
  });

  test('are a thousand at most', () => {
    const { stop, output } = played(isa, 'M');
    expect([stop, output]).toEqual([ENDED, '999 came, refused 1\nall went\n']);
  });

  test('come into being though their number cannot be written', () => {
    const { stop, output } = played(isa, 'W');
    expect([stop, output]).toEqual([ENDED, 'came 1\n']);
  });

  test('are no processes: fork is refused, and named once', () => {
    const messages: string[] = [];
    const { output } = played(isa, 'BB', { log: (message) => messages.push(message) });
    expect(output).toBe('refused 10\nrefused 10\n');
    expect(messages).toEqual([expect.stringContaining('clone without CLONE_VM')]);
  });

  test('may ask for what nobody has, which is named once each', () => {
    const messages: string[] = [];
    const { output } = played(isa, 'U', { log: (message) => messages.push(message) });
    expect(output).toBe('refused 10\n');
    expect(messages).toEqual([
      expect.stringContaining('system call 999 is'),
      expect.stringContaining('system call 998 is'),
    ]);
  });

  test('get random bytes from the seed', () => {
    const bytes = (seed: number): string => played(isa, 'g', { seed }).output;
    expect(bytes(1)).toMatch(/^[0-9a-f]{32}\n$/);
    expect(bytes(1)).toBe(bytes(1));
    expect(bytes(1)).not.toBe(bytes(2));
  });
});
