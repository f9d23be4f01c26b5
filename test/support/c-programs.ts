/** The ordinary C programs of test/programs: which machines each is for, and how it is run. */
import { existsSync, readFileSync } from 'node:fs';
import { pathOf } from './programs.js';
import { compiled, type Level, type Machine } from './compile.js';

/** How a program is run once. */
export interface Way {
  args: readonly string[];
  /** The signal that ends it, where qemu-user cannot say: it has other numbers for real-time signals. */
  killedBy?: number;
}

export interface CProgram {
  name: string;
  machines: readonly Machine[];
  ways: readonly Way[];
  levels: readonly Level[];
  flags: readonly string[];
  /** Whether what it prints must not depend on the order in which its threads run. */
  threaded: boolean;
  /** Whether it leaves nothing in the directory it is given. */
  tidy: boolean;
  /** For a machine whose qemu-user is wrong: the machine whose output is right for both. */
  judges: Partial<Record<Machine, Machine>>;
}

const GLIBC: readonly Machine[] = ['rv64', 'v8plus'];
const EVERYWHERE: readonly Machine[] = ['rv32', 'rv32d', 'rv64', 'v8plus'];

const way = (...args: string[]): Way => ({ args });

function program(name: string, machines: readonly Machine[], more: Partial<CProgram> = {}): CProgram {
  // A program that takes a directory is run in it.
  return {
    name,
    machines,
    ways: [way('.')],
    levels: ['-O2'],
    flags: [],
    tidy: true,
    threaded: false,
    judges: {},
    ...more,
  };
}

const bothLevels: Partial<CProgram> = { levels: ['-O2', '-O0'] };
const threaded: Partial<CProgram> = { threaded: true };

export const C_PROGRAMS: readonly CProgram[] = [
  // numbers as text
  program('print-doubles', EVERYWHERE),
  program('print-long-doubles', GLIBC),
  program('print-integers', EVERYWHERE),
  program('read-numbers', EVERYWHERE),
  program('scan', EVERYWHERE),
  // standard input
  program('lines', GLIBC),
  program('characters', EVERYWHERE),
  program('word-count', EVERYWHERE),
  program('calculator', EVERYWHERE),
  program('machine', EVERYWHERE, bothLevels),
  // memory
  program('heap', EVERYWHERE),
  program('heap-large', EVERYWHERE),
  // qemu-sparc protects a hole without a word.
  program('memory-maps', GLIBC, { judges: { v8plus: 'rv64' } }),
  program('file-maps', GLIBC),
  program('self-modifying', GLIBC),
  program('memory-functions', EVERYWHERE, bothLevels),
  program('string-functions', EVERYWHERE),
  program('character-classes', EVERYWHERE),
  program('wide-characters', GLIBC),
  program('regular-expressions', EVERYWHERE),
  // control
  program('sorting', EVERYWHERE),
  program('jumps', EVERYWHERE, bothLevels),
  program('recursion', EVERYWHERE, bothLevels),
  program('variable-arguments', EVERYWHERE, bothLevels),
  program('structures', EVERYWHERE, bothLevels),
  // arithmetic
  program('wide-integers', EVERYWHERE, bothLevels),
  program('arithmetic', EVERYWHERE, { flags: ['-frounding-math'] }),
  // picolibc without floating-point registers has one rounding mode.
  program('rounding', ['rv32d', 'rv64', 'v8plus'], { ...bothLevels, flags: ['-frounding-math'] }),
  program('classify', EVERYWHERE),
  program('mathematics', EVERYWHERE),
  program('mathematics-float', EVERYWHERE),
  program('mathematics-long', GLIBC),
  // some work
  program('digits', EVERYWHERE),
  program('queens', EVERYWHERE),
  program('numbers', EVERYWHERE, bothLevels),
  program('hashes', EVERYWHERE),
  program('compression', EVERYWHERE),
  program('graphs', EVERYWHERE, bothLevels),
  program('life', EVERYWHERE),
  // files
  program('files', EVERYWHERE),
  program('file-records', EVERYWHERE),
  program('file-descriptors', GLIBC),
  program('file-errors', GLIBC, { tidy: false }),
  // The host's directory positions need 64 bits.
  program('directories', GLIBC, { flags: ['-D_FILE_OFFSET_BITS=64'] }),
  program('temporary', GLIBC),
  program('pipes', GLIBC),
  // surroundings
  program('arguments', EVERYWHERE, {
    ways: [
      way(),
      way('-v', '-n', 'bob', '--', '-x', 'file'),
      way('-c0x10', '-vv', '-q', 'a', '-b'),
      way('', ' ', 'a b', '\u00e9', 'x'.repeat(5000)),
    ],
  }),
  program('long-options', EVERYWHERE),
  program('environment', GLIBC),
  program('clocks', GLIBC),
  program('system', GLIBC),
  program('exit-status', EVERYWHERE, {
    ways: [way('0'), way('255'), way('256', 'exit'), way('-1', '_Exit')],
  }),
  program('ending', GLIBC, {
    ways: [
      ...['return', 'exit', '_exit', 'flushed-_exit', 'quick_exit'].map((how) => way(how)),
      ...['exit-from-thread', 'exit-group-from-thread', 'abort-from-thread'].map((how) => way(how)),
      ...['return-while-threads-run', 'main-thread-ends-first', 'abort'].map((how) => way(how)),
      ...['sigterm', 'sigkill', 'sigusr1', 'sighup', 'sigalrm', 'sigchld', 'sigpipe'].map((how) => way(how)),
      way('sigsegv-blocked'),
      { args: ['sigrtmin'], killedBy: 34 },
    ],
  }),
  // signals
  program('signals-plain', EVERYWHERE),
  program('signal-info', GLIBC),
  // qemu-riscv64 takes no account of sa_mask.
  program('signal-mask', GLIBC, { judges: { rv64: 'v8plus' } }),
  program('signal-flags', GLIBC, { judges: { rv64: 'v8plus' } }),
  program('signal-stack', GLIBC),
  program('signal-faults', GLIBC),
  program('signal-overflow', GLIBC),
  program('signal-growth', GLIBC),
  // qemu-sparc loses the registers of the procedure that was interrupted.
  program('signal-jumps', GLIBC, { judges: { v8plus: 'rv64' } }),
  program('signal-registers', GLIBC, bothLevels),
  program('signal-context', ['rv64']),
  program('signal-timers', GLIBC),
  // threads
  program('threads-queue', GLIBC, threaded),
  program('threads-many', GLIBC, threaded),
  program('threads-barrier', GLIBC, threaded),
  program('threads-locks', GLIBC, threaded),
  program('threads-storage', GLIBC, { ...threaded, ...bothLevels }),
  program('threads-results', GLIBC, threaded),
  program('threads-signals', GLIBC, threaded),
  program('threads-pipes', GLIBC, threaded),
  program('atomics', GLIBC, { ...threaded, ...bothLevels }),
  program('c11-threads', GLIBC, threaded),
];

const WARNINGS = ['-std=gnu11', '-Wall', '-Wextra', '-Werror'];

/** The path of its ELF file for a machine. */
export const fileOf = (of: CProgram, machine: Machine, level: Level): Promise<string> =>
  compiled(machine, pathOf(`test/programs/${of.name}.c`), of.name, [level, ...WARNINGS, ...of.flags]);

/** What it reads from standard input. */
export function inputOf(of: CProgram): Uint8Array {
  const path = pathOf(`test/programs/${of.name}.in`);
  return existsSync(path) ? readFileSync(path) : new Uint8Array();
}
