/**
 * Structures that system calls read and write, for each ABI. Members have the names they have in C.
 *
 * Source: Linux, include/uapi/asm-generic/stat.h, statfs.h, fcntl.h; arch/sparc/include/uapi/asm/stat.h;
 * include/uapi/linux/stat.h, time_types.h, uio.h; getdents64(2).
 */
import type { Layout } from './layout.js';

/** What every structure of file status has. */
export type StatMember =
  | 'st_dev'
  | 'st_ino'
  | 'st_mode'
  | 'st_nlink'
  | 'st_uid'
  | 'st_gid'
  | 'st_rdev'
  | 'st_size'
  | 'st_blksize'
  | 'st_blocks'
  | 'st_atime'
  | 'st_atime_nsec'
  | 'st_mtime'
  | 'st_mtime_nsec'
  | 'st_ctime'
  | 'st_ctime_nsec';

export type StatLayout = Layout<StatMember>;

/** `struct stat` of 64-bit machines without a layout of their own. */
export const genericStat64Bit: StatLayout = {
  size: 128,
  members: {
    st_dev: [0, 8],
    st_ino: [8, 8],
    st_mode: [16, 4],
    st_nlink: [20, 4],
    st_uid: [24, 4],
    st_gid: [28, 4],
    st_rdev: [32, 8],
    st_size: [48, 8],
    st_blksize: [56, 4],
    st_blocks: [64, 8],
    st_atime: [72, 8],
    st_atime_nsec: [80, 8],
    st_mtime: [88, 8],
    st_mtime_nsec: [96, 8],
    st_ctime: [104, 8],
    st_ctime_nsec: [112, 8],
  },
};

/** `struct stat64` of 32-bit machines without a layout of their own. */
export const genericStat32Bit: StatLayout = {
  size: 104,
  members: {
    st_dev: [0, 8],
    st_ino: [8, 8],
    st_mode: [16, 4],
    st_nlink: [20, 4],
    st_uid: [24, 4],
    st_gid: [28, 4],
    st_rdev: [32, 8],
    st_size: [48, 8],
    st_blksize: [56, 4],
    st_blocks: [64, 8],
    st_atime: [72, 4],
    st_atime_nsec: [76, 4],
    st_mtime: [80, 4],
    st_mtime_nsec: [84, 4],
    st_ctime: [88, 4],
    st_ctime_nsec: [92, 4],
  },
};

/** `struct stat` of SPARC V8: stat, lstat, fstat. */
export const sparcStat: StatLayout = {
  size: 64,
  members: {
    st_dev: [0, 2],
    st_ino: [4, 4],
    st_mode: [8, 2],
    st_nlink: [10, 2],
    st_uid: [12, 2],
    st_gid: [14, 2],
    st_rdev: [16, 2],
    st_size: [20, 4],
    st_atime: [24, 4],
    st_atime_nsec: [28, 4],
    st_mtime: [32, 4],
    st_mtime_nsec: [36, 4],
    st_ctime: [40, 4],
    st_ctime_nsec: [44, 4],
    st_blksize: [48, 4],
    st_blocks: [52, 4],
  },
};

/** `struct stat64` of SPARC V8: stat64, lstat64, fstat64, fstatat64. */
export const sparcStat64: StatLayout = {
  size: 104,
  members: {
    st_dev: [0, 8],
    st_ino: [8, 8],
    st_mode: [16, 4],
    st_nlink: [20, 4],
    st_uid: [24, 4],
    st_gid: [28, 4],
    st_rdev: [32, 8],
    st_size: [48, 8],
    st_blksize: [56, 4],
    st_blocks: [68, 4],
    st_atime: [72, 4],
    st_atime_nsec: [76, 4],
    st_mtime: [80, 4],
    st_mtime_nsec: [84, 4],
    st_ctime: [88, 4],
    st_ctime_nsec: [92, 4],
  },
};

/** `struct statx`, the same everywhere; `stx_atime` is the `tv_sec` of a time and so on. */
export const statx = {
  size: 256,
  members: {
    stx_mask: [0, 4],
    stx_blksize: [4, 4],
    stx_attributes: [8, 8],
    stx_nlink: [16, 4],
    stx_uid: [20, 4],
    stx_gid: [24, 4],
    stx_mode: [28, 2],
    stx_ino: [32, 8],
    stx_size: [40, 8],
    stx_blocks: [48, 8],
    stx_attributes_mask: [56, 8],
    stx_atime: [64, 8],
    stx_atime_nsec: [72, 4],
    stx_btime: [80, 8],
    stx_btime_nsec: [88, 4],
    stx_ctime: [96, 8],
    stx_ctime_nsec: [104, 4],
    stx_mtime: [112, 8],
    stx_mtime_nsec: [120, 4],
    stx_rdev_major: [128, 4],
    stx_rdev_minor: [132, 4],
    stx_dev_major: [136, 4],
    stx_dev_minor: [140, 4],
    stx_mnt_id: [144, 8],
  },
} as const satisfies Layout;

/** `struct timespec` with 32-bit times: `__kernel_old_timespec` of 32-bit machines. */
export const timespec32 = { size: 8, members: { tv_sec: [0, 4], tv_nsec: [4, 4] } } as const satisfies Layout;

/** `struct __kernel_timespec`, and `struct timespec` of 64-bit machines. */
export const timespec64 = {
  size: 16,
  members: { tv_sec: [0, 8], tv_nsec: [8, 8] },
} as const satisfies Layout;

/** `struct timeval` of 32-bit machines. */
export const timeval32 = { size: 8, members: { tv_sec: [0, 4], tv_usec: [4, 4] } } as const satisfies Layout;

export const timeval64 = {
  size: 16,
  members: { tv_sec: [0, 8], tv_usec: [8, 8] },
} as const satisfies Layout;

export type IovecLayout = Layout<'iov_base' | 'iov_len'>;

export const iovec32: IovecLayout = { size: 8, members: { iov_base: [0, 4], iov_len: [4, 4] } };
export const iovec64: IovecLayout = { size: 16, members: { iov_base: [0, 8], iov_len: [8, 8] } };

/** The beginning of `struct linux_dirent64`; the name follows at once, with a zero byte. */
export const dirent64 = {
  size: 19,
  members: { d_ino: [0, 8], d_off: [8, 8], d_reclen: [16, 2], d_type: [18, 1] },
} as const satisfies Layout;

export type StatfsLayout = Layout<
  | 'f_type'
  | 'f_bsize'
  | 'f_blocks'
  | 'f_bfree'
  | 'f_bavail'
  | 'f_files'
  | 'f_ffree'
  | 'f_namelen'
  | 'f_frsize'
  | 'f_flags'
>;

/** `struct statfs` of 64-bit machines. */
export const statfs64Bit: StatfsLayout = {
  size: 120,
  members: {
    f_type: [0, 8],
    f_bsize: [8, 8],
    f_blocks: [16, 8],
    f_bfree: [24, 8],
    f_bavail: [32, 8],
    f_files: [40, 8],
    f_ffree: [48, 8],
    f_namelen: [64, 8],
    f_frsize: [72, 8],
    f_flags: [80, 8],
  },
};

/** `struct statfs` of 32-bit machines. */
export const statfs32Bit: StatfsLayout = {
  size: 64,
  members: {
    f_type: [0, 4],
    f_bsize: [4, 4],
    f_blocks: [8, 4],
    f_bfree: [12, 4],
    f_bavail: [16, 4],
    f_files: [20, 4],
    f_ffree: [24, 4],
    f_namelen: [36, 4],
    f_frsize: [40, 4],
    f_flags: [44, 4],
  },
};

/** `struct statfs64` of 32-bit machines: statfs64, fstatfs64. */
export const statfs64Of32Bit: StatfsLayout = {
  size: 88,
  members: {
    f_type: [0, 4],
    f_bsize: [4, 4],
    f_blocks: [8, 8],
    f_bfree: [16, 8],
    f_bavail: [24, 8],
    f_files: [32, 8],
    f_ffree: [40, 8],
    f_namelen: [56, 4],
    f_frsize: [60, 4],
    f_flags: [64, 4],
  },
};

export type FlockLayout = Layout<'l_type' | 'l_whence' | 'l_start' | 'l_len' | 'l_pid'>;

/** `struct flock` of 64-bit machines, and `struct flock64` of 32-bit ones. */
export const flock64: FlockLayout = {
  size: 32,
  members: { l_type: [0, 2], l_whence: [2, 2], l_start: [8, 8], l_len: [16, 8], l_pid: [24, 4] },
};

/** `struct flock` of RISC-V with 32 bits. */
export const flock32: FlockLayout = {
  size: 16,
  members: { l_type: [0, 2], l_whence: [2, 2], l_start: [4, 4], l_len: [8, 4], l_pid: [12, 4] },
};

/** `struct flock` of SPARC V8: two bytes of padding at the end make it longer. */
export const sparcFlock32: FlockLayout = { size: 20, members: flock32.members };
