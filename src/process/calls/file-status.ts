/**
 * System calls that tell about files.
 *
 * Source: stat(2), statx(2), statfs(2), getdents64(2), inode(7).
 */
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_NO_AUTOMOUNT,
  AT_STATX_SYNC_TYPE,
  AT_SYMLINK_NOFOLLOW,
  DT_CHR,
  DT_DIR,
  DT_LNK,
  DT_REG,
  NAME_MAX,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  STATX_BASIC_STATS,
  STATX_RESERVED,
} from '../abi/files.js';
import { encode } from '../abi/layout.js';
import { dirent64, statx, type StatfsLayout, type StatLayout, type StatMember } from '../abi/structs.js';
import {
  isError,
  type Device,
  type DirectoryEntry,
  type DirectoryNode,
  type Node,
  type OpenFile,
  type Result,
  type Time,
} from '../files/index.js';
import { nodeAt, nodeOf, targetAt, timeOf, writeStruct } from './file-arguments.js';
import type { FileCaller, FileHandlers, FileOutcome } from './handler.js';

/** All files lie on one device; streams and pipes on another. */
const FILE_DEVICE = 1;
const PIPE_DEVICE = 2;
const BLOCK = 4096;
/** `st_blocks` counts these. */
const SECTOR = 512;

/** Minor numbers of memory devices, whose major number is 1; see null(4), random(4). */
const MEMORY_MAJOR = 1;
const MEMORY_MINORS: Record<Device, number> = { null: 3, zero: 5, full: 7, random: 8, urandom: 9 };

const KINDS = {
  file: { mode: S_IFREG, type: DT_REG },
  directory: { mode: S_IFDIR, type: DT_DIR },
  link: { mode: S_IFLNK, type: DT_LNK },
  device: { mode: S_IFCHR, type: DT_CHR },
};

interface Status {
  device: number;
  number: number;
  mode: number;
  /** Names it has. */
  links: number;
  minor: number | undefined;
  size: number;
  accessed: Time;
  modified: Time;
  changed: Time;
}

function statusOf(caller: FileCaller, target: Node | OpenFile): Status {
  const node = 'references' in target ? nodeOf(caller, target) : target;
  if (node === undefined) return pipeStatus(caller, target as OpenFile);
  const size =
    node.kind === 'file'
      ? caller.files.system.size(node)
      : node.kind === 'link'
        ? new TextEncoder().encode(node.target).length
        : node.kind === 'directory'
          ? BLOCK
          : 0;
  return {
    device: FILE_DEVICE,
    number: node.number,
    mode: KINDS[node.kind].mode | node.mode,
    links: node.parent === undefined ? 0 : 1,
    minor: node.kind === 'device' ? MEMORY_MINORS[node.device] : undefined,
    size,
    accessed: node.accessed,
    modified: node.modified,
    changed: node.changed,
  };
}

/** Streams are numbered before pipes. */
function pipeStatus(caller: FileCaller, open: OpenFile): Status {
  const STREAMS = 3;
  const number =
    open.kind === 'stream' ? open.stream + 1 : open.kind === 'pipe' ? open.pipe.number + STREAMS : 0;
  const time = timeOf(caller);
  const times = { accessed: time, modified: time, changed: time };
  return {
    device: PIPE_DEVICE,
    number,
    mode: S_IFIFO | 0o600,
    links: 1,
    minor: undefined,
    size: 0,
    ...times,
  };
}

function values(caller: FileCaller, status: Status): Record<StatMember, number> {
  const { user } = caller.files.system;
  return {
    st_dev: status.device,
    st_ino: status.number,
    st_mode: status.mode,
    st_nlink: status.links,
    st_uid: user,
    st_gid: user,
    st_rdev: status.minor === undefined ? 0 : (MEMORY_MAJOR << 8) | status.minor,
    st_size: status.size,
    st_blksize: BLOCK,
    st_blocks: Math.ceil(status.size / SECTOR),
    st_atime: status.accessed.seconds,
    st_atime_nsec: status.accessed.nanoseconds,
    st_mtime: status.modified.seconds,
    st_mtime_nsec: status.modified.nanoseconds,
    st_ctime: status.changed.seconds,
    st_ctime_nsec: status.changed.nanoseconds,
  };
}

function putStatus(
  caller: FileCaller,
  target: Result<Node | OpenFile>,
  at: number,
  layout: StatLayout,
): FileOutcome {
  if (isError(target)) return { errno: target };
  return writeStruct(caller, at, layout, values(caller, statusOf(caller, target)));
}

const openAt = (caller: FileCaller, descriptor: number): Result<OpenFile> =>
  caller.files.get(descriptor | 0) ?? 'EBADF';

/** fstatat64 and newfstatat. */
function statAt(caller: FileCaller, directory: number, path: number, at: number, flags: number): FileOutcome {
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH)) !== 0) return { errno: 'EINVAL' };
  return putStatus(caller, targetAt(caller, directory, path, options(flags)), at, caller.abi.stat64);
}

const options = (flags: number): { follow: boolean; empty: boolean } => ({
  follow: (flags & AT_SYMLINK_NOFOLLOW) === 0,
  empty: (flags & AT_EMPTY_PATH) !== 0,
});

function extendedStatus(
  caller: FileCaller,
  directory: number,
  path: number,
  flags: number,
  mask: number,
  at: number,
): FileOutcome {
  const known = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE;
  const isSyncBad = (flags & AT_STATX_SYNC_TYPE) === AT_STATX_SYNC_TYPE;
  if ((flags & ~known) !== 0 || isSyncBad || (mask & STATX_RESERVED) !== 0) return { errno: 'EINVAL' };
  const target = targetAt(caller, directory, path, options(flags));
  if (isError(target)) return { errno: target };
  const status = statusOf(caller, target);
  const { user } = caller.files.system;
  return writeStruct(caller, at, statx, {
    stx_mask: STATX_BASIC_STATS,
    stx_blksize: BLOCK,
    stx_nlink: status.links,
    stx_uid: user,
    stx_gid: user,
    stx_mode: status.mode,
    stx_ino: status.number,
    stx_size: status.size,
    stx_blocks: Math.ceil(status.size / SECTOR),
    stx_atime: status.accessed.seconds,
    stx_atime_nsec: status.accessed.nanoseconds,
    stx_mtime: status.modified.seconds,
    stx_mtime_nsec: status.modified.nanoseconds,
    stx_ctime: status.changed.seconds,
    stx_ctime_nsec: status.changed.nanoseconds,
    stx_rdev_major: status.minor === undefined ? 0 : MEMORY_MAJOR,
    stx_rdev_minor: status.minor ?? 0,
    stx_dev_minor: status.device,
  });
}

/** What a directory holds, with `.` and `..`, in order. */
function listing(caller: FileCaller, node: DirectoryNode): Result<DirectoryEntry[]> {
  const { system } = caller.files;
  if (node.parent === undefined) return 'ENOENT';
  const entries = system.entries(node);
  if (isError(entries)) return entries;
  const found: DirectoryEntry[] = [];
  const pairs = [['.', node.id] as const, ['..', node.parent] as const, ...[...entries].sort(byName)];
  for (const [name, id] of pairs) {
    const entry = system.node(id);
    // It vanished on the host before it was looked at.
    if (isError(entry)) continue;
    found.push({ name, number: entry.number, type: KINDS[entry.kind].type });
  }
  return found;
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
  a < b ? -1 : a > b ? 1 : 0;

const ALIGNMENT = 8;

function entryBytes(caller: FileCaller, entry: DirectoryEntry, next: number): Uint8Array {
  const name = new TextEncoder().encode(`${entry.name}\0`);
  const length = Math.ceil((dirent64.size + name.length) / ALIGNMENT) * ALIGNMENT;
  const head = { d_ino: entry.number, d_off: next, d_reclen: length, d_type: entry.type };
  const bytes = new Uint8Array(length);
  bytes.set(encode(dirent64, head, caller.abi.bigEndian));
  bytes.set(name, dirent64.size);
  return bytes;
}

function readDirectory(caller: FileCaller, descriptor: number, at: number, count: number): FileOutcome {
  const open = caller.files.get(descriptor | 0);
  if (open === undefined || open.kind === 'path') return { errno: 'EBADF' };
  if (open.kind !== 'directory') return { errno: 'ENOTDIR' };
  const node = nodeOf(caller, open);
  if (node?.kind !== 'directory') return { errno: 'ENOTDIR' };
  // Whoever removes files while reading misses none: the entries are those of the beginning.
  if (open.position === 0 || open.listing === undefined) {
    const found = listing(caller, node);
    if (isError(found)) return { errno: found };
    open.listing = found;
  }
  const size = count >>> 0;
  let { position } = open;
  let length = 0;
  for (; position < open.listing.length; position++) {
    const bytes = entryBytes(caller, open.listing[position]!, position + 1);
    if (length + bytes.length > size) {
      if (length === 0) return { errno: 'EINVAL' };
      break;
    }
    caller.user.write(at + length, bytes);
    length += bytes.length;
  }
  open.position = position;
  return { value: length };
}

const TMPFS_MAGIC = 0x01021994;

function putSystem(
  caller: FileCaller,
  target: Result<Node | OpenFile>,
  at: number,
  layout: StatfsLayout,
): FileOutcome {
  if (isError(target)) return { errno: target };
  const { total, free } = caller.files.system.space;
  const f_bfree = Math.floor(free / BLOCK);
  return writeStruct(caller, at, layout, {
    f_type: TMPFS_MAGIC,
    f_bsize: BLOCK,
    f_blocks: Math.floor(total / BLOCK),
    f_bfree,
    f_bavail: f_bfree,
    f_namelen: NAME_MAX,
    f_frsize: BLOCK,
  });
}

/** Callers say how large they think the structure is. */
function putSystem64(
  caller: FileCaller,
  target: Result<Node | OpenFile>,
  size: number,
  at: number,
): FileOutcome {
  const layout = caller.abi.statfs64;
  return size === layout.size ? putSystem(caller, target, at, layout) : { errno: 'EINVAL' };
}

export const statusCalls: FileHandlers = {
  stat: (caller, [path, at]) => putStatus(caller, nodeAt(caller, AT_FDCWD, path, true), at, caller.abi.stat),
  lstat: (caller, [path, at]) =>
    putStatus(caller, nodeAt(caller, AT_FDCWD, path, false), at, caller.abi.stat),
  fstat: (caller, [descriptor, at]) => putStatus(caller, openAt(caller, descriptor), at, caller.abi.stat),
  stat64: (caller, [path, at]) =>
    putStatus(caller, nodeAt(caller, AT_FDCWD, path, true), at, caller.abi.stat64),
  lstat64: (caller, [path, at]) =>
    putStatus(caller, nodeAt(caller, AT_FDCWD, path, false), at, caller.abi.stat64),
  fstat64: (caller, [descriptor, at]) => putStatus(caller, openAt(caller, descriptor), at, caller.abi.stat64),
  fstatat64: (caller, [directory, path, at, flags]) => statAt(caller, directory, path, at, flags | 0),
  newfstatat: (caller, [directory, path, at, flags]) => statAt(caller, directory, path, at, flags | 0),
  statx: (caller, [directory, path, flags, mask, at]) =>
    extendedStatus(caller, directory, path, flags | 0, mask | 0, at),

  statfs: (caller, [path, at]) =>
    putSystem(caller, nodeAt(caller, AT_FDCWD, path, true), at, caller.abi.statfs),
  fstatfs: (caller, [descriptor, at]) => putSystem(caller, openAt(caller, descriptor), at, caller.abi.statfs),
  statfs64: (caller, [path, size, at]) => putSystem64(caller, nodeAt(caller, AT_FDCWD, path, true), size, at),
  fstatfs64: (caller, [descriptor, size, at]) => putSystem64(caller, openAt(caller, descriptor), size, at),

  getdents64: (caller, [descriptor, at, count]) => readDirectory(caller, descriptor, at, count),
};
