/** What is told of an update: events, the map, plans, groups, moments from outside. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PLAIN, suture } from '../support/cli.js';
import { newName, pathOf, sessionOf, tellerName } from '../support/programs.js';

const OLD = tellerName('rv32');
const NEW = newName('teller-grow', 'rv32');
const SESSION = sessionOf('teller-grow');

/** A program of several threads. */
const POOL = 'targets/pool/pool.rv32.elf';

test('--events writes a JSON object for each event, and none is left out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'suture-'));
  try {
    const file = join(folder, 'events.jsonl');
    const args = ['run', '--patch', NEW, '--at', 'entry:compound#2', '--events', file, OLD];
    const { status } = suture(args, SESSION);
    expect(status).toBe(0);
    const records = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const kinds = records.map(({ event }) => event);
    expect([kinds[0], kinds.at(-1)]).toEqual(['prepared', 'applied']);
    expect(kinds).toContain('busy');
    const counts = records.map(({ instructions }) => instructions as number);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(records[0]).toMatchObject({ from: 'teller.rv32.elf', procedures: [{ name: 'compound' }] });
    const busy = records.find(({ event }) => event === 'busy')!;
    const blockers = busy.blockers as { procedure: string }[];
    expect(blockers.map(({ procedure }) => procedure)).toContain('compound');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('--events into a place that cannot be written is said', () => {
  const result = suture(['run', '--patch', NEW, '--events', 'missing/events', OLD], SESSION);
  expect(result.status).toBe(74);
  expect(result.stderr).toMatch(/^suture: --events missing\/events: ENOENT/);
});

test('pmap shows what a patch has added, and by which package', () => {
  const plain = suture(['pmap', OLD], SESSION).stdout.split('\n');
  const { status, stdout } = suture(['pmap', '--patch', NEW, OLD], SESSION);
  expect(status).toBe(0);
  expect(stdout).toContain('[ new.rv32.elf text ]');
  expect(stdout.split('\n').length).toBeGreaterThan(plain.length);
  expect(plain.join('\n')).not.toContain('new.rv32.elf');
});

test('several patches at one moment are a group: one that does not fit refuses all', () => {
  const chain = (n: string): string => newName(`chain-${n}`, 'rv32');
  const program = 'targets/chain/chain.rv32.elf';
  const args = ['run', '--patch', chain('01'), '--patch', chain('02')];
  const both = suture([...args, '--at', '0', program], sessionOf('chain-01'));
  const latest = suture(['run', chain('02')], sessionOf('chain-01'));
  // Each is told, though they look alike.
  expect(both.stderr.match(/^update prepared: version \(in-place\)$/gm)).toHaveLength(2);
  expect(both.stderr.match(/^update applied at/gm)).toHaveLength(2);
  expect([both.status, both.stdout]).toEqual([0, latest.stdout]);
  expect(both.stdout).not.toBe(suture(['run', chain('01')], sessionOf('chain-01')).stdout);
  const wrong = suture(['run', '--patch', NEW, '--patch', newName('teller-grow', 'sparc'), OLD], SESSION);
  expect(wrong.status).toBe(76);
  expect(wrong.stderr).not.toContain('update applied');
});

test('plan --json is the whole plan, and who is inside', () => {
  const { status, stdout } = suture(['plan', '--json', '--at', 'entry:compound#2', OLD, NEW], SESSION);
  expect(status).toBe(0);
  const { plan, blockers, instructions } = JSON.parse(stdout) as {
    plan: { procedures: { name: string }[]; writes: { after: string }[] };
    blockers: { range: { name: string } }[];
    instructions: number;
  };
  expect(instructions).toBeGreaterThan(0);
  expect(plan.procedures.map(({ name }) => name)).toEqual(['compound']);
  for (const { after } of plan.writes) expect(after).toMatch(/^([0-9a-f]{2})+$/);
  expect(blockers.map(({ range }) => range.name)).toContain('compound');
});

test('a check that objects again and again is told once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'suture-'));
  try {
    const [manifest, file] = [join(folder, 'manifest.json'), join(folder, 'fix.lup')];
    const contents = { title: 'Wait', nature: 'fix', hooks: { check: 'hook_refuse' } };
    writeFileSync(manifest, JSON.stringify(contents));
    const built = ['build', OLD, newName('teller-hooks', 'rv32'), '--manifest', manifest, '-o', file];
    expect(suture(built).status).toBe(0);
    const moment = ['--at', '200', '--deadline', '9000'];
    const { status, stderr } = suture(['run', '--patch', file, ...moment, OLD], SESSION);
    expect(status).toBe(76);
    expect(stderr.match(/says that it is not the moment$/gm)).toHaveLength(1);
    expect(stderr.match(/^update called the check hook hook_refuse: it answered 7/gm)).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('plan tells what the jumps of a binding table take', () => {
  const { stdout } = suture(['plan', '--binding-table', '--redirect', 'binding-table', OLD, NEW], SESSION);
  expect(stdout).toMatch(
    /^ {2}the table jump of strlen takes x6, in which print may keep a value meanwhile/m,
  );
});

test('of several threads it says which one is inside', () => {
  const patch = newName('pool-score', 'rv32');
  const { stdout } = suture(['plan', '--at', 'entry:score#20', POOL, patch], sessionOf('pool-score'));
  expect(stdout).toMatch(/^ {2}in thread \d+, (pc|frame)/m);
  const single = suture(['plan', '--at', 'entry:compound#2', OLD, NEW], SESSION).stdout;
  expect(single).toMatch(/^ {2}frame \d+ returns to/m);
});

describe('--at', () => {
  test.each([
    ['entry:', 'entry:'],
    ['entry:nobody', 'nobody'],
    ['exit:compound#0', 'exit:compound#0'],
    ['output:', 'output:'],
    ['1e3', '1e3'],
    ['99999999999999999999', 'no process executes so many instructions'],
  ])('%s is no moment', (when, message) => {
    const { status, stdout, stderr } = suture(['run', '--patch', NEW, '--at', when, OLD], SESSION);
    expect([status, stdout]).toEqual([64, '']);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^suture: --at [^\n]+\n$/);
  });

  test('signal: SIGUSR1 from outside is the moment', async () => {
    const args = [pathOf('dist/cli/main.js'), 'run', '--patch', NEW, '--at', 'signal', OLD];
    const child = spawn(process.execPath, args, { cwd: pathOf('.'), env: PLAIN });
    let told = '';
    let output = '';
    child.stderr.setEncoding('latin1').on('data', (text: string) => (told += text));
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      // The program runs once it has said something; it waits for input then.
      if (output === '') child.kill('SIGUSR1');
      output += text;
    });
    const applied = new Promise<void>((resolve) => {
      child.stderr.on('data', () => {
        if (told.includes('update applied')) resolve();
      });
    });
    child.stdin.write('forecast 2 3\n');
    await Promise.race([applied, once(child, 'exit')]);
    expect(told).toContain('update applied');
    child.stdin.end('quit\n');
    const [status] = (await once(child, 'close')) as [number];
    expect(status).toBe(0);
  });
});
