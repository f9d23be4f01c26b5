/** Locks between processes: whoever asks at whatever moment, one has it, and the others are told who. */
import * as fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, describe, expect, test } from 'vitest';
import { giveLockBack, takeLock, type Asker, type Held } from '#suture/cli/lock.js';

const folder = fs.mkdtempSync(join(tmpdir(), 'suture-lock-'));
const path = join(folder, 'journal.lock');
afterAll(() => {
  fs.rmSync(folder, { recursive: true });
});

/** Elsewhere a process cannot be told from a later one of its number. */
const HAS_PROC = fs.existsSync('/proc/self/stat');

const GONE = '1 2 gone';
const begin = (holder: string | undefined): void => {
  for (const name of fs.readdirSync(folder)) fs.rmSync(join(folder, name));
  if (holder !== undefined) fs.writeFileSync(path, holder);
};

/** Does something else before each of these calls of the file system, counted from 0. */
function asker(me: string, interrupt: (call: number) => void): Asker {
  let calls = 0;
  const counted = <A extends unknown[], R>(call: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      interrupt(calls++);
      return call(...args);
    };
  };
  const { linkSync, renameSync, rmSync, writeFileSync } = fs;
  const files = {
    ...{ linkSync: counted(linkSync), renameSync: counted(renameSync), rmSync: counted(rmSync) },
    ...{ writeFileSync: counted(writeFileSync), readFileSync: counted(fs.readFileSync) },
  } as Asker['files'];
  return { me, isGone: (holder) => holder === GONE, files };
}

/** More calls than one who asks makes; who is to come in between then comes afterwards. */
const CALLS = 16;

/** B asks, and at some of his calls A and C do; or A does, and C at one of A's. */
function contend(first: number, second: number, isNested: boolean): Record<string, Held | undefined> {
  const results: Record<string, Held | undefined> = {};
  const ask = (me: string, interrupt: (call: number) => void): void => {
    results[me] = takeLock(path, asker(me, interrupt));
  };
  const never = (): void => undefined;
  const c = (): void => {
    ask('C', never);
  };
  const a = (): void => {
    ask('A', (call) => {
      if (isNested && call === second) c();
    });
  };
  ask('B', (call) => {
    if (call === first) a();
    if (!isNested && call === second) c();
  });
  if (!('A' in results)) a();
  if (!('C' in results)) c();
  return results;
}

describe.each([
  ['free', undefined],
  ['stale', GONE],
])('of three who ask for a lock that is %s one has it', (_name, holder) => {
  test.each([
    ['one after the other', false],
    ['one within the other', true],
  ])('at every moment of each, %s', (_how, isNested) => {
    for (let first = 0; first < CALLS; first++) {
      for (let second = 0; second < CALLS; second++) {
        begin(holder);
        const results = contend(first, second, isNested);
        const winners = Object.keys(results).filter((me) => results[me] === undefined);
        expect([winners.length, first, second]).toEqual([1, first, second]);
        expect(fs.readFileSync(path, 'utf8')).toBe(winners[0]);
        expect(fs.readdirSync(folder)).toEqual(['journal.lock']);
        expect(Object.keys(results).sort()).toEqual(['A', 'B', 'C']);
      }
    }
  });
});

test('a claim that was left behind is named with the lock, and nothing is touched', () => {
  begin(GONE);
  fs.writeFileSync(`${path}.claim`, '77 1');
  expect(
    takeLock(
      path,
      asker('A', () => undefined),
    ),
  ).toEqual({
    by: 'process 77',
    files: [path, `${path}.claim`],
  });
  expect(fs.readFileSync(path, 'utf8')).toBe(GONE);
});

test('a lock is held by who has it, until it is given back by him', () => {
  begin(undefined);
  expect(takeLock(path)).toBeUndefined();
  expect(takeLock(path)).toEqual({ by: `process ${process.pid}`, files: [path] });
  const mine = fs.readFileSync(path, 'utf8');
  fs.writeFileSync(path, GONE);
  giveLockBack(path);
  expect(fs.readFileSync(path, 'utf8')).toBe(GONE);
  fs.writeFileSync(path, mine);
  giveLockBack(path);
  expect(fs.readdirSync(folder)).toEqual([]);
});

test.skipIf(!HAS_PROC)('who has the number of a process that is gone does not hold its lock', () => {
  begin(undefined);
  expect(takeLock(path)).toBeUndefined();
  const [pid, start, host] = fs.readFileSync(path, 'utf8').split(' ');
  expect(host).toBe(hostname());
  fs.writeFileSync(path, `${pid} ${Number(start) - 1} ${host}`);
  expect(takeLock(path)).toBeUndefined();
  expect(fs.readFileSync(path, 'utf8')).toBe(`${pid} ${start} ${host}`);
});

test('of a process on another host nobody here can tell', () => {
  begin(`1 2 another.host`);
  expect(takeLock(path)?.by).toBe('process 1 of host another.host');
});

test.skipIf(!HAS_PROC)(
  'a process that has ended holds nothing, although nobody has asked how it did',
  async () => {
    // The shell becomes a program that never asks how its child, which is gone by then, ended.
    const parent = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 1000']);
    parent.stdout.setEncoding('utf8');
    const [text] = (await once(parent.stdout, 'data')) as [string];
    const pid = Number(text);
    const isBuried = (): boolean => !fs.existsSync(`/proc/${pid}`);
    const state = (): string => / ([A-Z]) /.exec(fs.readFileSync(`/proc/${pid}/stat`, 'latin1'))![1]!;
    while (!isBuried() && state() !== 'Z') await new Promise((next) => setImmediate(next));
    expect(isBuried()).toBe(false);
    begin(String(pid));
    expect(takeLock(path)).toBeUndefined();
    parent.kill();
  },
);
