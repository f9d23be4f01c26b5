/**
 * Ordinary C programs run here as under qemu-user: the same output, the same errors, the same end, the same files
 * left behind. Needs Debian's cross compilers, picolibc and qemu-user.
 */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { underQemu, underSuture } from '../support/against-qemu.js';
import { C_PROGRAMS, fileOf, inputOf } from '../support/c-programs.js';
import { MACHINES, needToolchains } from '../support/compile.js';
import { pathOf } from '../support/programs.js';

beforeAll(() => {
  needToolchains(MACHINES);
});

describe.each(MACHINES)('%s', (machine) => {
  const runs = C_PROGRAMS.filter(({ machines }) => machines.includes(machine)).flatMap((program) =>
    program.levels.flatMap((level) =>
      program.ways.map((way) => ({
        program,
        level,
        way,
        title: `${program.name} ${way.args[0] ?? ''} ${level}`,
      })),
    ),
  );

  test.concurrent.each(runs)('$title', async ({ program, level, way, title }) => {
    const judge = program.judges[machine] ?? machine;
    const { args } = way;
    const input = inputOf(program);
    const file = await fileOf(program, machine, level);
    const theirs = await underQemu({
      machine: judge,
      file: await fileOf(program, judge, level),
      args,
      input,
    });
    const ours = await underSuture({ machine, file, args, input });
    expect(ours.stdout, title).toBe(theirs.stdout);
    const { killedBy } = way;
    expect(ours.status, title).toBe(killedBy === undefined ? theirs.status : 128 + killedBy);
    expect(ours.killed, title).toBe(killedBy !== undefined || theirs.killed);
    // When a guest is killed, suture tells how.
    const spoken = ours.killed
      ? ours.stderr.slice(0, ours.stderr.indexOf(`${basename(file)}: killed`))
      : ours.stderr;
    expect(spoken, title).toBe(theirs.stderr);
    expect(ours.left, title).toEqual(theirs.left);
    if (program.tidy) expect(ours.left, title).toEqual([]);
    // It did something: nothing is compared with nothing.
    expect(theirs.stdout.length + theirs.status, title).toBeGreaterThan(0);
  });
});

/** Turns so short that threads meet everywhere, and longer ones. */
const SCHEDULES = [
  ['2', '3'],
  ['3', '50'],
] as const;

describe.each(['rv64', 'v8plus'] as const)('%s', (machine) => {
  const runs = C_PROGRAMS.filter(({ threaded }) => threaded).flatMap((program) =>
    SCHEDULES.map(([seed, quantum]) => ({ program, seed, quantum, title: `${program.name}, seed ${seed}` })),
  );

  test.concurrent.each(runs)(
    'whatever the order of its threads: $title',
    async ({ program, seed, quantum, title }) => {
      const start = {
        machine,
        file: await fileOf(program, machine, '-O2'),
        args: ['.'],
        input: inputOf(program),
      };
      const theirs = await underQemu(start);
      const ours = await underSuture(start, ['--seed', seed, '--quantum', quantum]);
      expect(ours.stdout, title).toBe(theirs.stdout);
      expect(ours.stderr, title).toBe('');
      expect(ours.status, title).toBe(theirs.status);
    },
  );
});

test('every program is in the list', () => {
  const files = readdirSync(pathOf('test/programs')).filter((name) => name.endsWith('.c'));
  expect(C_PROGRAMS.map(({ name }) => `${name}.c`).sort()).toEqual(files.sort());
});
