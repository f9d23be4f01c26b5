/** What was done to a process, in order, and how to undo it to the last byte and permission. */
import type { Target, TargetRegion } from '../target/index.js';

type Entry =
  | { kind: 'reserved'; start: number; end: number }
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

  /** Writes, opening the pages for as long as it takes when they are not writable. */
  write(address: number, bytes: Uint8Array, code: boolean): void {
    if (bytes.length === 0) return;
    const before = this.target.read(address, bytes.length);
    // First the entry, then the deed: a write that fails half way is undone as well.
    this.entries.push({ kind: 'written', address, before, code });
    this.poke(address, bytes);
  }

  /** Puts back every byte that was written, latest first, and makes the threads see it. */
  restore(): void {
    for (const entry of this.entries.toReversed()) {
      if (entry.kind !== 'written') continue;
      this.poke(entry.address, entry.before);
      if (entry.code) this.target.synchronize(entry.address, entry.address + entry.before.length);
    }
    this.entries = this.entries.filter((entry) => entry.kind === 'reserved');
  }

  /** Releases reserved memory; what `inUse` says of stays, for a later try. Returns whether all is gone. */
  release(inUse: (start: number, end: number) => boolean = () => false): boolean {
    this.entries = this.entries.filter((entry) => {
      if (entry.kind !== 'reserved' || inUse(entry.start, entry.end)) return true;
      this.target.release(entry.start, entry.end);
      return false;
    });
    return this.entries.length === 0;
  }

  /** Undoes everything, for an update that never took effect. */
  undo(): void {
    this.restore();
    this.release();
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
}
