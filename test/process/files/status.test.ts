/** What guests are told about files: status structures of each ABI, times, directories, file systems. */
import { describe, expect, test } from 'vitest';
import { decode, type Layout } from '#suture/process/abi/layout.js';
import { abis, riscv32, riscv64, sparc32, type Abi } from '#suture/process/abi/index.js';
import { statx } from '#suture/process/abi/structs.js';
import { ANSWER, END, EPOCH, Guest, MemoryHost } from '../../support/guest-files.js';

const CWD = -100;
const NOFOLLOW = 0x100;
const EMPTY_PATH = 0x1000;
const SECOND = 1_000_000_000;

function told(guest: Guest, layout: Layout): Record<string, number> {
  return decode(layout, guest.bytes(ANSWER, layout.size), guest.abi.bigEndian);
}

function status(guest: Guest, path: string, flags = 0): Record<string, number> | string {
  const result = guest.call('statx', CWD, path, flags, 0x7ff, ANSWER);
  return typeof result === 'string' ? result : told(guest, statx);
}

const host = (): MemoryHost =>
  new MemoryHost({ file: 'x'.repeat(5000), sub: { b: '', a: '', c: {} }, link: { to: 'sub' } });

describe.each(abis)('status on $name', (abi: Abi) => {
  const calls: [string, (guest: Guest, path: string, fd: number) => number | string, Layout][] = [
    ['statx', (guest, path) => guest.call('statx', CWD, path, 0, 0x7ff, ANSWER), statx],
  ];
  if (abi === riscv64) {
    calls.push(['newfstatat', (guest, path) => guest.call('newfstatat', CWD, path, ANSWER, 0), abi.stat64]);
    calls.push(['fstat', (guest, _path, fd) => guest.call('fstat', fd, ANSWER), abi.stat]);
  }
  if (abi === sparc32) {
    calls.push(['stat', (guest, path) => guest.call('stat', path, ANSWER), abi.stat]);
    calls.push(['lstat', (guest, path) => guest.call('lstat', path, ANSWER), abi.stat]);
    calls.push(['fstat', (guest, _path, fd) => guest.call('fstat', fd, ANSWER), abi.stat]);
    calls.push(['stat64', (guest, path) => guest.call('stat64', path, ANSWER), abi.stat64]);
    calls.push(['lstat64', (guest, path) => guest.call('lstat64', path, ANSWER), abi.stat64]);
    calls.push(['fstat64', (guest, _path, fd) => guest.call('fstat64', fd, ANSWER), abi.stat64]);
    calls.push(['fstatat64', (guest, path) => guest.call('fstatat64', CWD, path, ANSWER, 0), abi.stat64]);
  }

  test.each(calls)('%s', (_name, call, layout) => {
    const guest = Guest.in(host(), {}, abi);
    guest.time = 5 * SECOND + 7;
    const fd = guest.opened('file', ['O_RDWR']);
    expect(guest.call('write', fd, ANSWER, 1)).toBe(1);
    expect(call(guest, 'file', fd)).toBe(0);
    const prefix = layout === statx ? 'stx' : 'st';
    const expected: Record<string, number> = {
      [`${prefix}_mode`]: layout === statx || layout.members.st_mode![1] === 2 ? 0o100644 - 65536 : 0o100644,
      [`${prefix}_nlink`]: 1,
      [`${prefix}_uid`]: 1000,
      [`${prefix}_gid`]: 1000,
      [`${prefix}_size`]: 5000,
      [`${prefix}_blocks`]: 10,
      [`${prefix}_blksize`]: 4096,
      [`${prefix}_atime`]: EPOCH,
      [`${prefix}_atime_nsec`]: 0,
      [`${prefix}_mtime`]: EPOCH + 5,
      [`${prefix}_mtime_nsec`]: 7,
      [`${prefix}_ctime`]: EPOCH + 5,
      [`${prefix}_ctime_nsec`]: 7,
    };
    expect(told(guest, layout)).toMatchObject(expected);
    expect(told(guest, layout)[`${prefix}_ino`]).toBeGreaterThan(0);
    expect(call(guest, 'nothing', 99)).toMatch(/ENOENT|EBADF/);
  });
});

describe('statx', () => {
  const kindOf = (found: Record<string, number> | string): number | string =>
    typeof found === 'string' ? found : found.stx_mode! & 0o170000;

  test('knows what a path is', () => {
    const guest = Guest.in(host());
    expect(kindOf(status(guest, 'sub'))).toBe(0o040000);
    expect(kindOf(status(guest, 'link'))).toBe(0o040000);
    expect(kindOf(status(guest, 'link', NOFOLLOW))).toBe(0o120000);
    expect(status(guest, 'link', NOFOLLOW)).toMatchObject({ stx_size: 3 });
    expect(kindOf(status(guest, '/dev/null'))).toBe(0o020000);
    expect(status(guest, '/dev/null')).toMatchObject({ stx_rdev_major: 1, stx_rdev_minor: 3 });
    expect(kindOf(status(guest, '/'))).toBe(0o040000);
    expect(status(guest, '')).toBe('ENOENT');
    expect(kindOf(status(guest, '', EMPTY_PATH))).toBe(0o040000);
    expect(status(guest, 'file', 1)).toBe('EINVAL');
    expect(status(guest, 'file', 0x6000)).toBe('EINVAL');
    expect(guest.call('statx', CWD, 'file', 0, 0x80000000, ANSWER)).toBe('EINVAL');
    expect(guest.call('statx', CWD, 'file', 0, 0, END - 8)).toBe('EFAULT');
  });

  test('knows what a descriptor is', () => {
    const guest = Guest.in(host());
    guest.get('pipe2', ANSWER, 0);
    const pipe = guest.int(ANSWER);
    const numbers = [0, 1, 2, pipe].map((fd) => {
      expect(guest.call('statx', fd, '', EMPTY_PATH, 0, ANSWER)).toBe(0);
      const found = told(guest, statx);
      expect(kindOf(found)).toBe(0o010000);
      return found.stx_ino;
    });
    expect(new Set(numbers).size).toBe(4);
    expect(guest.call('statx', 99, '', EMPTY_PATH, 0, ANSWER)).toBe('EBADF');
    expect(guest.call('statx', guest.opened('file'), '', EMPTY_PATH, 0, ANSWER)).toBe(0);
    expect(told(guest, statx).stx_size).toBe(5000);
    expect(guest.call('newfstatat', CWD, 'file', ANSWER, 0x2000)).toBe('EINVAL');
  });

  test('numbers are different, stay, and do not depend on who looks first', () => {
    const one = Guest.in(host());
    const other = Guest.in(host());
    const number = (guest: Guest, path: string): number =>
      (status(guest, path) as Record<string, number>).stx_ino!;
    const paths = ['file', 'sub', 'sub/a', 'sub/b', '.', '/', '/dev/null', '/dev/zero'];
    const seen = paths.map((path) => number(one, path));
    expect(new Set(seen).size).toBe(paths.length);
    expect([...paths].reverse().map((path) => number(other, path))).toEqual([...seen].reverse());
    one.get('renameat', CWD, 'file', CWD, 'sub/moved');
    expect(number(one, 'sub/moved')).toBe(seen[0]);
    one.put('file', '');
    expect(seen).not.toContain(number(one, 'file'));
  });
});

describe('times', () => {
  test('of a directory change with its entries', () => {
    const guest = Guest.in(host());
    const modified = (path: string): unknown => (status(guest, path) as Record<string, number>).stx_mtime;
    guest.time = 3 * SECOND;
    guest.put('sub/new', '');
    expect(modified('sub')).toBe(EPOCH + 3);
    guest.time = 4 * SECOND;
    guest.get('renameat', CWD, 'sub/new', CWD, 'new');
    expect([modified('sub'), modified('.'), modified('new')]).toEqual([EPOCH + 4, EPOCH + 4, EPOCH + 3]);
    guest.time = 5 * SECOND;
    guest.get('unlinkat', CWD, 'new', 0);
    expect([modified('sub'), modified('.')]).toEqual([EPOCH + 4, EPOCH + 5]);
  });

  const cases: [Abi, string, number][] = [
    [riscv64, 'utimensat', 8],
    [riscv32, 'utimensat_time64', 8],
    [sparc32, 'utimensat_time64', 8],
    [sparc32, 'utimensat', 4],
  ];

  test.each(cases)('are set on %o by %s with %i bytes', (abi, name, width) => {
    const guest = Guest.in(host(), {}, abi);
    guest.time = 9 * SECOND;
    const times = (...values: number[]): Uint8Array => {
      const view = new DataView(new ArrayBuffer(values.length * width));
      for (const [i, value] of values.entries()) {
        // What lies above a 32-bit tv_nsec is padding.
        const isPadded = width === 8 && abi.wordSize === 4 && i % 2 === 1;
        const wide = BigInt(value) | (isPadded ? 0x1234567800000000n : 0n);
        if (width === 8) view.setBigInt64(i * 8, BigInt.asIntN(64, wide), !abi.bigEndian);
        else view.setInt32(i * 4, value, !abi.bigEndian);
      }
      return new Uint8Array(view.buffer);
    };
    const NOW = 0x3fffffff;
    const OMIT = 0x3ffffffe;
    const seen = (): unknown[] => {
      const found = status(guest, 'file') as Record<string, number>;
      return [found.stx_atime, found.stx_atime_nsec, found.stx_mtime, found.stx_mtime_nsec];
    };
    expect(guest.call(name, CWD, 'file', times(1, 2, -3, 4), 0)).toBe(0);
    expect(seen()).toEqual([1, 2, -3, 4]);
    expect(guest.call(name, CWD, 'file', times(0, OMIT, 0, NOW), 0)).toBe(0);
    expect(seen()).toEqual([1, 2, EPOCH + 9, 0]);
    expect(guest.call(name, CWD, 'file', times(0, -1, 0, 0), 0)).toBe('EINVAL');
    expect(guest.call(name, CWD, 'file', times(0, 0, 0, SECOND), 0)).toBe('EINVAL');
    expect(guest.call(name, CWD, 'file', 0, 1)).toBe('EINVAL');
    expect(guest.call(name, CWD, 'nothing', 0, 0)).toBe('ENOENT');
    expect(guest.call(name, guest.opened('file'), 0, 0, 0)).toBe(0);
    expect(seen()).toEqual([EPOCH + 9, 0, EPOCH + 9, 0]);
    expect(guest.call(name, CWD, '/dev/null', 0, 0)).toBe('EPERM');
  });
});

describe('directories', () => {
  test.each(abis)('are listed in order on $name', (abi) => {
    const guest = Guest.in(host(), {}, abi);
    const fd = guest.opened('sub', ['O_DIRECTORY']);
    const all = guest.entries(fd, 4096);
    expect(all.map(({ name }) => name)).toEqual(['.', '..', 'a', 'b', 'c']);
    expect(all.map(({ type }) => type)).toEqual([4, 4, 8, 8, 4]);
    expect(guest.entries(fd, 4096)).toEqual([]);
    const number = (path: string): unknown => (status(guest, path) as Record<string, number>).stx_ino;
    expect(all.map((entry) => entry.number)).toEqual(['sub', '.', 'sub/a', 'sub/b', 'sub/c'].map(number));
    const root = guest.entries(guest.opened('.'), 4096);
    expect(root.find(({ name }) => name === 'link')!.type).toBe(10);
  });

  test('in as many pieces as the buffer is small', () => {
    const guest = Guest.in(host());
    for (const size of [24, 25, 48, 71, 72, 200]) {
      expect(guest.ls('sub', size)).toEqual(['.', '..', 'a', 'b', 'c']);
    }
    expect(guest.call('getdents64', guest.opened('sub'), ANSWER, 23)).toBe('EINVAL');
    expect(guest.call('getdents64', guest.opened('sub'), 8, 100)).toBe('EFAULT');
    expect(guest.call('getdents64', guest.opened('file'), ANSWER, 100)).toBe('ENOTDIR');
    expect(guest.call('getdents64', 0, ANSWER, 100)).toBe('ENOTDIR');
    expect(guest.call('getdents64', 99, ANSWER, 100)).toBe('EBADF');
  });

  test('whose files are removed while they are listed', () => {
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, '']));
    const guest = Guest.in(new MemoryHost({ many: files }));
    const fd = guest.opened('many');
    let removed = 0;
    for (let page = guest.entries(fd, 100); page.length > 0; page = guest.entries(fd, 100)) {
      for (const { name } of page) {
        if (name.startsWith('f')) removed += guest.get('unlinkat', CWD, `many/${name}`, 0) === 0 ? 1 : 0;
      }
    }
    expect(removed).toBe(50);
    expect(guest.call('lseek', fd, 0, 0)).toBe(0);
    expect(guest.entries(fd, 4096).map(({ name }) => name)).toEqual(['.', '..']);
    guest.get('unlinkat', CWD, 'many', 0x200);
    guest.get('lseek', fd, 0, 0);
    expect(guest.call('getdents64', fd, ANSWER, 100)).toBe('ENOENT');
    expect(guest.call('read', fd, ANSWER, 1)).toBe('EISDIR');
    expect(guest.call('lseek', fd, 0, 2)).toBe('EINVAL');
  });
});

describe('file systems', () => {
  test.each(abis)('on $name', (abi) => {
    const guest = Guest.in(host(), { totalLimit: 100 * 4096 }, abi);
    const wide = abi.wordSize === 8;
    const layout = wide ? abi.statfs : abi.statfs64;
    const expected = { f_bsize: 4096, f_blocks: 100, f_bfree: 100, f_namelen: 255 };
    const size = wide ? [] : [layout.size];
    expect(guest.call(wide ? 'statfs' : 'statfs64', 'file', ...size, ANSWER)).toBe(0);
    expect(told(guest, layout)).toMatchObject(expected);
    guest.put('new', 'x');
    expect(guest.call(wide ? 'fstatfs' : 'fstatfs64', guest.opened('new'), ...size, ANSWER)).toBe(0);
    expect(told(guest, layout)).toMatchObject({ ...expected, f_bfree: 84, f_bavail: 84 });
    if (!wide) expect(guest.call('statfs64', 'file', layout.size - 1, ANSWER)).toBe('EINVAL');
  });
});
