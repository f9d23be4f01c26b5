/**
 * The address space of a Linux process: where its parts lie, and how it grows.
 *
 * Source: System V ABI, "Program Loading"; brk(2), mmap(2).
 */
import { ElfError, hex, type Image } from '../elf/index.js';
import { EXECUTE, Memory, PAGE_SIZE, pageEnd, pageStart, READ, WRITE } from '../machine/memory.js';
import type { LinuxAbi } from './linux.js';

export const STACK_SIZE = 8 << 20;
const GUARD_SIZE = PAGE_SIZE;
/** Linux maps nothing below this (vm.mmap_min_addr). */
export const LOWEST_ADDRESS = 0x10000;

export const HEAP = '[ heap ]';
export const STACK = '[ stack ]';
const GUARD = '[ guard ]';
const ANONYMOUS = '[ anon ]';

export class AddressSpace {
  private breakStart = 0;
  private breakEnd = 0;

  private constructor(
    readonly memory: Memory,
    private readonly abi: LinuxAbi,
    /** Bytes the process may have mapped in all. */
    private readonly limit: number,
  ) {}

  /** Maps an executable's segments, a stack with a guard page below it, and an empty heap. */
  static load(image: Image, abi: LinuxAbi, limit: number): AddressSpace {
    const memory = new Memory(image.bigEndian);
    const space = new AddressSpace(memory, abi, limit);
    for (const segment of image.segments) {
      const start = pageStart(segment.address);
      const fileEnd = segment.address + segment.bytes.length;
      const end = pageEnd(segment.address + segment.memorySize);
      const protection =
        (segment.readable ? READ : 0) | (segment.writable ? WRITE : 0) | (segment.executable ? EXECUTE : 0);
      if (!memory.isFree(start, end) || end > abi.stackTop - STACK_SIZE - GUARD_SIZE) {
        const detail =
          `a segment at ${hex(segment.address)} of ${segment.memorySize} bytes does not fit: it must lie below ` +
          `${hex(abi.stackTop - STACK_SIZE - GUARD_SIZE)} and share no page with another`;
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
    const top = abi.stackTop;
    memory.map(top - STACK_SIZE, top, READ | WRITE, STACK);
    memory.map(top - STACK_SIZE - GUARD_SIZE, top - STACK_SIZE, 0, GUARD);
    return space;
  }

  fork(): AddressSpace {
    const fork = new AddressSpace(this.memory.fork(), this.abi, this.limit);
    fork.breakStart = this.breakStart;
    fork.breakEnd = this.breakEnd;
    return fork;
  }

  get stackTop(): number {
    return this.abi.stackTop;
  }

  /** The end of the heap as brk(2) returns it. */
  get programBreak(): number {
    return this.breakEnd;
  }

  /** Moves the end of the heap; stays where it is when that is impossible, as brk(2) does. */
  setBreak(wanted: number): number {
    if (wanted < this.breakStart) return this.breakEnd;
    const from = pageEnd(this.breakEnd);
    const to = pageEnd(wanted);
    if (to > from) {
      if (!this.memory.isFree(from, to) || this.mappedBytes() + to - from > this.limit) return this.breakEnd;
      this.memory.map(from, to, READ | WRITE, HEAP);
    } else if (to < from) this.memory.unmap(to, from);
    this.breakEnd = wanted;
    return wanted;
  }

  /** Maps anonymous memory at a free place below the stack; undefined when there is no room. */
  mapAnonymous(length: number, protection: number, fixed?: number): number | undefined {
    const size = pageEnd(length);
    if (this.mappedBytes() + size > this.limit) return undefined;
    const start = fixed ?? this.highestGap(size);
    if (start === undefined || start + size > this.abi.stackTop) return undefined;
    this.memory.map(start, start + size, protection, ANONYMOUS);
    return start;
  }

  private highestGap(size: number): number | undefined {
    let end = this.abi.stackTop - STACK_SIZE - GUARD_SIZE;
    for (const region of [...this.memory.regions].reverse()) {
      if (region.start >= end) continue;
      if (region.end <= end - size) break;
      end = region.start;
    }
    return end - size >= LOWEST_ADDRESS ? end - size : undefined;
  }

  private mappedBytes(): number {
    return this.memory.regions.reduce((sum, region) => sum + region.end - region.start, 0);
  }
}
