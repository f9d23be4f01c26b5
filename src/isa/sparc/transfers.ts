/** Calls and branches as bits: where they go, and how they are made to go elsewhere. */
import { fits, readField, writeField, type Field } from '../pattern.js';
import { O7 } from './abi.js';
import { row } from './table.js';
import { TABLE_V9 } from './table-v9.js';

export const WORD = 4;

const field = (name: string, displacement: string): Field =>
  row(name, undefined, TABLE_V9).pattern.fields.get(displacement)!;

const DISP30 = field('call', 'disp30');
const DISP22 = field('ba', 'disp22');
const DISP19 = field('bpa', 'disp19');
const DISP16 = field('brz', 'disp16');

/** Branches of op 0 by op2: BPcc, Bicc, BPr, FBPfcc, FBfcc, CBccc. */
const BY_OP2 = [undefined, DISP19, DISP22, DISP16, undefined, DISP19, DISP22, DISP22];
const BPCC = 1;
const BICC = 2;
const FBPFCC = 5;
const FBFCC = 6;
const OP2 = 22;

const RESTORE_MASK = 0xc1f80000;
const RESTORE = 0x81e80000;
const RETURN_MASK = 0xfff80000;
const RETURN = 0x81c80000;
/** jmpl with %g0 as destination. */
const JUMP = 0x81c00000;
const LINKING_JUMP_MASK = 0xfff80000;
const LINKING_JUMP = 0x9fc00000;

export const isCall = (word: number): boolean => word >>> 30 === 1;
export const isRestore = (word: number): boolean => (word & RESTORE_MASK) >>> 0 === RESTORE;
/** An arithmetic instruction whose destination is o7. */
export const setsReturnAddress = (word: number): boolean => word >>> 30 === 2 && ((word >>> 25) & 31) === O7;
/** Whether behind a `call` with this in its delay slot nobody comes back. */
export const takesReturnAway = (word: number): boolean => isRestore(word) || setsReturnAddress(word);
/** V9's: a jump that takes the window away before its delay slot. */
export const isReturn = (word: number): boolean => (word & RETURN_MASK) >>> 0 === RETURN;
export const isJump = (word: number): boolean => (word & RETURN_MASK) >>> 0 === JUMP;
/** `call`, or a jmpl with o7 as destination. */
export const isCallOrLinkingJump = (word: number): boolean =>
  isCall(word) || (word & LINKING_JUMP_MASK) >>> 0 === LINKING_JUMP;
/** Of either version. */
export const isBranch = (word: number): boolean => word >>> 30 === 0 && displacementField(word) !== undefined;

function displacementField(word: number): Field | undefined {
  return isCall(word) ? DISP30 : word >>> 30 === 0 ? BY_OP2[(word >>> OP2) & 7] : undefined;
}

/** Bytes from a call or branch to its target. */
export function displacement(word: number): number {
  return readField(displacementField(word)!, word) * WORD;
}

/** A call or branch without its displacement. */
export function withoutDisplacement(word: number): number {
  return writeField(displacementField(word)!, word, 0) >>> 0;
}

/** Bytes that a branch reaches backwards. */
export function reachOf(word: number): number {
  return 2 ** (displacementField(word)!.width - 1) * WORD;
}

/** The call or branch over `distance` bytes; undefined when it is too far. */
function over(word: number, distance: number): number | undefined {
  const field = displacementField(word)!;
  const words = distance >> 2;
  return fits(field, words) ? writeField(field, word, words) >>> 0 : undefined;
}

/** V8's branch with its longer displacement for one of V9 that predicts, where V8 can test the same. */
function farther(word: number): number | undefined {
  const op2 = (word >>> OP2) & 7;
  if (word >>> 30 !== 0 || (op2 !== BPCC && op2 !== FBPFCC)) return undefined;
  const unconditional = ((word >>> 25) & 7) === 0;
  const firstCodes = ((word >>> 20) & 3) === 0;
  if (!unconditional && !firstCodes) return undefined;
  return (word & 0x3e000000) | ((op2 === BPCC ? BICC : FBFCC) << OP2);
}

/** The same call or branch over `distance` bytes; undefined when it cannot reach. */
export function redirected(word: number, distance: number): number | undefined {
  const same = over(word, distance);
  if (same !== undefined) return same;
  const wider = farther(word);
  return wider === undefined ? undefined : over(wider, distance);
}
