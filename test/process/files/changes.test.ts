/** Making, removing and renaming, with the errors of the manual pages, and what reaches the host. */
import { describe, expect, test } from 'vitest';
import { AT_REMOVEDIR } from '#suture/process/abi/files.js';
import { abis, sparc32 } from '#suture/process/abi/index.js';
import { ANSWER, Guest, MemoryHost, type Tree } from '../../support/guest-files.js';

const CWD = -100;
const TREE: Tree = {
  file: 'alpha',
  other: 'beta',
  sub: { inner: 'gamma' },
  empty: {},
  void: {},
  link: { to: 'file' },
  dangling: { to: 'sub/made' },
  toSub: { to: 'sub' },
};

function setUp(tree: Tree = TREE): { guest: Guest; host: MemoryHost } {
  const host = new MemoryHost(tree);
  return { guest: Guest.in(host), host };
}

describe('open', () => {
  test.each([
    ['file', ['O_CREAT', 'O_EXCL'], 'EEXIST'],
    ['link', ['O_CREAT', 'O_EXCL'], 'EEXIST'],
    ['dangling', ['O_CREAT', 'O_EXCL'], 'EEXIST'],
    ['sub', ['O_CREAT'], 'EISDIR'],
    ['sub', ['O_CREAT', 'O_EXCL'], 'EEXIST'],
    ['sub', ['O_WRONLY'], 'EISDIR'],
    ['sub', ['O_RDWR'], 'EISDIR'],
    ['file', ['O_DIRECTORY'], 'ENOTDIR'],
    ['new', ['O_DIRECTORY', 'O_CREAT'], 'EINVAL'],
    ['new/', ['O_CREAT'], 'EISDIR'],
    ['new/x', ['O_CREAT'], 'ENOENT'],
    ['file/x', ['O_CREAT'], 'ENOTDIR'],
    ['link', ['O_NOFOLLOW'], 'ELOOP'],
    ['link', ['O_NOFOLLOW', 'O_CREAT'], 'ELOOP'],
    ['toSub', ['O_NOFOLLOW', 'O_DIRECTORY'], 'ENOTDIR'],
    ['link', ['O_PATH', 'O_DIRECTORY'], 'ENOTDIR'],
    ['sub', ['O_TMPFILE', 'O_WRONLY'], 'EOPNOTSUPP'],
    ['new', ['O_WRONLY', 'O_TRUNC'], 'ENOENT'],
  ] as const)('%s with %s: %s', (path, flags, error) => {
    for (const abi of abis) {
      const host = new MemoryHost(TREE);
      const before = host.paths;
      expect(Guest.in(host, {}, abi).open(path, [...flags])).toBe(error);
      expect(host.paths).toEqual(before);
    }
  });

  test.each(abis)('makes files on $name', (abi) => {
    const host = new MemoryHost(TREE);
    const guest = Guest.in(host, {}, abi);
    expect(guest.opened('new', ['O_CREAT', 'O_EXCL', 'O_WRONLY'], 0o4666)).toBe(3);
    expect(host.entries.get('new')).toMatchObject({ kind: 'file', mode: 0o4644 });
    expect(guest.call('write', 3, ANSWER, 2)).toBe(2);
    expect(host.text('new')).toBe('\0\0');
    expect(guest.opened('dangling', ['O_CREAT'])).toBe(4);
    expect(host.text('sub/made')).toBe('');
    // The status keeps what matters after opening.
    const status = guest.get('fcntl', 3, 3);
    expect(status & ~guest.abi.open.O_LARGEFILE).toBe(guest.abi.open.O_WRONLY);
    if (abi.wordSize === 8) expect(status & guest.abi.open.O_LARGEFILE).not.toBe(0);
  });

  test('cuts files, and needs permission to write for that', () => {
    const { guest, host } = setUp();
    guest.opened('file', ['O_TRUNC', 'O_RDWR']);
    expect(host.text('file')).toBe('');
    host.entries.get('other')!.mode = 0o444;
    const anew = Guest.in(host);
    expect(anew.open('other', ['O_TRUNC'])).toBe('EACCES');
    expect(host.text('other')).toBe('beta');
  });

  test('names a link itself with O_PATH', () => {
    const { guest } = setUp();
    const name = guest.opened('link', ['O_PATH', 'O_NOFOLLOW']);
    expect(guest.call('readlinkat', name, '', ANSWER, 10)).toBe(4);
    expect(guest.call('readlinkat', guest.opened('file'), '', ANSWER, 10)).toBe('ENOENT');
    expect(guest.call('fsync', name)).toBe('EBADF');
    expect(guest.call('fcntl', name, 3)).toBe(guest.abi.open.O_PATH | guest.abi.open.O_NOFOLLOW);
    expect(guest.call('fcntl', name, 4, 0)).toBe('EBADF');
  });

  test('gives the lowest free descriptor, up to 1024', () => {
    const { guest } = setUp();
    guest.get('close', 1);
    expect(guest.open('file')).toBe(1);
    for (let i = 3; i < 1024; i++) expect(guest.open('file')).toBe(i);
    expect(guest.open('file')).toBe('EMFILE');
    expect(guest.open('new', ['O_CREAT'])).toBe('EMFILE');
    expect(guest.call('dup', 5)).toBe('EMFILE');
    expect(guest.call('pipe2', ANSWER, 0)).toBe('EMFILE');
    guest.get('close', 7);
    expect(guest.call('pipe2', ANSWER, 0)).toBe('EMFILE');
    expect(guest.open('new')).toBe('ENOENT');
    expect(guest.open('file')).toBe(7);
  });

  test('of SPARC has its older calls', () => {
    const host = new MemoryHost(TREE);
    const guest = Guest.in(host, {}, sparc32);
    expect(guest.call('open', 'file', 0, 0)).toBe(3);
    expect(guest.call('creat', 'file', 0o600)).toBe(4);
    expect(host.text('file')).toBe('');
    expect(guest.call('read', 4, ANSWER, 1)).toBe('EBADF');
    expect(guest.call('mkdir', 'dir', 0o777)).toBe(0);
    expect(host.entries.get('dir')).toEqual({ kind: 'directory', mode: 0o755 });
    expect(guest.call('rename', 'other', 'dir/x')).toBe(0);
    expect(guest.call('unlink', 'dir/x')).toBe(0);
    expect(guest.call('rmdir', 'dir')).toBe(0);
    expect(guest.call('access', 'sub', 7)).toBe(0);
    expect(guest.call('readlink', 'link', ANSWER, 2)).toBe(2);
    expect(guest.call('truncate', 'sub/inner', 1)).toBe(0);
    expect(host.text('sub/inner')).toBe('g');
    expect(guest.call('link', 'sub/inner', 'x')).toBe('EPERM');
    expect(guest.call('symlink', 'sub/inner', 'x')).toBe('EPERM');
  });
});

describe('permissions', () => {
  test('of the host hold', () => {
    const host = new MemoryHost({ secret: 'x', fixed: 'y', closed: { inner: 'z' }, shown: { inner: 'z' } });
    host.entries.get('secret')!.mode = 0o000;
    host.entries.get('fixed')!.mode = 0o444;
    host.entries.get('closed')!.mode = 0o600;
    host.entries.get('shown')!.mode = 0o500;
    const guest = Guest.in(host);
    expect(guest.open('secret')).toBe('EACCES');
    expect(guest.open('secret', ['O_PATH'])).toBe(3);
    expect(guest.open('fixed', ['O_RDWR'])).toBe('EACCES');
    expect(guest.open('fixed', ['O_ACCMODE'])).toBe('EACCES');
    expect(guest.cat('fixed')).toBe('y');
    expect(guest.open('closed/inner')).toBe('EACCES');
    expect(guest.call('chdir', 'closed')).toBe('EACCES');
    expect(guest.cat('shown/inner')).toBe('z');
    expect(guest.open('shown/new', ['O_CREAT'])).toBe('EACCES');
    expect(guest.call('unlinkat', CWD, 'shown/inner', 0)).toBe('EACCES');
    expect(guest.call('renameat2', CWD, 'shown/inner', CWD, 'x', 0)).toBe('EACCES');
    expect(guest.call('renameat2', CWD, 'fixed', CWD, 'shown/x', 0)).toBe('EACCES');
    expect(guest.call('truncate', 'fixed', 0)).toBe('EACCES');
    for (const [path, mode, answer] of [
      ['fixed', 4, 0],
      ['fixed', 6, 'EACCES'],
      ['fixed', 1, 'EACCES'],
      ['shown', 5, 0],
      ['shown', 2, 'EACCES'],
      ['nothing', 0, 'ENOENT'],
      ['fixed', 8, 'EINVAL'],
      ['/dev/null', 6, 0],
      ['/dev', 2, 'EACCES'],
    ] as const) {
      expect(guest.call('faccessat', CWD, path, mode)).toBe(answer);
      expect(guest.call('faccessat2', CWD, path, mode, 0x300)).toBe(answer);
    }
    expect(guest.call('faccessat2', CWD, 'fixed', 0, 1)).toBe('EINVAL');
  });

  test('of new files are those asked for, less the mask', () => {
    const { guest, host } = setUp();
    expect(guest.call('umask', 0o1077)).toBe(0o022);
    expect(guest.call('umask', 0o077)).toBe(0o077);
    const fd = guest.opened('new', ['O_CREAT', 'O_RDWR'], 0o466);
    expect(host.entries.get('new')).toMatchObject({ mode: 0o400 });
    // Who made it may write to it all the same.
    expect(guest.call('write', fd, ANSWER, 1)).toBe(1);
    expect(guest.open('new', ['O_WRONLY'])).toBe('EACCES');
    expect(guest.call('fchmod', fd, 0o10640)).toBe(0);
    expect(host.entries.get('new')).toMatchObject({ mode: 0o640 });
    expect(guest.open('new', ['O_WRONLY'])).toBeTypeOf('number');
    expect(guest.call('fchmodat', CWD, 'sub', 0o500)).toBe(0);
    expect(guest.open('sub/new', ['O_CREAT'])).toBe('EACCES');
    expect(guest.call('fchmod', 0, 0)).toBe('EINVAL');
    expect(guest.call('fchmodat', CWD, 'nothing', 0)).toBe('ENOENT');
  });

  test('owners stay', () => {
    const { guest } = setUp();
    expect(guest.call('fchownat', CWD, 'file', 1000, -1, 0)).toBe(0);
    expect(guest.call('fchownat', CWD, 'file', 0, -1, 0)).toBe('EPERM');
    expect(guest.call('fchown', guest.opened('file'), -1, 0)).toBe('EPERM');
    expect(guest.call('fchown', 99, -1, -1)).toBe('EBADF');
  });
});

describe('mkdir and rmdir', () => {
  test('as their manual pages have them', () => {
    const { guest, host } = setUp();
    const make = (path: string): number | string => guest.call('mkdirat', CWD, path, 0o777);
    const remove = (path: string): number | string => guest.call('unlinkat', CWD, path, AT_REMOVEDIR);
    expect(make('new')).toBe(0);
    expect(make('new/below/')).toBe(0);
    for (const path of ['new', 'file', 'link', 'dangling', '.', '..', '/']) expect(make(path)).toBe('EEXIST');
    expect(make('no/where')).toBe('ENOENT');
    expect(make('file/x')).toBe('ENOTDIR');
    expect(make('')).toBe('ENOENT');
    expect(host.entries.get('new/below')).toEqual({ kind: 'directory', mode: 0o755 });
    expect(remove('new')).toBe('ENOTEMPTY');
    expect(remove('new/below')).toBe(0);
    expect(remove('new/')).toBe(0);
    expect(remove('new')).toBe('ENOENT');
    expect(remove('file')).toBe('ENOTDIR');
    expect(remove('link')).toBe('ENOTDIR');
    expect(remove('sub/.')).toBe('EINVAL');
    expect(remove('sub/..')).toBe('ENOTEMPTY');
    expect(remove('.')).toBe('EINVAL');
    expect(guest.call('unlinkat', CWD, 'file', 1)).toBe('EINVAL');
    expect(host.entries.has('new')).toBe(false);
  });
});

describe('unlink', () => {
  test('as its manual page has it', () => {
    const { guest, host } = setUp();
    const unlink = (path: string): number | string => guest.call('unlinkat', CWD, path, 0);
    expect(unlink('sub')).toBe('EISDIR');
    expect(unlink('.')).toBe('EISDIR');
    expect(unlink('nothing')).toBe('ENOENT');
    expect(unlink('')).toBe('ENOENT');
    expect(unlink('file/')).toBe('ENOTDIR');
    expect(unlink('file/x')).toBe('ENOTDIR');
    expect(unlink('link')).toBe(0);
    expect(unlink('file')).toBe(0);
    expect(unlink('file')).toBe('ENOENT');
    expect(host.paths).not.toContain('file');
    expect(host.paths).not.toContain('link');
    guest.put('file', 'anew');
    expect(host.text('file')).toBe('anew');
  });
});

describe('rename', () => {
  test.each([
    ['file', 'new', 0],
    ['file', 'other', 0],
    ['file', 'file', 0],
    ['file', 'sub/inner', 0],
    ['link', 'other', 0],
    ['file', 'link', 0],
    ['sub', 'new', 0],
    ['sub', 'empty', 0],
    ['sub', 'empty/below', 0],
    ['sub/', 'new/', 0],
    ['empty', 'void', 0],
    ['file', 'sub', 'EISDIR'],
    ['sub', 'file', 'ENOTDIR'],
    ['empty', 'sub', 'ENOTEMPTY'],
    ['sub', 'sub/below', 'EINVAL'],
    ['sub', 'sub', 0],
    ['file/', 'new', 'ENOTDIR'],
    ['file', 'new/', 'ENOTDIR'],
    ['nothing', 'new', 'ENOENT'],
    ['file', 'no/where', 'ENOENT'],
    ['file', 'other/x', 'ENOTDIR'],
    ['.', 'new', 'EBUSY'],
    ['sub/..', 'new', 'EBUSY'],
    ['file', '.', 'EBUSY'],
  ] as const)('%s to %s: %s', (from, to, answer) => {
    const { guest, host } = setUp();
    const before = new Map(host.entries);
    expect(guest.call('renameat', CWD, from, CWD, to)).toBe(answer);
    if (typeof answer === 'string') {
      expect(host.entries).toEqual(before);
      return;
    }
    // A guest that starts now sees on the host what this one sees.
    const anew = Guest.in(host);
    for (const path of ['.', 'sub', 'empty', 'void', 'new', 'empty/below']) {
      expect(guest.ls(path)).toEqual(anew.ls(path));
    }
    for (const path of ['file', 'other', 'new', 'link', 'sub/inner', 'new/inner', 'empty/inner']) {
      expect(guest.cat(path)).toBe(anew.cat(path));
    }
    if (from !== to) expect(guest.call('faccessat', CWD, from, 0)).toBe('ENOENT');
  });

  test('with flags', () => {
    const { guest, host } = setUp();
    expect(guest.call('renameat2', CWD, 'file', CWD, 'other', 1)).toBe('EEXIST');
    expect(guest.call('renameat2', CWD, 'file', CWD, 'new', 1)).toBe(0);
    expect(guest.call('renameat2', CWD, 'new', CWD, 'other', 2)).toBe('EINVAL');
    expect(host.text('new')).toBe('alpha');
  });

  test('open files go on under their new names', () => {
    const { guest, host } = setUp();
    const fd = guest.opened('sub/inner', ['O_WRONLY', 'O_APPEND']);
    guest.get('renameat', CWD, 'sub', CWD, 'empty/moved');
    expect(guest.call('write', fd, ANSWER, 1)).toBe(1);
    expect(host.text('empty/moved/inner')).toBe('gamma\0');
    guest.get('renameat', CWD, 'other', CWD, 'empty/moved/inner');
    expect(guest.call('write', fd, ANSWER, 1)).toBe(1);
    expect(host.text('empty/moved/inner')).toBe('beta');
  });
});

test('a host that fails changes nothing', () => {
  const { guest, host } = setUp();
  const fd = guest.opened('file', ['O_RDWR']);
  const before = guest.describe();
  host.failing = 'EROFS';
  expect(guest.call('write', fd, ANSWER, 1)).toBe('EROFS');
  expect(guest.call('ftruncate', fd, 0)).toBe('EROFS');
  expect(guest.open('new', ['O_CREAT'])).toBe('EROFS');
  expect(guest.open('file', ['O_TRUNC', 'O_WRONLY'])).toBe('EROFS');
  expect(guest.call('mkdirat', CWD, 'new', 0o777)).toBe('EROFS');
  expect(guest.call('unlinkat', CWD, 'file', 0)).toBe('EROFS');
  expect(guest.call('unlinkat', CWD, 'empty', AT_REMOVEDIR)).toBe('EROFS');
  expect(guest.call('renameat', CWD, 'file', CWD, 'new')).toBe('EROFS');
  expect(guest.call('fchmod', fd, 0)).toBe('EROFS');
  expect(guest.describe()).toEqual(before);
});

test('nothing can be linked or made that there is no word for on the host', () => {
  const { guest } = setUp();
  expect(guest.call('linkat', CWD, 'file', CWD, 'new', 0)).toBe('EPERM');
  expect(guest.call('symlinkat', 'file', CWD, 'new')).toBe('EPERM');
  expect(guest.call('mknodat', CWD, 'new', 0, 0)).toBe('EPERM');
});

test('readlink', () => {
  const { guest } = setUp();
  expect(guest.call('readlinkat', CWD, 'link', ANSWER, 100)).toBe(4);
  expect(Buffer.from(guest.bytes(ANSWER, 4)).toString()).toBe('file');
  expect(guest.call('readlinkat', CWD, 'link', ANSWER, 2)).toBe(2);
  expect(guest.call('readlinkat', CWD, 'link', ANSWER, 0)).toBe('EINVAL');
  expect(guest.call('readlinkat', CWD, 'file', ANSWER, 9)).toBe('EINVAL');
  expect(guest.call('readlinkat', CWD, 'nothing', ANSWER, 9)).toBe('ENOENT');
  expect(guest.call('readlinkat', CWD, 'link', 8, 9)).toBe('EFAULT');
});
