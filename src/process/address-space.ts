/**
 * The address space of a Linux process: where its parts lie, and how it grows.
 *
 * Source: System V ABI, "Program Loading"; brk(2), mmap(2).
 */
import { ElfError, hex, type Image } from '../elf/index.js';
import {
  EXECUTE,
  MAX_REGIONS,
  Memory,
  PAGE_SIZE,
  pageEnd,
  pageStart,
  READ,
  WRITE,
  type Region,
} from '../machine/memory.js';

export const STACK_SIZE = 8 << 20;
const GUARD_SIZE = PAGE_SIZE;
/** Linux maps nothing below this (vm.mmap_min_addr). */
export const LOWEST_ADDRESS = 0x10000;

export const HEAP = '[ heap ]';
export const STACK = '[ stack ]';
const GUARD = '[ guard ]';
const ANONYMOUS = '[ anon ]';
const RETURN_PAGE = '[ vdso ]';
const ADDRESS_LIMIT = 2 ** 32;

/** Bytes a process may map unless the user says otherwise. */
export const DEFAULT_MEMORY = 1 << 30;

export class AddressSpace {
  private breakStart = 0;
  private breakEnd = 0;
  /** Where the stack pointer of the first thread began: below what the kernel put on the stack. */
  initialStackPointer: number;

  private constructor(
    readonly memory: Memory,
    /** First address above the stack. */
    readonly stackTop: number,
    /** Bytes the process may have mapped with any permission at all. */
    readonly limit: number,
  ) {
    this.initialStackPointer = stackTop;
  }

  /**
   * Maps an executable's segments, a stack with a guard page below it, the page signal handlers return to
   * above it, and an empty heap.
   */
  static load(image: Image, stackTop: number, limit: number, returnCode: Uint8Array): AddressSpace {
    const memory = new Memory(image.bigEndian);
    const space = new AddressSpace(memory, stackTop, limit);
    for (const segment of image.segments) {
      const start = pageStart(segment.address);
      const fileEnd = segment.address + segment.bytes.length;
      const end = pageEnd(segment.address + segment.memorySize);
      const protection =
        (segment.readable ? READ : 0) | (segment.writable ? WRITE : 0) | (segment.executable ? EXECUTE : 0);
      if (!memory.isFree(start, end) || end > stackTop - STACK_SIZE - GUARD_SIZE) {
        const detail =
          `a segment at ${hex(segment.address)} of ${segment.memorySize} bytes does not fit: it must lie below ` +
          `${hex(stackTop - STACK_SIZE - GUARD_SIZE)} and share no page with another`;
        throw new ElfError(image.name, 'bad-segment', detail);
      }
      // The page in which the file's bytes end is still the file's.
      const middle = Math.max(start, Math.min(end, pageEnd(fileEnd)));
      if (middle > start) memory.map(start, middle, protection, image.name);
      if (end > middle) memory.map(middle, end, protection, ANONYMOUS);
      memory.write(segment.address, segment.bytes, true);
      space.breakStart = Math.max(space.breakStart, end);
    }
    space.breakEnd = space.breakStart;
    memory.map(stackTop - STACK_SIZE, stackTop, READ | WRITE, STACK);
    memory.map(stackTop - STACK_SIZE - GUARD_SIZE, stackTop - STACK_SIZE, 0, GUARD);
    memory.map(stackTop, stackTop + PAGE_SIZE, READ | EXECUTE, RETURN_PAGE);
    memory.write(stackTop, returnCode, true);
    return space;
  }

  /** Bytes from `address` on that are mapped, `wanted` at most. */
  contiguous(address: number, wanted: number): number {
    let at = address;
    while (at < address + wanted) {
      const region = this.memory.find(at);
      if (region === undefined) break;
      at = region.end;
    }
    return Math.min(wanted, at - address);
  }

  fork(): AddressSpace {
    const fork = new AddressSpace(this.memory.fork(), this.stackTop, this.limit);
    fork.breakStart = this.breakStart;
    fork.breakEnd = this.breakEnd;
    fork.initialStackPointer = this.initialStackPointer;
    return fork;
  }

  /** Where the code lies that ends a signal handler. */
  get returnPage(): number {
    return this.stackTop;
  }

  /** Where the heap begins and ends. */
  get breakBounds(): readonly [number, number] {
    return [this.breakStart, this.breakEnd];
  }

  /** Moves the end of the heap; stays where it is when that is impossible, as brk(2) does. */
  setBreak(wanted: number): number {
    if (wanted < this.breakStart) return this.breakEnd;
    const from = pageEnd(this.breakEnd);
    const to = pageEnd(wanted);
    if (to > from) {
      if (!this.memory.isFree(from, to) || !this.mayGrow(to - from)) return this.breakEnd;
      this.memory.map(from, to, READ | WRITE, HEAP);
    } else if (to < from) this.memory.unmap(to, from);
    this.breakEnd = wanted;
    return wanted;
  }

  /** Maps zeroed memory, at `fixed` in place of whatever is there; undefined when there is no room. */
  mapAnonymous(length: number, protection: number, fixed?: number): number | undefined {
    const size = pageEnd(length);
    if (!this.mayGrow(protection === 0 ? 0 : size)) return undefined;
    const start = fixed ?? this.highestGap(size);
    if (start === undefined || start < LOWEST_ADDRESS || start + size > this.stackTop) return undefined;
    this.memory.map(start, start + size, protection, ANONYMOUS);
    return start;
  }

  /** Sets the permission of a range that is mapped throughout; false when that would be too much memory. */
  protect(start: number, end: number, protection: number): boolean {
    if (protection !== 0 && !this.mayGrow(this.sizeWithin(start, end, ({ protection: p }) => p === 0)))
      return false;
    this.memory.protect(start, end, protection);
    return true;
  }

  /** Makes a mapping larger or smaller, and moves it when it `may`; undefined when that is impossible. */
  remap(
    old: { start: number; end: number },
    size: number,
    may: boolean,
    fixed: number | undefined,
  ): number | undefined {
    const { memory } = this;
    const { start, end } = old;
    const { protection } = memory.find(start)!;
    if (fixed === undefined && size <= end - start) {
      if (size < end - start) memory.unmap(start + size, end);
      return start;
    }
    if (!this.mayGrow(size - (end - start))) return undefined;
    if (fixed === undefined && memory.isFree(end, start + size) && start + size <= this.stackTop) {
      memory.map(end, start + size, protection, memory.find(start)!.name);
      return start;
    }
    if (!may) return undefined;
    const target = this.mapAnonymous(size, protection, fixed);
    if (target === undefined) return undefined;
    const kept = Math.min(size, end - start);
    memory.move(start, start + kept, target);
    if (kept < end - start) memory.unmap(start + kept, end);
    return target;
  }

  /** Makes a mapped range read as zero. */
  discard(start: number, end: number): void {
    for (const region of this.memory.regions) {
      const from = Math.max(start, region.start);
      const to = Math.min(end, region.end);
      if (from < to) this.memory.map(from, to, region.protection, region.name);
    }
  }

  private mayGrow(bytes: number): boolean {
    // A mapping in the middle of another makes three of one.
    if (this.memory.regionCount + 2 > MAX_REGIONS) return false;
    if (this.memory.mappedBytes + bytes <= this.limit) return true;
    // What nobody may touch costs nothing.
    return this.sizeWithin(0, ADDRESS_LIMIT, ({ protection }) => protection !== 0) + bytes <= this.limit;
  }

  private sizeWithin(start: number, end: number, counts: (region: Region) => boolean): number {
    let sum = 0;
    for (const region of this.memory.regions) {
      if (counts(region)) sum += Math.max(0, Math.min(end, region.end) - Math.max(start, region.start));
    }
    return sum;
  }

  private highestGap(size: number): number | undefined {
    let end = this.stackTop - STACK_SIZE - GUARD_SIZE;
    const { regions } = this.memory;
    for (let i = regions.length - 1; i >= 0; i--) {
      const region = regions[i]!;
      if (region.start >= end) continue;
      if (region.end <= end - size) break;
      end = region.start;
    }
    return end - size >= LOWEST_ADDRESS ? end - size : undefined;
  }
}
