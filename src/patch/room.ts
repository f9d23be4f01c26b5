/** Finds a place for new code that jumps can reach and the heap will not run into. */
import { hex } from '../elf/index.js';
import { pageEnd, pageStart } from '../machine/memory.js';
import type { Target } from '../target/index.js';
import { Refusal } from './refusal.js';

/**
 * Start of `size` free bytes within `reach` of all of the program's text. Below the text when there is
 * room, else as high as reaches, which leaves the heap the most room to grow.
 *
 * @throws Refusal when no gap is large enough.
 */
export function findRoom(target: Pick<Target, 'image' | 'gaps'>, size: number, reach: number): number {
  if (size === 0) return 0;
  const text = target.image.segments.filter((segment) => segment.executable);
  const textStart = Math.min(...text.map((s) => s.address));
  const textEnd = Math.max(...text.map((s) => s.address + s.memorySize));
  const lowest = Math.max(0, textEnd - reach);
  const highest = textStart + reach;
  const all = target.gaps();
  const below = all
    .filter((gap) => gap.end <= textStart && gap.end - Math.max(gap.start, lowest) >= size)
    .at(-1);
  if (below !== undefined) return pageStart(below.end - size);
  for (const gap of all.toReversed()) {
    const start = pageStart(Math.min(gap.end, highest) - size);
    if (start >= gap.start && start >= lowest) return start;
  }
  const large = all.filter((gap) => gap.end - gap.start >= size).at(-1);
  if (large !== undefined) return pageStart(large.end - size);
  throw new Refusal('no-room', `no gap of ${hex(size)} bytes is left in the address space`);
}

/**
 * Start of `size` free bytes farther than `reach` from all of the program's text, as low as possible.
 *
 * @throws Refusal when there is none.
 */
export function findFarRoom(target: Pick<Target, 'image' | 'gaps'>, size: number, reach: number): number {
  if (size === 0) return 0;
  const text = target.image.segments.filter((segment) => segment.executable);
  const farthest = Math.max(...text.map((s) => s.address + s.memorySize)) + 2 * reach;
  for (const gap of target.gaps()) {
    const start = pageEnd(Math.max(gap.start, farthest));
    if (start + size <= gap.end) return start;
  }
  throw new Refusal('no-room', `no gap of ${hex(size)} bytes lies beyond ${hex(farthest)}`);
}
