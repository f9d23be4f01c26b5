/**
 * Guest memory: named regions with permissions over 4 KiB pages that forks share until they write.
 *
 * A page is an array of 32-bit words in the guest's numeric value, so a word access costs the same in both
 * byte orders; only bytes and halves care, and only in the lane they select. Pages appear when first
 * written; until then a region reads as zero. Two small look-aside tables, one for reading and one for
 * writing, hold the pages that passed every check.
 */
import { MemoryFault, type Access, type Bus, type FaultCause } from '../isa/core.js';
import { Page as P } from '../isa/icache.js';

/** Bytes in a page. */
export const PAGE_SIZE = P.size;

export const READ = 4;
export const WRITE = 2;
export const EXECUTE = 1;

/** A mapped range `[start, end)`, both multiples of the page size, with one permission and one purpose. */
export interface Region {
  readonly start: number;
  readonly end: number;
  /** Sum of READ, WRITE, EXECUTE. */
  readonly protection: number;
  /** What pmap shows, such as `teller.elf` or `[ stack ]`. */
  readonly name: string;
}

interface Page {
  words: Int32Array;
  /** Who may write to `words` in place. */
  owner: object;
}

const enum Lookaside {
  size = 256,
  mask = 255,
}

const WORDS = PAGE_SIZE / 4;
/** No tag: bit 2 is masked out of every address that is compared. */
const NOTHING = 4;
/** One page of zeros, shared by everybody and never written. */
const ZEROS: Page = { words: new Int32Array(WORDS), owner: {} };
const LIMIT = 2 ** 32;

export const pageStart = (address: number): number => address - (address % PAGE_SIZE);
export const pageEnd = (address: number): number => pageStart(address + PAGE_SIZE - 1);

/** `r-x--`, as pmap(1) prints it. */
export function showProtection(protection: number): string {
  const flag = (bit: number, letter: string): string => ((protection & bit) === 0 ? '-' : letter);
  return `${flag(READ, 'r')}${flag(WRITE, 'w')}${flag(EXECUTE, 'x')}--`;
}

export class Memory implements Bus {
  private pages = new Map<number, Page>();
  private mapped: Region[] = [];
  private owner: object = {};
  private readTag = new Int32Array(Lookaside.size).fill(NOTHING);
  private writeTag = new Int32Array(Lookaside.size).fill(NOTHING);
  private readWords: Int32Array[] = new Array<Int32Array>(Lookaside.size).fill(ZEROS.words);
  private writeWords: Int32Array[] = new Array<Int32Array>(Lookaside.size).fill(ZEROS.words);
  /** XORed into a byte's lane: 0 for little endian, 3 for big endian. */
  private readonly lane: number;

  constructor(readonly bigEndian: boolean) {
    this.lane = bigEndian ? 3 : 0;
  }

  /** The regions in ascending order. */
  get regions(): readonly Region[] {
    return this.mapped;
  }

  find(address: number): Region | undefined {
    let low = 0;
    let high = this.mapped.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const region = this.mapped[middle]!;
      if (address < region.start) high = middle;
      else if (address >= region.end) low = middle + 1;
      else return region;
    }
    return undefined;
  }

  /** Whether nothing is mapped in `[start, end)` and the range lies in the address space. */
  isFree(start: number, end: number): boolean {
    return start >= 0 && end <= LIMIT && this.mapped.every((r) => r.end <= start || r.start >= end);
  }

  /** Maps zeroed pages, in place of whatever was there. */
  map(start: number, end: number, protection: number, name: string): void {
    this.checkRange(start, end);
    this.unmap(start, end);
    this.mapped.push({ start, end, protection, name });
    this.settle();
  }

  unmap(start: number, end: number): void {
    this.checkRange(start, end);
    this.cut(start, end, () => undefined);
    for (const number of this.pages.keys()) {
      if (number >= start / PAGE_SIZE && number < end / PAGE_SIZE) this.pages.delete(number);
    }
  }

  /** Changes the permission of a range that is mapped throughout. */
  protect(start: number, end: number, protection: number): void {
    this.checkRange(start, end);
    this.cut(start, end, (region) => ({ ...region, protection }));
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

  fork(): Memory {
    const fork = new Memory(this.bigEndian);
    fork.pages = new Map(this.pages);
    fork.mapped = this.mapped;
    // Pages are shared from here on: whoever writes one copies it first.
    this.owner = {};
    this.writeTag.fill(NOTHING);
    return fork;
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
    const words = this.writeTag[i] === (address & P.base) ? this.writeWords[i]! : this.writable(address, 1);
    const k = (address & P.offset) >> 2;
    const shift = ((address & 3) ^ this.lane) << 3;
    words[k] = (words[k]! & ~(0xff << shift)) | ((value & 0xff) << shift);
  }

  store16(address: number, value: number): void {
    const i = (address >>> P.bits) & Lookaside.mask;
    const words =
      this.writeTag[i] === (address & (P.base + 1)) ? this.writeWords[i]! : this.writable(address, 2);
    const k = (address & P.offset) >> 2;
    const shift = ((address & 2) ^ (this.lane & 2)) << 3;
    words[k] = (words[k]! & ~(0xffff << shift)) | ((value & 0xffff) << shift);
  }

  store32(address: number, value: number): void {
    const i = (address >>> P.bits) & Lookaside.mask;
    const words =
      this.writeTag[i] === (address & (P.base + 3)) ? this.writeWords[i]! : this.writable(address, 4);
    words[(address & P.offset) >> 2] = value;
  }

  fetch16(address: number): number {
    const word = this.page(address, 'fetch', EXECUTE).words[(address & P.offset) >> 2]!;
    return (word >>> (((address & 2) ^ (this.lane & 2)) << 3)) & 0xffff;
  }

  fetch32(address: number): number {
    return this.page(address, 'fetch', EXECUTE).words[(address & P.offset) >> 2]!;
  }

  checkExecutable(address: number): void {
    this.page(address, 'fetch', EXECUTE);
  }

  checkWritable(address: number): void {
    this.page(address >>> 0, 'write', WRITE);
  }

  /** Copies bytes out, whatever the permissions. @throws MemoryFault where nothing is mapped. */
  read(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const end = address + length;
    for (let at = address; at < end;) {
      const { words } = this.page(at, 'read', 0);
      const stop = Math.min(end, pageStart(at) + PAGE_SIZE);
      for (; at < stop; at++) {
        bytes[at - address] = words[(at & P.offset) >> 2]! >>> (((at & 3) ^ this.lane) << 3);
      }
    }
    return bytes;
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
      this.page(Math.max(at, address), 'write', needed);
    for (let i = 0; i < bytes.length; i++) {
      const at = address + i;
      const words = this.own(at).words;
      const shift = ((at & 3) ^ this.lane) << 3;
      const k = (at & P.offset) >> 2;
      words[k] = (words[k]! & ~(0xff << shift)) | (bytes[i]! << shift);
    }
  }

  /** Start addresses of the pages whose contents differ, in ascending order; unmapped ones read as zero. */
  differingPages(other: Memory): number[] {
    const different: number[] = [];
    for (const number of new Set([...this.pages.keys(), ...other.pages.keys()])) {
      const mine = (this.pages.get(number) ?? ZEROS).words;
      const theirs = (other.pages.get(number) ?? ZEROS).words;
      if (mine !== theirs && mine.some((word, i) => word !== theirs[i])) different.push(number * PAGE_SIZE);
    }
    return different.sort((a, b) => a - b);
  }

  private readable(address: number, size: number): Int32Array {
    if ((address & (size - 1)) !== 0) throw new MemoryFault('read', address >>> 0, 'misaligned');
    const { words } = this.page(address >>> 0, 'read', READ);
    const i = (address >>> P.bits) & Lookaside.mask;
    this.readTag[i] = address & P.base;
    this.readWords[i] = words;
    return words;
  }

  private writable(address: number, size: number): Int32Array {
    if ((address & (size - 1)) !== 0) throw new MemoryFault('write', address >>> 0, 'misaligned');
    this.page(address >>> 0, 'write', WRITE);
    const { words } = this.own(address >>> 0);
    const i = (address >>> P.bits) & Lookaside.mask;
    this.writeTag[i] = address & P.base;
    this.writeWords[i] = words;
    return words;
  }

  private page(address: number, access: Access, needed: number): Page {
    const region = this.find(address);
    const cause: FaultCause | undefined =
      region === undefined ? 'unmapped' : (region.protection & needed) !== needed ? 'protected' : undefined;
    if (cause !== undefined) throw new MemoryFault(access, address, cause);
    return this.pages.get(address >>> P.bits) ?? ZEROS;
  }

  /** The page of `address`, writable in place; readers that looked at a shared copy are redirected. */
  private own(address: number): Page {
    const number = address >>> P.bits;
    const page = this.pages.get(number) ?? ZEROS;
    if (page.owner === this.owner) return page;
    const copy = { words: page.words.slice(), owner: this.owner };
    this.pages.set(number, copy);
    const i = number & Lookaside.mask;
    if (this.readTag[i] === (address & P.base)) this.readWords[i] = copy.words;
    return copy;
  }

  private checkRange(start: number, end: number): void {
    if (start % PAGE_SIZE !== 0 || end % PAGE_SIZE !== 0 || start < 0 || start >= end || end > LIMIT) {
      throw new RangeError(`[0x${start.toString(16)}, 0x${end.toString(16)}) is not a range of whole pages`);
    }
  }

  private cut(start: number, end: number, replace: (region: Region) => Region | undefined): void {
    const regions: Region[] = [];
    for (const region of this.mapped) {
      if (region.end <= start || region.start >= end) {
        regions.push(region);
        continue;
      }
      if (region.start < start) regions.push({ ...region, end: start });
      const inner = replace({
        ...region,
        start: Math.max(start, region.start),
        end: Math.min(end, region.end),
      });
      if (inner !== undefined) regions.push(inner);
      if (region.end > end) regions.push({ ...region, start: end });
    }
    this.mapped = regions;
    this.settle();
  }

  /** Restores order, joins what is alike, and forgets every cached check. */
  private settle(): void {
    const sorted = [...this.mapped].sort((a, b) => a.start - b.start);
    const joined: Region[] = [];
    for (const region of sorted) {
      const last = joined.at(-1);
      const alike =
        last?.end === region.start && last.protection === region.protection && last.name === region.name;
      if (alike) joined[joined.length - 1] = { ...last, end: region.end };
      else joined.push(region);
    }
    this.mapped = joined;
    this.readTag.fill(NOTHING);
    this.writeTag.fill(NOTHING);
  }
}
