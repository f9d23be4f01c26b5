/**
 * System calls about the address space.
 *
 * Source: brk(2), mmap(2), munmap(2), mprotect(2), mremap(2), madvise(2); riscv_flush_icache from Linux,
 * Documentation/arch/riscv/uabi.rst.
 */
import { PAGE_SIZE, pageEnd, READ, WRITE, EXECUTE } from '../../machine/memory.js';
import { isError } from '../files/index.js';
import type { Handlers, Kernel, Outcome } from './kernel.js';

const PROT_READ = 1;
const PROT_WRITE = 2;
const PROT_EXEC = 4;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_FIXED_NOREPLACE = 0x100000;
const MREMAP_MAYMOVE = 1;
const MREMAP_FIXED = 2;

const ADDRESS_LIMIT = 2 ** 32;

const protectionOf = (prot: number): number =>
  ((prot & PROT_READ) === 0 ? 0 : READ) |
  ((prot & PROT_WRITE) === 0 ? 0 : WRITE) |
  ((prot & PROT_EXEC) === 0 ? 0 : EXECUTE);

/** The page-aligned range, or undefined when it is empty or leaves the address space. */
function pages(address: number, length: number): { start: number; end: number } | undefined {
  const end = pageEnd(address + length);
  const good = address >= 0 && address % PAGE_SIZE === 0 && length > 0 && end <= ADDRESS_LIMIT;
  return good ? { start: address, end } : undefined;
}

/** Whoever fetched from a range that was mapped anew fetches again. */
function mapped(kernel: Kernel, start: number, end: number): Outcome {
  kernel.synchronize(start, end);
  kernel.mappingsChanged();
  return { value: start };
}

function map(kernel: Kernel, args: readonly number[], fileOffset: number): Outcome {
  const [address = 0, length = 0, prot = 0, flags = 0, descriptor = 0] = args;
  if ((flags & (MAP_SHARED | MAP_PRIVATE)) === 0) return { errno: 'EINVAL' };
  if (length <= 0 || length > ADDRESS_LIMIT) return { errno: length === 0 ? 'EINVAL' : 'ENOMEM' };
  const exact = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) !== 0;
  if (exact && pages(address, length) === undefined)
    return { errno: address % PAGE_SIZE === 0 ? 'ENOMEM' : 'EINVAL' };
  const end = pageEnd(address + length);
  if ((flags & MAP_FIXED_NOREPLACE) !== 0 && !kernel.memory.isFree(address, end)) return { errno: 'EEXIST' };
  let contents: Uint8Array | undefined;
  if ((flags & MAP_ANONYMOUS) === 0) {
    const writes = (flags & MAP_SHARED) !== 0 && (prot & PROT_WRITE) !== 0;
    const found = kernel.files.mapping(descriptor | 0, fileOffset, length, writes);
    if (isError(found)) return { errno: found };
    contents = found;
  }
  const start = kernel.space.mapAnonymous(length, protectionOf(prot), exact ? address : undefined);
  if (start === undefined) return { errno: 'ENOMEM' };
  if (contents !== undefined) kernel.memory.write(start, contents, true);
  return mapped(kernel, start, pageEnd(start + length));
}

export const memoryCalls: Handlers = {
  brk: (kernel, [address]) => ({ value: kernel.space.setBreak(address) }),

  mmap: (kernel, args) => (args[5] % PAGE_SIZE === 0 ? map(kernel, args, args[5]) : { errno: 'EINVAL' }),
  /** The offset counts units of 4096 bytes. */
  mmap2: (kernel, args) => map(kernel, args, args[5] * PAGE_SIZE),

  munmap(kernel, [address, length]) {
    const range = pages(address, length);
    if (range === undefined) return { errno: 'EINVAL' };
    kernel.memory.unmap(range.start, range.end);
    mapped(kernel, range.start, range.end);
    return { value: 0 };
  },

  mprotect(kernel, [address, length, prot]) {
    if (length === 0 && address % PAGE_SIZE === 0) return { value: 0 };
    const range = pages(address, length);
    if (range === undefined) return { errno: address % PAGE_SIZE === 0 ? 'ENOMEM' : 'EINVAL' };
    if (!kernel.memory.isMapped(range.start, range.end)) return { errno: 'ENOMEM' };
    if (!kernel.space.protect(range.start, range.end, protectionOf(prot))) return { errno: 'ENOMEM' };
    kernel.mappingsChanged();
    return { value: 0 };
  },

  mremap(kernel, [address, oldLength, newLength, flags, newAddress]) {
    const old = pages(address, oldLength);
    if (old === undefined || newLength <= 0 || newLength > ADDRESS_LIMIT) return { errno: 'EINVAL' };
    if (!kernel.memory.isMapped(old.start, old.end)) return { errno: 'EFAULT' };
    if ((flags & MREMAP_FIXED) !== 0) {
      const target = pages(newAddress, newLength);
      const overlaps = target !== undefined && target.start < old.end && old.start < target.end;
      if ((flags & MREMAP_MAYMOVE) === 0 || target === undefined || overlaps) return { errno: 'EINVAL' };
    }
    const fixed = (flags & MREMAP_FIXED) === 0 ? undefined : newAddress;
    const start = kernel.space.remap(old, pageEnd(newLength), (flags & MREMAP_MAYMOVE) !== 0, fixed);
    if (start === undefined) return { errno: 'ENOMEM' };
    kernel.synchronize(old.start, old.end);
    return mapped(kernel, start, start + pageEnd(newLength));
  },

  /** Advice may be ignored, but MADV_DONTNEED promises that anonymous memory reads as zero afterwards. */
  madvise(kernel, [address, length, advice]) {
    const MADV_DONTNEED = 4;
    const range = pages(address, length);
    if (range === undefined) return length === 0 ? { value: 0 } : { errno: 'EINVAL' };
    if (!kernel.memory.isMapped(range.start, range.end)) return { errno: 'ENOMEM' };
    if (advice === MADV_DONTNEED) kernel.space.discard(range.start, range.end);
    return { value: 0 };
  },

  msync: () => ({ value: 0 }),
  mlock: () => ({ value: 0 }),
  munlock: () => ({ value: 0 }),

  riscv_flush_icache(kernel, [start, end]) {
    kernel.synchronize(start, end);
    return { value: 0 };
  },
};
