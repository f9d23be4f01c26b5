/** Runs to rehearse an update on, as its manifest has them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { withWorkload } from '#suture/cli/manifest-workload.js';
import { suture } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'suture-workload-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function manifest(name: string, more: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ title: 'An update', nature: 'fix', ...more }));
  return path;
}

const TASKS = ['targets/tasks/tasks.rv32.elf', 'patches/figure-2-activeness/new.rv32.elf'];
const MANIFEST = 'patches/figure-2-activeness/manifest.json';
const SESSION = 'patches/figure-2-activeness/session.txt';

test('the input that the manifest names is the one that is rehearsed', () => {
  const summary = (...options: string[]): string[] => {
    const { stdout, status } = suture(['rehearse', ...TASKS, ...options]);
    expect(status).toBe(82);
    return stdout.split('\n').filter((line) => !line.includes('points a second'));
  };
  expect(summary('--workload', MANIFEST)).toEqual(summary('--stdin', SESSION));
});

test('what the manifest says is right is what is right', () => {
  const path = manifest('status.json', { workload: { status: 3 } });
  const { status, stdout } = suture(['rehearse', ...TASKS, '--workload', path, '--stdin', SESSION]);
  expect([status, stdout]).toEqual([82, expect.stringContaining('exit status 3 would be right')]);
  const { status: given } = suture(['rehearse', ...TASKS, '--workload', path, '--status', '0']);
  expect(given).toBe(0);
});

test('an output that the manifest expects stands beside it', () => {
  writeFileSync(join(folder, 'expected.txt'), 'nothing like that');
  const path = manifest('expect.json', { workload: { expect: 'expected.txt' } });
  const { status, stdout } = suture(['rehearse', ...TASKS, '--workload', path]);
  expect([status, stdout]).toEqual([82, expect.stringContaining('where "nothing like that" would be right')]);
});

test('options go before the manifest, one by one', () => {
  const workload = manifest('all.json', { workload: { stdin: 'in', args: ['a'], env: ['A=1'], seed: 7 } });
  const [stdin, defaults] = [join(folder, 'in'), { workload, env: [], seed: 0 }];
  expect(withWorkload([], [], defaults, () => false)).toEqual({ args: ['a'], env: ['A=1'], seed: 7, stdin });
  const run = { env: ['B=2'], seed: 0, stdin: 'other' };
  expect(withWorkload([], ['b'], { workload, ...run }, () => true)).toEqual({ args: ['b'], ...run });
});

test.each([
  [{}, 65, /no "workload"; \{ "stdin": FILE \} would be one/],
  [{ workload: { stdin: 'missing.txt' } }, 66, /missing\.txt: /],
  [{ workload: { stdout: 'out.txt' } }, 65, /workload.*stdout/],
  [{ workload: { env: ['PATH'] } }, 65, /workload\.env\.0.*"PATH".*must be NAME=VALUE/],
  [{ workload: { seed: -1 } }, 65, /workload\.seed.*-1/],
])('%j is refused', (more, code, message) => {
  const { status, stdout, stderr } = suture(['rehearse', ...TASKS, '--workload', manifest('bad.json', more)]);
  expect([status, stdout]).toEqual([code, '']);
  expect(stderr).toMatch(message);
});

describe('what a manifest says of the update itself', () => {
  const FIGURE_2 = 'patches/figure-2/manifest.json';

  test.each([
    [{ hooks: { check: 'tasks_whole' } }, '"hooks"'],
    [{ data: { count: 'keep' }, deadline: 9 }, '"data", "deadline"'],
    [{ consistency: 'cross-version' }, '"consistency"'],
  ])('is in a package, and %j is not left out where there is none', (more, members) => {
    const path = manifest('instructs.json', { ...more, workload: { seed: 1 } });
    const { status, stdout, stderr } = suture(['rehearse', ...TASKS, '--workload', path, '--stdin', SESSION]);
    expect([status, stdout]).toEqual([64, '']);
    expect(stderr).toContain(`${path}: its ${members} would be left out, as ${TASKS[1]} is a program`);
  });

  test('and the package that the message says how to make is rehearsed by the same manifest', () => {
    const [old, next] = [TASKS[0]!, 'patches/figure-2/new.rv32.elf'];
    const refused = suture(['rehearse', old, next, '--workload', FIGURE_2]);
    expect(refused.status).toBe(64);
    const [, build] = /suture (build .*) -o FIX\.lup/.exec(refused.stderr)!;
    const fix = join(folder, 'fix.lup');
    expect(suture([...build!.replace('OLD', old).split(' '), '-o', fix]).status).toBe(0);
    expect(suture(['rehearse', old, fix, '--new', next, '--workload', FIGURE_2]).status).toBe(0);
  });
});

test('members that only describe an update are none of the rehearsal', () => {
  const more = { affects: ['tasks'], from: '1', to: '2', hooks: {}, data: {}, consistency: 'activeness' };
  const path = manifest('describes.json', { ...more, workload: { status: 0 } });
  const { status } = suture(['rehearse', ...TASKS, '--workload', path]);
  expect(status).toBe(0);
});
