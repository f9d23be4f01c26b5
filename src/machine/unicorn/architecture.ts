/** What the parent knows of an architecture: what the native processor cannot do, and what is done about it. */
import type { Isa } from '../../isa/isa.js';
import { PAGE_SIZE } from '../memory.js';
import { EngineUnavailable } from './helper.js';

export interface Architecture {
  /** As child.ts knows it. */
  name: string;
  /**
   * Addresses in a page of code at which the native processor must stop. `nextExecutable` says whether code goes
   * on in the page behind it.
   */
  stopPoints(start: number, bytes: Uint8Array, nextExecutable: boolean): number[];
  /** Whether the native processor can begin with these registers, given as by `Core.state`. */
  canBegin(state: Int32Array): boolean;
}

const HALF = 2;
const isWhole = (parcel: number): boolean => (parcel & 3) === 3;

/** Reads of cycle, time, instret and the like: csr in the upper 12 bits, 0xc00 to 0xc1f or 0xc80 to 0xc9f. */
function readsCounter(word: number): boolean {
  const csr = word >>> 20;
  return (word & 0x7f) === 0x73 && (word & 0x3000) !== 0 && (csr & 0xf60) === 0xc00;
}

const riscv = (name: string): Architecture => ({
  name,
  canBegin: () => true,
  stopPoints(start, bytes, nextExecutable) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const points: number[] = [];
    for (let offset = 0; offset + 2 * HALF <= PAGE_SIZE; offset += HALF) {
      // Its counters show the time of the host.
      if (readsCounter(view.getUint32(offset, true))) points.push(start + offset);
    }
    // An instruction whose second half cannot be fetched is reported to begin with that half.
    const last = PAGE_SIZE - HALF;
    if (!nextExecutable && isWhole(view.getUint16(last, true))) points.push(start + last);
    return points;
  },
});

const sparc: Architecture = {
  name: 'sparc',
  // It always begins with two instructions that follow each other, so not in a delay slot.
  canBegin: ([pc, nPc]) => nPc === ((pc! + 4) | 0),
  stopPoints: () => [],
};

/** @throws EngineUnavailable when the library has no such processor. */
export function architectureOf(isa: Isa): Architecture {
  if (isa.name === 'riscv') return riscv(`riscv${isa.bits}`);
  if (isa.machine === EM_SPARC) return sparc;
  throw new EngineUnavailable(`the unicorn engine does not execute ${isa.title}`);
}

const EM_SPARC = 2;
