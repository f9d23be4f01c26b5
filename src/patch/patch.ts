/** What a plan is made of: a package whose bodies were taken apart, so that they can be placed. */
import type { Isa } from '../isa/index.js';
import type { Body } from '../isa/body.js';
import type { RuleSource } from './package/frames.js';
import type { Destination, OldBytes, Package } from './package/model.js';
import type { SymbolEntry } from '../elf/index.js';

/** S + A by its parts. */
export interface NamedAddress {
  symbol: SymbolEntry;
  addend: number;
}

export interface PatchProcedure {
  name: string;
  /** The procedure of the running program that it replaces; undefined when it is new. */
  old: OldBytes | undefined;
  /** Where it was in the new program, and its bytes there. */
  address: number;
  size: number;
  body: Body;
}

/** An address within data. */
export interface PatchWord extends NamedAddress {
  offset: number;
}

/** Bytes at their full length, and the addresses within that must be made right. */
export interface PatchContents {
  bytes: Uint8Array;
  words: readonly PatchWord[];
}

export interface PatchData extends PatchContents {
  name: string;
  /** Where it was in the new program. */
  address: number;
  writable: boolean;
}

/** An object of the running program that is written at commit. */
export interface PatchOverwrite extends PatchContents {
  old: OldBytes;
  decision: 'reset' | 'replace';
  /** Procedures that must not be active meanwhile. */
  readers: readonly { name: string; address: number; size: number }[];
}

export interface Patch {
  package: Package;
  isa: Isa;
  procedures: readonly PatchProcedure[];
  /** Blocks of data that do not overlap. */
  data: readonly PatchData[];
  overwrites: readonly PatchOverwrite[];
  /** What a reference stands for in the running program. */
  destination(reference: NamedAddress): Destination;
  frames: RuleSource;
}
