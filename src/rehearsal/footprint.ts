/**
 * What of a program an update has to do with, as ranges to watch: its footprint.
 *
 * Between two instructions that touch it the update commutes with everything the program does: landing earlier or
 * later gives the same state. An instruction touches it that
 *
 *     fetches   a byte that is written at commit, or lies in code nobody may be inside
 *     reads     a byte that is written at commit
 *     writes    a byte that is written at commit, or expected
 *     finds     that nothing is mapped where the update reserves memory
 *
 * and the same for what procedures of the package read and write when they are called.
 *
 * Whether somebody is inside can change with nothing of that touched where a stack walk does not come to its end. So
 * there are places of doubt: code without frame rules, instructions that continue on another stack, and calls that
 * lose their own procedure's return address, as one that never returns may.
 */
import { CallFrames, type FrameRule, type Image, type Segment } from '../elf/index.js';
import type { AccessKind, AddressRange } from '../isa/observer.js';
import type { Isa } from '../isa/isa.js';
import { wordsThatLeadInto, type ForbiddenRange, type Plan } from '../patch/index.js';

export interface Footprint {
  /** Fetching these touches it. */
  fetched: readonly AddressRange[];
  /** Where code begins that nobody may be inside of, for a look at who comes in while another one is waited for. */
  entrances: readonly AddressRange[];
  /** Instructions that may leave it, with what stands in their delay slots. */
  exits: readonly AddressRange[];
  /** Whether it has a procedure without any exit. */
  hasEndless: boolean;
  read: readonly AddressRange[];
  written: readonly AddressRange[];
  /** Words that may be returns into code that nobody may be inside. */
  words: readonly AddressRange[];
  /** Memory that is the update's own once it is asked for, and nobody's before. */
  reserved: readonly AddressRange[];
  /** What an address is to the plans, for people. */
  why: (kind: Exclude<AccessKind, 'word'>, address: number, size: number) => string;
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
  const exits = forbidden.filter(({ kind }) => kind === 'procedure').map(exitsOf);
  const reserved: Named[] = plans.flatMap(({ reservations }) =>
    reservations.map(({ start, end, name }) => ({ start, end, why: `is where ${name} will be` })),
  );
  const named = {
    execute: [...commits, ...inside],
    read: commits,
    write: [...commits, ...expected],
    unmapped: reserved,
  };
  return {
    fetched: named.execute,
    entrances: forbidden.map(({ start, end, kind }) =>
      kind === 'procedure' ? { start, end: start + SHORTEST } : { start, end },
    ),
    exits: exits.flat().map((start) => ({ start, end: start + 2 * LONGEST })),
    hasEndless: exits.some(({ length }) => length === 0),
    read: named.read,
    written: named.write,
    words: forbidden.map(wordsThatLeadInto),
    reserved,
    why: (kind, address, size) =>
      named[kind].find(({ start, end }) => address < end && address + size > start)?.why ??
      'what procedures of the package use',
  };
}

/** Where a stack walk may not come to its end. */
export interface Doubts {
  /** Instructions without frame rules: whoever is about to execute one has a stack that cannot be walked. */
  unwalkable: readonly number[];
  /**
   * Instructions after which another look may be needed: they continue on another stack, lose an address, or set a
   * register that procedures of the package are called with.
   */
  changes: readonly AddressRange[];
}

/** Of all the program's code. */
export function doubtsOf(image: Image, isa: Isa): Doubts {
  const frames = CallFrames.read(image);
  const step = isa.instructionSize(new Uint8Array(LONGEST));
  const doubts = { unwalkable: [] as number[], changes: [] as AddressRange[] };
  for (const segment of image.segments) {
    const { address: start, bytes } = segment;
    if (!segment.executable) continue;
    const end = start + bytes.length;
    const losesReturn = callsIn(segment, image, isa);
    const rows = frames.rows(start, end);
    for (const [i, { address, rule }] of rows.entries()) {
      const next = rows[i + 1]?.address ?? end;
      if (rule !== undefined && !keepsReturnInRegister(rule)) continue;
      for (let at = address; at < next; at += step) {
        if (rule === undefined) doubts.unwalkable.push(at);
        else if (losesReturn(at)) doubts.changes.push({ start: at, end: at + step });
      }
    }
    // Wherever one could begin: data between instructions must not hide any.
    for (let at = 0; at < bytes.length; at += step) {
      const size = isa.instructionSize(bytes.subarray(at));
      if (at + size > bytes.length) continue;
      const code = bytes.subarray(at, at + size);
      if (isa.stackChange(code) === undefined && !isa.setsFixedRegister(code)) continue;
      doubts.changes.push({ start: start + at, end: start + at + step });
    }
  }
  return doubts;
}

const keepsReturnInRegister = ({ windowSaved, registers, returnRegister }: FrameRule): boolean =>
  !windowSaved && (registers.get(returnRegister)?.kind ?? 'same') === 'same';

/** Whether the instruction at an address calls, and so overwrites the register of return addresses. */
function callsIn({ address, bytes }: Segment, { bigEndian }: Image, isa: Isa): (at: number) => boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = (at: number): number | undefined =>
    at >= address && at + 4 <= address + bytes.length ? view.getUint32(at - address, !bigEndian) : undefined;
  return (at) => {
    const size = isa.instructionSize(bytes.subarray(at - address));
    const word = isa.returnRegisterHoldsCall ? at : at + size;
    return isa.callsThatLeft(word, read).some(({ call }) => call === at);
  };
}
