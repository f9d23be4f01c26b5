/**
 * Linux itself answers the same file calls: a small server makes them under qemu-user in one directory while
 * a guest makes them in its twin. Needs Debian's cross compilers and qemu-user.
 */
import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GrantedDirectory } from '#suture/cli/host-directory.js';
import { errorName } from '#suture/process/abi/errno.js';
import { abis, type Abi, type AbiName } from '#suture/process/abi/index.js';
import { decode, encode, type Layout } from '#suture/process/abi/layout.js';
import { statx, timespec32, timespec64 } from '#suture/process/abi/structs.js';
import { pathOf } from '../support/programs.js';
import { Guest, START } from '../support/guest-files.js';

const MACHINES: Record<AbiName, { compiler: string[]; qemu: string }> = {
  riscv32: {
    compiler: ['riscv64-linux-gnu-gcc', '-march=rv32imac', '-mabi=ilp32', '-Wl,--no-relax'],
    qemu: 'qemu-riscv32',
  },
  riscv64: { compiler: ['riscv64-linux-gnu-gcc', '-Wl,--no-relax'], qemu: 'qemu-riscv64' },
  sparc32: { compiler: ['sparc64-linux-gnu-gcc', '-m32'], qemu: 'qemu-sparc32plus' },
};

/** As in call-server.c. */
const SIZE = 4096;
/** Where answers go in the buffer. */
const ANSWER = 2048;

let top = '';

beforeAll(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'suture-calls-')));
  const source = pathOf('test/oracles/call-server.c');
  const options = [
    '-O1',
    '-nostdlib',
    '-static',
    '-ffreestanding',
    '-fno-stack-protector',
    '-fno-pic',
    '-no-pie',
  ];
  for (const [name, { compiler }] of Object.entries(MACHINES)) {
    execFileSync(compiler[0]!, [...compiler.slice(1), ...options, '-o', join(top, name), source]);
  }
});

afterAll(() => {
  rmSync(top, { recursive: true });
});

/** An address in the buffer where the call puts something. */
const AT = Symbol('answer');
type Given = number | string | Uint8Array | typeof AT;

interface Answer {
  result: number | string;
  second: number;
  /** The buffer from ANSWER on. */
  bytes: Uint8Array;
}

/** Arguments with strings and bytes laid out in the buffer; `pointers` tells which are offsets into it. */
function layOut(given: readonly Given[]): { args: number[]; pointers: number; data: Uint8Array } {
  const data = new Uint8Array(ANSWER);
  let free = 0;
  let pointers = 0;
  const args = given.map((argument, i) => {
    if (typeof argument === 'number') return argument;
    pointers |= 1 << i;
    if (argument === AT) return ANSWER;
    const bytes = typeof argument === 'string' ? Buffer.from(`${argument}\0`) : argument;
    const at = free;
    data.set(bytes, at);
    free += Math.ceil(bytes.length / 16) * 16;
    return at;
  });
  return { args, pointers, data };
}

/** A process under qemu that makes the calls it is told. */
class Server {
  private readonly child: ChildProcessWithoutNullStreams;
  private received = Buffer.alloc(0);
  private wake: () => void = () => undefined;

  constructor(
    private readonly abi: Abi,
    directory: string,
  ) {
    this.child = spawn(MACHINES[abi.name].qemu, [join(top, abi.name)], { cwd: directory });
    this.child.stdout.on('data', (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.wake();
    });
    this.child.on('exit', () => {
      this.wake();
    });
  }

  async call(name: string, given: readonly Given[]): Promise<Answer> {
    const { args, pointers, data } = layOut(given);
    const head = Buffer.alloc(64);
    const { bigEndian } = this.abi;
    const number = [...this.abi.calls].find(([, other]) => other === name)![0];
    const view = new DataView(head.buffer, head.byteOffset);
    for (const [i, value] of [number, pointers, data.length, 0].entries())
      view.setInt32(4 * i, value, !bigEndian);
    for (const [i, value] of args.entries()) view.setBigInt64(16 + 8 * i, BigInt(value), !bigEndian);
    this.child.stdin.write(head);
    this.child.stdin.write(data);
    const answer = await this.receive(16 + SIZE);
    const words = new DataView(answer.buffer, answer.byteOffset);
    const result = Number(words.getBigInt64(0, !bigEndian));
    return {
      result: result < 0 ? (errorName(this.abi.errors, -result) ?? `error ${-result}`) : result,
      second: Number(words.getBigInt64(8, !bigEndian)),
      bytes: answer.subarray(16 + ANSWER),
    };
  }

  end(): void {
    this.child.stdin.end();
  }

  private async receive(length: number): Promise<Buffer> {
    while (this.received.length < length) {
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error('the server has ended');
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const bytes = this.received.subarray(0, length);
    this.received = this.received.subarray(length);
    return bytes;
  }
}

function ask(guest: Guest, name: string, given: readonly Given[]): Answer {
  const { args, pointers, data } = layOut(given);
  guest.memory.write(START, data);
  const outcome = guest.outcome(
    name,
    ...args.map((value, i) => ((pointers >> i) & 1 ? START + value : value)),
  );
  return {
    result: 'value' in outcome ? outcome.value : 'errno' in outcome ? outcome.errno : outcome.wait.kind,
    second: 'second' in outcome ? outcome.second : 0,
    bytes: guest.bytes(START + ANSWER, SIZE - ANSWER),
  };
}

/** A call, and what of its answer must agree. */
interface Step {
  name: string;
  args: Given[];
  look?: (answer: Answer, abi: Abi, directory: string) => unknown;
}

const CWD = -100;
const PATHS = [
  'a',
  'b',
  'c',
  'd',
  'd/x',
  'd/y',
  'd/e',
  'd/e/deep',
  'n',
  'n/m',
  'toFile',
  'toDirectory',
  'toDirectory/x',
  'dangling',
  'loop',
  'a/',
  'd/',
  'n/',
  'toDirectory/',
  'dangling/',
  'a/x',
  'd/.',
  './/d//x',
  'd/../a',
  'd/e/..',
  '.',
  '',
  'x'.repeat(256),
  '/dev/null',
  '/dev/zero',
  '/dev/full',
];
/** What may be removed or renamed, so that nothing leaves the directory. */
const OWN_PATHS = PATHS.filter((path) => !path.startsWith('/'));

const OPEN_FLAGS = [
  'O_WRONLY',
  'O_RDWR',
  'O_CREAT',
  'O_EXCL',
  'O_TRUNC',
  'O_APPEND',
  'O_NOFOLLOW',
  'O_DIRECTORY',
  'O_CLOEXEC',
  'O_PATH',
] as const;

/** Which of two mistakes in one call is told is a matter of taste. */
const SHORT_PATHS = OWN_PATHS.filter((path) => path.length < 256);

const path = fc.constantFrom(...PATHS);
const shortPath = fc.constantFrom(...SHORT_PATHS);
const ownPath = fc.constantFrom(...OWN_PATHS);
const descriptor = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 3, max: 9 }) },
  { weight: 1, arbitrary: fc.constant(99) },
);
const amount = fc.integer({ min: 0, max: 300 });
const far = fc.constantFrom(-1, 0, 1, 100, 5000, 65_535, 65_537, 100_000, 2 ** 33);

/** A 64-bit offset as the ABI passes it. */
function offset(abi: Abi, value: number): number[] {
  const low = Number(BigInt.asIntN(32, BigInt(value)));
  const high = Math.floor(value / 2 ** 32) | 0;
  if (abi.wordSize === 8) return [value];
  return abi.bigEndian ? [high, low] : [low, high];
}

const contents = ({ result, bytes }: Answer): unknown =>
  typeof result === 'number' ? Buffer.from(bytes.subarray(0, Math.max(0, result))).toString('latin1') : '';

const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_IFCHR = 0o020000;

/** Sizes of directories and modes of devices are the file system's own affair. */
function statusOf(layout: Layout, prefix: string): Step['look'] {
  return ({ result, bytes }, abi) => {
    if (result !== 0) return undefined;
    const found = decode<string>(layout, bytes.subarray(0, layout.size), abi.bigEndian);
    const mode = found[`${prefix}_mode`]! & 0xffff;
    const kind = mode & S_IFMT;
    if (kind === S_IFCHR) return [kind];
    return kind === S_IFDIR ? [mode] : [mode, found[`${prefix}_size`], found[`${prefix}_nlink`]];
  };
}

/** Seconds and nanoseconds of the last change of contents. */
const times: Step['look'] = ({ result, bytes }, abi) => {
  if (result !== 0) return undefined;
  const found = decode(statx, bytes.subarray(0, statx.size), abi.bigEndian);
  return [found.stx_mtime, found.stx_mtime_nsec];
};

const listing: Step['look'] = ({ result, bytes }, abi) => {
  if (typeof result !== 'number') return undefined;
  const names: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 0; at < result; at += view.getUint16(at + 16, !abi.bigEndian)) {
    const end = bytes.indexOf(0, at + 19);
    names.push(`${bytes[at + 18]!} ${Buffer.from(bytes.subarray(at + 19, end)).toString()}`);
  }
  return names.sort();
};

const flagsOnly: Step['look'] = ({ result }, abi) =>
  typeof result === 'number' ? result & ~abi.open.O_LARGEFILE : result;

function openStep(abi: Abi): fc.Arbitrary<Step[]> {
  return fc
    .tuple(path, fc.subarray([...OPEN_FLAGS], { maxLength: 3 }), fc.constantFrom(0o600, 0o644, 0o755, 0o666))
    .filter(([where, flags]) => {
      const has = (flag: (typeof flags)[number]): boolean => flags.includes(flag);
      // Linux changed its mind about one of these, and the devices are not ours to cut.
      if (has('O_CREAT') && has('O_DIRECTORY')) return false;
      return !(has('O_WRONLY') && has('O_RDWR')) && !(where.startsWith('/dev') && has('O_CREAT'));
    })
    .map(([where, flags, mode]) => {
      const bits = flags.reduce((sum, flag) => sum | abi.open[flag], 0);
      return [{ name: 'openat', args: [CWD, where, bits, mode] }];
    });
}

function steps(abi: Abi): fc.Arbitrary<Step[]> {
  const wide = abi.wordSize === 8;
  const sparc = abi.name === 'sparc32';
  const step = (name: string, args: Given[], look?: Step['look']): Step[] => [
    look === undefined ? { name, args } : { name, args, look },
  ];
  const data = (size: number): Uint8Array => new Uint8Array(size).fill(97 + (size % 26));
  const seekName = wide ? 'lseek' : sparc ? '_llseek' : 'llseek';
  const longResult: Step['look'] = ({ result, bytes }) =>
    result === 0 ? decode(LONG_LONG, bytes.subarray(0, 8), abi.bigEndian).value : result;
  const seek = (fd: number, to: number, whence: number): Step[] =>
    wide
      ? step('lseek', [fd, to, whence])
      : step(seekName, [fd, Math.floor(to / 2 ** 32) | 0, to | 0, AT, whence], longResult);
  const small = fc.integer({ min: 0, max: 2 });
  const timespec = wide || !sparc ? timespec64 : timespec32;
  const timesCall = abi.name === 'riscv32' ? 'utimensat_time64' : 'utimensat';
  const pair = (...values: number[]): Uint8Array => {
    const bytes = new Uint8Array(2 * timespec.size);
    for (const i of [0, 1]) {
      const one = { tv_sec: values[2 * i]!, tv_nsec: values[2 * i + 1]! };
      bytes.set(encode(timespec as Layout<'tv_sec' | 'tv_nsec'>, one, abi.bigEndian), i * timespec.size);
    }
    return bytes;
  };
  const choices: fc.Arbitrary<Step[]>[] = [
    openStep(abi),
    openStep(abi),
    openStep(abi),
    descriptor.map((fd) => step('close', [fd])),
    fc.tuple(descriptor, amount).map(([fd, n]) => step('read', [fd, AT, n], contents)),
    fc.tuple(descriptor, amount).map(([fd, n]) => step('write', [fd, data(n), n])),
    fc
      .tuple(descriptor, amount, far)
      .map(([fd, n, at]) => step('pread64', [fd, AT, n, ...offset(abi, at)], contents)),
    fc
      .tuple(descriptor, amount, fc.constantFrom(-1, 0, 7, 5000, 70_000))
      .map(([fd, n, at]) => step('pwrite64', [fd, data(n), n, ...offset(abi, at)])),
    fc.tuple(descriptor, far, small).map(([fd, to, whence]) => seek(fd, to, whence)),
    fc
      .tuple(descriptor, fc.constantFrom(-1, 0, 3, 5000, 65_536, 70_000))
      .map(([fd, size]) => step(wide ? 'ftruncate' : 'ftruncate64', [fd, ...offset(abi, size)])),
    fc
      .tuple(ownPath, fc.constantFrom(-1, 0, 3, 70_000))
      .map(([where, size]) => step(wide ? 'truncate' : 'truncate64', [where, ...offset(abi, size)])),
    ownPath.map((where) => step('unlinkat', [CWD, where, 0])),
    ownPath.map((where) => step('unlinkat', [CWD, where, 0x200])),
    fc
      .tuple(ownPath, fc.constantFrom(0o700, 0o755))
      .map(([where, mode]) => step('mkdirat', [CWD, where, mode])),
    fc
      .tuple(shortPath, shortPath, fc.constantFrom(0, 0, 1))
      .map(([from, to, flags]) => step('renameat2', [CWD, from, CWD, to, flags])),
    fc
      .tuple(path, fc.constantFrom(0, 1, 2, 4, 7, 8))
      .map(([where, mode]) => step('faccessat', [CWD, where, mode])),
    fc
      .tuple(path, fc.constantFrom(0, 1, 100))
      .map(([where, size]) => step('readlinkat', [CWD, where, AT, size], contents)),
    fc
      .tuple(path, fc.constantFrom(0, 0x100, 0x1000))
      .map(([where, flags]) => step('statx', [CWD, where, flags, 0x7ff, AT], statusOf(statx, 'stx'))),
    descriptor.map((fd) => step('statx', [fd, '', 0x1000, 0x7ff, AT], statusOf(statx, 'stx'))),
    fc
      .tuple(ownPath, fc.constantFrom(0o600, 0o640, 0o755))
      .map(([where, mode]) => step('fchmodat', [CWD, where, mode | 0o700])),
    descriptor.map((fd) => step('fchmod', [fd, 0o750])),
    descriptor.map((fd) => step('getdents64', [fd, AT, SIZE - ANSWER], listing)),
    fc.constantFrom('d', 'd/e', 'n', 'toDirectory', 'a', '.', 'c').map((where) => step('chdir', [where])),
    descriptor.map((fd) => step('fchdir', [fd])),
    fc.constant(
      step('getcwd', [AT, 1000], ({ result, bytes }, _abi, directory) =>
        typeof result === 'number'
          ? Buffer.from(bytes.subarray(0, result)).toString().replace(directory, 'here')
          : '',
      ),
    ),
    descriptor.map((fd) => step('dup', [fd])),
    fc
      .tuple(descriptor, fc.integer({ min: 3, max: 12 }), fc.constantFrom(0, abi.open.O_CLOEXEC, 1))
      .map(([from, to, flags]) => step('dup3', [from, to, flags])),
    descriptor.map((fd) => step(wide ? 'fcntl' : 'fcntl64', [fd, abi.fcntl.F_GETFL, 0], flagsOnly)),
    descriptor.map((fd) => step(wide ? 'fcntl' : 'fcntl64', [fd, abi.fcntl.F_GETFD, 0])),
    fc
      .tuple(descriptor, fc.constantFrom(0, abi.open.O_APPEND))
      .map(([fd, flags]) =>
        step(wide ? 'fcntl' : 'fcntl64', [fd, abi.fcntl.F_SETFL, flags | abi.open.O_NONBLOCK]),
      ),
    fc
      .tuple(descriptor, fc.integer({ min: -1, max: 12 }))
      .map(([fd, least]) => step(wide ? 'fcntl' : 'fcntl64', [fd, abi.fcntl.F_DUPFD, least])),
    fc.constant(
      step('pipe2', [AT, abi.open.O_NONBLOCK], ({ result, bytes }) =>
        result === 0 ? [...bytes.subarray(0, 8)] : result,
      ),
    ),
    fc
      .tuple(descriptor, fc.integer({ min: 0, max: 70_000 }))
      .map(([fd, n]) => step('write', [fd, data(1), n % 1900])),
    descriptor.map((fd) => step('fsync', [fd])),
    fc
      .tuple(
        ownPath.filter((where) => where !== ''),
        fc.constantFrom(0, 5, -7),
        fc.constantFrom(0, 999_999_999, 1e9),
      )
      .map(([where, seconds, nanoseconds]) => {
        const set = step(timesCall, [CWD, where, pair(1, 2, seconds, nanoseconds), 0]);
        const look = step('statx', [CWD, where, 0, 0x7ff, AT], times);
        return nanoseconds < 1e9 ? [...set, ...look] : set;
      }),
    descriptor.map((fd) => step('ioctl', [fd, abi.ioctl.TCGETS, AT])),
  ];
  if (wide) {
    choices.push(
      fc
        .tuple(path, fc.constantFrom(0, 0x100))
        .map(([where, flags]) => step('newfstatat', [CWD, where, AT, flags], statusOf(abi.stat64, 'st'))),
      descriptor.map((fd) => step('fstat', [fd, AT], statusOf(abi.stat, 'st'))),
    );
  }
  if (sparc) {
    choices.push(
      path.map((where) => step('stat64', [where, AT], statusOf(abi.stat64, 'st'))),
      path.map((where) => step('lstat64', [where, AT], statusOf(abi.stat64, 'st'))),
      descriptor.map((fd) => step('fstat64', [fd, AT], statusOf(abi.stat64, 'st'))),
      ownPath.map((where) => step('unlink', [where])),
      ownPath.map((where) => step('rmdir', [where])),
      ownPath.map((where) => step('mkdir', [where, 0o711])),
      fc.tuple(shortPath, shortPath).map(([from, to]) => step('rename', [from, to])),
      path.map((where) => step('readlink', [where, AT, 50], contents)),
      path.map((where) => step('access', [where, 6])),
      ownPath.map((where) => step('open', [where, abi.open.O_RDWR | abi.open.O_CREAT, 0o600])),
      ownPath.map((where) => step('creat', [where, 0o640])),
      fc.tuple(descriptor, fc.integer({ min: 3, max: 12 })).map(([from, to]) => step('dup2', [from, to])),
      fc
        .tuple(descriptor, fc.constantFrom(-5, 0, 70_000), small)
        .map(([fd, to, whence]) => step('lseek', [fd, to, whence])),
      fc.constant(step('pipe', [], ({ result, second }) => [result, second])),
    );
  }
  return fc.oneof(...choices);
}

const LONG_LONG = { size: 8, members: { value: [0, 8] } } as const satisfies Layout;

function plant(directory: string): void {
  mkdirSync(directory);
  mkdirSync(join(directory, 'd'));
  mkdirSync(join(directory, 'd/e'));
  writeFileSync(join(directory, 'a'), 'alpha');
  writeFileSync(join(directory, 'b'), 'b'.repeat(70_000));
  writeFileSync(join(directory, 'd/x'), 'inner');
  symlinkSync('d/x', join(directory, 'toFile'));
  symlinkSync('d', join(directory, 'toDirectory'));
  symlinkSync('n', join(directory, 'dangling'));
  symlinkSync('loop', join(directory, 'loop'));
}

/** Everything below a directory: modes, contents and targets. */
function tree(directory: string): unknown {
  return readdirSync(directory)
    .sort()
    .map((name) => {
      const at = join(directory, name);
      const found = lstatSync(at);
      if (found.isSymbolicLink()) return [name, readlinkSync(at)];
      const mode = (found.mode & 0o7777).toString(8);
      return [name, mode, found.isDirectory() ? tree(at) : readFileSync(at).toString('latin1')];
    });
}

/** Calls whose answer depends on the file system underneath, or that qemu answers itself. */
function isUndefined(guest: Guest, { name, args }: Step): boolean {
  const open = typeof args[0] === 'number' ? guest.files.get(args[0]) : undefined;
  // Positions in directories are cookies.
  if (name.includes('seek')) return open?.kind === 'directory';
  // The server would wait forever.
  const isWaiting = open?.kind === 'pipe' && (open.status & guest.abi.open.O_NONBLOCK) === 0;
  if (/^(read|write)$/.test(name)) return isWaiting;
  // Pipes have modes there that nobody looks at, and the devices are the machine's.
  if (name === 'fchmod') return open?.kind === 'pipe' || open?.kind === 'device';
  return false;
}

describe.each(abis)('$name', (abi) => {
  test('answers as Linux does', { timeout: 600_000 }, async () => {
    let count = 0;
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(steps(abi), { minLength: 10, maxLength: 80 }), async (script) => {
        const theirs = join(top, `linux${count}`);
        const ours = join(top, `twins${count++}`);
        plant(theirs);
        plant(ours);
        const server = new Server(abi, theirs);
        const host = new GrantedDirectory(ours);
        const guest = Guest.create({ host, changes: host, mount: ours, workingDirectory: ours }, abi);
        try {
          await prepare(server, abi);
          const history: string[] = [];
          for (const step of script.flat()) {
            if (isUndefined(guest, step)) continue;
            const expected = await server.call(step.name, step.args);
            const found = ask(guest, step.name, step.args);
            const shown = `${step.name}(${step.args.map((x) => (typeof x === 'object' || x === AT ? '..' : JSON.stringify(x))).join(', ')})`;
            history.push(`${shown} = ${expected.result}`);
            const answer = (from: Answer, directory: string): unknown =>
              step.look === flagsOnly || /getcwd|pipe/.test(step.name)
                ? step.look!(from, abi, directory)
                : [from.result, step.look?.(from, abi, directory)];
            const kind = `${step.name} ${typeof expected.result === 'string' ? expected.result : ''}`;
            seen.set(kind, (seen.get(kind) ?? 0) + 1);
            expect(answer(found, ours), history.join('\n')).toEqual(answer(expected, theirs));
          }
          expect(tree(ours)).toEqual(tree(theirs));
        } finally {
          server.end();
          rmSync(theirs, { recursive: true });
          rmSync(ours, { recursive: true });
        }
      }),
      { seed: 5, numRuns: 120 },
    );
    // Most errors and most successes came about.
    expect(seen.size).toBeGreaterThan(95);
  });
});

/** No SIGPIPE, and the usual mask. */
async function prepare(server: Server, abi: Abi): Promise<void> {
  const SIG_IGN = 1;
  const action = new Uint8Array(32);
  new DataView(action.buffer).setInt32(0, SIG_IGN, !abi.bigEndian);
  const size = abi.name === 'sparc32' ? [0, 8] : [8];
  const ignored = await server.call('rt_sigaction', [abi.signals.SIGPIPE, action, 0, ...size]);
  const mask = await server.call('umask', [0o022]);
  if (ignored.result !== 0 || typeof mask.result === 'string') throw new Error('the server is not ready');
}
