/**
 * Instructions that send callers of a procedure somewhere else.
 *
 * Reach: `call` everywhere, `ba,a` 8 MiB in one instruction without a delay slot; farther a jump takes
 * three instructions and %g1, which the ABI leaves to whoever wants it between procedures.
 */
import type { CallSite, Redirection } from '../redirect.js';
import type { SparcItem } from './body.js';
import { returnAddressBack, transfer } from './place.js';
import { redirected } from './transfers.js';

const BA_ANNUL = 0x30800000;
const SETHI_G1 = 0x03000000;
/** jmpl %g1 + simm13, %g0 */
const JMP_G1 = 0x81c06000;
/** ld [%g1 + simm13], %g1 */
const LOAD_G1 = 0xc2006000;
const NOP = 0x01000000;

function words(list: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(list.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of list.entries()) view.setUint32(4 * i, word);
  return bytes;
}

/** The shortest jump that can stand at a procedure's entry. */
export function trampoline(at: number, to: number): Redirection {
  const branch = redirected(BA_ANNUL, (to - at) | 0);
  if (branch !== undefined) return { bytes: words([branch]), boundaries: [] };
  return { bytes: words([SETHI_G1 | (to >>> 10), JMP_G1 | (to & 0x3ff), NOP]), boundaries: [4, 8] };
}

/** The same call with another destination; undefined when it is a branch that does not reach. */
export function redirectCall({ item, address }: CallSite, to: number): Redirection | undefined {
  const word = transfer(item as SparcItem, address, to);
  if (word === undefined) return undefined;
  const delay = returnAddressBack(item as SparcItem, word);
  return delay === undefined
    ? { bytes: words([word]), boundaries: [] }
    : { bytes: words([word, delay]), boundaries: [4] };
}

/** A jump to where the word at `table` points: sethi, ld and jmpl through %g1, and a nop in the delay slot. */
export function tableJump(_at: number, table: number): Redirection {
  const code = [SETHI_G1 | (table >>> 10), LOAD_G1 | (table & 0x3ff), JMP_G1, NOP];
  return { bytes: words(code), boundaries: [4, 8, 12] };
}
