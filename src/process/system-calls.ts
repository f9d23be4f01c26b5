/**
 * Serves system calls. Each is a few lines over the address space or a stream; what is not here answers
 * ENOSYS and is named once to the log.
 *
 * Source: the Linux manual pages, section 2.
 */
import { MemoryFault, type Core } from '../isa/core.js';
import { pageEnd, PAGE_SIZE, type Memory } from '../machine/memory.js';
import type { AddressSpace } from './address-space.js';
import type { LinuxAbi } from './linux.js';
import type { InputStream, OutputSink } from './streams.js';

/** The process that calls, as the kernel sees it. */
export interface Caller {
  readonly abi: LinuxAbi;
  readonly space: AddressSpace;
  readonly memory: Memory;
  readonly core: Core;
  readonly input: InputStream;
  readonly output: OutputSink;
  contiguous(address: number, wanted: number): number;
  noteUnimplemented(number: number): void;
}

/** `retry`: nothing happened, call again when there is input. */
export type Outcome = { value: number } | { errno: number } | { exit: number } | 'retry';

type Handler = (caller: Caller, args: readonly number[]) => Outcome;

const LARGEST_TRANSFER = 0x7ffff000;

const handlers: Record<string, Handler> = {
  read(caller, [descriptor, address, count]) {
    if (descriptor !== 0) return { errno: caller.abi.errors.EBADF };
    const wanted = Math.min(count!, LARGEST_TRANSFER);
    if (wanted === 0) return { value: 0 };
    // Before the bytes are taken from the stream: a bad buffer must not lose them.
    caller.memory.checkWritable(address!);
    const bytes = caller.input.take(Math.min(wanted, caller.contiguous(address!, wanted)));
    if (bytes === undefined) return 'retry';
    caller.memory.write(address!, bytes);
    return { value: bytes.length };
  },

  write(caller, [descriptor, address, count]) {
    if (descriptor !== 1 && descriptor !== 2) return { errno: caller.abi.errors.EBADF };
    const bytes = caller.memory.read(
      address!,
      caller.contiguous(address!, Math.min(count!, LARGEST_TRANSFER)),
    );
    if (bytes.length === 0 && count! > 0) return { errno: caller.abi.errors.EFAULT };
    caller.output(descriptor, bytes);
    return { value: bytes.length };
  },

  exit: (_caller, [status]) => ({ exit: status! & 0xff }),
  exit_group: (_caller, [status]) => ({ exit: status! & 0xff }),
  brk: (caller, [address]) => ({ value: caller.space.setBreak(address!) }),

  mmap(caller, [address, length, protection, flags]) {
    const { EINVAL, ENOMEM, ENOSYS } = caller.abi.errors;
    if (length === 0 || length! > caller.space.stackTop) return { errno: EINVAL };
    if ((flags! & caller.abi.mapAnonymous) === 0) return { errno: ENOSYS };
    const fixed = (flags! & caller.abi.mapFixed) === 0 ? undefined : address!;
    if (fixed !== undefined && fixed % PAGE_SIZE !== 0) return { errno: EINVAL };
    const start = caller.space.mapAnonymous(length!, rwx(protection!), fixed);
    if (start === undefined) return { errno: ENOMEM };
    // Other code may stand there now: the mapping that was fetched from is gone.
    caller.core.synchronize(start, start + pageEnd(length!));
    caller.core.mappingsChanged();
    return { value: start };
  },

  munmap(caller, [address, length]) {
    const end = pageEnd(address! + length!);
    if (address! % PAGE_SIZE !== 0 || length === 0 || end > 2 ** 32)
      return { errno: caller.abi.errors.EINVAL };
    caller.memory.unmap(address!, end);
    caller.core.synchronize(address, end);
    caller.core.mappingsChanged();
    return { value: 0 };
  },

  mprotect(caller, [address, length, protection]) {
    const end = pageEnd(address! + length!);
    if (address! % PAGE_SIZE !== 0) return { errno: caller.abi.errors.EINVAL };
    if (length === 0) return { value: 0 };
    if (end > 2 ** 32 || !caller.memory.isMapped(address!, end)) return { errno: caller.abi.errors.ENOMEM };
    caller.memory.protect(address!, end, rwx(protection!));
    caller.core.mappingsChanged();
    return { value: 0 };
  },

  riscv_flush_icache(caller, [start, end]) {
    caller.core.synchronize(start, end);
    return { value: 0 };
  },
};

/** PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4 to READ 4, WRITE 2, EXECUTE 1. */
const rwx = (protection: number): number =>
  ((protection & 1) << 2) | (protection & 2) | ((protection & 4) >> 2);

export function serve(caller: Caller, number: number, args: readonly number[]): Outcome {
  const name = caller.abi.calls.get(number);
  const handler = name === undefined ? undefined : handlers[name];
  if (handler === undefined) {
    caller.noteUnimplemented(number);
    return { errno: caller.abi.errors.ENOSYS };
  }
  try {
    return handler(caller, args);
  } catch (error) {
    if (error instanceof MemoryFault) return { errno: caller.abi.errors.EFAULT };
    throw error;
  }
}
