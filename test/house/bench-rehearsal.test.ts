/** `npm run bench:rehearsal` refuses what it cannot measure, and tells gdb to do what a plan says. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pathOf } from '../support/programs.js';

const bench = (args: string[], path = process.env.PATH ?? ''): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, [pathOf('scripts/bench-rehearsal.js'), ...args], {
    encoding: 'utf8',
    env: { PATH: path },
  });

test.each([
  [['--instructions', '10'], /--instructions 10: a number from 1000/],
  [['--seconds', 'x'], /--seconds x: a number from 1/],
  [['--seed=-1'], /--seed -1: a number from 0/],
  [['--json', join(tmpdir(), 'no', 'such', 'folder')], /no such file or directory/],
  [['--fast'], /'--fast'/],
])('%j is refused', (args, message) => {
  const { status, stdout, stderr } = bench(args);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^bench-rehearsal: [^\n]+\n$/);
  expect(stderr).toMatch(message);
});

interface Write {
  address: number;
  after: string;
}
type PlanCommands = (
  plan: { reservations: { start: number; end: number }[]; writes: Write[] },
  ecall: number,
  folder: string,
) => string[];

test('gdb reserves what the plan reserves, makes writable what it writes, and puts registers back', async () => {
  const { planCommands } = (await import(pathOf('scripts/bench/gdb-script.js'))) as {
    planCommands: PlanCommands;
  };
  const folder = mkdtempSync(join(tmpdir(), 'suture-gdb-'));
  try {
    const writes = [
      { address: 0x20000, after: '0102' },
      { address: 0x10ffe, after: '03040506' },
    ];
    const commands = planCommands(
      { reservations: [{ start: 0x20000, end: 0x21000 }], writes },
      0x10100,
      folder,
    );
    const kernel = commands.filter((line) => /^set \$(a[0-7]|pc) = (?!\$)/.test(line) || line === 'stepi');
    const calls = kernel
      .join('\n')
      .split('stepi')
      .map((call) => call.trim().split('\n'));
    expect(calls[0]).toEqual([
      ...['set $pc = 65792', 'set $a7 = 222', 'set $a0 = 131072', 'set $a1 = 4096', 'set $a2 = 7'],
      ...['set $a3 = 50', 'set $a4 = -1', 'set $a5 = 0'],
    ]);
    // The second write reaches over the end of a page.
    expect(calls.slice(1, 3).map((call) => call[2])).toEqual(['set $a0 = 65536', 'set $a0 = 69632']);
    expect(calls.slice(1, 3).map((call) => call[1])).toEqual(['set $a7 = 226', 'set $a7 = 226']);
    const saved = commands.filter((line) => line.startsWith('set $was_'));
    const restored = commands.filter((line) => line.includes(' = $was_'));
    expect(
      restored.map((line) =>
        line
          .split(' = ')
          .reverse()
          .map((side) => side.replace('set ', ''))
          .join(' = '),
      ),
    ).toEqual(saved.map((line) => line.replace('set ', '')));
    expect(commands.slice(-2)).toEqual([
      `restore ${join(folder, 'write-0')} binary 131072`,
      `restore ${join(folder, 'write-1')} binary 69630`,
    ]);
    expect(readFileSync(join(folder, 'write-1')).toString('hex')).toBe('03040506');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
