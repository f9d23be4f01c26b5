/** `npm run bench:build` refuses what it cannot measure; what it measures needs cross compilers. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { newName, pathOf, tellerName } from '../support/programs.js';

const bench = (args: string[], path = process.env.PATH ?? ''): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, [pathOf('scripts/bench-build.js'), ...args], {
    encoding: 'utf8',
    env: { PATH: path },
  });

test.each([
  [['--isa', 'vax'], /--isa vax: one of rv64, v8plus is needed/],
  [['--runs', '0'], /--runs 0: a number from 1/],
  [['--json', join(tmpdir(), 'no', 'such', 'folder')], /no such file or directory/],
  [['--fast'], /'--fast'/],
])('%j is refused', (args, message) => {
  const { status, stdout, stderr } = bench(args);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^bench-build: [^\n]+\n$/);
  expect(stderr).toMatch(message);
});

test('without cross compilers it says which are missing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'suture-bench-'));
  try {
    const file = join(folder, 'report.json');
    const { status, stdout } = bench(['--json', file], '/nowhere');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^missing: rv64: riscv64-linux-gnu-gcc cannot be run; install gcc-riscv64-linux-gnu$/m,
    );
    const report = JSON.parse(readFileSync(file, 'utf8')) as { missing: unknown[]; results: unknown[] };
    expect([report.missing.length, report.results]).toEqual([2, []]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const Work = z.strictObject({
  seconds: z.number().positive(),
  cpu: z.number().positive(),
  bytes: z.int().min(500),
  changed: z.tuple([z.literal('compound')]),
  procedures: z.literal(45),
});

test('one measurement compares two programs and makes a package', () => {
  const programs = [tellerName('sparc'), newName('teller-grow', 'sparc')].map(pathOf);
  const { status, stdout } = spawnSync(
    process.execPath,
    [pathOf('scripts/bench/work.js'), 'build', ...programs],
    { encoding: 'utf8' },
  );
  expect(status).toBe(0);
  Work.parse(JSON.parse(stdout));
});
