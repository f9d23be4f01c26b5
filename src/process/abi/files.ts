/**
 * Numbers that calls on files take and give.
 *
 * Source: Linux, include/uapi/asm-generic/fcntl.h, ioctls.h; arch/sparc/include/uapi/asm/fcntl.h, ioctls.h;
 * include/uapi/linux/fcntl.h, stat.h, fs.h; open(2), fcntl(2), ioctl_tty(2), inode(7).
 */

/** Flags of open(2), by the names they have there. */
const COMMON_OPEN = {
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_ACCMODE: 3,
  O_DIRECTORY: 0x10000,
  O_NOFOLLOW: 0x20000,
};

export const genericOpen = {
  ...COMMON_OPEN,
  O_CREAT: 0x40,
  O_EXCL: 0x80,
  O_NOCTTY: 0x100,
  O_TRUNC: 0x200,
  O_APPEND: 0x400,
  O_NONBLOCK: 0x800,
  O_DSYNC: 0x1000,
  O_ASYNC: 0x2000,
  O_DIRECT: 0x4000,
  O_LARGEFILE: 0x8000,
  O_NOATIME: 0x40000,
  O_CLOEXEC: 0x80000,
  O_SYNC: 0x101000,
  O_PATH: 0x200000,
  O_TMPFILE: 0x410000,
};

export type OpenFlags = Readonly<typeof genericOpen>;

export const sparcOpen: OpenFlags = {
  ...COMMON_OPEN,
  O_APPEND: 0x8,
  O_ASYNC: 0x40,
  O_CREAT: 0x200,
  O_TRUNC: 0x400,
  O_EXCL: 0x800,
  O_DSYNC: 0x2000,
  O_NONBLOCK: 0x4000,
  O_NOCTTY: 0x8000,
  O_LARGEFILE: 0x40000,
  O_DIRECT: 0x100000,
  O_NOATIME: 0x200000,
  O_CLOEXEC: 0x400000,
  O_SYNC: 0x802000,
  O_PATH: 0x1000000,
  O_TMPFILE: 0x2010000,
};

/** Commands of fcntl(2), and the kinds of locks. */
const COMMON_FCNTL = {
  F_DUPFD: 0,
  F_GETFD: 1,
  F_SETFD: 2,
  F_GETFL: 3,
  F_SETFL: 4,
  F_SETSIG: 10,
  F_GETSIG: 11,
  F_GETLK64: 12,
  F_SETLK64: 13,
  F_SETLKW64: 14,
  F_OFD_GETLK: 36,
  F_OFD_SETLK: 37,
  F_OFD_SETLKW: 38,
  F_DUPFD_CLOEXEC: 1030,
  F_SETPIPE_SZ: 1031,
  F_GETPIPE_SZ: 1032,
};

export const genericFcntl = {
  ...COMMON_FCNTL,
  F_GETLK: 5,
  F_SETLK: 6,
  F_SETLKW: 7,
  F_SETOWN: 8,
  F_GETOWN: 9,
  F_RDLCK: 0,
  F_WRLCK: 1,
  F_UNLCK: 2,
};

export type FcntlCommands = Readonly<typeof genericFcntl>;

export const sparcFcntl: FcntlCommands = {
  ...COMMON_FCNTL,
  F_GETOWN: 5,
  F_SETOWN: 6,
  F_GETLK: 7,
  F_SETLK: 8,
  F_SETLKW: 9,
  F_RDLCK: 1,
  F_WRLCK: 2,
  F_UNLCK: 3,
};

export const FD_CLOEXEC = 1;

/** Requests of ioctl(2) that a descriptor without a terminal behind it answers, and some it refuses. */
export const genericIoctl = {
  TCGETS: 0x5401,
  TIOCGPGRP: 0x540f,
  TIOCGWINSZ: 0x5413,
  FIONREAD: 0x541b,
  FIONBIO: 0x5421,
  FIONCLEX: 0x5450,
  FIOCLEX: 0x5451,
};

export type IoctlRequests = Readonly<typeof genericIoctl>;

export const sparcIoctl: IoctlRequests = {
  TCGETS: 0x40245408,
  TIOCGPGRP: 0x40047483,
  TIOCGWINSZ: 0x40087468,
  FIONREAD: 0x4004667f,
  FIONBIO: 0x8004667e,
  FIONCLEX: 0x20006602,
  FIOCLEX: 0x20006601,
};

/** Instead of a directory's descriptor: the working directory. */
export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
/** To unlinkat; to faccessat the same number is AT_EACCESS. */
export const AT_REMOVEDIR = 0x200;
export const AT_EACCESS = 0x200;
export const AT_SYMLINK_FOLLOW = 0x400;
export const AT_NO_AUTOMOUNT = 0x800;
export const AT_EMPTY_PATH = 0x1000;
export const AT_STATX_SYNC_TYPE = 0x6000;

export const R_OK = 4;
export const W_OK = 2;
export const X_OK = 1;

export const SEEK_SET = 0;
export const SEEK_CUR = 1;
export const SEEK_END = 2;
export const SEEK_DATA = 3;
export const SEEK_HOLE = 4;

export const RENAME_NOREPLACE = 1;
export const RENAME_EXCHANGE = 2;
export const RENAME_WHITEOUT = 4;

export const CLOSE_RANGE_UNSHARE = 2;
export const CLOSE_RANGE_CLOEXEC = 4;

/** Kinds of file in `st_mode`. */
export const S_IFMT = 0o170000;
export const S_IFIFO = 0o010000;
export const S_IFCHR = 0o020000;
export const S_IFDIR = 0o040000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;

/** Kinds of file in directory entries. */
export const DT_FIFO = 1;
export const DT_CHR = 2;
export const DT_DIR = 4;
export const DT_REG = 8;
export const DT_LNK = 10;

/** Everything in `struct statx` that struct stat has too. */
export const STATX_BASIC_STATS = 0x7ff;
/** A bit of the mask that no kernel takes. */
export const STATX_RESERVED = 0x80000000;

/** Bytes in a path, its final zero included. */
export const PATH_MAX = 4096;
/** Bytes in one name. */
export const NAME_MAX = 255;
/** Buffers in one readv or writev. */
export const IOV_MAX = 1024;
