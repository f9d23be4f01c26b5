import { describe, expect, test } from 'vitest';
import { Process } from '#suture/process/process.js';
import { reportTrap } from '#suture/process/report.js';
import {
  Collected,
  faultsName,
  imageOf,
  ISAS,
  PLENTY,
  runToEnd,
  sessionOf,
  start,
  tellerName,
} from '../support/programs.js';
import { answers } from '../support/session.js';

describe.each(ISAS)('teller on %s', (isa) => {
  const image = imageOf(tellerName(isa));
  const session = sessionOf('teller-grow');

  test('answers its session and exits', () => {
    const { stop, output } = runToEnd(image, session);
    expect(stop).toEqual({ kind: 'exited', status: 0 });
    expect(output.split('\n').slice(0, 3)).toEqual(['ready', 'forecast 111.55', 'interest 15.83']);
  });

  test('answers each command when it comes', () => {
    const text = Buffer.from(session).toString();
    expect(answers(image, text).join('')).toBe(runToEnd(image, text).output);
  });

  test('runs the same twice, to the last instruction and register', () => {
    const [one, two] = [start(image, session), start(image, session)];
    one.run(PLENTY);
    two.run(PLENTY);
    expect(one.instructions).toBe(two.instructions);
    expect(one.core.state()).toEqual(two.core.state());
    expect(one.memory.differingPages(two.memory)).toEqual([]);
  });

  test('runs the same in one go and instruction by instruction', () => {
    const [whole, stepped] = [new Collected(), new Collected()];
    const one = start(image, session, whole);
    one.run(PLENTY);
    const two = start(image, session, stepped);
    for (let n = 1; two.run(n).kind === 'limit'; n++);
    expect(stepped.text).toBe(whole.text);
    expect(two.instructions).toBe(one.instructions);
  });

  test('a fork continued equals the original continued', () => {
    const outputs = [new Collected(), new Collected()];
    const original = start(image, session, outputs[0]);
    original.run(2500);
    const before = outputs[0]!.text;
    const fork = original.fork(outputs[1]!.sink);
    original.run(PLENTY);
    fork.run(PLENTY);
    expect(before + outputs[1]!.text).toBe(outputs[0]!.text);
    expect(fork.core.state()).toEqual(original.core.state());
    expect(fork.memory.differingPages(original.memory)).toEqual([]);
  });

  test('ends at the end of its input', () => {
    expect(runToEnd(image, '').stop).toEqual({ kind: 'exited', status: 0 });
  });

  test('has text, data, heap and a guarded stack', () => {
    const process = start(image, session);
    process.run(2000);
    const map = process.memory.regions.map(({ name, protection }) => `${name} ${protection}`);
    expect(map).toContain(`teller.${isa}.elf 5`);
    expect(map).toContain(`teller.${isa}.elf 6`);
    expect(map.slice(-4)).toEqual(['[ heap ] 6', '[ guard ] 0', '[ stack ] 6', '[ vdso ] 5']);
    expect(process.memory.regions.filter(({ protection }) => (protection & 3) === 3)).toEqual([]);
  });

  test('gets less memory than it asks for when there is a limit', () => {
    const output = new Collected();
    const process = Process.load(image, { output: output.sink, memoryLimit: 8 << 20 });
    process.input.provide(session);
    process.input.end();
    expect(process.run(PLENTY).kind).not.toBe('limit');
    expect(process.memory.regions.some(({ name }) => name === '[ heap ]')).toBe(false);
  });
});

type Expected = [string, string, Record<string, unknown>, RegExp];

const common: Expected[] = [
  [
    'j',
    'SIGSEGV',
    { kind: 'memory', access: 'fetch', cause: 'protected' },
    /instruction fetch from 0x[0-9a-f]+ \(data_code\), which is mapped rw---/,
  ],
  [
    's',
    'SIGSEGV',
    { kind: 'memory', access: 'write', cause: 'protected' },
    /\[ guard \]: the stack is exhausted/,
  ],
  ['i', 'SIGILL', { kind: 'illegal' }, /illegal instruction 0x0/],
  [
    'w',
    'SIGSEGV',
    { kind: 'memory', access: 'write', cause: 'protected' },
    /write to 0x[0-9a-f]+ \(illegal_instruction\), which is mapped r-x--/,
  ],
  [
    'n',
    'SIGSEGV',
    { kind: 'memory', access: 'read', address: 0, cause: 'unmapped' },
    /read from 0x0, where nothing is mapped/,
  ],
  ['t', 'SIGTRAP', { kind: 'break' }, /breakpoint instruction/],
];

const sparcOnly: Expected[] = [
  ['m', 'SIGBUS', { kind: 'memory', access: 'read', cause: 'misaligned' }, /which is not aligned/],
  ['d', 'SIGFPE', { kind: 'divide-by-zero' }, /division by zero/],
];

describe.each(ISAS)('a bad program on %s', (isa) => {
  const image = imageOf(faultsName(isa));

  test.each(isa === 'sparc' ? [...common, ...sparcOnly] : common)(
    '%s ends with %s',
    (letter, signal, trap, words) => {
      const process = start(image, `${letter}\n`);
      const stop = process.run(PLENTY);
      expect(stop).toMatchObject({ kind: 'killed', signal, trap });
      if (stop.kind !== 'killed') return;
      const report = reportTrap(stop.trap!, process.memory, image);
      expect(report.what).toMatch(words);
      expect(report.procedure).toBeDefined();
      expect(process.run(PLENTY), 'it stays dead').toEqual(stop);
    },
  );

  test('that does nothing wrong survives', () => {
    expect(runToEnd(image, 'x\n').stop).toEqual({ kind: 'exited', status: 2 });
  });
});
