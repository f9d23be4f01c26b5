/** What was done to a process, in order, and how to undo it to the last byte and permission. */
import type { Target, TargetRegion } from '../target/index.js';

type Entry =
  | { kind: 'reserved'; start: number; end: number }
  | { kind: 'protected'; start: number; end: number; before: number }
  | { kind: 'written'; address: number; before: Uint8Array; code: boolean };

const WRITE = 2;
const EXECUTE = 1;
const PAGE = 4096;

export class Journal {
  private entries: Entry[] = [];

  constructor(private readonly target: Target) {}

  reserve(start: number, end: number, protection: number, name: string): void {
    this.target.reserve(start, end, protection, name);
    this.entries.push({ kind: 'reserved', start, end });
  }

  protect(start: number, end: number, protection: number): void {
    const before = this.protectionOf(start, end);
    this.target.protect(start, end, protection);
    this.entries.push({ kind: 'protected', start, end, before });
  }

  /** Writes, opening the pages for as long as it takes when they are not writable. */
  write(address: number, bytes: Uint8Array, code: boolean): void {
    if (bytes.length === 0) return;
    const before = this.target.read(address, bytes.length);
    // First the entry, then the deed: a write that fails half way is undone as well.
    this.entries.push({ kind: 'written', address, before, code });
    this.poke(address, bytes);
  }

  /** Undoes everything, latest first. `synchronize` makes the threads see it. */
  undo(synchronize: (start: number, end: number) => void): void {
    for (const entry of this.entries.toReversed()) {
      if (entry.kind === 'reserved') this.target.release(entry.start, entry.end);
      else if (entry.kind === 'protected') this.target.protect(entry.start, entry.end, entry.before);
      else {
        this.poke(entry.address, entry.before);
        if (entry.code) synchronize(entry.address, entry.address + entry.before.length);
      }
    }
    this.entries = [];
  }

  private poke(address: number, bytes: Uint8Array): void {
    const regions = this.regionsOf(address, address + bytes.length);
    const closed = regions.filter((region) => (region.protection & WRITE) === 0);
    const pages = closed.map((region) => ({
      start: Math.max(region.start, address - (address % PAGE)),
      end: Math.min(region.end, Math.ceil((address + bytes.length) / PAGE) * PAGE),
      protection: region.protection,
    }));
    try {
      for (const { start, end, protection } of pages) {
        this.target.protect(start, end, (protection & ~EXECUTE) | WRITE);
      }
      this.target.write(address, bytes);
    } finally {
      for (const { start, end, protection } of pages) this.target.protect(start, end, protection);
    }
  }

  private regionsOf(start: number, end: number): TargetRegion[] {
    return this.target.regions().filter((region) => region.start < end && region.end > start);
  }

  private protectionOf(start: number, end: number): number {
    const [region, ...others] = this.regionsOf(start, end);
    if (region === undefined || others.length > 0) {
      throw new RangeError(`[0x${start.toString(16)}, 0x${end.toString(16)}) does not lie in one mapping`);
    }
    return region.protection;
  }
}
