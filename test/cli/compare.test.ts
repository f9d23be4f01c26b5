/** `suture compare` as a user runs it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { comparisonLines } from '#suture/cli/compare-table.js';
import type { Comparison } from '#suture/compare/index.js';
import { suture } from '../support/cli.js';
import { newName, sessionOf, tellerName } from '../support/programs.js';

const OLD = tellerName('rv64');
const NEW = newName('teller-grow', 'rv64');
const SESSION = sessionOf('teller-grow');
const folder = mkdtempSync(join(tmpdir(), 'suture-compare-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Found {
  comparison: { points: number[]; strategies: { strategy: string; applies: boolean }[] };
}

test('--json says the same twice, but for host times', () => {
  const [one, two] = [1, 2].map(() => {
    const { status, stdout } = suture(['compare', OLD, NEW, '--points', '3', '--json'], SESSION);
    expect(status).toBe(0);
    return JSON.parse(stdout, (key, value: unknown) => (key === 'host' ? undefined : value)) as Found;
  });
  expect(one).toEqual(two);
  expect(one!.comparison.points.length).toBe(3);
  expect(one!.comparison.strategies.map(({ strategy, applies }) => [strategy, applies])).toEqual([
    ['in-place', false],
    ['call-sites', true],
    ['trampoline', true],
    ['binding-table', true],
    ['restart', true],
  ]);
});

test('the table has a column for each strategy that applies, and the report is written', () => {
  const html = join(folder, 'report.html');
  const { status, stdout, stderr } = suture(['compare', OLD, NEW, '--points', '3', '--html', html], SESSION);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^ +call-sites +trampoline +binding-table +restart$/m);
  expect(stdout).toMatch(/^ {2}words written +\d+ +1 +\d+ +\d+$/m);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(stdout).toMatch(/^in-place does not apply: compound cannot be replaced in place/m);
  expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>/);
});

test('a narrow terminal gets tables one below the other, and loses nothing', () => {
  const { stdout } = suture(['compare', OLD, NEW, '--points', '3', '--json'], SESSION);
  const { comparison } = JSON.parse(stdout) as { comparison: Comparison };
  const long = { ...comparison, new: 'x '.repeat(80) };
  expect(comparisonLines(long)).toEqual(comparisonLines(long, 100));
  for (const width of [60, 80, 100, 200]) {
    const lines = comparisonLines(comparison, width).map(stripVTControlCharacters);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines.filter((line) => line.startsWith('pause, guest')).length).toBe(width < 100 ? 2 : 1);
    for (const name of ['call-sites', 'trampoline', 'binding-table', 'restart'])
      expect(lines.some((line) => line.startsWith('   ') && line.includes(name))).toBe(true);
  }
});

test('what is asked for wrongly costs one line and no file', () => {
  const html = join(folder, 'none.html');
  const cases: [string[], number, RegExp][] = [
    [['compare', OLD], 64, /compare needs two programs/],
    [['compare', OLD, NEW, '--isa', 'rv32'], 64, /--isa is about --series/],
    [['compare', OLD, NEW, '--series'], 64, /--series makes its own programs/],
    [['compare', '--series', '--isa', 'rv128'], 64, /Allowed choices are rv32, rv64, sparc/],
    [['compare', OLD, OLD], 77, /./],
    [['compare', OLD, NEW, '--max-instructions', '500'], 78, /has not ended after 500 instructions/],
    [['compare', OLD, 'nothing.elf'], 66, /nothing.elf: there is no such file/],
  ];
  for (const [args, code, message] of cases) {
    const { status, stderr } = suture([...args, '--html', html], SESSION);
    expect([args, status]).toEqual([args, code]);
    expect(stderr).toMatch(message);
    expect(existsSync(html)).toBe(false);
  }
});
