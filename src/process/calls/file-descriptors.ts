/**
 * System calls about descriptors themselves.
 *
 * Locks are always granted: there is nobody else. No descriptor is a terminal.
 *
 * Source: close(2), close_range(2), dup(2), fcntl(2), ioctl(2), pipe(2), fsync(2), flock(2), posix_fadvise(2),
 * fallocate(2).
 */
import { CLOSE_RANGE_CLOEXEC, CLOSE_RANGE_UNSHARE, FD_CLOEXEC } from '../abi/files.js';
import { flock64, type FlockLayout } from '../abi/structs.js';
import {
  isError,
  isReadable,
  isWritable,
  MOST_DESCRIPTORS,
  type OpenFile,
  type Result,
  type StreamClosed,
} from '../files/index.js';
import { PIPE_CAPACITY } from '../files/pipe.js';
import { outcome, readInt, readStruct, writeInt, writeStruct } from './file-arguments.js';
import type { Arguments, FileCaller, FileHandlers, FileOutcome } from './handler.js';

const closed =
  (caller: FileCaller): StreamClosed =>
  (stream) => {
    caller.streams.close(stream);
  };

function duplicate(caller: FileCaller, descriptor: number, least: number, closeOnExec: boolean): FileOutcome {
  if (caller.files.get(descriptor) === undefined) return { errno: 'EBADF' };
  if (least < 0 || least >= MOST_DESCRIPTORS) return { errno: 'EINVAL' };
  return outcome(caller.files.duplicate(descriptor, least, closeOnExec));
}

function changeFlags(caller: FileCaller, open: OpenFile, flags: number): FileOutcome {
  const { O_APPEND, O_NONBLOCK, O_ASYNC, O_DIRECT, O_NOATIME } = caller.abi.open;
  const changeable = O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME;
  open.status = (open.status & ~changeable) | (flags & changeable);
  return { value: 0 };
}

function lock(caller: FileCaller, open: OpenFile, at: number, layout: FlockLayout): FileOutcome {
  const { F_RDLCK, F_WRLCK, F_UNLCK } = caller.abi.fcntl;
  const type = readStruct(caller, at, layout).l_type;
  if (type !== F_RDLCK && type !== F_WRLCK && type !== F_UNLCK) return { errno: 'EINVAL' };
  const isBad = (type === F_RDLCK && !isReadable(open)) || (type === F_WRLCK && !isWritable(open));
  return outcome(isBad ? 'EBADF' : undefined);
}

/** Nobody holds a lock that is in the way. */
function testLock(caller: FileCaller, at: number, layout: FlockLayout): FileOutcome {
  const asked = readStruct(caller, at, layout);
  return writeStruct(caller, at, layout, { ...asked, l_type: caller.abi.fcntl.F_UNLCK });
}

function control(caller: FileCaller, args: Arguments): FileOutcome {
  const { files, abi } = caller;
  const { fcntl } = abi;
  const descriptor = args[0] | 0;
  const command = args[1] | 0;
  const argument = args[2];
  const open = files.get(descriptor);
  if (open === undefined) return { errno: 'EBADF' };
  switch (command) {
    case fcntl.F_DUPFD:
    case fcntl.F_DUPFD_CLOEXEC:
      return duplicate(caller, descriptor, argument | 0, command === fcntl.F_DUPFD_CLOEXEC);
    case fcntl.F_GETFD:
      return { value: files.closesOnExec(descriptor) === true ? FD_CLOEXEC : 0 };
    case fcntl.F_SETFD:
      files.setCloseOnExec(descriptor, (argument & FD_CLOEXEC) !== 0);
      return { value: 0 };
    case fcntl.F_GETFL:
      return { value: open.status };
    default:
      return open.kind === 'path' ? { errno: 'EBADF' } : controlOpen(caller, open, command, argument);
  }
}

function controlOpen(caller: FileCaller, open: OpenFile, command: number, argument: number): FileOutcome {
  const { fcntl, flock } = caller.abi;
  switch (command) {
    case fcntl.F_SETFL:
      return changeFlags(caller, open, argument);
    case fcntl.F_GETLK:
      return testLock(caller, argument, flock);
    case fcntl.F_SETLK:
    case fcntl.F_SETLKW:
      return lock(caller, open, argument, flock);
    case fcntl.F_GETLK64:
      return testLock(caller, argument, flock64);
    case fcntl.F_SETLK64:
    case fcntl.F_SETLKW64:
      return lock(caller, open, argument, flock64);
    case fcntl.F_GETOWN:
    case fcntl.F_SETOWN:
      return { value: 0 };
    case fcntl.F_GETPIPE_SZ:
      return open.kind === 'pipe' ? { value: PIPE_CAPACITY } : { errno: 'EBADF' };
    case fcntl.F_SETPIPE_SZ:
      return { errno: open.kind === 'pipe' ? 'EPERM' : 'EBADF' };
    default:
      return { errno: 'EINVAL' };
  }
}

/** Bytes that can be read at once. */
function waiting(caller: FileCaller, open: OpenFile): Result<number> {
  if (open.kind === 'pipe') return open.pipe.size;
  if (open.kind !== 'file') return 'ENOTTY';
  const node = caller.files.system.node(open.node);
  if (isError(node) || node.kind !== 'file') return 'ENOTTY';
  return caller.files.system.size(node) - open.position;
}

function ioctl(caller: FileCaller, [fd, asked, argument]: Arguments): FileOutcome {
  const { ioctl: requests, open: flags } = caller.abi;
  const descriptor = fd | 0;
  const open = caller.files.get(descriptor);
  if (open === undefined || open.kind === 'path') return { errno: 'EBADF' };
  const request = asked >>> 0;
  switch (request) {
    case requests.FIOCLEX:
    case requests.FIONCLEX:
      caller.files.setCloseOnExec(descriptor, request === requests.FIOCLEX);
      return { value: 0 };
    case requests.FIONBIO: {
      const wanted = readInt(caller, argument) === 0 ? 0 : flags.O_NONBLOCK;
      open.status = (open.status & ~flags.O_NONBLOCK) | wanted;
      return { value: 0 };
    }
    case requests.FIONREAD: {
      const count = waiting(caller, open);
      return isError(count) ? { errno: count } : writeInt(caller, argument, count);
    }
    default:
      return { errno: 'ENOTTY' };
  }
}

function makePipe(caller: FileCaller, flags: number): Result<{ read: number; write: number }> {
  const { O_CLOEXEC, O_NONBLOCK } = caller.abi.open;
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) !== 0) return 'EINVAL';
  return caller.files.addPipe(flags & O_NONBLOCK, (flags & O_CLOEXEC) !== 0);
}

function closeRange(caller: FileCaller, first: number, last: number, flags: number): FileOutcome {
  if (first > last || (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) !== 0)
    return { errno: 'EINVAL' };
  for (const descriptor of caller.files.numbers) {
    if (descriptor < first || descriptor > last) continue;
    if ((flags & CLOSE_RANGE_CLOEXEC) !== 0) caller.files.setCloseOnExec(descriptor, true);
    else caller.files.close(descriptor, closed(caller));
  }
  return { value: 0 };
}

/** Everything that was written is where it belongs already. */
function synchronize(caller: FileCaller, descriptor: number): FileOutcome {
  const open = caller.files.get(descriptor | 0);
  if (open === undefined || open.kind === 'path') return { errno: 'EBADF' };
  return outcome(open.kind === 'file' || open.kind === 'directory' ? undefined : 'EINVAL');
}

function advise(caller: FileCaller, descriptor: number): FileOutcome {
  const open = caller.files.get(descriptor | 0);
  if (open === undefined || open.kind === 'path') return { errno: 'EBADF' };
  return outcome(open.kind === 'pipe' || open.kind === 'stream' ? 'ESPIPE' : undefined);
}

/** `good` for every descriptor that is open for more than a name. */
const forOpen =
  (good: FileOutcome): FileHandlers[string] =>
  (caller, [descriptor]) => {
    const open = caller.files.get(descriptor | 0);
    return open === undefined || open.kind === 'path' ? { errno: 'EBADF' } : good;
  };

export const descriptorCalls: FileHandlers = {
  close: (caller, [descriptor]) => outcome(caller.files.close(descriptor | 0, closed(caller))),
  close_range: (caller, [first, last, flags]) => closeRange(caller, first >>> 0, last >>> 0, flags | 0),

  dup: (caller, [descriptor]) => outcome(caller.files.duplicate(descriptor | 0, 0, false)),
  dup2: (caller, [descriptor, target]) =>
    outcome(caller.files.replace(descriptor | 0, target | 0, false, closed(caller))),
  dup3(caller, [descriptor, target, flags]) {
    const { O_CLOEXEC } = caller.abi.open;
    if ((flags & ~O_CLOEXEC) !== 0 || (descriptor | 0) === (target | 0)) return { errno: 'EINVAL' };
    const closeOnExec = (flags & O_CLOEXEC) !== 0;
    return outcome(caller.files.replace(descriptor | 0, target | 0, closeOnExec, closed(caller)));
  },

  fcntl: control,
  fcntl64: control,
  ioctl,

  /** SPARC's answers in two registers. */
  pipe(caller) {
    const ends = makePipe(caller, 0);
    return isError(ends) ? { errno: ends } : { value: ends.read, second: ends.write };
  },
  pipe2(caller, [at, flags]) {
    const INT = 4;
    // Before the pipe is made: where it cannot be told, there must be none.
    caller.user.write(at, caller.user.read(at, 2 * INT));
    const ends = makePipe(caller, flags | 0);
    if (isError(ends)) return { errno: ends };
    writeInt(caller, at, ends.read);
    return writeInt(caller, at + INT, ends.write);
  },

  fsync: (caller, [descriptor]) => synchronize(caller, descriptor),
  fdatasync: (caller, [descriptor]) => synchronize(caller, descriptor),
  syncfs: forOpen({ value: 0 }),
  sync: () => ({ value: 0 }),
  flock: forOpen({ value: 0 }),
  fadvise64: (caller, [descriptor]) => advise(caller, descriptor),
  fadvise64_64: (caller, [descriptor]) => advise(caller, descriptor),
  fallocate: forOpen({ errno: 'EOPNOTSUPP' }),
};
