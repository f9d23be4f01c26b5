/**
 * Numbers of the Linux user ABI that differ between architectures.
 *
 * Source: Linux, include/uapi/asm-generic/unistd.h and errno-base.h; arch/sparc/include/uapi/asm/unistd.h
 * and errno.h.
 */
import { EM_RISCV, EM_SPARC } from '../elf/index.js';

export type SystemCall =
  'read' | 'write' | 'exit' | 'exit_group' | 'brk' | 'mmap' | 'munmap' | 'mprotect' | 'riscv_flush_icache';

export interface LinuxAbi {
  calls: ReadonlyMap<number, SystemCall>;
  errors: { EBADF: number; ENOMEM: number; EFAULT: number; EINVAL: number; ENOSYS: number; EPIPE: number };
  mapAnonymous: number;
  mapFixed: number;
  /** First address above the stack. */
  stackTop: number;
}

const COMMON_ERRORS = { EBADF: 9, ENOMEM: 12, EFAULT: 14, EINVAL: 22, EPIPE: 32 };

const RISCV: LinuxAbi = {
  calls: new Map<number, SystemCall>([
    [63, 'read'],
    [64, 'write'],
    [93, 'exit'],
    [94, 'exit_group'],
    [214, 'brk'],
    [215, 'munmap'],
    [222, 'mmap'],
    [226, 'mprotect'],
    [259, 'riscv_flush_icache'],
  ]),
  errors: { ...COMMON_ERRORS, ENOSYS: 38 },
  mapAnonymous: 0x20,
  mapFixed: 0x10,
  stackTop: 0x7ffff000,
};

const SPARC: LinuxAbi = {
  calls: new Map<number, SystemCall>([
    [1, 'exit'],
    [3, 'read'],
    [4, 'write'],
    [17, 'brk'],
    [71, 'mmap'],
    [73, 'munmap'],
    [74, 'mprotect'],
    [188, 'exit_group'],
  ]),
  errors: { ...COMMON_ERRORS, ENOSYS: 90 },
  mapAnonymous: 0x20,
  mapFixed: 0x10,
  stackTop: 0xeffff000,
};

const ABIS = new Map([
  [EM_RISCV, RISCV],
  [EM_SPARC, SPARC],
]);

export function linuxAbi(machine: number): LinuxAbi {
  const abi = ABIS.get(machine);
  if (abi === undefined) throw new Error(`no Linux ABI for e_machine ${machine}`);
  return abi;
}

/** Signals a fault ends a process with; the numbers are the same on all machines here but for SIGBUS. */
export type SignalName = 'SIGILL' | 'SIGTRAP' | 'SIGBUS' | 'SIGFPE' | 'SIGSEGV';

export function signalNumber(machine: number, name: SignalName): number {
  const numbers = { SIGILL: 4, SIGTRAP: 5, SIGBUS: machine === EM_SPARC ? 10 : 7, SIGFPE: 8, SIGSEGV: 11 };
  return numbers[name];
}
