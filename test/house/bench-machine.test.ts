/** `npm run bench:machine` measures what it says; how fast anything is, no test asks. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { pathOf } from '../support/programs.js';

const bench = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [pathOf('scripts/bench-machine.js'), ...args], { encoding: 'utf8' });

test.each([
  [['--isa', 'vax'], /--isa vax: one of rv32, rv64, sparc is needed/],
  [['--only', 'nothing'], /--only nothing: one of allocate, .* is needed/],
  [['--runs', '0'], /--runs 0: a number from 1/],
  [['--runs', 'many'], /--runs many: a number from 1/],
  [['--json', join(tmpdir(), 'no', 'such', 'folder')], /no such file or directory/],
  [['--fast'], /'--fast'/],
  [['rv32'], /'rv32'/],
])('%j is refused', (args, message) => {
  const { status, stdout, stderr } = bench(...args);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^bench-machine: [^\n]+\n$/);
  expect(stderr).toMatch(message);
});

const Report = z.object({
  runs: z.literal(1),
  results: z.tuple([
    z.object({
      isa: z.literal('rv32'),
      workload: z.literal('crc32'),
      output: z.literal('crc32 73723964'),
      instructions: z.int().min(3e7).max(1e8),
      speeds: z.looseObject({ builtin: z.number().positive() }),
    }),
  ]),
  forks: z.tuple([
    z.object({
      pages: z.int().min(256),
      microseconds: z.number().positive(),
      runMicroseconds: z.number().positive(),
      mebibytes: z.number().positive(),
    }),
  ]),
  missing: z.array(z.object({ engine: z.string(), reason: z.string().min(1) })),
});

test('a workload is measured on each engine there is, and forks are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'suture-bench-'));
  try {
    const file = join(folder, 'report.json');
    const { status, stdout, stderr } = bench(
      '--isa',
      'rv32',
      '--only',
      'crc32',
      '--runs',
      '1',
      '--json',
      file,
    );
    expect(stderr).not.toMatch(/bench-machine/);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^rv32\nworkload .*\ncrc32 .*\ngeometric mean /);
    const report = Report.parse(JSON.parse(readFileSync(file, 'utf8')));
    const speeds = Object.keys(report.results[0].speeds);
    for (const engine of ['builtin', 'qemu', 'unicorn']) {
      expect(speeds.includes(engine)).toBe(!report.missing.some((missing) => missing.engine === engine));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
