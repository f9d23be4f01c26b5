/**
 * Guests that do wrong, or too much: what a person sees, what it costs the host, and that nothing outside is touched.
 * Here because they need Debian's cross compilers; what must be seen is written down, and not asked of qemu, which
 * runs its guests with all of the user's rights.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compiled, needToolchains, type Machine } from '../support/compile.js';
import { pathOf } from '../support/programs.js';
import { runCommand, type Ended } from '../support/run-command.js';

const BAD_MACHINES = ['rv64', 'v8plus'] as const satisfies readonly Machine[];
type BadMachine = (typeof BAD_MACHINES)[number];

const FLAGS = ['-O2', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-Wno-infinite-recursion'];

beforeAll(() => {
  needToolchains(BAD_MACHINES);
});

const fileOf = (machine: BadMachine, name: string): Promise<string> =>
  // With frame information, so that a crash has a backtrace.
  compiled(machine, pathOf(`test/programs/bad/${name}.c`), name, [...FLAGS, '-fasynchronous-unwind-tables']);

async function run(machine: BadMachine, name: string, args: string[], ...options: string[]): Promise<Ended> {
  const file = await fileOf(machine, name);
  const main = pathOf('dist/cli/main.js');
  const ended = await runCommand(process.execPath, [main, 'run', ...options, file, '--', ...args], {
    limit: 120_000,
  });
  expect(ended.timedOut, `${name} ${args.join(' ')} ends`).toBe(false);
  return ended;
}

/** A status that tells the guest's end, and what standard error must say. */
type Seen = readonly [status: number, ...says: RegExp[]];

const SIGILL = 128 + 4;
const SIGTRAP = 128 + 5;
const SIGFPE = 128 + 8;
const SIGSEGV = 128 + 11;
const SIGBUS_OF_SPARC = 128 + 10;
const LIMIT = 78;
const STUCK = 79;

/** Both machines, or RISC-V and SPARC. */
const FAULTS: Record<string, Seen | { rv64: Seen; v8plus: Seen }> = {
  'read-null': [
    SIGSEGV,
    /SIGSEGV: read from 0x0, where nothing is mapped/,
    /#0 \S+ read_null/,
    /#1 \S+ main/,
  ],
  'write-null': [
    SIGSEGV,
    /SIGSEGV: write to 0x10, where nothing is mapped/,
    /#0 \S+ write_null/,
    /#1 \S+ main/,
  ],
  'call-null': [SIGSEGV, /SIGSEGV: instruction fetch from 0x0, where nothing is mapped/, /at pc 0x0,/],
  'write-text': [SIGSEGV, /write to 0x[0-9a-f]+ \(read_null\), which is mapped r-x-- faults/, /#1 \S+ main/],
  'write-constant': [SIGSEGV, /write to 0x[0-9a-f]+.*, which is mapped r[-x]/, /#0 \S+ write_constant/],
  'jump-into-data': [SIGSEGV, /instruction fetch from 0x[0-9a-f]+, which is mapped rw--- \[ heap \]/],
  'jump-nowhere': [SIGSEGV, /instruction fetch from 0x7000000, where nothing is mapped/],
  'misaligned-read': {
    rv64: [0],
    v8plus: [SIGBUS_OF_SPARC, /SIGBUS: read from 0x[0-9a-f]+ \(words\+0x1\), which is not aligned/],
  },
  'misaligned-write': {
    rv64: [0],
    v8plus: [SIGBUS_OF_SPARC, /SIGBUS: write to 0x[0-9a-f]+ \(words\+0x1\), which is not aligned/],
  },
  // A double at a multiple of four is loaded by the kernel of SPARC V9.
  'misaligned-double': [0],
  'illegal-instruction': {
    rv64: [SIGILL, /SIGILL: illegal instruction 0xffffffff/, /=> .*\n/],
    v8plus: [SIGILL, /SIGILL: illegal instruction 0x0/, /=> .* unimp 0/],
  },
  breakpoint: [SIGTRAP, /SIGTRAP: breakpoint instruction/, /#0 \S+ breakpoint/],
  'odd-trap': {
    rv64: [0],
    v8plus: [SIGILL, /SIGILL: trap instruction with number 5, which Linux does not serve/],
  },
  divide: { rv64: [0], v8plus: [SIGFPE, /SIGFPE: division by zero/, /#0 \S+ divide/, /#1 \S+ main/] },
  privileged: [SIGILL, /SIGILL: illegal instruction 0x[0-9a-f]+/, /#0 \S+ privileged/],
  'overflow-stack': [
    SIGSEGV,
    /\[ guard \]: the stack is exhausted/,
    /#1 \S+ overflow_stack/,
    /\.\.\. \d+ more/,
  ],
  'lost-stack': [SIGSEGV, /SIGSEGV: write to 0x[0-9a-f]+, where nothing is mapped/, /#0 \S+ lost_stack/],
};

/** ILL_ILLOPC 1, ILL_ILLTRP 4, TRAP_BRKPT 1, BUS_ADRALN 1, FPE_INTDIV 1, FPE_FLTDIV 3, FPE_FLTINV 7: sigaction(2). */
const CAUGHT: Record<BadMachine, readonly string[]> = {
  rv64: [
    'read misaligned: nothing',
    'write misaligned: nothing',
    'illegal: Illegal instruction, code 1, the code',
    'breakpoint: Trace/breakpoint trap, code 1, the code',
  ],
  // qemu-sparc has no signals for most of these; the codes are those of arch/sparc/kernel/traps*.c.
  v8plus: [
    'read misaligned: Bus error, code 1, the data',
    'write misaligned: Bus error, code 1, the data',
    'illegal: Illegal instruction, code 1, the code',
    'breakpoint: Trace/breakpoint trap, code 1, the code',
    'odd trap: Illegal instruction, code 4, the code',
    'jump misaligned: Bus error, code 1, elsewhere',
    'divide: Floating point exception, code 1, the code',
    'divide wide: Floating point exception, code 1, elsewhere',
    'divide double: Floating point exception, code 3, the code',
    'invalid double: Floating point exception, code 7, the code',
  ],
};

function check(ended: Ended, [status, ...says]: Seen): void {
  for (const what of says) expect(ended.stderr).toMatch(what);
  expect(ended.stderr, 'no stack trace of the host').not.toMatch(/^ {4}at /m);
  expect(ended.status, ended.stderr).toBe(status);
}

/** A small enough limit to be quick, which every program that ends by itself stays below. */
const FEW = ['--max-instructions', '3000000'];

const ENDLESS: Record<string, Seen> = {
  loop: [LIMIT, /stopped after 3000000 instructions \(--max-instructions\)/],
  output: [LIMIT],
  errors: [LIMIT],
  sleep: [LIMIT],
  timer: [LIMIT],
  'join-spinner': [LIMIT],
  pause: [STUCK, /every thread waits, and nothing will wake one \(after \d+ instructions\)/],
  deadlock: [STUCK, /every thread waits/],
  crosswise: [STUCK, /every thread waits/],
  pipe: [STUCK, /every thread waits/],
  // Every signal takes some stack.
  signals: [SIGSEGV, /\[ guard \]: the stack is exhausted/],
  'fault-in-handler': [SIGSEGV, /SIGSEGV: write to 0x18, where nothing is mapped/],
  'fault-in-handler-again': [SIGSEGV, /\[ guard \]: the stack is exhausted/],
};

const MEBIBYTES = 48;

describe.each(BAD_MACHINES)('%s', (machine) => {
  test.concurrent.each(Object.entries(FAULTS))('the fault %s is told', async (name, seen) => {
    const ended = await run(machine, 'faults', [name]);
    const expected = 'rv64' in seen ? seen[machine] : seen;
    check(ended, expected);
    expect(ended.stdout).toMatch(
      expected[0] === 0 ? new RegExp(`^${name}\nwent on with -?\\d+\n$`) : `${name}\n`,
    );
  });

  test('faults that are caught come with code and address', async () => {
    const { stdout, stderr, status } = await run(machine, 'caught', []);
    expect(stdout.split('\n')).toEqual([...CAUGHT[machine], '']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test.concurrent.each(Object.entries(ENDLESS))('the endless guest %s is ended', async (name, seen) => {
    check(await run(machine, 'endless', [name], ...FEW), seen);
  });

  test('a guest that returns from a fault to the fault is ended', async () => {
    check(await run(machine, 'endless', ['fault-for-ever'], '--max-instructions', '100000'), [LIMIT]);
  });

  test('endless output to somebody who does not read on ends suture', async () => {
    const file = await fileOf(machine, 'endless');
    const pipeline = '"$0" "$1" run "$2" output | head -c 100000 | wc -c; echo "${PIPESTATUS[0]}"';
    const args = ['--norc', '-c', pipeline, process.execPath, pathOf('dist/cli/main.js'), file];
    const { stdout, stderr } = await runCommand('bash', args, {
      limit: 60_000,
      env: { PATH: process.env.PATH ?? '' },
    });
    expect(stdout.split(/\s+/).slice(0, 2)).toEqual(['100000', '141']);
    expect(stderr).toBe('');
  });

  test('no process comes of forking and executing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'suture-bad-'));
    try {
      const { stdout, stderr, status } = await run(machine, 'processes', [], '--dir', folder, ...FEW);
      const lines = stdout.trim().split('\n');
      expect(lines[0]).toBe('fork: 0 children, Function not implemented');
      expect(lines).toHaveLength(9);
      for (const line of lines)
        expect(line).toMatch(/Function not implemented|^system: 127|^popen: |No such process/);
      // Each is told once, not a thousand times.
      expect(stderr.match(/\(fork\) is not implemented/g)).toHaveLength(1);
      expect(stderr).toMatch(/\(execve\) is not implemented and answers ENOSYS/);
      expect(status).toBe(0);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('threads end somewhere', async () => {
    const { stdout, stderr, status } = await run(machine, 'threads', []);
    expect(stdout).toBe('refused: Resource temporarily unavailable\nat least ten 1, all passed 1\n');
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test.each(['malloc', 'brk', 'mmap', 'mremap', 'reserve'])(
    'memory by %s ends where it was said',
    async (way) => {
      const { stdout, status } = await run(machine, 'memory', [way], '--memory', String(MEBIBYTES));
      const got = Number(/^(\d+) mebibytes, then: Cannot allocate memory\n$/.exec(stdout)?.[1]);
      expect(got).toBeLessThan(MEBIBYTES);
      // Stack and segments count too; a mapping that has to move is there twice for a moment.
      expect(got).toBeGreaterThan((way === 'mremap' ? MEBIBYTES / 2 : MEBIBYTES) - 12);
      expect(status).toBe(0);
    },
  );

  test('descriptors end somewhere, and those that are not there fail', async () => {
    const { stdout, stderr, status } = await run(machine, 'descriptors', []);
    expect(stdout.split('\n')).toEqual([
      'write to a closed one: -1, Bad file descriptor',
      'write to minus one: -1, Bad file descriptor',
      'write to a huge one: -1, Bad file descriptor',
      'read from standard output: -1, Bad file descriptor',
      'dup to a huge one: -1, Bad file descriptor',
      'status: -1, Bad file descriptor',
      'dup stops: Too many open files',
      'pipe stops: -1, Too many open files',
      'pipe again: 0',
      '',
    ]);
    expect(stderr).toBe('standard output is closed: Bad file descriptor\n');
    expect(status).toBe(3);
  });

  test('no way leads out of the directory', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'suture-bad-'));
    const granted = join(folder, 'granted');
    try {
      mkdirSync(join(granted, 'inside'), { recursive: true });
      writeFileSync(join(folder, 'secret'), 'secret');
      writeFileSync(join(granted, 'inside', 'file'), 'file');
      const links = {
        'link-to-secret': '../secret',
        'link-to-parent': '..',
        'link-to-root': '/',
        'link-to-link': 'link-to-secret',
        'link-to-nothing': '../nothing',
      };
      for (const [name, target] of Object.entries(links)) symlinkSync(target, join(granted, name));
      const before = [readdirSync(folder), statSync(join(folder, 'secret')).mode];

      const file = await fileOf(machine, 'escape');
      const command = [pathOf('dist/cli/main.js'), 'run', '--dir', granted, file];
      const ended = await runCommand(process.execPath, command, { cwd: granted, limit: 60_000 });
      expect(ended.stdout).not.toMatch(/DONE/);
      expect(ended.stdout.match(/: refused\n/g)!.length).toBeGreaterThan(30);
      expect(ended.stdout).toMatch(/\n0 escaped; inside all is well: 1\n$/);
      expect(ended.status).toBe(0);
      expect([readdirSync(folder), statSync(join(folder, 'secret')).mode]).toEqual(before);
      expect(readFileSync(join(folder, 'secret'), 'latin1')).toBe('secret');
      expect(readdirSync(join(granted, 'inside'))).toEqual(['file']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  // The guest dies of it sooner or later, or runs out of calls; suture must not.
  test.concurrent.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'system calls with wild arguments, seed %i',
    async (seed) => {
      const folder = mkdtempSync(join(tmpdir(), 'suture-bad-'));
      try {
        const options = ['--dir', folder, '--memory', '64', '--max-instructions', '20000000'];
        const { stdout, stderr, status } = await run(machine, 'wild-calls', [String(seed)], ...options);
        expect(stdout).toMatch(/^begins\n/);
        expect(stderr).not.toMatch(/^suture: (?!wild-calls)/m);
        if (seed % 2 === 0) expect(status, stderr).toBe(0);
        else expect([0, LIMIT, STUCK].includes(status!) || status! > 128, `${status} ${stderr}`).toBe(true);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

test('every bad program is used', () => {
  const here = readFileSync(pathOf('test/oracles/bad-guests.test.ts'), 'utf8');
  for (const name of readdirSync(pathOf('test/programs/bad')))
    expect(here).toContain(`'${name.replace('.c', '')}'`);
});
