/** Reading, writing and positions, and what goes wrong with them. */
import { describe, expect, test } from 'vitest';
import { PAGE_SIZE } from '#suture/machine/memory.js';
import { riscv32, riscv64, sparc32, abis, type Abi } from '#suture/process/abi/index.js';
import { ANSWER, END, Guest, MemoryHost, START } from '../../support/guest-files.js';

const text = (string: string): Uint8Array => new Uint8Array(Buffer.from(string));

function guestWith(contents: string, abi: Abi = riscv64): { guest: Guest; host: MemoryHost } {
  const host = new MemoryHost({ file: contents });
  return { guest: Guest.in(host, {}, abi), host };
}

const write = (guest: Guest, descriptor: number, what: string): number | string =>
  guest.call('write', descriptor, text(what), what.length);

describe('files', () => {
  test('are read and written where the position is', () => {
    const { guest, host } = guestWith('0123456789');
    const fd = guest.opened('file', ['O_RDWR']);
    expect(guest.readText(fd, 3)).toBe('012');
    expect(write(guest, fd, 'abc')).toBe(3);
    expect(guest.readText(fd, 100)).toBe('6789');
    expect(guest.readText(fd, 100)).toBe('');
    expect(host.text('file')).toBe('012abc6789');
  });

  test('are appended to wherever the position is', () => {
    const { guest, host } = guestWith('01');
    const fd = guest.opened('file', ['O_RDWR', 'O_APPEND']);
    const other = guest.opened('file', ['O_WRONLY']);
    expect(write(guest, fd, 'a')).toBe(1);
    expect(guest.call('pwrite64', fd, text('b'), 1, ...guest.offset(0))).toBe(1);
    expect(guest.get('lseek', fd, 0, 1)).toBe(3);
    write(guest, other, 'XY');
    expect(write(guest, fd, 'c')).toBe(1);
    expect(host.text('file')).toBe('XYabc');
  });

  test('may have holes, which read as zero', () => {
    const { guest } = guestWith('01');
    const fd = guest.opened('file', ['O_RDWR']);
    const far = 200_000;
    expect(guest.get('lseek', fd, far, 0)).toBe(far);
    write(guest, fd, 'x');
    expect(guest.get('pread64', fd, ANSWER, 10, far - 5)).toBe(6);
    expect([...guest.bytes(ANSWER, 6)]).toEqual([0, 0, 0, 0, 0, 120]);
    expect(guest.get('pread64', fd, ANSWER, 4, 0)).toBe(4);
    expect([...guest.bytes(ANSWER, 4)]).toEqual([48, 49, 0, 0]);
  });

  test.each([1, 65535, 65536, 65537, 131072, 150000])('cut at %i grow again with zeros', (size) => {
    const { guest, host } = guestWith('y'.repeat(200_000));
    const fd = guest.opened('file', ['O_RDWR']);
    expect(guest.call('ftruncate', fd, size)).toBe(0);
    expect(guest.call('ftruncate', fd, 200_000)).toBe(0);
    expect(guest.get('pread64', fd, ANSWER, 3, size - 1)).toBe(3);
    expect([...guest.bytes(ANSWER, 3)]).toEqual([121, 0, 0]);
    expect(guest.get('lseek', fd, 0, 2)).toBe(200_000);
    expect(host.text('file')).toBe('y'.repeat(size) + '\0'.repeat(200_000 - size));
  });

  test('need the right access', () => {
    const { guest } = guestWith('01');
    const reader = guest.opened('file');
    const writer = guest.opened('file', ['O_WRONLY']);
    const neither = guest.opened('file', ['O_ACCMODE']);
    const name = guest.opened('file', ['O_PATH']);
    for (const fd of [writer, neither, name, 99, -1]) expect(guest.call('read', fd, ANSWER, 1)).toBe('EBADF');
    for (const fd of [reader, neither, name, 99, -1])
      expect(guest.call('write', fd, ANSWER, 1)).toBe('EBADF');
    expect(guest.call('ftruncate', reader, 0)).toBe('EINVAL');
    expect(guest.call('ftruncate', name, 0)).toBe('EBADF');
    expect(guest.call('ftruncate', writer, -1)).toBe('EINVAL');
    expect(guest.call('truncate', 'file', -1)).toBe('EINVAL');
    expect(guest.call('read', reader, ANSWER, -1)).toBe('EINVAL');
    // The descriptor's error comes before those of everything else.
    expect(guest.call('readv', 99, 8, -1)).toBe('EBADF');
  });

  test('end at the largest size', () => {
    const host = new MemoryHost({ file: '0123' });
    const guest = Guest.in(host, { fileLimit: 10 });
    const fd = guest.opened('file', ['O_RDWR']);
    expect(guest.call('pwrite64', fd, text('abcd'), 4, 8)).toBe(2);
    expect(guest.call('pwrite64', fd, text('abcd'), 4, 10)).toBe('EFBIG');
    expect(guest.call('ftruncate', fd, 11)).toBe('EFBIG');
    expect(host.text('file')).toBe('0123\0\0\0\0ab');
    const small = Guest.in(new MemoryHost({ file: '0123' }), { fileLimit: 3 });
    expect(small.open('file')).toBe('EFBIG');
  });

  test('hold no more in all than there is room for', () => {
    const PIECE = 65536;
    const guest = Guest.in(new MemoryHost(), { totalLimit: 3 * PIECE });
    const put = (fd: number, piece: number): number | string =>
      guest.call('pwrite64', fd, text('x'), 1, piece * PIECE);
    const a = guest.opened('a', ['O_CREAT', 'O_RDWR']);
    const b = guest.opened('b', ['O_CREAT', 'O_RDWR']);
    expect([put(a, 0), put(a, 5), put(b, 0)]).toEqual([1, 1, 1]);
    expect(put(b, 1)).toBe('ENOSPC');
    expect(put(b, 0)).toBe(1);
    // What is given back can be used again.
    expect(guest.call('ftruncate', a, PIECE)).toBe(0);
    expect([put(b, 1), put(b, 2)]).toEqual([1, 'ENOSPC']);
    // A file that was removed holds its room until it is closed.
    guest.get('unlinkat', -100, 'a', 0);
    expect(put(b, 2)).toBe('ENOSPC');
    guest.get('close', a);
    expect(put(b, 2)).toBe(1);
    guest.get('unlinkat', -100, 'b', 0);
    guest.get('close', b);
    const c = guest.opened('c', ['O_CREAT', 'O_RDWR']);
    expect([put(c, 0), put(c, 1), put(c, 2), put(c, 3)]).toEqual([1, 1, 1, 'ENOSPC']);
  });

  test('stay readable after they were removed, until they are closed', () => {
    const { guest, host } = guestWith('0123');
    const fd = guest.opened('file', ['O_RDWR']);
    expect(guest.call('unlinkat', -100, 'file', 0)).toBe(0);
    expect(guest.open('file')).toBe('ENOENT');
    expect(guest.readText(fd)).toBe('0123');
    expect(write(guest, fd, '45')).toBe(2);
    expect(guest.get('pread64', fd, ANSWER, 10, 0)).toBe(6);
    expect(host.paths).toEqual(['']);
    const size = guest.describe().length;
    guest.get('close', fd);
    expect(guest.describe().length).toBeLessThan(size);
  });
});

describe('memory that ends', () => {
  test.each([0, 1, 5])('with %i bytes of room', (room) => {
    const { guest, host } = guestWith('0123456789');
    const fd = guest.opened('file', ['O_RDWR']);
    expect(guest.call('read', fd, END - room, 10)).toBe(room === 0 ? 'EFAULT' : room);
    expect(guest.get('lseek', fd, 0, 1)).toBe(room);
    expect(Buffer.from(guest.bytes(END - room, room)).toString()).toBe('0123456789'.slice(0, room));
    guest.memory.write(END - 5, text('abcde'));
    expect(guest.call('pwrite64', fd, END - room, 10, 0)).toBe(room === 0 ? 'EFAULT' : room);
    expect(host.text('file')).toBe('abcde'.slice(5 - room) + '0123456789'.slice(room));
  });

  test('matters only when something is transferred', () => {
    const { guest } = guestWith('01');
    const fd = guest.opened('file', ['O_RDWR']);
    expect(guest.call('read', fd, END, 0)).toBe(0);
    expect(guest.call('write', fd, END, 0)).toBe(0);
    guest.get('lseek', fd, 0, 2);
    expect(guest.call('read', fd, END, 10)).toBe(0);
    expect(guest.call('read', fd, -8, 10)).toBe(0);
    expect(guest.call('write', fd, -8, 10)).toBe('EFAULT');
    expect(guest.call('write', fd, 2 ** 40, 10)).toBe('EFAULT');
  });

  test('in the middle of several buffers', () => {
    const { guest, host } = guestWith('0123456789');
    const fd = guest.opened('file', ['O_RDWR']);
    guest.memory.unmap(START + 8 * PAGE_SIZE, START + 9 * PAGE_SIZE);
    const hole = START + 8 * PAGE_SIZE;
    expect(guest.call('readv', fd, vector(guest, [ANSWER, 3], [hole - 2, 4], [ANSWER + 3, 3]), 3)).toBe(5);
    expect(Buffer.from(guest.bytes(hole - 2, 2)).toString()).toBe('34');
    guest.memory.write(ANSWER, text('abc'));
    guest.memory.write(hole - 2, text('de'));
    expect(guest.call('pwritev', fd, vector(guest, [ANSWER, 3], [hole - 2, 4], [ANSWER, 3]), 3, 0, 0)).toBe(
      5,
    );
    expect(host.text('file')).toBe('abcde56789');
    expect(guest.call('readv', fd, vector(guest, [hole, 1], [ANSWER, 3]), 2)).toBe('EFAULT');
  });
});

/** The structures of readv and writev. */
function vector(guest: Guest, ...buffers: [number, number][]): Uint8Array {
  const { wordSize, bigEndian } = guest.abi;
  const view = new DataView(new ArrayBuffer(buffers.length * 2 * wordSize));
  for (const [i, word] of buffers.flat().entries()) {
    if (wordSize === 8) view.setBigInt64(i * 8, BigInt(word), !bigEndian);
    else view.setInt32(i * 4, word, !bigEndian);
  }
  return new Uint8Array(view.buffer);
}

describe('several buffers', () => {
  test.each(abis)('of $name', (abi) => {
    const { guest, host } = guestWith('0123456789', abi);
    const fd = guest.opened('file', ['O_RDWR']);
    expect(guest.call('readv', fd, vector(guest, [ANSWER, 3], [0, 0], [ANSWER + 8, 100]), 3)).toBe(10);
    expect(Buffer.from(guest.bytes(ANSWER, 3)).toString()).toBe('012');
    expect(Buffer.from(guest.bytes(ANSWER + 8, 7)).toString()).toBe('3456789');
    expect(guest.call('writev', fd, vector(guest, [ANSWER + 8, 2], [ANSWER, 3]), 2)).toBe(5);
    expect(host.text('file')).toBe('012345678934012');
    expect(guest.call('preadv', fd, vector(guest, [ANSWER, 2]), 1, 4, 0)).toBe(2);
    expect(Buffer.from(guest.bytes(ANSWER, 2)).toString()).toBe('45');
    expect(guest.call('preadv', fd, vector(guest, [ANSWER, 2]), 1, -1, -1)).toBe('EINVAL');
    expect(guest.call('readv', fd, vector(guest, [ANSWER, -1]), 1)).toBe('EINVAL');
    expect(guest.call('readv', fd, vector(guest), 0)).toBe(0);
    expect(guest.call('readv', fd, ANSWER, 1025)).toBe('EINVAL');
    expect(guest.call('readv', fd, ANSWER, -1)).toBe('EINVAL');
    expect(guest.call('readv', fd, 8, 1)).toBe('EFAULT');
  });
});

describe('positions', () => {
  test.each(abis)('beyond 32 bits on $name', (abi) => {
    const { guest } = guestWith('0123456789', abi);
    const fd = guest.opened('file', ['O_RDWR']);
    const beyond = 2 ** 33 + 5;
    expect(guest.call('pread64', fd, ANSWER, 4, ...guest.offset(2))).toBe(4);
    expect(Buffer.from(guest.bytes(ANSWER, 4)).toString()).toBe('2345');
    expect(guest.call('pread64', fd, ANSWER, 4, ...guest.offset(beyond))).toBe(0);
    expect(guest.call('pwrite64', fd, ANSWER, 4, ...guest.offset(beyond))).toBe('EFBIG');
    expect(guest.call('pread64', fd, ANSWER, 4, ...guest.offset(-1))).toBe('EINVAL');
    expect(guest.call('pwrite64', fd, ANSWER, 4, ...guest.offset(-1))).toBe('EINVAL');
    const [truncate, ftruncate] =
      abi.wordSize === 8 ? ['truncate', 'ftruncate'] : ['truncate64', 'ftruncate64'];
    expect(guest.call(ftruncate, fd, ...guest.offset(3))).toBe(0);
    expect(guest.call(truncate, 'file', ...guest.offset(2))).toBe(0);
    expect(guest.call(truncate, 'file', ...guest.offset(beyond))).toBe('EFBIG');
    expect(guest.call(truncate, 'file', ...guest.offset(-1))).toBe('EINVAL');
    expect(guest.cat('file')).toBe('01');
  });

  test.each([riscv32, sparc32])('of $name go to memory', (abi) => {
    const { guest } = guestWith('0123456789', abi);
    const fd = guest.opened('file');
    const name = abi.name === 'sparc32' ? '_llseek' : 'llseek';
    const where = (): number => Number(guest.view(ANSWER, 8).getBigInt64(0, !abi.bigEndian));
    expect(guest.call(name, fd, 0, 4, ANSWER, 0)).toBe(0);
    expect(where()).toBe(4);
    expect(guest.call(name, fd, -1, -3, ANSWER, 2)).toBe(0);
    expect(where()).toBe(7);
    expect(guest.call(name, fd, 3, 1, ANSWER, 0)).toBe(0);
    expect(where()).toBe(3 * 2 ** 32 + 1);
    expect(guest.call(name, fd, -1, -3, ANSWER, 0)).toBe('EINVAL');
    expect(guest.call(name, fd, 0, 0, 8, 0)).toBe('EFAULT');
    if (abi !== sparc32) return;
    expect(guest.call(name, fd, 0, 0x7fffffff, ANSWER, 0)).toBe(0);
    expect(guest.call('lseek', fd, 1, 1)).toBe('EOVERFLOW');
    expect(guest.call('lseek', fd, -0x80000000, 1)).toBe(0);
  });

  test('as lseek(2) has them', () => {
    const { guest } = guestWith('0123456789');
    const fd = guest.opened('file');
    const pipe = guest.call('pipe2', ANSWER, 0) === 0 ? guest.int(ANSWER) : -1;
    expect(guest.call('lseek', fd, 100, 0)).toBe(100);
    expect(guest.call('lseek', fd, -101, 1)).toBe('EINVAL');
    expect(guest.call('lseek', fd, -10, 2)).toBe(0);
    expect(guest.call('lseek', fd, 0, 5)).toBe('EINVAL');
    expect(guest.call('lseek', fd, 4, 3)).toBe(4);
    expect(guest.call('lseek', fd, 4, 4)).toBe(10);
    expect(guest.call('lseek', fd, 10, 3)).toBe('ENXIO');
    expect(guest.call('lseek', fd, -1, 4)).toBe('ENXIO');
    expect(guest.call('lseek', 0, 0, 0)).toBe('ESPIPE');
    expect(guest.call('lseek', pipe, 0, 0)).toBe('ESPIPE');
    expect(guest.call('lseek', 99, 0, 0)).toBe('EBADF');
    expect(guest.call('lseek', guest.opened('file', ['O_PATH']), 0, 0)).toBe('EBADF');
    expect(guest.call('pread64', 0, ANSWER, 1, 0)).toBe('ESPIPE');
    expect(guest.call('lseek', guest.opened('/dev/null'), 5, 0)).toBe(0);
  });
});

describe('standard streams', () => {
  test('give what the host gave, and wait for more', () => {
    const guest = Guest.create();
    guest.input = undefined;
    expect(guest.outcome('read', 0, ANSWER, 10)).toEqual({ wait: { kind: 'input' } });
    guest.input = 'hello';
    expect(guest.call('read', 0, 8, 10)).toBe('EFAULT');
    expect(guest.call('read', 0, END - 2, 10)).toBe(2);
    expect(guest.readText(0)).toBe('llo');
    expect(guest.readText(0)).toBe('');
    expect(guest.call('write', 0, ANSWER, 1)).toBe('EBADF');
    expect(guest.call('read', 1, ANSWER, 1)).toBe('EBADF');
  });

  test('take what is written, and are closed when the last descriptor is', () => {
    const guest = Guest.create();
    const copy = guest.get('dup', 1);
    expect(guest.get('close', 1)).toBe(0);
    expect(guest.call('write', 1, text('x'), 1)).toBe('EBADF');
    expect(guest.call('write', copy, text('x'), 1)).toBe(1);
    expect(guest.call('write', 2, text('y'), 1)).toBe(1);
    expect(guest.output).toBe('xy');
    expect(guest.closed).toEqual([]);
    expect(guest.get('dup2', 2, copy)).toBe(copy);
    expect(guest.closed).toEqual([1]);
    expect(guest.get('close_range', 0, 0xffffffff, 0)).toBe(0);
    expect(guest.closed).toEqual([1, 0, 2]);
  });

  test('even with O_NONBLOCK', () => {
    const guest = Guest.create();
    guest.input = undefined;
    guest.get('fcntl', 0, 4, guest.abi.open.O_NONBLOCK);
    expect(guest.call('read', 0, ANSWER, 1)).toBe('input');
  });
});

describe('devices', () => {
  test('as their manual pages have them', () => {
    const guest = Guest.create();
    const device = (name: string): number => guest.opened(`/dev/${name}`, ['O_RDWR']);
    expect(guest.readText(device('null'))).toBe('');
    expect(guest.call('write', device('null'), 8, 100)).toBe(100);
    expect(guest.readText(device('zero'), 3)).toBe('\0\0\0');
    expect(guest.call('write', device('zero'), ANSWER, 100)).toBe(100);
    expect(guest.readText(device('full'), 3)).toBe('\0\0\0');
    expect(guest.call('write', device('full'), ANSWER, 100)).toBe('ENOSPC');
    expect(guest.readText(device('urandom'), 3)).toBe('\x01\x02\x03');
    expect(guest.readText(device('random'), 2)).toBe('\x04\x05');
    expect(guest.call('read', device('random'), 8, 2)).toBe('EFAULT');
    expect(guest.readText(device('random'), 1)).toBe('\x06');
    expect(guest.call('ftruncate', device('null'), 0)).toBe('EINVAL');
    expect(guest.open('/dev/null', ['O_WRONLY', 'O_TRUNC', 'O_CREAT'])).toBeTypeOf('number');
  });
});

describe('pipes', () => {
  function piped(flags = 0): { guest: Guest; read: number; write: number } {
    const guest = Guest.create();
    guest.get('pipe2', ANSWER, flags);
    return { guest, read: guest.int(ANSWER), write: guest.int(ANSWER + 4) };
  }

  test('carry bytes in order, and wait', () => {
    const { guest, read, write } = piped();
    expect([read, write]).toEqual([3, 4]);
    expect(guest.outcome('read', read, ANSWER, 10)).toEqual({ wait: { kind: 'event' } });
    expect(guest.call('write', write, text('abc'), 3)).toBe(3);
    expect(guest.call('write', write, text('def'), 3)).toBe(3);
    expect(guest.readText(read, 4)).toBe('abcd');
    expect(guest.readText(read, 4)).toBe('ef');
    expect(guest.call('read', write, ANSWER, 1)).toBe('EBADF');
    expect(guest.call('write', read, ANSWER, 1)).toBe('EBADF');
    expect(guest.call('read', read, ANSWER, 0)).toBe(0);
  });

  test('end when the last writer is gone', () => {
    const { guest, read, write } = piped();
    const copy = guest.get('dup', write);
    guest.get('write', write, text('x'), 1);
    guest.get('close', write);
    expect(guest.readText(read)).toBe('x');
    expect(guest.call('read', read, ANSWER, 1)).toBe('event');
    guest.get('close', copy);
    expect(guest.call('read', read, ANSWER, 1)).toBe(0);
  });

  test('break when the last reader is gone', () => {
    const { guest, read, write } = piped();
    guest.get('close', read);
    expect(guest.outcome('write', write, ANSWER, 1)).toEqual({ errno: 'EPIPE', signal: 'SIGPIPE' });
  });

  test('hold 64 KiB', () => {
    const { guest, read, write } = piped(riscv64.open.O_NONBLOCK);
    const all = 60_000;
    expect(guest.call('write', write, START, all)).toBe(all);
    // Short pieces are written whole or not at all.
    expect(guest.call('write', write, START, 4096)).toBe(4096);
    expect(guest.call('write', write, START, 4096)).toBe('EAGAIN');
    expect(guest.call('write', write, START, 4097)).toBe(65536 - all - 4096);
    expect(guest.call('write', write, START, 1)).toBe('EAGAIN');
    expect(guest.call('ioctl', read, guest.abi.ioctl.FIONREAD, ANSWER)).toBe(0);
    expect(guest.int(ANSWER)).toBe(65536);
    guest.get('fcntl', write, 4, 0);
    expect(guest.call('write', write, START, 1)).toBe('event');
    guest.get('read', read, START, 100);
    expect(guest.call('write', write, START, 101)).toBe('event');
    expect(guest.call('write', write, START, 100)).toBe(100);
  });

  test('take a long piece whole when writing may wait', () => {
    const { guest, read, write } = piped();
    const size = 100_000;
    expect(guest.call('write', write, START, size)).toBe(size);
    expect(guest.call('write', write, START, size)).toBe('event');
    expect(guest.get('read', read, START, size)).toBe(size);
    expect(guest.call('read', read, START, size)).toBe('event');
  });

  test('do not wait with O_NONBLOCK', () => {
    const { guest, read } = piped(riscv64.open.O_NONBLOCK | riscv64.open.O_CLOEXEC);
    expect(guest.call('read', read, ANSWER, 1)).toBe('EAGAIN');
    expect(guest.call('fcntl', read, 1)).toBe(1);
  });

  test('are told in two registers, or in memory', () => {
    const guest = Guest.create({}, sparc32);
    expect(guest.outcome('pipe')).toEqual({ value: 3, second: 4 });
    expect(guest.call('pipe2', ANSWER, 1)).toBe('EINVAL');
    expect(guest.call('pipe2', END - 4, 0)).toBe('EFAULT');
    expect(guest.call('close', 5)).toBe('EBADF');
  });

  test('of a fork are its own', () => {
    const { guest, read, write } = piped();
    guest.get('write', write, text('abc'), 3);
    const fork = guest.fork();
    expect(fork.readText(read, 2)).toBe('ab');
    fork.get('close', write);
    expect(fork.readText(read)).toBe('c');
    expect(fork.readText(read)).toBe('');
    expect(guest.readText(read)).toBe('abc');
    expect(guest.call('read', read, ANSWER, 1)).toBe('event');
  });
});
