/** Moments: how they are written, and where a process stands when they have come. */
import { describe, expect, test } from 'vitest';
import { Approach, parseWhen, whenText, WhenError } from '#suture/update/index.js';
import { Process } from '#suture/process/process.js';
import { Collected, imageOf, ISAS, PLENTY, start, tellerName, workloadName } from '../support/programs.js';

const image = imageOf(tellerName('rv32'));
const SESSION = 'accounts\nforecast 1 3\nforecast 2 4\nquit\n';

describe('a moment', () => {
  test.each(['1200', 'entry:compound', 'exit:compound#3', 'output:ready', 'output:a: b#1', 'signal'])(
    '%s is read and written back',
    (text) => {
      expect(whenText(parseWhen(text, image))).toBe(text);
    },
  );

  test.each([
    ['soon', 'soon: a moment is a number of instructions, entry:PROCEDURE'],
    ['-3', '-3: a moment is'],
    ['99999999999999999999', 'no process executes so many'],
    ['entry:', 'it must name a procedure'],
    ['entry:compount', 'teller.rv32.elf has no procedure compount; it has compound'],
    ['exit:accounts', 'has no procedure accounts'],
    ['exit:compound#0', 'the first time is #1'],
    ['output:', 'it must name a part of the line'],
    ['output:a\nb', 'it must be a part of one line'],
  ])('%j is refused', (text, message) => {
    expect(() => parseWhen(text, image)).toThrow(WhenError);
    expect(() => parseWhen(text, image)).toThrow(message);
  });
});

describe.each(ISAS)('on %s', (isa) => {
  const program = imageOf(tellerName(isa));
  const entry = program.symbols.find(({ name }) => name === 'compound')!.address;
  const reach = (text: string, output = new Collected()): Process => {
    const process = start(program, SESSION, output);
    const stop = new Approach(process, parseWhen(text, program)).advance(PLENTY);
    expect(stop).toEqual({ kind: 'reached' });
    return process;
  };

  test('a count is reached exactly', () => {
    expect(reach('777').instructions).toBe(777);
  });

  test('entries are counted, recursion included', () => {
    const counts = [1, 2, 3].map((nth) => {
      const process = reach(`entry:compound#${nth}`);
      expect(process.core.pc).toBe(entry);
      return process.instructions;
    });
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(new Set(counts).size).toBe(3);
  });

  test('a call is over when it has returned itself, not when a deeper one has', () => {
    const sp = (process: Process): number => process.core.get(process.isa.stackPointer) >>> 0;
    // forecast 1 3 calls it for each year, one inside the other.
    for (const nth of [1, 2, 3, 4]) {
      const [before, after] = [reach(`entry:compound#${nth}`), reach(`exit:compound#${nth}`)];
      expect(sp(after), `#${nth}`).toBe(sp(before));
      expect(after.instructions).toBeGreaterThan(before.instructions);
    }
  });

  test('a line is out, and nothing behind it', () => {
    const output = new Collected();
    reach('output:Joost', output);
    expect(output.text).toMatch(/Joost[^\n]*\n$/);
  });

  test('a signal from outside is heard between two stretches', () => {
    const process = start(program, SESSION);
    const approach = new Approach(process, { kind: 'signal' });
    expect(approach.advance(500)).toEqual({ kind: 'limit' });
    approach.notify();
    expect(approach.advance(1000)).toEqual({ kind: 'reached' });
    expect(process.instructions).toBe(500);
  });

  test('what never comes ends with the process', () => {
    const process = start(program, SESSION);
    const approach = new Approach(process, parseWhen('entry:compound#1000', program));
    expect(approach.advance(PLENTY)).toEqual({ kind: 'exited', status: 0 });
  });

  test('the first instruction of all is an entry too', () => {
    const workload = imageOf(workloadName('sort', isa));
    const process = Process.load(workload);
    new Approach(process, parseWhen('entry:_start', workload)).advance(PLENTY);
    expect(process.instructions).toBe(0);
  });
});
