/** suture diff and build with relocatable objects. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { suture } from '../support/cli.js';
import { linkedName, objectName } from '../support/objects.js';
import { bytesOf } from '../support/programs.js';

const [OLD, NEW] = [objectName('old', 'sparc'), objectName('new', 'sparc')];
const RUNNING = linkedName('old', 'sparc');

let folder = '';
let output = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'suture-'));
  output = join(folder, 'fix.lup');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('diff compares two objects, and lists a procedure with names', () => {
  const { status, stdout } = suture(['diff', OLD, NEW]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^changed +procedure +tell /m);
  expect(stdout).toMatch(/patchable$/m);
  expect(suture(['diff', OLD, OLD]).status).toBe(77);
  expect(suture(['diff', OLD, NEW, 'tell']).stdout).toContain('call print');
});

test('build makes a package that run applies', () => {
  const built = suture(['build', OLD, NEW, '--program', RUNNING, '-o', output]);
  expect(built).toMatchObject({ status: 0, stderr: '' });
  const session = bytesOf('patches/jump-table/session.txt');
  const run = (patch: string): ReturnType<typeof suture> =>
    suture(['run', RUNNING, '--patch', patch, '--at', '500'], session);
  expect(run(output)).toMatchObject({ status: 0, stdout: run(linkedName('new', 'sparc')).stdout });
});

test.each([
  ['no program', 64, [OLD, NEW], 'are relocatable objects, without addresses; add --program FILE'],
  [
    'one object',
    64,
    [OLD, RUNNING],
    'old.sparc.o is a relocatable object and old.sparc.elf a linked program',
  ],
  ['one object the other way', 64, [RUNNING, NEW], 'new.sparc.o is a relocatable object and old.sparc.elf a'],
  [
    'programs',
    65,
    [RUNNING, NEW, '--program', RUNNING],
    'ELF type 2; a relocatable object (type 1) is needed',
  ],
  ['an object as the program', 65, [OLD, NEW, '--program', OLD], 'ELF type 1: a relocatable object'],
  [
    'the wrong object',
    76,
    [NEW, OLD, '--program', RUNNING],
    'new.sparc.o is not what old.sparc.elf was linked from',
  ],
  ['one file', 64, [OLD, '--program', RUNNING], '--program is for two objects'],
  ['no change', 77, [OLD, OLD, '--program', RUNNING], 'no procedure of old.sparc.elf changed'],
])('build with %s ends with status %d', (_what, status, args, message) => {
  const result = suture(['build', ...args, '-o', output]);
  expect(result.stderr).toContain(message);
  expect(result.stderr.trimEnd()).not.toContain('\n');
  expect(result.status).toBe(status);
  expect(existsSync(output)).toBe(false);
});

test('diff with one object and one program is one error', () => {
  expect(suture(['diff', OLD, RUNNING])).toEqual({
    status: 64,
    stdout: '',
    stderr:
      'suture: old.sparc.o is a relocatable object and old.sparc.elf a linked program; name two objects or two programs\n',
  });
});

test('other commands say what objects are good for', () => {
  for (const command of ['run', 'inspect', 'pmap']) {
    const { status, stderr } = suture([command, OLD]);
    expect(stderr).toMatch(
      /ELF type 1: a relocatable object, as suture diff and suture build take; here a statically/,
    );
    expect(status).toBe(65);
  }
});
