/** What the parent knows of an architecture: what the native processor cannot do, and what is done about it. */
import type { Isa } from '../../isa/isa.js';
import { PAGE_SIZE, type Memory } from '../memory.js';
import { EngineUnavailable } from './helper.js';
import { Cause, type NativeStop } from './messages.js';

export interface Architecture {
  /** As child.ts knows it. */
  name: string;
  /**
   * Addresses in a page of code at which the native processor must stop, for a page that begins at `start`.
   * `bytes` goes beyond the page when code does.
   */
  stopPoints(start: number, bytes: Uint8Array): number[];
  /** Whether the native processor can begin with these registers, given as by `Core.state`. */
  canBegin(state: Int32Array): boolean;
  /** Two words that the native processor keeps in addition to the registers. */
  hidden(state: Int32Array, memory: Memory): [number, number];
  /** Whether the native processor may stop at this instruction although the interpreter executes it. */
  mayStop(stop: NativeStop, word: number): boolean;
  /** How the instruction at which it stopped traps, as the kinds of `Stop` are called, or what else stopped it. */
  trapOf(stop: NativeStop): string;
}

const HALF = 2;

/** Reads of cycle, time, instret and the like: csr in the upper 12 bits, 0xc00 to 0xc1f or 0xc80 to 0xc9f. */
function readsCounter(word: number): boolean {
  const csr = word >>> 20;
  return (word & 0x7f) === 0x73 && (word & 0x3000) !== 0 && (csr & 0xf60) === 0xc00;
}

const isFenceI = (word: number): boolean => (word & 0x707f) === 0x100f;

/** Opcodes of operations on floating-point registers. */
const FLOAT_OPERATIONS = new Set([0x43, 0x47, 0x4b, 0x4f, 0x53]);

/**
 * Operations that read or write singles, which the library does not mark as such (NaN boxing), and those whose
 * rules for NaNs have changed since it was written: fmin and fmax.
 */
function isUnfaithfulFloat(word: number): boolean {
  if (!FLOAT_OPERATIONS.has(word & 0x7f)) return false;
  const isSingle = ((word >>> 25) & 3) === 0;
  const isMinMax = (word & 0xf800_007f) >>> 0 === 0x2800_0053;
  const isFromSingle = (word & 0xfff0_007f) >>> 0 === 0x4200_0053;
  return isSingle || isMinMax || isFromSingle;
}

/** amomin.w, amomax.w, amominu.w, amomaxu.w: on RV64 the library compares all 64 bits of rs2. */
const isWordExtreme = (word: number): boolean => (word & 0x8000_707f) >>> 0 === 0x8000_202f;

const riscv = (name: string): Architecture => ({
  name,
  canBegin: () => true,
  // sc compares memory with what lr has read, so that is a register too.
  hidden([, reservation], memory) {
    const address = reservation! >>> 0;
    if (reservation === -1 || !memory.isMapped(address, address + 4)) return [0, 0];
    const low = wordAt(memory, address);
    return [low, address % 8 === 0 ? wordAt(memory, address + 4) : low >> 31];
  },
  mayStop: (stop, word) => stop.cause === Cause.stopPoint || (traps(stop, 2) && isFenceI(word)),
  trapOf: (stop) => nameOf(stop, RISCV_EXCEPTIONS, 'break'),
  stopPoints(start, bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const points: number[] = [];
    for (let offset = 0; offset + 2 * HALF <= bytes.length; offset += HALF) {
      const word = view.getUint32(offset, true);
      // Its counters show the time of the host.
      const isUnfaithful = isUnfaithfulFloat(word) || (name === 'riscv64' && isWordExtreme(word));
      if (readsCounter(word) || isUnfaithful) points.push(start + offset);
    }
    return points;
  },
});

const SOFTWARE_TRAP = 0x80;

/** By exception code, which has no bit that says whether an access was a load or a store. */
const RISCV_EXCEPTIONS = new Map([
  [2, 'illegal'],
  [4, 'memory'],
  [6, 'memory'],
  [8, 'syscall'],
]);

/** By trap type. */
const SPARC_EXCEPTIONS = new Map([
  [0x02, 'illegal'],
  [0x03, 'illegal'],
  [0x04, 'illegal'],
  [0x05, 'window overflow'],
  [0x06, 'window underflow'],
  [0x07, 'memory'],
  [0x08, 'float-exception'],
  [0x0a, 'trap-instruction'],
  [0x2a, 'divide-by-zero'],
  ...Array.from({ length: 0x80 }, (_, i): [number, string] => [SOFTWARE_TRAP + i, 'trap-instruction']),
  [SOFTWARE_TRAP + 1, 'break'],
  [SOFTWARE_TRAP + 2, 'divide-by-zero'],
  [SOFTWARE_TRAP + 0x10, 'syscall'],
]);

/** What the kernel serves without the program's noticing: windows, also when asked for (`ta 3`, `ta 4`). */
const SERVED = [0x05, 0x06, SOFTWARE_TRAP + 3, SOFTWARE_TRAP + 4];

const traps = ({ cause, number }: NativeStop, ...numbers: number[]): boolean =>
  cause === Cause.exception && numbers.includes(number);

function nameOf(stop: NativeStop, exceptions: ReadonlyMap<number, string>, invalid: string): string {
  switch (stop.cause) {
    case Cause.exception:
      return exceptions.get(stop.number) ?? `exception ${stop.number}`;
    case Cause.invalid:
      return invalid;
    case Cause.memory:
      return `memory ${ACCESSES[stop.number] ?? ''} 0x${stop.address.toString(16)}`;
    case Cause.halt:
      return 'halted';
    case Cause.stopPoint:
      return 'known to go wrong in the library';
    case Cause.limit:
      return 'executed';
  }
}

/** By uc_mem_type. */
const ACCESSES: Record<number, string> = {
  19: 'read',
  20: 'write',
  21: 'fetch',
  22: 'write',
  23: 'read',
  24: 'fetch',
};

const wordAt = (memory: Memory, address: number): number =>
  new DataView(memory.read(address, 4).buffer).getInt32(0, !memory.bigEndian);

/** addxcc and subxcc. */
const isWithCarry = (word: number): boolean =>
  [0x80c0_0000, 0x80e0_0000].includes((word & 0xc1f8_0000) >>> 0);

const sparc: Architecture = {
  name: 'sparc',
  // It always begins with two instructions that follow each other, so not in a delay slot.
  canBegin: ([pc, nPc]) => nPc === ((pc! + 4) | 0),
  hidden: () => [0, 0],
  mayStop: (stop) => traps(stop, ...SERVED),
  trapOf: (stop) => nameOf(stop, SPARC_EXCEPTIONS, 'illegal'),
  // After some instructions it sets the condition codes wrongly.
  stopPoints(start, bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const offsets = Array.from({ length: PAGE_SIZE / 4 }, (_, i) => 4 * i);
    return offsets.filter((offset) => isWithCarry(view.getUint32(offset))).map((offset) => start + offset);
  },
};

/** @throws EngineUnavailable when the library has no such processor. */
export function architectureOf(isa: Isa): Architecture {
  if (isa.name === 'riscv') return riscv(`riscv${isa.bits}`);
  if (isa.machine === EM_SPARC) return sparc;
  throw new EngineUnavailable(`the unicorn engine does not execute ${isa.title}`);
}

const EM_SPARC = 2;
