/** Forks share what was and nothing that happens, and the host only hears of the first process. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ANSWER, Guest, MemoryHost, type Tree } from '../../support/guest-files.js';

const CWD = -100;
const TREE: Tree = { a: 'alpha', b: 'beta', d: { x: 'inner', e: { deep: 'deepest' } }, l: { to: 'd/x' } };

describe('the host', () => {
  test('is told what the first process does, and nothing of its forks', () => {
    const host = new MemoryHost(TREE);
    const guest = Guest.in(host);
    const fork = guest.fork();
    fork.put('a', 'forked');
    fork.get('unlinkat', CWD, 'b', 0);
    fork.get('mkdirat', CWD, 'new', 0o755);
    expect(fork.fork().cat('a')).toBe('forked');
    expect(host.calls.filter((call) => !/^(list|stat|read) /.test(call))).toEqual([]);
    guest.put('a', 'original');
    expect(host.text('a')).toBe('original');
    expect(fork.cat('a')).toBe('forked');
  });

  const looks: [string, (guest: Guest) => unknown][] = [
    ['a file', (guest) => guest.cat('a')],
    ['a directory', (guest) => guest.ls('.')],
    ['a removed file', (guest) => guest.cat('b')],
    ['a file in a moved directory', (guest) => guest.cat('d/x')],
    ['a file deep in a moved directory', (guest) => guest.cat('d/e/deep')],
    ['a file that was not there', (guest) => guest.open('new')],
    [
      'a status',
      (guest) => guest.call('statx', CWD, 'a', 0, 0, ANSWER) === 0 && [...guest.bytes(ANSWER, 256)],
    ],
    ['a link', (guest) => guest.cat('l')],
  ];

  test.each(looks)('shows a fork %s as it was when it was made, however late it looks', (_what, look) => {
    const expected = look(Guest.in(new MemoryHost(TREE)));
    const host = new MemoryHost(TREE);
    const guest = Guest.in(host);
    const fork = guest.fork();
    guest.time = 1e9;
    guest.put('a', 'anew');
    guest.get('fchmodat', CWD, 'a', 0o600);
    guest.get('unlinkat', CWD, 'b', 0);
    guest.put('new', 'x');
    guest.get('renameat', CWD, 'd', CWD, 'moved');
    guest.put('moved/x', 'changed');
    guest.put('moved/e/deep', 'changed');
    guest.get('unlinkat', CWD, 'moved/e/deep', 0);
    guest.get('unlinkat', CWD, 'moved/e', 0x200);
    expect(host.paths).toEqual(['', 'a', 'l', 'moved', 'moved/x', 'new']);
    expect(look(fork)).toEqual(expected);
    expect(look(guest)).not.toEqual(expected);
  });

  test('is looked at once', () => {
    const host = new MemoryHost(TREE);
    const guest = Guest.in(host);
    guest.cat('a');
    host.setText('a', 'from outside');
    host.setText('late', 'from outside');
    expect(guest.cat('a')).toBe('alpha');
    expect(guest.fork().cat('a')).toBe('alpha');
    expect(guest.cat('late')).toBe('ENOENT');
    host.setText('b', 'far longer than it was before');
    expect(guest.cat('b')).toBe('far longer than it was before');
    const count = host.calls.length;
    guest.fork().cat('b');
    expect(host.calls.length).toBe(count);
  });

  test('may change between two looks, which shortens or pads what is read', () => {
    for (const [text, expected] of [
      ['longer than before', 'longe'],
      ['abc', 'abc\0\0'],
    ] as const) {
      const host = new MemoryHost({ file: '12345' });
      const guest = Guest.in(host);
      expect(guest.call('statx', CWD, 'file', 0, 0, ANSWER)).toBe(0);
      host.setText('file', text);
      expect(guest.cat('file')).toBe(expected);
    }
  });

  test('whose directory cannot be kept for forks is not moved', () => {
    const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`f${i}`, '']));
    const host = new MemoryHost({ many });
    const guest = Guest.in(host);
    expect(guest.call('renameat', CWD, 'many', CWD, 'moved')).toBe('EXDEV');
    expect(guest.fork().call('renameat', CWD, 'many', CWD, 'moved')).toBe(0);
    expect(host.paths).toContain('many');
  });

  test('may hold more files than are kept', () => {
    const host = new MemoryHost({ a: 'x'.repeat(60), b: 'y'.repeat(60) });
    const guest = Guest.in(host, { totalLimit: 100 });
    expect(guest.cat('a')).toBe('x'.repeat(60));
    expect(guest.open('b')).toBe('ENOMEM');
  });
});

/** What a guest does; numbers choose among a few names and descriptors. */
const operation = fc.tuple(
  fc.constantFrom(
    'open',
    'create',
    'append',
    'close',
    'read',
    'write',
    'pwrite',
    'seek',
    'truncate',
    'unlink',
    'mkdir',
    'rmdir',
    'rename',
    'dup2',
    'pipe',
    'list',
    'chdir',
    'chmod',
  ),
  fc.nat(11),
  fc.nat(11),
  fc.nat(300),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const NAMES = ['a', 'b', 'c', 'd', 'd/x', 'd/y', 'd/e', 'd/e/deep', 'l', '/data/n', '../data/n/m', '.'];

/** Does it, and says all that the guest learns. */
function perform(guest: Guest, [what, first, second, amount]: Operation): unknown {
  const one = NAMES[first]!;
  const other = NAMES[second]!;
  guest.time += amount;
  guest.memory.write(ANSWER, new Uint8Array(320).fill(amount & 0xff));
  const data = new Uint8Array(amount).fill(97 + (amount % 26));
  const answered = (result: number | string): unknown => [
    result,
    typeof result === 'number' && result > 0 ? [...guest.bytes(ANSWER, Math.min(result, 320))] : [],
  ];
  switch (what) {
    case 'open':
      return guest.open(one, amount % 2 === 0 ? [] : ['O_RDWR']);
    case 'create':
      return guest.open(one, ['O_CREAT', 'O_RDWR', ...(amount % 3 === 0 ? (['O_TRUNC'] as const) : [])]);
    case 'append':
      return guest.open(one, ['O_CREAT', 'O_WRONLY', 'O_APPEND']);
    case 'close':
      return guest.call('close', first);
    case 'read':
      return answered(guest.call('read', first, ANSWER, amount));
    case 'write':
      return guest.call('write', first, data, amount);
    case 'pwrite':
      return guest.call('pwrite64', first, data, amount, second * 20_000);
    case 'seek':
      return guest.call('lseek', first, amount - 100, second % 3);
    case 'truncate':
      return guest.call('ftruncate', first, second * 20_000);
    case 'unlink':
      return guest.call('unlinkat', CWD, one, 0);
    case 'mkdir':
      return guest.call('mkdirat', CWD, one, 0o755);
    case 'rmdir':
      return guest.call('unlinkat', CWD, one, 0x200);
    case 'rename':
      return guest.call('renameat', CWD, one, CWD, other);
    case 'dup2':
      return guest.call('dup2', first, second);
    case 'pipe':
      return guest.call('pipe2', ANSWER, 0);
    case 'list':
      return guest.ls(one);
    case 'chdir':
      return guest.call('chdir', one);
    default:
      return guest.call('fchmodat', CWD, one, (amount & 0o777) | 0o700);
  }
}

const script = fc.array(operation, { maxLength: 40 });
const start = (): Guest => Guest.in(new MemoryHost(TREE), { fileLimit: 1 << 20, totalLimit: 1 << 22 });

test('whatever the others do, a fork sees what it would see alone', () => {
  fc.assert(
    fc.property(script, script, script, script, (before, mine, theirs, later) => {
      const guest = start();
      for (const each of before) perform(guest, each);
      const fork = guest.fork();
      const second = fork.fork();
      const alone = (script: readonly Operation[]): { seen: unknown[]; state: unknown[] } => {
        const other = start();
        for (const each of before) perform(other, each);
        const seen = script.map((each) => perform(other, each));
        return { seen, state: other.describe() };
      };
      // Interleaved: original and forks touch the same files in turn.
      const seen: [unknown[], unknown[], unknown[]] = [[], [], []];
      for (let i = 0; i < Math.max(mine.length, theirs.length, later.length); i++) {
        for (const [k, [who, script]] of (
          [
            [guest, mine],
            [fork, theirs],
            [second, later],
          ] as const
        ).entries()) {
          if (i < script.length) seen[k]!.push(perform(who, script[i]!));
        }
      }
      for (const [k, [who, script]] of (
        [
          [guest, mine],
          [fork, theirs],
          [second, later],
        ] as const
      ).entries()) {
        const expected = alone(script);
        expect(seen[k]).toEqual(expected.seen);
        expect(who.describe()).toEqual(expected.state);
      }
    }),
    { seed: 7, numRuns: 150 },
  );
});

test('the host ends as the first process sees it', () => {
  fc.assert(
    fc.property(script, (operations) => {
      const host = new MemoryHost(TREE);
      const guest = Guest.in(host, { fileLimit: 1 << 20, totalLimit: 1 << 22 });
      for (const each of operations) perform(guest, each);
      guest.call('chdir', '/data');
      const anew = Guest.in(host, { fileLimit: 1 << 20, totalLimit: 1 << 22 });
      for (let i = 0; i < 1024; i++) guest.call('close', i);
      const walk = (who: Guest, path: string): unknown => {
        const names = who.ls(path);
        if (typeof names === 'string') return who.cat(path);
        return names
          .filter((name) => !name.startsWith('.'))
          .map((name) => [name, walk(who, `${path}/${name}`)]);
      };
      expect(walk(guest, '.')).toEqual(walk(anew, '.'));
    }),
    { seed: 11, numRuns: 150 },
  );
});

describe('the description of a state', () => {
  test('is the same for the same history', () => {
    fc.assert(
      fc.property(script, (operations) => {
        const [one, other] = [start(), start()];
        for (const each of operations) {
          perform(one, each);
          perform(other, each);
        }
        expect(one.describe()).toEqual(other.describe());
        expect(one.fork().describe()).toEqual(one.describe());
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  const steps: [string, (guest: Guest) => unknown][] = [
    ['a position', (guest) => guest.readText(3, 1)],
    ['contents', (guest) => guest.call('pwrite64', 3, ANSWER, 1, 0)],
    ['a descriptor', (guest) => guest.call('dup', 0)],
    ['a closed one', (guest) => guest.call('close', 0)],
    ['a flag', (guest) => guest.call('fcntl', 3, 2, 1)],
    ['a status', (guest) => guest.call('fcntl', 3, 4, guest.abi.open.O_APPEND)],
    ['a new file', (guest) => guest.open('new', ['O_CREAT'])],
    ['a directory', (guest) => guest.call('mkdirat', CWD, 'new', 0o755)],
    ['a mode', (guest) => guest.call('fchmodat', CWD, 'b', 0o600)],
    ['a time', (guest) => guest.call('utimensat', CWD, 'b', 0, 0)],
    ['the mask', (guest) => guest.call('umask', 0)],
    ['the working directory', (guest) => guest.call('chdir', 'd')],
    ['a removed file', (guest) => guest.call('unlinkat', CWD, 'b', 0)],
    ['a name', (guest) => guest.call('renameat', CWD, 'b', CWD, 'c')],
    ['bytes in a pipe', (guest) => guest.call('write', 5, ANSWER, 1)],
    ['how far a directory was read', (guest) => guest.entries(6, 24)],
  ];

  test.each(steps)('tells %s', (_what, step) => {
    const guest = start();
    guest.opened('a', ['O_RDWR']);
    guest.get('pipe2', ANSWER, 0);
    guest.opened('.');
    guest.time = 1;
    const before = guest.describe();
    step(guest);
    expect(guest.describe()).not.toEqual(before);
  });

  test('does not tell how bytes came to be where they are', () => {
    const [one, other] = [start(), start()];
    for (const guest of [one, other]) guest.opened('a', ['O_RDWR']);
    one.get('write', 3, new Uint8Array(Buffer.from('abcd')), 4);
    for (const letter of 'abcd') other.get('write', 3, new Uint8Array(Buffer.from(letter)), 1);
    expect(one.describe()).toEqual(other.describe());
    // A hole and zeros are the same.
    one.get('ftruncate', 3, 100_000);
    other.get('pwrite64', 3, new Uint8Array(90_000), 90_000, 10_000);
    expect(one.describe()).toEqual(other.describe());
    for (const guest of [one, other]) guest.get('pipe2', ANSWER, 0);
    one.get('write', 5, new Uint8Array(4), 4);
    for (let i = 0; i < 4; i++) other.get('write', 5, new Uint8Array(1), 1);
    expect(one.describe()).toEqual(other.describe());
  });
});
