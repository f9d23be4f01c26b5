/** Time as a process sees it: instructions, and jumps while nobody runs. */
import { describe, expect, test } from 'vitest';
import { NANOSECONDS_PER_INSTRUCTION, SECOND } from '#suture/process/clock.js';
import { concert, count, ENDED, played, WHOLE } from '../support/concert.js';
import { ISAS } from '../support/programs.js';

describe.each(ISAS)('time on %s', (isa) => {
  test('passes without instructions while everyone sleeps', () => {
    const { process, stop, output } = played(isa, 'h');
    expect(stop).toEqual(ENDED);
    const [, seconds, nanoseconds, answer] = /^slept (\d+) s (\d+) ns, answer (\d+)\n$/.exec(output)!;
    expect([Number(seconds), Number(answer)]).toEqual([3600, 0]);
    // The instructions between the two looks at the clock.
    const extra = Number(nanoseconds) - SECOND / 2;
    expect(extra % NANOSECONDS_PER_INSTRUCTION).toBe(0);
    expect(extra).toBeGreaterThan(0);
    expect(extra).toBeLessThan(200 * NANOSECONDS_PER_INSTRUCTION);
    expect(process.instructions).toBeLessThan(3000);
    const before = concert(isa, '').process;
    before.input.end();
    before.run(WHOLE);
    const executed = (process.instructions - before.instructions) * NANOSECONDS_PER_INSTRUCTION;
    const slept = process.now() - before.now();
    expect(slept - 3600.5 * SECOND, 'no more than was executed').toBeLessThanOrEqual(executed);
    expect(slept).toBeGreaterThanOrEqual(3600.5 * SECOND);
  });

  test('wakes sleepers in order, whatever the schedule', () => {
    for (const seed of count(5)) {
      const { process, output } = played(isa, 'z', { seed, quantum: 1 + 100 * seed });
      expect(output).toBe('woken 3\nwoken 2\nwoken 1\nwoken 0\n');
      expect(Math.floor(process.now() / SECOND)).toBe(40);
    }
  });

  test('is told to a sleeper who was woken early, if there is where to', () => {
    const { output } = played(isa, 'Z');
    expect(output).toBe('interrupted 1, 9 s 750 ms left\ninterrupted with nowhere to tell -14\n');
  });

  test('passes too while a timer fires that nobody hears', () => {
    expect(played(isa, 'D').output).toBe('slept 60 s\n');
  });

  test('that brings nothing but such a timer is no time to wait for', () => {
    const { stop, output } = played(isa, 'S');
    expect([stop, output]).toEqual([{ kind: 'stuck' }, 'deaf\n']);
  });

  test('fires a timer by instructions', () => {
    const { process, output } = played(isa, 't');
    expect(output).toBe('ticks 5\n');
    // Five milliseconds at a hundred instructions a microsecond, and a little about them.
    expect(process.instructions).toBeGreaterThan(500_000);
    expect(process.instructions).toBeLessThan(502_000);
  });

  test('fires a timer between a load and the store that depends on it, which fails then', () => {
    expect(played(isa, 'T').output).toBe('right 1, disturbed 1\n');
  });
});
