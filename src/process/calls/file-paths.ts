/**
 * System calls that take paths.
 *
 * There are no hard links, and guests make no symbolic links or special files: EPERM, as on file systems that
 * know none.
 *
 * Source: open(2), unlink(2), mkdir(2), rename(2), chdir(2), getcwd(2), readlink(2), access(2), chmod(2),
 * chown(2), truncate(2), utimensat(2).
 */
import {
  AT_EACCESS,
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_REMOVEDIR,
  AT_SYMLINK_NOFOLLOW,
  R_OK,
  RENAME_NOREPLACE,
  W_OK,
  X_OK,
} from '../abi/files.js';
import type { ErrorName } from '../abi/errno.js';
import { timespec32, timespec64 } from '../abi/structs.js';
import type { Layout } from '../abi/layout.js';
import {
  accessOf,
  isError,
  isWritable,
  type Node,
  type OpenFile,
  type Result,
  type Time,
} from '../files/index.js';
import {
  nodeAt,
  nodeOf,
  offsetAt,
  outcome,
  pathAt,
  placeAt,
  readStruct,
  targetAt,
  timeOf,
} from './file-arguments.js';
import type { Arguments, FileCaller, FileHandlers, FileOutcome } from './handler.js';

const UTIME_NOW = 0x3fffffff;
const UTIME_OMIT = 0x3ffffffe;
const SECOND = 1_000_000_000;

const PERMISSIONS = 0o777;

function open(caller: FileCaller, directory: number, path: number, flags: number, mode: number): FileOutcome {
  const { abi, files } = caller;
  const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_PATH, O_TRUNC, O_CLOEXEC, O_TMPFILE } = abi.open;
  const has = (flag: number): boolean => (flags & flag) !== 0;
  if (files.isFull) return { errno: 'EMFILE' };
  if (has(O_TMPFILE & ~O_DIRECTORY)) return { errno: 'EOPNOTSUPP' };
  const namesOnly = has(O_PATH);
  const creates = has(O_CREAT) && !namesOnly;
  if (creates && has(O_DIRECTORY)) return { errno: 'EINVAL' };
  const exclusive = creates && has(O_EXCL);
  const named = placeAt(caller, directory, path, 'name');
  if (creates && !isError(named) && named.slash) return { errno: 'EISDIR' };
  const place = placeAt(caller, directory, path, has(O_NOFOLLOW) || exclusive ? 'keep' : 'follow');
  if (isError(place)) return { errno: place };
  let { node } = place;
  if (node === undefined) {
    if (!creates) return { errno: 'ENOENT' };
    const created = files.system.create(place, mode, timeOf(caller));
    if (isError(created)) return { errno: created };
    node = created;
  } else {
    if (exclusive) return { errno: 'EEXIST' };
    const problem = namesOnly
      ? checkKind(node, has(O_DIRECTORY))
      : (checkOpen(node, creates || has(O_TRUNC), flags, has(O_DIRECTORY)) ??
        begin(caller, node, flags, has(O_TRUNC)));
    if (problem !== undefined) return { errno: problem };
  }
  return outcome(files.addNode(describe(caller, node, flags, namesOnly), has(O_CLOEXEC)));
}

const checkKind = (node: Node, directoryWanted: boolean): ErrorName | undefined =>
  directoryWanted && node.kind !== 'directory' ? 'ENOTDIR' : undefined;

function checkOpen(
  node: Node,
  changes: boolean,
  flags: number,
  directoryWanted: boolean,
): ErrorName | undefined {
  if (node.kind === 'directory') return changes || (accessOf(flags) & W_OK) !== 0 ? 'EISDIR' : undefined;
  return checkKind(node, directoryWanted) ?? (node.kind === 'link' ? 'ELOOP' : undefined);
}

/** Permissions, and what happens to a file that is there when it is opened. */
function begin(caller: FileCaller, node: Node, flags: number, truncates: boolean): ErrorName | undefined {
  const { system } = caller.files;
  // Access mode 3 wants both and gets none.
  const wanted = accessOf(flags) === 0 ? R_OK | W_OK : accessOf(flags);
  if (!system.permits(node, truncates ? wanted | W_OK : wanted)) return 'EACCES';
  if (node.kind !== 'file') return undefined;
  return system.prepare(node) ?? (truncates ? system.truncate(node.id, 0, timeOf(caller)) : undefined);
}

/** The flags that stay. */
function statusOf({ abi }: FileCaller, flags: number, namesOnly: boolean): number {
  const { O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC, O_CLOEXEC, O_LARGEFILE, O_PATH, O_DIRECTORY, O_NOFOLLOW } =
    abi.open;
  if (namesOnly) return flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW);
  // 64-bit kernels add it by themselves.
  const large = abi.wordSize === 8 ? O_LARGEFILE : 0;
  return (flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)) | large;
}

type NodeFile = Extract<OpenFile, { node: string }>;

function describe(caller: FileCaller, node: Node, flags: number, namesOnly: boolean): NodeFile {
  const status = statusOf(caller, flags, namesOnly);
  const common = { node: node.id, status, references: 1 };
  if (namesOnly || node.kind === 'link') return { kind: 'path', ...common };
  if (node.kind === 'directory') return { kind: 'directory', ...common, position: 0, listing: undefined };
  if (node.kind === 'device') return { kind: 'device', ...common, device: node.device };
  return { kind: 'file', ...common, position: 0 };
}

function makeDirectory(caller: FileCaller, directory: number, path: number, mode: number): FileOutcome {
  const place = placeAt(caller, directory, path, 'name');
  if (isError(place)) return { errno: place };
  return outcome(caller.files.system.makeDirectory(place, mode & PERMISSIONS, timeOf(caller)));
}

function unlink(caller: FileCaller, directory: number, path: number, flags: number): FileOutcome {
  if ((flags & ~AT_REMOVEDIR) !== 0) return { errno: 'EINVAL' };
  const place = placeAt(caller, directory, path, 'name');
  if (isError(place)) return { errno: place };
  const { system } = caller.files;
  const now = timeOf(caller);
  return outcome(flags === 0 ? system.unlink(place, now) : system.removeDirectory(place, now));
}

function rename(
  caller: FileCaller,
  [oldDirectory, oldPath, newDirectory, newPath]: readonly [number, number, number, number],
  flags: number,
): FileOutcome {
  if ((flags & ~RENAME_NOREPLACE) !== 0) return { errno: 'EINVAL' };
  const from = placeAt(caller, oldDirectory, oldPath, 'name');
  if (isError(from)) return { errno: from };
  const to = placeAt(caller, newDirectory, newPath, 'name');
  if (isError(to)) return { errno: to };
  return outcome(caller.files.system.rename(from, to, flags !== 0, timeOf(caller)));
}

function readLink(
  caller: FileCaller,
  directory: number,
  path: number,
  at: number,
  size: number,
): FileOutcome {
  if ((size | 0) <= 0) return { errno: 'EINVAL' };
  const read = pathAt(caller, path);
  if (isError(read)) return { errno: read };
  // Without a path it must be a descriptor of the link itself.
  const target = targetAt(caller, directory, path, { follow: false, empty: true });
  if (isError(target)) return { errno: target };
  const node = 'references' in target ? nodeOf(caller, target) : target;
  if (node?.kind !== 'link') return { errno: read.path === '' ? 'ENOENT' : 'EINVAL' };
  const bytes = new TextEncoder().encode(node.target).subarray(0, size | 0);
  caller.user.write(at, bytes);
  return { value: bytes.length };
}

function access(
  caller: FileCaller,
  directory: number,
  path: number,
  mode: number,
  flags: number,
): FileOutcome {
  const known = AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
  if ((mode & ~(R_OK | W_OK | X_OK)) !== 0 || (flags & ~known) !== 0) return { errno: 'EINVAL' };
  const follow = (flags & AT_SYMLINK_NOFOLLOW) === 0;
  const target = targetAt(caller, directory, path, { follow, empty: (flags & AT_EMPTY_PATH) !== 0 });
  if (isError(target)) return { errno: target };
  const node = 'references' in target ? nodeOf(caller, target) : target;
  const isAllowed = node === undefined || node.kind === 'link' || caller.files.system.permits(node, mode);
  return outcome(isAllowed ? undefined : 'EACCES');
}

function changeDirectory(caller: FileCaller, node: Result<Node>): FileOutcome {
  if (isError(node)) return { errno: node };
  if (node.kind !== 'directory') return { errno: 'ENOTDIR' };
  if (!caller.files.system.permits(node, X_OK)) return { errno: 'EACCES' };
  caller.files.system.enter(node.id);
  return { value: 0 };
}

/** The node behind a descriptor of a file, directory or device that is open for more than its name. */
function openNode(caller: FileCaller, descriptor: number): Result<Node> {
  const open = caller.files.get(descriptor | 0);
  if (open === undefined || open.kind === 'path') return 'EBADF';
  return nodeOf(caller, open) ?? 'EINVAL';
}

function changeMode(caller: FileCaller, node: Result<Node>, mode: number): FileOutcome {
  if (isError(node)) return { errno: node };
  return outcome(caller.files.system.setMode(node, mode, timeOf(caller)));
}

/** A file can only be given to whom it belongs to anyway; -1 leaves it as it is. */
function changeOwner(caller: FileCaller, node: Result<Node>, ...ids: readonly number[]): FileOutcome {
  if (isError(node)) return { errno: node };
  const { user } = caller.files.system;
  return outcome(ids.every((id) => (id | 0) === -1 || id === user) ? undefined : 'EPERM');
}

function truncate(caller: FileCaller, path: number, size: number): FileOutcome {
  if (size < 0) return { errno: 'EINVAL' };
  const node = nodeAt(caller, AT_FDCWD, path, true);
  if (isError(node)) return { errno: node };
  if (node.kind === 'directory') return { errno: 'EISDIR' };
  if (node.kind !== 'file') return { errno: 'EINVAL' };
  if (!caller.files.system.permits(node, W_OK)) return { errno: 'EACCES' };
  return outcome(caller.files.system.truncate(node.id, size, timeOf(caller)));
}

function truncateOpen(caller: FileCaller, descriptor: number, size: number): FileOutcome {
  const open = caller.files.get(descriptor | 0);
  if (size < 0) return { errno: 'EINVAL' };
  if (open === undefined || open.kind === 'path') return { errno: 'EBADF' };
  if (open.kind !== 'file' || !isWritable(open)) return { errno: 'EINVAL' };
  return outcome(caller.files.system.truncate(open.node, size, timeOf(caller)));
}

/** Where a long has 32 bits, half of a 64-bit `tv_nsec` is padding that may hold anything. */
function timesAt(caller: FileCaller, at: number, wide: boolean): Result<(Time | undefined)[]> {
  const half = caller.abi.bigEndian ? 12 : 8;
  const padded: Layout<'tv_sec' | 'tv_nsec'> = { size: 16, members: { tv_sec: [0, 8], tv_nsec: [half, 4] } };
  const layout = !wide ? timespec32 : caller.abi.wordSize === 8 ? timespec64 : padded;
  const times = [at, at + layout.size].map((address) => readStruct(caller, address, layout));
  const now = timeOf(caller);
  const isGood = ({ tv_nsec }: { tv_nsec: number }): boolean =>
    tv_nsec === UTIME_NOW || tv_nsec === UTIME_OMIT || (tv_nsec >= 0 && tv_nsec < SECOND);
  if (!times.every(isGood)) return 'EINVAL';
  return times.map(({ tv_sec, tv_nsec }) => {
    if (tv_nsec === UTIME_OMIT) return undefined;
    return tv_nsec === UTIME_NOW ? now : { seconds: tv_sec, nanoseconds: tv_nsec };
  });
}

function setTimes(
  caller: FileCaller,
  [directory, path, times, flags]: Arguments,
  wide: boolean,
): FileOutcome {
  if ((flags & ~AT_SYMLINK_NOFOLLOW) !== 0) return { errno: 'EINVAL' };
  const now = timeOf(caller);
  const given = times === 0 ? [now, now] : timesAt(caller, times, wide);
  const follow = (flags & AT_SYMLINK_NOFOLLOW) === 0;
  // Without a path it is the descriptor's file, see futimens(3).
  const node = path === 0 ? openNode(caller, directory) : nodeAt(caller, directory, path, follow);
  if (isError(node)) return { errno: node };
  if (isError(given)) return { errno: given };
  return outcome(caller.files.system.setTimes(node, given[0], given[1], now));
}

const notPermitted = (): FileOutcome => ({ errno: 'EPERM' });

export const pathCalls: FileHandlers = {
  open: (caller, [path, flags, mode]) => open(caller, AT_FDCWD, path, flags, mode),
  openat: (caller, [directory, path, flags, mode]) => open(caller, directory, path, flags, mode),
  creat(caller, [path, mode]) {
    const { O_CREAT, O_WRONLY, O_TRUNC } = caller.abi.open;
    return open(caller, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
  },

  mkdir: (caller, [path, mode]) => makeDirectory(caller, AT_FDCWD, path, mode),
  mkdirat: (caller, [directory, path, mode]) => makeDirectory(caller, directory, path, mode),
  unlink: (caller, [path]) => unlink(caller, AT_FDCWD, path, 0),
  unlinkat: (caller, [directory, path, flags]) => unlink(caller, directory, path, flags | 0),
  rmdir: (caller, [path]) => unlink(caller, AT_FDCWD, path, AT_REMOVEDIR),
  rename: (caller, [from, to]) => rename(caller, [AT_FDCWD, from, AT_FDCWD, to], 0),
  renameat: (caller, [oldDirectory, from, newDirectory, to]) =>
    rename(caller, [oldDirectory, from, newDirectory, to], 0),
  renameat2: (caller, [oldDirectory, from, newDirectory, to, flags]) =>
    rename(caller, [oldDirectory, from, newDirectory, to], flags | 0),
  link: notPermitted,
  linkat: notPermitted,
  symlink: notPermitted,
  symlinkat: notPermitted,
  mknod: notPermitted,
  mknodat: notPermitted,

  readlink: (caller, [path, at, size]) => readLink(caller, AT_FDCWD, path, at, size),
  readlinkat: (caller, [directory, path, at, size]) => readLink(caller, directory, path, at, size),
  access: (caller, [path, mode]) => access(caller, AT_FDCWD, path, mode | 0, 0),
  faccessat: (caller, [directory, path, mode]) => access(caller, directory, path, mode | 0, 0),
  faccessat2: (caller, [directory, path, mode, flags]) =>
    access(caller, directory, path, mode | 0, flags | 0),

  chdir: (caller, [path]) => changeDirectory(caller, nodeAt(caller, AT_FDCWD, path, true)),
  fchdir(caller, [descriptor]) {
    const open = caller.files.get(descriptor | 0);
    if (open === undefined) return { errno: 'EBADF' };
    return changeDirectory(caller, nodeOf(caller, open) ?? 'ENOTDIR');
  },
  getcwd(caller, [at, size]) {
    const path = caller.files.system.pathOf(caller.files.system.current);
    if (path === undefined) return { errno: 'ENOENT' };
    const bytes = new TextEncoder().encode(`${path}\0`);
    // A negative size is a huge one.
    if (size >= 0 && bytes.length > size) return { errno: 'ERANGE' };
    caller.user.write(at, bytes);
    return { value: bytes.length };
  },
  umask(caller, [mask]) {
    const { system } = caller.files;
    const old = system.mask;
    system.mask = mask & PERMISSIONS;
    return { value: old };
  },

  chmod: (caller, [path, mode]) => changeMode(caller, nodeAt(caller, AT_FDCWD, path, true), mode),
  fchmod: (caller, [descriptor, mode]) => changeMode(caller, openNode(caller, descriptor), mode),
  fchmodat: (caller, [directory, path, mode]) =>
    changeMode(caller, nodeAt(caller, directory, path, true), mode),
  chown: (caller, [path, user, group]) =>
    changeOwner(caller, nodeAt(caller, AT_FDCWD, path, true), user, group),
  chown32: (caller, [path, user, group]) =>
    changeOwner(caller, nodeAt(caller, AT_FDCWD, path, true), user, group),
  lchown: (caller, [path, user, group]) =>
    changeOwner(caller, nodeAt(caller, AT_FDCWD, path, false), user, group),
  lchown32: (caller, [path, user, group]) =>
    changeOwner(caller, nodeAt(caller, AT_FDCWD, path, false), user, group),
  fchown: (caller, [descriptor, user, group]) =>
    changeOwner(caller, openNode(caller, descriptor), user, group),
  fchown32: (caller, [descriptor, user, group]) =>
    changeOwner(caller, openNode(caller, descriptor), user, group),
  fchownat: (caller, [directory, path, user, group, flags]) =>
    changeOwner(caller, nodeAt(caller, directory, path, (flags & AT_SYMLINK_NOFOLLOW) === 0), user, group),

  truncate: (caller, [path, size]) => truncate(caller, path, caller.abi.wordSize === 8 ? size : size | 0),
  truncate64: (caller, args) => truncate(caller, args[0], offsetAt(caller, args, 1)),
  ftruncate: (caller, [descriptor, size]) =>
    truncateOpen(caller, descriptor, caller.abi.wordSize === 8 ? size : size | 0),
  ftruncate64: (caller, args) => truncateOpen(caller, args[0], offsetAt(caller, args, 1)),

  utimensat: (caller, args) => setTimes(caller, args, caller.abi.wordSize === 8),
  utimensat_time64: (caller, args) => setTimes(caller, args, true),
};
