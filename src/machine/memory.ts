/**
 * Guest memory: named regions with permissions over 4 KiB pages that forks share until they write.
 *
 * A page is an array of 32-bit words in the guest's numeric value, so a word access costs the same in both
 * byte orders; only bytes and halves care, and only in the lane they select. Pages appear when first
 * written; until then a region reads as zero. Two small look-aside tables, one for reading and one for
 * writing, hold the pages that passed every check. A page in which something is observed is never among
 * them, so that being observed costs nothing elsewhere.
 */
import { MemoryFault, type Access, type Bus } from '../isa/core.js';
import { Page as P } from '../isa/page.js';
import type { Observer } from '../isa/observer.js';
import { PAGE_WORDS, PageTable, ZEROS } from './page-table.js';
import { EXECUTE, READ, WRITE } from './protection.js';
import { Regions, type Region } from './regions.js';

export { EXECUTE, READ, showProtection, WRITE } from './protection.js';
export type { Region } from './regions.js';

/** Bytes in a page. */
export const PAGE_SIZE = P.size;

/** What memory held at one moment; it never changes. */
export interface Snapshot {
  readonly pages: PageTable;
  readonly regions: readonly Region[];
}

const enum Lookaside {
  size = 256,
  mask = 255,
}

/** No tag: bit 2 is masked out of every address that is compared. */
const NOTHING = 4;
/** What every memory begins with, and gives up for tables of its own when it has something to put there. */
const NO_TAGS = new Int32Array(Lookaside.size).fill(NOTHING);
const NO_WORDS = new Array<Int32Array>(Lookaside.size).fill(ZEROS);
/** Words that `loadBlock` and `storeBlock` move, and the last place in a page where so many fit. */
const BLOCK_WORDS = 16;
const LAST_BLOCK = PAGE_WORDS - BLOCK_WORDS;
const LIMIT = 2 ** 32;

/** Regions a process may have, as Linux has it (vm.max_map_count); its kernel asks before it maps or splits. */
export const MAX_REGIONS = 65_530;

export const pageStart = (address: number): number => address - (address % PAGE_SIZE);
export const pageEnd = (address: number): number => pageStart(address + PAGE_SIZE - 1);

export class Memory implements Bus {
  private pages = new PageTable();
  private mapped = new Regions();
  private watcher: Observer | undefined;
  private readTag: Int32Array = NO_TAGS;
  private writeTag: Int32Array = NO_TAGS;
  private readWords: Int32Array[] = NO_WORDS;
  private writeWords: Int32Array[] = NO_WORDS;
  /** XORed into a byte's lane: 0 for little endian, 3 for big endian. */
  private readonly lane: number;

  constructor(readonly bigEndian: boolean) {
    this.lane = bigEndian ? 3 : 0;
  }

  /** The regions in ascending order. The list never changes: when the regions do, there is another. */
  get regions(): readonly Region[] {
    return this.mapped.all;
  }

  get regionCount(): number {
    return this.mapped.count;
  }

  /** Bytes mapped in all. */
  get mappedBytes(): number {
    return this.mapped.bytes;
  }

  find(address: number): Region | undefined {
    const region = this.mapped.find(address);
    if (region === undefined) this.watcher?.accessed('unmapped', address, 1);
    return region;
  }

  /** Whether nothing is mapped in `[start, end)` and the range lies in the address space. */
  isFree(start: number, end: number): boolean {
    return start >= 0 && end <= LIMIT && this.mapped.isFree(start, end);
  }

  /** Maps zeroed pages, in place of whatever was there. */
  map(start: number, end: number, protection: number, name: string): void {
    checkRange(start, end);
    this.pages.delete(start / PAGE_SIZE, end / PAGE_SIZE);
    this.remap(start, end, [{ start, end, protection, name }]);
  }

  unmap(start: number, end: number): void {
    checkRange(start, end);
    this.pages.delete(start / PAGE_SIZE, end / PAGE_SIZE);
    this.remap(start, end, []);
  }

  /** Changes the permission of what is mapped in a range. */
  protect(start: number, end: number, protection: number): void {
    checkRange(start, end);
    const parts = this.mapped.within(start, end);
    this.remap(
      start,
      end,
      parts.map((part) => ({ ...part, protection })),
    );
  }

  /**
   * Takes what is mapped in `[start, end)`, contents and all, to `to`, in place of whatever was there. Nothing
   * is copied.
   *
   * @throws RangeError when both places overlap.
   */
  move(start: number, end: number, to: number): void {
    const size = end - start;
    checkRange(start, end);
    checkRange(to, to + size);
    if (start < to + size && to < end) throw new RangeError('a mapping cannot be moved onto itself');
    const shift = to - start;
    const parts = this.mapped.within(start, end);
    this.pages.move(start / PAGE_SIZE, size / PAGE_SIZE, to / PAGE_SIZE);
    this.remap(start, end, []);
    this.remap(
      to,
      to + size,
      parts.map((part) => ({ ...part, start: part.start + shift, end: part.end + shift })),
    );
  }

  /** Whether every byte of `[start, end)` is mapped. */
  isMapped(start: number, end: number): boolean {
    for (let at = start; at < end;) {
      const region = this.find(at);
      if (region === undefined) return false;
      at = region.end;
    }
    return true;
  }

  /** The same memory once more, unobserved; neither sees what is done to the other. */
  fork(): Memory {
    const fork = new Memory(this.bigEndian);
    fork.pages = this.sharedPages();
    fork.mapped = this.mapped.copy();
    return fork;
  }

  /** What memory holds now. Costs as little as a fork: the next write to each page copies it. */
  snapshot(): Snapshot {
    return { pages: this.sharedPages(), regions: this.regions };
  }

  /**
   * Start addresses of the pages that were written, moved or unmapped since a snapshot of this memory, ascending.
   * What they hold may be the same nevertheless.
   */
  changedPages(since: Snapshot): number[] {
    return this.pages.differences(since.pages).map((number) => number * PAGE_SIZE);
  }

  get observer(): Observer | undefined {
    return this.watcher;
  }

  /** Who is told about accesses from now on: of every hart on this memory, and of whoever else uses it. */
  set observer(observer: Observer | undefined) {
    this.watcher = observer;
    this.forgetChecks();
  }

  load8(address: number): number {
    const i = (address >>> P.bits) & Lookaside.mask;
    const words = this.readTag[i] === (address & P.base) ? this.readWords[i]! : this.readable(address, 1);
    return (words[(address & P.offset) >> 2]! >>> (((address & 3) ^ this.lane) << 3)) & 0xff;
  }

  load16(address: number): number {
    const i = (address >>> P.bits) & Lookaside.mask;
    const words =
      this.readTag[i] === (address & (P.base + 1)) ? this.readWords[i]! : this.readable(address, 2);
    return (words[(address & P.offset) >> 2]! >>> (((address & 2) ^ (this.lane & 2)) << 3)) & 0xffff;
  }

  load32(address: number): number {
    const i = (address >>> P.bits) & Lookaside.mask;
    const words =
      this.readTag[i] === (address & (P.base + 3)) ? this.readWords[i]! : this.readable(address, 4);
    return words[(address & P.offset) >> 2]!;
  }

  store8(address: number, value: number): void {
    const i = (address >>> P.bits) & Lookaside.mask;
    const words =
      this.writeTag[i] === (address & P.base) ? this.writeWords[i]! : this.writable(address, 1, value);
    const k = (address & P.offset) >> 2;
    const shift = ((address & 3) ^ this.lane) << 3;
    words[k] = (words[k]! & ~(0xff << shift)) | ((value & 0xff) << shift);
  }

  store16(address: number, value: number): void {
    const i = (address >>> P.bits) & Lookaside.mask;
    const words =
      this.writeTag[i] === (address & (P.base + 1)) ? this.writeWords[i]! : this.writable(address, 2, value);
    const k = (address & P.offset) >> 2;
    const shift = ((address & 2) ^ (this.lane & 2)) << 3;
    words[k] = (words[k]! & ~(0xffff << shift)) | ((value & 0xffff) << shift);
  }

  store32(address: number, value: number): void {
    const i = (address >>> P.bits) & Lookaside.mask;
    const words =
      this.writeTag[i] === (address & (P.base + 3)) ? this.writeWords[i]! : this.writable(address, 4, value);
    words[(address & P.offset) >> 2] = value;
  }

  loadBlock(address: number, to: Int32Array, at: number): void {
    const i = (address >>> P.bits) & Lookaside.mask;
    const k = (address & P.offset) >> 2;
    if (this.readTag[i] === (address & (P.base + 3)) && k <= LAST_BLOCK) {
      copyBlock(this.readWords[i]!, k, to, at);
      return;
    }
    const words = new Int32Array(BLOCK_WORDS);
    for (let j = 0; j < BLOCK_WORDS; j++) words[j] = this.load32((address + 4 * j) | 0);
    to.set(words, at);
  }

  storeBlock(address: number, from: Int32Array, at: number): void {
    const i = (address >>> P.bits) & Lookaside.mask;
    const k = (address & P.offset) >> 2;
    if (this.writeTag[i] === (address & (P.base + 3)) && k <= LAST_BLOCK) {
      copyBlock(from, at, this.writeWords[i]!, k);
      return;
    }
    this.permitted(address >>> 0, 'write', WRITE);
    this.permitted((address + 4 * (BLOCK_WORDS - 1)) >>> 0, 'write', WRITE);
    for (let j = 0; j < BLOCK_WORDS; j++) this.store32((address + 4 * j) | 0, from[at + j]!);
  }

  fetch16(address: number): number {
    const word = this.permitted(address, 'fetch', EXECUTE)[(address & P.offset) >> 2]!;
    return (word >>> (((address & 2) ^ (this.lane & 2)) << 3)) & 0xffff;
  }

  fetch32(address: number): number {
    return this.permitted(address, 'fetch', EXECUTE)[(address & P.offset) >> 2]!;
  }

  checkExecutable(address: number): void {
    this.permitted(address, 'fetch', EXECUTE);
  }

  checkWritable(address: number): void {
    this.permitted(address >>> 0, 'write', WRITE);
    this.watcher?.changing();
  }

  settledCode(address: number): Int32Array | undefined {
    const protection = this.find(address)?.protection ?? 0;
    return (protection & (WRITE | EXECUTE)) === EXECUTE ? this.pages.frozen(address >>> P.bits) : undefined;
  }

  /** Copies bytes out, whatever the permissions. @throws MemoryFault where nothing is mapped. */
  read(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const end = address + length;
    for (let at = address; at < end;) {
      const words = this.permitted(at, 'read', 0);
      const stop = Math.min(end, pageStart(at) + PAGE_SIZE);
      for (; at < stop; at++) bytes[at - address] = this.byteOf(words, at);
    }
    this.watcher?.accessed('read', address, length);
    return bytes;
  }

  /**
   * The bytes of a string up to the NUL that ends it, whatever the permissions; undefined when it is longer than
   * `limit` bytes. @throws MemoryFault where nothing is mapped before it ends.
   */
  readString(address: number, limit: number): Uint8Array | undefined {
    const bytes: number[] = [];
    let words: Int32Array = ZEROS;
    for (let at = address; bytes.length <= limit; at++) {
      if (at === address || at % PAGE_SIZE === 0) words = this.permitted(at, 'read', 0);
      const byte = this.byteOf(words, at);
      if (byte === 0) {
        this.watcher?.accessed('read', address, bytes.length + 1);
        return Uint8Array.from(bytes);
      }
      bytes.push(byte);
    }
    this.watcher?.accessed('read', address, bytes.length);
    return undefined;
  }

  /**
   * Copies bytes in.
   *
   * @throws MemoryFault where a page is not mapped, or not writable unless `force` is given (for the loader).
   */
  write(address: number, bytes: Uint8Array, force = false): void {
    const needed = force ? 0 : WRITE;
    const end = address + bytes.length;
    for (let at = pageStart(address); at < end; at += PAGE_SIZE)
      this.permitted(Math.max(at, address), 'write', needed);
    for (let at = address; at < end;) {
      const words = this.own(at);
      const stop = Math.min(end, pageStart(at) + PAGE_SIZE);
      for (; at < stop; at++) {
        const shift = ((at & 3) ^ this.lane) << 3;
        const k = (at & P.offset) >> 2;
        words[k] = (words[k]! & ~(0xff << shift)) | (bytes[at - address]! << shift);
      }
    }
    this.watcher?.accessed('write', address, bytes.length);
    if (this.watcher?.watchesWords !== true) return;
    for (let at = address - (address % 4); at < end; at += 4)
      this.watcher.storing(at, this.pages.words(at >>> P.bits)[(at & P.offset) >> 2]! >>> 0);
  }

  /**
   * The pages of `[start, end)`, whole ones, that something was ever written to, ascending: where each begins, and
   * its words as `load32` gives them, which must not be changed. All others hold zeros.
   */
  filledPages(start: number, end: number): { start: number; words: Int32Array }[] {
    return this.pages
      .filled(start >>> P.bits, Math.ceil(end / PAGE_SIZE))
      .map(({ number, words }) => ({ start: number * PAGE_SIZE, words }));
  }

  /** Start addresses of the pages whose contents differ, in ascending order; unmapped ones read as zero. */
  differingPages(other: Memory): number[] {
    return this.pages.differing(other.pages).map((number) => number * PAGE_SIZE);
  }

  private readable(address: number, size: number): Int32Array {
    if ((address & (size - 1)) !== 0) throw new MemoryFault('read', address >>> 0, 'misaligned');
    const words = this.permitted(address >>> 0, 'read', READ);
    if (this.observed('read', address, size)) return words;
    if (this.readTag === NO_TAGS) {
      this.readTag = NO_TAGS.slice();
      this.readWords = NO_WORDS.slice();
    }
    const i = (address >>> P.bits) & Lookaside.mask;
    this.readTag[i] = address & P.base;
    this.readWords[i] = words;
    return words;
  }

  private writable(address: number, size: 1 | 2 | 4, value: number): Int32Array {
    if ((address & (size - 1)) !== 0) throw new MemoryFault('write', address >>> 0, 'misaligned');
    this.permitted(address >>> 0, 'write', WRITE);
    const observed = this.observed('write', address, size);
    const words = this.own(address >>> 0);
    if (this.watcher?.watchesWords === true) {
      this.watcher.storing((address & ~3) >>> 0, this.merged(words, address, size, value));
      return words;
    }
    if (observed) return words;
    if (this.writeTag === NO_TAGS) {
      this.writeTag = NO_TAGS.slice();
      this.writeWords = NO_WORDS.slice();
    }
    const i = (address >>> P.bits) & Lookaside.mask;
    this.writeTag[i] = address & P.base;
    this.writeWords[i] = words;
    return words;
  }

  /** Whether something in the page is observed; if so, the observer is told. */
  private observed(kind: 'read' | 'write', address: number, size: number): boolean {
    const page = (address & P.base) >>> 0;
    if (this.watcher?.watches(kind, page, page + PAGE_SIZE) !== true) return false;
    this.watcher.accessed(kind, address >>> 0, size);
    return true;
  }

  /** What the page of `address` holds, which must not be changed. @throws MemoryFault */
  private permitted(address: number, access: Access, needed: number): Int32Array {
    const region = this.find(address);
    if (region === undefined) throw new MemoryFault(access, address, 'unmapped');
    if ((region.protection & needed) !== needed) throw new MemoryFault(access, address, 'protected');
    return this.pages.words(address >>> P.bits);
  }

  /** What the page of `address` holds, to be changed; readers that looked at a shared copy are redirected. */
  private own(address: number): Int32Array {
    const words = this.pages.writable(address >>> P.bits);
    const i = (address >>> P.bits) & Lookaside.mask;
    if (this.readTag[i] === (address & P.base)) this.readWords[i] = words;
    return words;
  }

  /** The aligned word that a store of `size` bytes would leave. */
  private merged(words: Int32Array, address: number, size: 1 | 2 | 4, value: number): number {
    if (size === 4) return value >>> 0;
    const ones = size === 1 ? 0xff : 0xffff;
    const shift = ((address & (4 - size)) ^ (this.lane & (4 - size))) << 3;
    const held = words[(address & P.offset) >> 2]!;
    return ((held & ~(ones << shift)) | ((value & ones) << shift)) >>> 0;
  }

  private byteOf(words: Int32Array, address: number): number {
    return (words[(address & P.offset) >> 2]! >>> (((address & 3) ^ this.lane) << 3)) & 0xff;
  }

  /** A copy of the pages; who writes to one from here on copies it first. */
  private sharedPages(): PageTable {
    if (this.writeTag !== NO_TAGS) this.writeTag.fill(NOTHING);
    return this.pages.copy();
  }

  private remap(start: number, end: number, parts: readonly Region[]): void {
    this.mapped.replace(start, end, parts);
    this.forgetChecks();
  }

  private forgetChecks(): void {
    if (this.readTag !== NO_TAGS) this.readTag.fill(NOTHING);
    if (this.writeTag !== NO_TAGS) this.writeTag.fill(NOTHING);
  }
}

/** Word by word: for so few, half of what a loop or the host's own copying takes. */
function copyBlock(from: Int32Array, first: number, to: Int32Array, at: number): void {
  to[at] = from[first]!;
  to[at + 1] = from[first + 1]!;
  to[at + 2] = from[first + 2]!;
  to[at + 3] = from[first + 3]!;
  to[at + 4] = from[first + 4]!;
  to[at + 5] = from[first + 5]!;
  to[at + 6] = from[first + 6]!;
  to[at + 7] = from[first + 7]!;
  to[at + 8] = from[first + 8]!;
  to[at + 9] = from[first + 9]!;
  to[at + 10] = from[first + 10]!;
  to[at + 11] = from[first + 11]!;
  to[at + 12] = from[first + 12]!;
  to[at + 13] = from[first + 13]!;
  to[at + 14] = from[first + 14]!;
  to[at + 15] = from[first + 15]!;
}

function checkRange(start: number, end: number): void {
  if (start % PAGE_SIZE !== 0 || end % PAGE_SIZE !== 0 || start < 0 || start >= end || end > LIMIT) {
    throw new RangeError(`[0x${start.toString(16)}, 0x${end.toString(16)}) is not a range of whole pages`);
  }
}
