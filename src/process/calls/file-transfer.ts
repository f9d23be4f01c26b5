/**
 * System calls that move bytes between memory and files, pipes and streams.
 *
 * Where memory ends in the middle of a buffer, what lies before is transferred; EFAULT is answered when that is
 * nothing. Reading standard input waits even with O_NONBLOCK: when input arrives is the host's affair, and a
 * guest must not depend on it.
 *
 * Source: read(2), write(2), readv(2), pread(2), lseek(2), pipe(7), null(4), full(4), random(4).
 */
import { READ, WRITE } from '../../machine/memory.js';
import { IOV_MAX, SEEK_CUR, SEEK_DATA, SEEK_END, SEEK_HOLE, SEEK_SET } from '../abi/files.js';
import { decode } from '../abi/layout.js';
import { isError, isReadable, isWritable, type Device, type OpenFile, type Result } from '../files/index.js';
import { accessible, joined, offsetAt, outcome, sizeOf, timeOf, writeLongLong } from './file-arguments.js';
import type { Arguments, FileCaller, FileHandlers, FileOutcome } from './handler.js';

interface Buffer {
  address: number;
  length: number;
}

/** What one call moves at most. */
const LARGEST_TRANSFER = 0x7ffff000;
/** What a device gives at once. */
const LARGEST_GIFT = 1 << 20;

/** Looked up when the descriptor is known to be good: its errors come first. */
type Buffers = () => Result<Buffer[]>;

/** Bytes were read, or the call has ended otherwise. */
type Taken = Uint8Array | FileOutcome;

const buffersAt =
  (caller: FileCaller, address: number, count: number): Buffers =>
  () =>
    vector(caller, address, count);

function vector(caller: FileCaller, address: number, count: number): Result<Buffer[]> {
  const { iovec, bigEndian } = caller.abi;
  if ((count | 0) < 0 || (count | 0) > IOV_MAX) return 'EINVAL';
  const bytes = caller.user.read(address, (count | 0) * iovec.size);
  const buffers: Buffer[] = [];
  let total = 0;
  for (let at = 0; at < bytes.length; at += iovec.size) {
    const { iov_base, iov_len } = decode(iovec, bytes.subarray(at, at + iovec.size), bigEndian);
    if (iov_len < 0) return 'EINVAL';
    const length = Math.min(iov_len, LARGEST_TRANSFER - total);
    total += length;
    buffers.push({ address: caller.abi.wordSize === 4 ? iov_base >>> 0 : iov_base, length });
  }
  return buffers;
}

const bufferOf =
  (caller: FileCaller, address: number, count: number): Buffers =>
  () => {
    const length = sizeOf(caller, count);
    return length === undefined ? 'EINVAL' : [{ address, length: Math.min(length, LARGEST_TRANSFER) }];
  };

const lengthOf = (buffers: readonly Buffer[]): number => buffers.reduce((sum, { length }) => sum + length, 0);

/** Bytes of the buffers up to the first that has not the permission. */
function room(caller: FileCaller, buffers: readonly Buffer[], permission: number): number {
  let total = 0;
  for (const { address, length } of buffers) {
    const part = accessible(caller.memory, address, length, permission);
    total += part;
    if (part < length) break;
  }
  return total;
}

function scatter(caller: FileCaller, buffers: readonly Buffer[], bytes: Uint8Array): void {
  let done = 0;
  for (const { address, length } of buffers) {
    const part = bytes.subarray(done, done + length);
    if (part.length === 0) continue;
    caller.user.write(address, part);
    done += part.length;
  }
}

function gather(caller: FileCaller, buffers: readonly Buffer[], total: number): Uint8Array {
  const bytes = new Uint8Array(total);
  let done = 0;
  for (const { address, length } of buffers) {
    const part = Math.min(length, total - done);
    if (part === 0) continue;
    bytes.set(caller.user.read(address, part), done);
    done += part;
  }
  return bytes;
}

const waits = (caller: FileCaller, open: OpenFile): boolean =>
  (open.status & caller.abi.open.O_NONBLOCK) === 0;

/** @param position where reading begins; the file's own position, which moves on, when undefined. */
function read(caller: FileCaller, descriptor: number, buffers: Buffers, position?: number): FileOutcome {
  const open = opened(caller, descriptor, position);
  if (isError(open)) return { errno: open };
  if (!isReadable(open)) return { errno: 'EBADF' };
  const found = buffers();
  if (isError(found)) return { errno: found };
  if (open.kind === 'directory') return { errno: 'EISDIR' };
  const wanted = lengthOf(found);
  if (wanted === 0) return { value: 0 };
  const writable = room(caller, found, WRITE);
  const taken = take(caller, open, wanted, writable, position);
  if (!(taken instanceof Uint8Array)) return taken;
  scatter(caller, found, taken);
  if (open.kind === 'file' && position === undefined) open.position += taken.length;
  return { value: taken.length };
}

/** Bytes for a reader who wants `wanted` and has room for `writable` of them. */
function take(
  caller: FileCaller,
  open: OpenFile,
  wanted: number,
  writable: number,
  position: number | undefined,
): Taken {
  if (open.kind === 'file') {
    const bytes = caller.files.system.read(
      open.node,
      position ?? open.position,
      writable === 0 ? 1 : writable,
    );
    if (isError(bytes)) return { errno: bytes };
    return writable === 0 && bytes.length > 0 ? { errno: 'EFAULT' } : bytes;
  }
  if (open.kind === 'device' && open.device === 'null') return new Uint8Array();
  // Looked at before anything is taken out: a bad buffer must not lose it.
  if (writable === 0) return { errno: 'EFAULT' };
  const count = Math.min(wanted, writable);
  switch (open.kind) {
    case 'stream':
      return caller.streams.read(count) ?? { wait: { kind: 'input' } };
    case 'pipe':
      return (
        open.pipe.read(count) ?? (waits(caller, open) ? { wait: { kind: 'event' } } : { errno: 'EAGAIN' })
      );
    case 'device':
      return deviceBytes(caller, open.device, Math.min(count, LARGEST_GIFT));
    default:
      return { errno: 'EBADF' };
  }
}

function deviceBytes(caller: FileCaller, device: Device, count: number): Uint8Array {
  return device === 'zero' || device === 'full' ? new Uint8Array(count) : caller.random(count);
}

/** @param position as for `read`. */
function write(caller: FileCaller, descriptor: number, buffers: Buffers, position?: number): FileOutcome {
  const open = opened(caller, descriptor, position);
  if (isError(open)) return { errno: open };
  if (!isWritable(open)) return { errno: 'EBADF' };
  const found = buffers();
  if (isError(found)) return { errno: found };
  const wanted = lengthOf(found);
  if (wanted === 0) return { value: 0 };
  if (open.kind === 'device') {
    return open.device === 'full' ? { errno: 'ENOSPC' } : { value: wanted };
  }
  const readable = room(caller, found, READ);
  if (readable === 0) return { errno: 'EFAULT' };
  return put(caller, open, gather(caller, found, readable), position);
}

function put(
  caller: FileCaller,
  open: OpenFile,
  bytes: Uint8Array,
  position: number | undefined,
): FileOutcome {
  switch (open.kind) {
    case 'stream':
      if (open.stream === 0) return { errno: 'EBADF' };
      caller.streams.write(open.stream, bytes);
      return { value: bytes.length };
    case 'pipe': {
      if (open.pipe.readers === 0) return { errno: 'EPIPE', signal: 'SIGPIPE' };
      const waiting = waits(caller, open);
      const written = open.pipe.write(bytes, waiting);
      if (written !== undefined) return { value: written };
      return waiting ? { wait: { kind: 'event' } } : { errno: 'EAGAIN' };
    }
    case 'file': {
      const { system } = caller.files;
      const node = system.node(open.node);
      if (isError(node) || node.kind !== 'file') return { errno: 'EIO' };
      // Linux appends wherever pwrite wanted to write.
      const appends = (open.status & caller.abi.open.O_APPEND) !== 0;
      const at = appends ? system.size(node) : (position ?? open.position);
      const written = system.write(open.node, at, bytes, timeOf(caller));
      if (!isError(written) && position === undefined) open.position = at + written;
      return outcome(written);
    }
    default:
      return { errno: 'EBADF' };
  }
}

/** What a descriptor refers to; streams and pipes have no positions. */
function opened(caller: FileCaller, descriptor: number, position: number | undefined): Result<OpenFile> {
  if (position !== undefined && position < 0) return 'EINVAL';
  const open = caller.files.get(descriptor | 0);
  if (open === undefined || open.kind === 'path') return 'EBADF';
  return position !== undefined && (open.kind === 'stream' || open.kind === 'pipe') ? 'ESPIPE' : open;
}

function seek(caller: FileCaller, descriptor: number, offset: number, whence: number): Result<number> {
  const open = caller.files.get(descriptor | 0);
  if (open === undefined || open.kind === 'path') return 'EBADF';
  if (open.kind === 'stream' || open.kind === 'pipe') return 'ESPIPE';
  if (open.kind === 'device') return 0;
  const position = target(caller, open, offset, whence);
  if (isError(position)) return position;
  if (position < 0 || !Number.isSafeInteger(position)) return 'EINVAL';
  open.position = position;
  return position;
}

function target(
  caller: FileCaller,
  open: Extract<OpenFile, { position: number }>,
  offset: number,
  whence: number,
): Result<number> {
  if (whence === SEEK_SET) return offset;
  if (whence === SEEK_CUR) return open.position + offset;
  const node = caller.files.system.node(open.node);
  if (isError(node) || node.kind !== 'file') return 'EINVAL';
  const size = caller.files.system.size(node);
  if (whence === SEEK_END) return size + offset;
  if (whence !== SEEK_DATA && whence !== SEEK_HOLE) return 'EINVAL';
  if (offset < 0 || offset >= size) return 'ENXIO';
  return whence === SEEK_DATA ? offset : size;
}

/** The position goes to memory. */
function longSeek(caller: FileCaller, [descriptor, high, low, result, whence]: Arguments): FileOutcome {
  const position = seek(caller, descriptor, joined(high, low), whence | 0);
  return isError(position) ? { errno: position } : writeLongLong(caller, result, position);
}

export const transferCalls: FileHandlers = {
  read: (caller, [fd, address, count]) => read(caller, fd, bufferOf(caller, address, count)),
  write: (caller, [fd, address, count]) => write(caller, fd, bufferOf(caller, address, count)),
  readv: (caller, [fd, buffers, count]) => read(caller, fd, buffersAt(caller, buffers, count)),
  writev: (caller, [fd, buffers, count]) => write(caller, fd, buffersAt(caller, buffers, count)),
  pread64: (caller, args) =>
    read(caller, args[0], bufferOf(caller, args[1], args[2]), offsetAt(caller, args, 3)),
  pwrite64: (caller, args) =>
    write(caller, args[0], bufferOf(caller, args[1], args[2]), offsetAt(caller, args, 3)),
  preadv: (caller, args) =>
    read(caller, args[0], buffersAt(caller, args[1], args[2]), vectorOffset(caller, args)),
  pwritev: (caller, args) =>
    write(caller, args[0], buffersAt(caller, args[1], args[2]), vectorOffset(caller, args)),

  lseek(caller, [fd, offset, whence]) {
    const wide = caller.abi.wordSize === 8;
    const position = seek(caller, fd, wide ? offset : offset | 0, whence | 0);
    // The position has moved nevertheless.
    return outcome(!isError(position) && !wide && position > 0x7fffffff ? 'EOVERFLOW' : position);
  },
  _llseek: longSeek,
  llseek: longSeek,
};

/** The low half comes first on all machines. */
const vectorOffset = (caller: FileCaller, [, , , low, high]: Arguments): number =>
  caller.abi.wordSize === 8 ? low : joined(high, low);
