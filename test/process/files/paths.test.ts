/** What names mean to a guest, and that nothing outside of the granted directory is ever reached. */
import { describe, expect, test } from 'vitest';
import { AT_REMOVEDIR } from '#suture/process/abi/files.js';
import { ANSWER, Guest, MemoryHost, type Tree } from '../../support/guest-files.js';

const TREE: Tree = {
  'a.txt': 'alpha',
  sub: { 'b.txt': 'beta', deep: { 'c.txt': 'gamma' } },
  empty: {},
  toFile: { to: 'sub/b.txt' },
  toDirectory: { to: 'sub' },
  absolute: { to: '/data/sub/b.txt' },
  up: { to: '..' },
  out: { to: '/etc/passwd' },
  above: { to: '../../../etc/passwd' },
  dangling: { to: 'nothing' },
  loop: { to: 'pool' },
  pool: { to: 'loop' },
  self: { to: 'self' },
};

const CWD = -100;

describe('names', () => {
  test.each([
    ['a.txt', 'alpha'],
    ['./a.txt', 'alpha'],
    ['/data/a.txt', 'alpha'],
    ['//data///sub//b.txt', 'beta'],
    ['sub/../a.txt', 'alpha'],
    ['../data/a.txt', 'alpha'],
    ['../../../../data/sub/deep/c.txt', 'gamma'],
    ['toFile', 'beta'],
    ['toDirectory/b.txt', 'beta'],
    ['toDirectory/deep/../b.txt', 'beta'],
    ['absolute', 'beta'],
    ['up/data/a.txt', 'alpha'],
    ['', 'ENOENT'],
    ['nothing', 'ENOENT'],
    ['nothing/more', 'ENOENT'],
    ['a.txt/', 'ENOTDIR'],
    ['a.txt/more', 'ENOTDIR'],
    ['a.txt/..', 'ENOTDIR'],
    ['toFile/', 'ENOTDIR'],
    ['dangling', 'ENOENT'],
    ['loop', 'ELOOP'],
    ['self/x', 'ELOOP'],
    ['x'.repeat(255), 'ENOENT'],
    ['x'.repeat(256), 'ENAMETOOLONG'],
    ['./'.repeat(2047), 'EISDIR'],
    ['./'.repeat(2048), 'ENAMETOOLONG'],
    ['ä'.repeat(128), 'ENAMETOOLONG'],
  ])('%.40s', (path, found) => {
    const guest = Guest.in(new MemoryHost(TREE));
    expect(guest.cat(path)).toBe(found);
  });

  test('a path that is not UTF-8 names nothing', () => {
    const guest = Guest.in(new MemoryHost(TREE));
    expect(guest.call('openat', CWD, Uint8Array.of(0xff, 0), 0)).toBe('EILSEQ');
  });

  test('a path that leaves the memory is a bad address', () => {
    const guest = Guest.in(new MemoryHost(TREE));
    expect(guest.call('openat', CWD, 8, 0)).toBe('EFAULT');
    expect(guest.call('openat', CWD, -8, 0)).toBe('EFAULT');
    expect(guest.call('openat', CWD, 2 ** 40, 0)).toBe('EFAULT');
  });
});

describe('what lies outside', () => {
  const OUTSIDE = [
    '/etc/passwd',
    '/',
    '..',
    '../..',
    'out',
    'above',
    '/data/../etc/passwd',
    '/data/..',
    '/home',
  ];

  test.each(OUTSIDE)('%s is never asked of the host', (path) => {
    const host = new MemoryHost(TREE);
    const guest = Guest.in(host);
    expect(['ENOENT', 'EISDIR']).toContain(guest.cat(path));
    expect(guest.open(path, ['O_WRONLY'])).toMatch(/ENOENT|EISDIR/);
    for (const call of host.calls) expect(call).not.toMatch(/etc|passwd|home|\.\./);
  });

  test.each(['/new', '../new', '/etc/new', 'up/new', '/data/../new', '/dev/new'])(
    '%s cannot be made',
    (path) => {
      const host = new MemoryHost(TREE);
      const guest = Guest.in(host);
      const before = host.paths;
      const expected = path === '/etc/new' ? 'ENOENT' : 'EACCES';
      expect(guest.open(path, ['O_WRONLY', 'O_CREAT'])).toBe(expected);
      expect(guest.call('mkdirat', CWD, path, 0o755)).toBe(expected);
      expect(guest.call('renameat2', CWD, 'a.txt', CWD, path, 0)).toBe(expected);
      expect(host.paths).toEqual(before);
    },
  );

  test('creating through a link that leads out makes nothing', () => {
    const host = new MemoryHost({ out: { to: '/tmp/new' }, above: { to: '../new' } });
    const guest = Guest.in(host);
    expect(guest.open('out', ['O_WRONLY', 'O_CREAT'])).toBe('ENOENT');
    expect(guest.open('above', ['O_WRONLY', 'O_CREAT'])).toBe('EACCES');
    expect(host.paths).toEqual(['', 'above', 'out']);
  });

  test('the directories above hold only what leads to the granted one', () => {
    const guest = Guest.in(new MemoryHost(TREE), {
      mount: '/home/me/data',
      workingDirectory: '/home/you/work',
    });
    expect(guest.ls('/')).toEqual(['.', '..', 'dev', 'home']);
    expect(guest.ls('/home')).toEqual(['.', '..', 'me', 'you']);
    expect(guest.ls('/home/me')).toEqual(['.', '..', 'data']);
    expect(guest.ls('.')).toEqual(['.', '..']);
    expect(guest.cwd()).toBe('/home/you/work');
    expect(guest.cat('../../me/data/a.txt')).toBe('alpha');
    expect(guest.cat('a.txt')).toBe('ENOENT');
  });

  test('neither the granted directory nor what is always there can be taken away', () => {
    const host = new MemoryHost();
    const guest = Guest.in(host);
    expect(guest.call('unlinkat', CWD, '/data', AT_REMOVEDIR)).toBe('EBUSY');
    expect(guest.call('unlinkat', CWD, '/dev', AT_REMOVEDIR)).toBe('EBUSY');
    expect(guest.call('unlinkat', CWD, '/', AT_REMOVEDIR)).toBe('EBUSY');
    expect(guest.call('unlinkat', CWD, '/dev/null', 0)).toBe('EACCES');
    expect(guest.call('renameat2', CWD, '/data', CWD, '/else', 0)).toBe('EACCES');
    expect(guest.call('fchmodat', CWD, '/dev', 0o777)).toBe('EPERM');
    expect(host.calls.filter((call) => !/^(list|stat)/.test(call))).toEqual([]);
  });
});

describe('a granted directory that is the root', () => {
  test('has the devices besides', () => {
    const host = new MemoryHost(TREE);
    const guest = Guest.in(host, { mount: '/' });
    expect(guest.cat('/a.txt')).toBe('alpha');
    expect(guest.cat('/../a.txt')).toBe('alpha');
    expect(guest.ls('/')).toContain('dev');
    expect(guest.cat('/dev/null')).toBe('');
    expect(guest.call('unlinkat', CWD, '/dev', AT_REMOVEDIR)).toBe('EBUSY');
    expect(guest.call('renameat2', CWD, '/dev', CWD, '/else', 0)).toBe('EBUSY');
    expect(guest.call('renameat2', CWD, '/empty', CWD, '/dev', 0)).toBe('ENOTEMPTY');
    guest.put('/new', 'x');
    expect(host.text('new')).toBe('x');
  });

  test('may hold a directory of that name, whose place they take', () => {
    const guest = Guest.in(new MemoryHost({ dev: { mine: '' } }), { mount: '/' });
    expect(guest.ls('/dev')).toEqual(['.', '..', 'full', 'mine', 'null', 'random', 'urandom', 'zero']);
  });
});

describe('without a granted directory', () => {
  test('there are only the devices', () => {
    const guest = Guest.create({ executable: '/bin/prog' });
    expect(guest.ls('/')).toEqual(['.', '..', 'dev', 'proc']);
    expect(guest.cwd()).toBe('/');
    expect(guest.open('/etc/passwd')).toBe('ENOENT');
    expect(guest.open('/new', ['O_CREAT'])).toBe('EACCES');
    expect(guest.get('readlinkat', CWD, '/proc/self/exe', ANSWER, 100)).toBe('/bin/prog'.length);
    expect(Buffer.from(guest.bytes(ANSWER, 9)).toString()).toBe('/bin/prog');
  });
});

describe('the working directory', () => {
  test('moves, and stays where it was when it is renamed', () => {
    const guest = Guest.in(new MemoryHost(TREE));
    expect(guest.call('chdir', 'a.txt')).toBe('ENOTDIR');
    expect(guest.call('chdir', 'nothing')).toBe('ENOENT');
    expect(guest.call('chdir', 'toDirectory/deep')).toBe(0);
    expect(guest.cwd()).toBe('/data/sub/deep');
    expect(guest.call('renameat2', CWD, '../../sub', CWD, '../../moved', 0)).toBe(0);
    expect(guest.cwd()).toBe('/data/moved/deep');
    expect(guest.cat('c.txt')).toBe('gamma');
    expect(guest.cat('../b.txt')).toBe('beta');
  });

  test('has no path once it is removed', () => {
    const guest = Guest.in(new MemoryHost(TREE));
    guest.get('chdir', 'empty');
    expect(guest.call('rmdir', '/data/empty')).toBe(0);
    expect(guest.call('getcwd', ANSWER, 100)).toBe('ENOENT');
    expect(guest.open('x', ['O_CREAT'])).toBe('ENOENT');
    expect(guest.open('..')).toBe('ENOENT');
    expect(guest.cat('/data/a.txt')).toBe('alpha');
  });

  test('is told only where there is room', () => {
    const guest = Guest.in(new MemoryHost());
    expect(guest.call('getcwd', ANSWER, 5)).toBe('ERANGE');
    expect(guest.call('getcwd', ANSWER, 6)).toBe(6);
    expect(guest.call('getcwd', 8, 6)).toBe('EFAULT');
  });

  test('of a descriptor', () => {
    const guest = Guest.in(new MemoryHost(TREE));
    const sub = guest.opened('sub');
    expect(guest.call('fchdir', sub)).toBe(0);
    expect(guest.cwd()).toBe('/data/sub');
    expect(guest.call('fchdir', guest.opened('b.txt'))).toBe('ENOTDIR');
    expect(guest.call('fchdir', 0)).toBe('ENOTDIR');
    expect(guest.call('fchdir', 99)).toBe('EBADF');
  });
});

test('paths begin at the descriptor they are given with', () => {
  const guest = Guest.in(new MemoryHost(TREE));
  const sub = guest.opened('sub', ['O_DIRECTORY']);
  const file = guest.opened('a.txt');
  expect(guest.call('openat', sub, 'b.txt', 0)).toBe(file + 1);
  expect(guest.call('openat', sub, 'a.txt', 0)).toBe('ENOENT');
  expect(guest.call('openat', file, 'b.txt', 0)).toBe('ENOTDIR');
  expect(guest.call('openat', 0, 'b.txt', 0)).toBe('ENOTDIR');
  expect(guest.call('openat', 99, 'b.txt', 0)).toBe('EBADF');
  expect(guest.call('openat', 99, '/data/a.txt', 0)).toBe(file + 2);
});
