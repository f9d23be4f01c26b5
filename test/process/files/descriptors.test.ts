/** Descriptors themselves: duplicates, flags, closing, and what only looks like a terminal's business. */
import { describe, expect, test } from 'vitest';
import { abis, riscv64 } from '#suture/process/abi/index.js';
import { encode, decode } from '#suture/process/abi/layout.js';
import { ANSWER, Guest, MemoryHost } from '../../support/guest-files.js';

const setUp = (): Guest => Guest.in(new MemoryHost({ file: '0123456789', sub: {} }));

describe('duplicates', () => {
  test('share the position and the status, not the flag', () => {
    const guest = setUp();
    const fd = guest.opened('file', ['O_RDONLY', 'O_CLOEXEC']);
    const copy = guest.get('dup', fd);
    expect(guest.readText(fd, 2)).toBe('01');
    expect(guest.readText(copy, 2)).toBe('23');
    expect([guest.call('fcntl', fd, 1), guest.call('fcntl', copy, 1)]).toEqual([1, 0]);
    guest.get('fcntl', fd, 4, guest.abi.open.O_APPEND);
    expect(guest.get('fcntl', copy, 3) & guest.abi.open.O_APPEND).not.toBe(0);
    guest.get('close', fd);
    expect(guest.readText(copy, 2)).toBe('45');
  });

  test('dup2 and dup3', () => {
    const guest = setUp();
    const fd = guest.opened('file');
    expect(guest.call('dup2', fd, fd)).toBe(fd);
    expect(guest.call('dup2', 99, 99)).toBe('EBADF');
    expect(guest.call('dup2', 99, 5)).toBe('EBADF');
    expect(guest.call('dup2', fd, -1)).toBe('EBADF');
    expect(guest.call('dup2', fd, 1024)).toBe('EBADF');
    expect(guest.call('dup2', fd, 1023)).toBe(1023);
    expect(guest.call('dup3', fd, fd, 0)).toBe('EINVAL');
    expect(guest.call('dup3', fd, 10, 1)).toBe('EINVAL');
    expect(guest.call('dup3', fd, 10, guest.abi.open.O_CLOEXEC)).toBe(10);
    expect(guest.call('fcntl', 10, 1)).toBe(1);
    expect(guest.call('dup', 99)).toBe('EBADF');
    // What the number meant before is closed.
    guest.get('pipe2', ANSWER, 0);
    const [read, write] = [guest.int(ANSWER), guest.int(ANSWER + 4)];
    guest.get('dup2', fd, write);
    expect(guest.call('read', read, ANSWER, 1)).toBe(0);
  });
});

describe('fcntl', () => {
  test.each(abis)('on $name', (abi) => {
    const guest = Guest.in(new MemoryHost({ file: '0123' }), {}, abi);
    const { fcntl, open } = abi;
    const fd = guest.opened('file', ['O_WRONLY']);
    expect(guest.call('fcntl', fd, fcntl.F_DUPFD, 20)).toBe(20);
    expect(guest.call('fcntl', fd, fcntl.F_DUPFD, 20)).toBe(21);
    expect(guest.call('fcntl', fd, fcntl.F_DUPFD_CLOEXEC, 20)).toBe(22);
    expect(guest.call('fcntl', 22, fcntl.F_GETFD)).toBe(1);
    expect(guest.call('fcntl', fd, fcntl.F_DUPFD, 1024)).toBe('EINVAL');
    expect(guest.call('fcntl', fd, fcntl.F_DUPFD, -1)).toBe('EINVAL');
    expect(guest.call('fcntl', fd, fcntl.F_SETFD, 1)).toBe(0);
    expect(guest.call('fcntl', fd, fcntl.F_GETFD)).toBe(1);
    // Only some flags can be changed later.
    const before = guest.get('fcntl', fd, fcntl.F_GETFL);
    expect(guest.call('fcntl', fd, fcntl.F_SETFL, open.O_APPEND | open.O_RDWR | open.O_CREAT)).toBe(0);
    expect(guest.call('fcntl', fd, fcntl.F_GETFL)).toBe(before | open.O_APPEND);
    expect(guest.call('fcntl', fd, 999)).toBe('EINVAL');
    expect(guest.call('fcntl', 99, fcntl.F_GETFL)).toBe('EBADF');

    const lock = encode(abi.flock, { l_type: fcntl.F_WRLCK, l_start: 1, l_len: 2 }, abi.bigEndian);
    const readLock = encode(abi.flock, { l_type: fcntl.F_RDLCK }, abi.bigEndian);
    expect(guest.call('fcntl', fd, fcntl.F_SETLK, lock)).toBe(0);
    expect(guest.call('fcntl', fd, fcntl.F_SETLKW, readLock)).toBe('EBADF');
    expect(guest.call('fcntl', fd, fcntl.F_SETLK, 8)).toBe('EFAULT');
    guest.memory.write(ANSWER, lock);
    expect(guest.call('fcntl', fd, fcntl.F_GETLK, ANSWER)).toBe(0);
    expect(decode(abi.flock, guest.bytes(ANSWER, abi.flock.size), abi.bigEndian)).toMatchObject({
      l_type: fcntl.F_UNLCK,
      l_start: 1,
      l_len: 2,
    });
    const bad = encode(abi.flock, { l_type: 9 }, abi.bigEndian);
    expect(guest.call('fcntl', fd, fcntl.F_SETLK, bad)).toBe('EINVAL');
  });

  test('of pipes', () => {
    const guest = setUp();
    guest.get('pipe2', ANSWER, 0);
    const pipe = guest.int(ANSWER);
    expect(guest.call('fcntl', pipe, 1032)).toBe(65536);
    expect(guest.call('fcntl', guest.opened('file'), 1032)).toBe('EBADF');
  });
});

describe('close', () => {
  test('and close_range', () => {
    const guest = setUp();
    expect(guest.call('close', 99)).toBe('EBADF');
    for (let i = 3; i < 10; i++) guest.opened('file');
    expect(guest.call('close_range', 5, 4, 0)).toBe('EINVAL');
    expect(guest.call('close_range', 5, 6, 1)).toBe('EINVAL');
    expect(guest.call('close_range', 5, 6, 4)).toBe(0);
    expect([4, 5, 6, 7].map((fd) => guest.call('fcntl', fd, 1))).toEqual([0, 1, 1, 0]);
    expect(guest.call('close_range', 4, 8, 2)).toBe(0);
    expect(guest.files.numbers).toEqual([0, 1, 2, 3, 9]);
    expect(guest.call('close', 3)).toBe(0);
    expect(guest.call('close', 3)).toBe('EBADF');
  });
});

describe('ioctl', () => {
  test.each(abis)('on $name', (abi) => {
    const guest = Guest.in(new MemoryHost({ file: '0123456789' }), {}, abi);
    const { ioctl } = abi;
    const fd = guest.opened('file');
    for (const descriptor of [0, 1, fd, guest.opened('/dev/null')]) {
      for (const request of [ioctl.TCGETS, ioctl.TIOCGWINSZ, ioctl.TIOCGPGRP]) {
        expect(guest.call('ioctl', descriptor, request, ANSWER)).toBe('ENOTTY');
      }
    }
    expect(guest.call('ioctl', 99, ioctl.TCGETS, ANSWER)).toBe('EBADF');
    guest.readText(fd, 3);
    expect(guest.call('ioctl', fd, ioctl.FIONREAD, ANSWER)).toBe(0);
    expect(guest.int(ANSWER)).toBe(7);
    expect(guest.call('ioctl', fd, ioctl.FIOCLEX, 0)).toBe(0);
    expect(guest.call('fcntl', fd, 1)).toBe(1);
    expect(guest.call('ioctl', fd, ioctl.FIONCLEX, 0)).toBe(0);
    expect(guest.call('fcntl', fd, 1)).toBe(0);
    expect(guest.call('ioctl', fd, ioctl.FIONBIO, Uint8Array.of(1, 1, 1, 1))).toBe(0);
    expect(guest.get('fcntl', fd, 3) & abi.open.O_NONBLOCK).not.toBe(0);
    expect(guest.call('ioctl', fd, ioctl.FIONBIO, new Uint8Array(4))).toBe(0);
    expect(guest.get('fcntl', fd, 3) & abi.open.O_NONBLOCK).toBe(0);
  });
});

test('what has nothing to do here still knows bad descriptors', () => {
  const guest = setUp();
  const fd = guest.opened('file');
  const name = guest.opened('file', ['O_PATH']);
  for (const call of ['fsync', 'fdatasync', 'syncfs', 'flock', 'fadvise64']) {
    expect(guest.call(call, fd)).toBe(0);
    expect(guest.call(call, 99)).toBe('EBADF');
  }
  expect(guest.call('fsync', guest.opened('sub'))).toBe(0);
  expect(guest.call('fsync', 1)).toBe('EINVAL');
  expect(guest.call('fsync', name)).toBe('EBADF');
  expect(guest.call('fadvise64', 0)).toBe('ESPIPE');
  expect(guest.call('fallocate', fd, 0, 0, 10)).toBe('EOPNOTSUPP');
  expect(guest.call('sync')).toBe(0);
});

describe('mappings', () => {
  const map = (guest: Guest, fd: number, offset: number, length: number, writes = false): unknown => {
    const bytes = guest.files.mapping(fd, offset, length, writes);
    return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString();
  };

  test('show what a file holds', () => {
    const guest = setUp();
    const fd = guest.opened('file');
    expect(map(guest, fd, 0, 4096)).toBe('0123456789');
    expect(map(guest, fd, 4, 3)).toBe('456');
    expect(map(guest, fd, 4096, 4096)).toBe('');
    expect(map(guest, fd, -4096, 4096)).toBe('EINVAL');
    expect(map(guest, fd, 0, 10, true)).toBe('EACCES');
    expect(map(guest, guest.opened('file', ['O_RDWR']), 0, 10, true)).toBe('ENODEV');
    expect(map(guest, guest.opened('file', ['O_WRONLY']), 0, 10)).toBe('EACCES');
    expect(map(guest, guest.opened('file', ['O_PATH']), 0, 10)).toBe('EBADF');
    expect(map(guest, guest.opened('sub'), 0, 10)).toBe('ENODEV');
    expect(map(guest, guest.opened('/dev/zero', ['O_RDWR']), 0, 10, true)).toBe('');
    expect(map(guest, 0, 0, 10)).toBe('ENODEV');
    expect(map(guest, 99, 0, 10)).toBe('EBADF');
  });
});

describe('readiness', () => {
  test('is what reading and writing would not wait for', () => {
    const guest = setUp();
    guest.get('pipe2', ANSWER, riscv64.open.O_NONBLOCK);
    const [read, write] = [guest.int(ANSWER), guest.int(ANSWER + 4)];
    const ready = (fd: number, hasInput = false): unknown => guest.files.readiness(fd, hasInput);
    expect(ready(read)).toEqual({ read: false, write: false });
    expect(ready(write)).toEqual({ read: false, write: true });
    guest.get('write', write, ANSWER, 65536 - 4095);
    expect(ready(read)).toEqual({ read: true, write: false });
    expect(ready(write)).toEqual({ read: false, write: false });
    guest.get('close', read);
    expect(ready(write)).toEqual({ read: false, write: true });
    expect([ready(0), ready(0, true), ready(1)]).toEqual([
      { read: false, write: false },
      { read: true, write: false },
      { read: false, write: true },
    ]);
    expect(ready(guest.opened('file'))).toEqual({ read: true, write: true });
    expect(ready(99)).toBeUndefined();
  });
});
