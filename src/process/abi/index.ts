/** What the Linux user ABIs of RISC-V and SPARC V8 are in numbers and structures. */
import { riscv32Calls, riscv64Calls, sparc32Calls } from './call-numbers.js';
import { genericErrors, sparcErrors, type Errors } from './errno.js';
import {
  genericFcntl,
  genericIoctl,
  genericOpen,
  sparcFcntl,
  sparcIoctl,
  sparcOpen,
  type FcntlCommands,
  type IoctlRequests,
  type OpenFlags,
} from './files.js';
import { genericSignals, sparcSignals, type Signals } from './signals.js';
import * as structs from './structs.js';

export type AbiName = 'riscv32' | 'riscv64' | 'sparc32';

export interface Abi {
  readonly name: AbiName;
  readonly bigEndian: boolean;
  /** Bytes in a long and in a pointer. */
  readonly wordSize: 4 | 8;
  /** Names of system calls by number. */
  readonly calls: ReadonlyMap<number, string>;
  readonly errors: Errors;
  readonly signals: Signals;
  readonly open: OpenFlags;
  readonly fcntl: FcntlCommands;
  readonly ioctl: IoctlRequests;
  /** What stat, lstat and fstat write. */
  readonly stat: structs.StatLayout;
  /** What stat64, fstat64 and fstatat64 write on 32-bit machines, newfstatat on others. */
  readonly stat64: structs.StatLayout;
  readonly statfs: structs.StatfsLayout;
  readonly statfs64: structs.StatfsLayout;
  readonly flock: structs.FlockLayout;
  readonly iovec: structs.IovecLayout;
  /** Times of the calls that have no other in their names. */
  readonly timespec: typeof structs.timespec32 | typeof structs.timespec64;
  readonly timeval: typeof structs.timeval32 | typeof structs.timeval64;
}

const GENERIC = {
  bigEndian: false,
  errors: genericErrors,
  signals: genericSignals,
  open: genericOpen,
  fcntl: genericFcntl,
  ioctl: genericIoctl,
};

const OF_32_BITS = {
  wordSize: 4,
  statfs: structs.statfs32Bit,
  statfs64: structs.statfs64Of32Bit,
  iovec: structs.iovec32,
  timespec: structs.timespec32,
  timeval: structs.timeval32,
} as const;

export const riscv32: Abi = {
  name: 'riscv32',
  ...GENERIC,
  ...OF_32_BITS,
  calls: riscv32Calls,
  stat: structs.genericStat32Bit,
  stat64: structs.genericStat32Bit,
  flock: structs.flock32,
};

export const riscv64: Abi = {
  name: 'riscv64',
  ...GENERIC,
  wordSize: 8,
  calls: riscv64Calls,
  stat: structs.genericStat64Bit,
  stat64: structs.genericStat64Bit,
  statfs: structs.statfs64Bit,
  statfs64: structs.statfs64Bit,
  flock: structs.flock64,
  iovec: structs.iovec64,
  timespec: structs.timespec64,
  timeval: structs.timeval64,
};

export const sparc32: Abi = {
  name: 'sparc32',
  ...OF_32_BITS,
  bigEndian: true,
  calls: sparc32Calls,
  errors: sparcErrors,
  signals: sparcSignals,
  open: sparcOpen,
  fcntl: sparcFcntl,
  ioctl: sparcIoctl,
  stat: structs.sparcStat,
  stat64: structs.sparcStat64,
  flock: structs.sparcFlock32,
};

export const abis: readonly Abi[] = [riscv32, riscv64, sparc32];
