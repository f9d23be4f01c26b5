import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { pathOf } from '../support/programs.js';

/** `node scripts/mutate.js --count 100000` is the whole of it. */
const COUNT = 400;

test('damaged programs and packages give an answer or a clear error', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [pathOf('scripts/mutate.js'), '--count', String(COUNT)],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
  // Some must get through to the end, and every kind of error must be seen, or little was tried.
  expect(stdout).toMatch(/^400 damaged files from seed 1: /);
  for (const outcome of ['accepted', 'ElfError', 'Refusal', 'PackageError'])
    expect(stdout).toContain(outcome);
});
