/**
 * A plan as the in-process handler reads it: words of 32 bits in the target's byte order, offsets in bytes from the
 * plan's beginning. `targets/runtime/updater/plan.h` says the same in C.
 *
 *     word 0      magic, "SUTP"
 *     word 1      version of the layout, | bytes of an address << 8 | e_machine << 16
 *     word 2      bytes in all
 *     word 3      FNV-1a by words over all that follows
 *     word 4      threads of the process it was made for
 *     word 5      bytes of journal that applying takes, in whole words
 *     word 6, 7   where the program's text begins, and its bytes
 *     word 8...   all that leads into forbidden code lies in one of two hulls: start, bytes; start, bytes
 *     word 12, 13 the hull of what is known to be a return address and leads there: start, bytes
 *     word 14     checksum of the plan that this one takes back; 0 for none
 *     word 15...  eight lists, each its offset and count of entries, see `LISTS`
 *     then the entries, then bytes, in units of whole words
 */
import type { Isa } from '../../isa/index.js';

export const PLAN_MAGIC = 0x53555450;
export const LAYOUT_VERSION = 2;
export const HEADER_WORDS = 31;
export const FIRST_LIST = 15;

/** The lists in the order of the header, with the words of an entry. */
export const LISTS = {
  /** pc: from, to; what is known to be a return address: from, to; what may be anything: from, to. */
  ranges: 6,
  /** Address, aligned; before; after. */
  words: 3,
  /** Start, end, protection as mprotect takes it. */
  pages: 3,
  /** Address, bytes, offset of those before (0: any), of those after (0: from the journal), offset in the journal. */
  data: 5,
  /** Start, end (0: the break). */
  areas: 2,
  /** Start, end, protection. */
  reservations: 3,
  /** Address, bytes, their offset. */
  expected: 3,
  filled: 3,
} as const;

export type ListName = keyof typeof LISTS;
export const LIST_NAMES = Object.keys(LISTS) as ListName[];

export interface CodeRange {
  pcStart: number;
  pcEnd: number;
  returnStart: number;
  returnEnd: number;
  wordStart: number;
  wordEnd: number;
}

export interface WordWrite {
  address: number;
  before: number;
  after: number;
}

export interface Pages {
  start: number;
  end: number;
  /** Sum of READ 4, WRITE 2, EXECUTE 1. */
  protection: number;
}

export interface DataWrite {
  address: number;
  length: number;
  /** Undefined: whatever it holds. */
  before: Uint8Array | undefined;
  /** Undefined: what the journal holds, if memory still holds `before`. */
  after: Uint8Array | undefined;
  journal: number;
}

export interface Content {
  address: number;
  bytes: Uint8Array;
}

/** What a plan says to the handler. */
export interface HandlerPlan {
  threads: number;
  /** Bytes. */
  journal: number;
  text: { start: number; end: number };
  /** Checksum of the plan that it takes back, with the journal that one left. */
  undoes: number | undefined;
  ranges: CodeRange[];
  words: WordWrite[];
  pages: Pages[];
  data: DataWrite[];
  /** `end` undefined: up to the break. */
  areas: { start: number; end: number | undefined }[];
  reservations: Pages[];
  expected: Content[];
  filled: Content[];
}

export const versionFor = ({ machine, bits }: Pick<Isa, 'machine' | 'bits'>): number =>
  (LAYOUT_VERSION | ((bits / 8) << 8) | (machine << 16)) >>> 0;

const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a with words in place of bytes: a change of one word always changes it. */
export function checksum(words: Iterable<number>): number {
  let sum = FNV_START;
  for (const word of words) sum = Math.imul(sum ^ word, FNV_PRIME);
  return sum >>> 0;
}
