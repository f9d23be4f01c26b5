/**
 * What of a program an update has to do with, as ranges to watch: its footprint.
 *
 * Between two instructions that touch it the update commutes with everything the program does: landing earlier or
 * later gives the same state. An instruction touches it that
 *
 *     fetches   a byte that is written at commit, or lies in code nobody may be inside
 *     reads     a byte that is written at commit
 *     writes    a byte that is written at commit, or expected
 *
 * and the same for what procedures of the package read and write when they are called.
 *
 * Whether somebody is inside can change with nothing of that touched where a stack walk does not come to its end. So
 * there are places of doubt: instructions that continue on another stack, and code without frame rules.
 */
import { CallFrames, type Image } from '../elf/index.js';
import type { AddressRange } from '../isa/observer.js';
import type { Isa } from '../isa/isa.js';
import type { ForbiddenRange, Plan } from '../patch/index.js';

export interface Footprint {
  /** Fetching these touches it. */
  fetched: readonly AddressRange[];
  /** Where code begins that nobody may be inside of, for a look at who comes in while another one is waited for. */
  entrances: readonly AddressRange[];
  /** Instructions that may leave it, with what stands in their delay slots. */
  exits: readonly AddressRange[];
  read: readonly AddressRange[];
  written: readonly AddressRange[];
  /** What an address is to the plans, for people. */
  why: (kind: 'execute' | 'read' | 'write', address: number, size: number) => string;
}

interface Named extends AddressRange {
  why: string;
}

/** Bytes of the shortest and the longest instruction there are. */
const SHORTEST = 2;
const LONGEST = 4;

/** @param exitsOf gives the addresses of the instructions by which an activation of a procedure may end. */
export function footprintOf(
  plans: readonly Plan[],
  forbidden: readonly ForbiddenRange[],
  exitsOf: (range: ForbiddenRange) => readonly number[],
): Footprint {
  const commits: Named[] = plans.flatMap(({ writes }) =>
    writes
      .filter(({ phase }) => phase === 'commit')
      .map(({ address, after, why }) => ({ start: address, end: address + after.length, why })),
  );
  const expected: Named[] = plans.flatMap((plan) =>
    plan.expected.map(({ address, bytes, why }) => ({ start: address, end: address + bytes.length, why })),
  );
  const inside: Named[] = forbidden.map(({ start, end, name, kind }) => ({
    start,
    end,
    why: kind === 'procedure' ? `is in ${name}` : `is inside of a sequence: ${name}`,
  }));
  const named = { execute: [...commits, ...inside], read: commits, write: [...commits, ...expected] };
  return {
    fetched: named.execute,
    entrances: forbidden.map(({ start, end, kind }) =>
      kind === 'procedure' ? { start, end: start + SHORTEST } : { start, end },
    ),
    exits: forbidden
      .filter(({ kind }) => kind === 'procedure')
      .flatMap(exitsOf)
      .map((start) => ({ start, end: start + 2 * LONGEST })),
    read: named.read,
    written: named.write,
    why: (kind, address, size) =>
      named[kind].find(({ start, end }) => address < end && address + size > start)?.why ??
      'what procedures of the package use',
  };
}

/** Places of doubt of a program, ascending. */
export function doubtsOf(image: Image, isa: Isa): AddressRange[] {
  const frames = CallFrames.read(image);
  const step = isa.instructionSize(new Uint8Array(LONGEST));
  const doubts: AddressRange[] = [];
  for (const { address: start, bytes, executable } of image.segments) {
    if (!executable) continue;
    const end = start + bytes.length;
    const rows = frames.rows(start, end);
    for (const [i, { address, rule }] of rows.entries()) {
      if (rule === undefined) doubts.push({ start: address, end: rows[i + 1]?.address ?? end });
    }
    // Wherever one could begin: data between instructions must not hide any.
    for (let at = 0; at < bytes.length; at += step) {
      const size = isa.instructionSize(bytes.subarray(at));
      if (at + size > bytes.length || !isa.switchesStack(bytes.subarray(at, at + size))) continue;
      doubts.push({ start: start + at, end: start + at + step });
    }
  }
  return doubts.sort((a, b) => a.start - b.start);
}
