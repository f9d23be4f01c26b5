/** What linking gathered, before it is written down as a package. */
import type { SymbolEntry } from '../elf/index.js';
import type { Body } from '../isa/body.js';
import type { Diff } from './diff.js';
import type { HookMoment, Metadata } from './package/model.js';
import type { Data } from './program.js';
import type { SelectedObject } from './selection.js';

/** A procedure that travels. */
export interface LinkedProcedure {
  old: SymbolEntry | undefined;
  new: SymbolEntry;
  body: Body;
  why: string;
}

/** A block of data that travels. */
export interface LinkedData {
  /** Its name, or a description of unnamed data. */
  name: string;
  data: Data;
}

/** Everything that was gathered. */
export interface Linked {
  diff: Diff;
  procedures: readonly LinkedProcedure[];
  data: readonly LinkedData[];
  objects: readonly SelectedObject[];
  hooks: readonly { when: HookMoment; symbol: SymbolEntry }[];
  /**
   * Addresses in the new program that may be read as the end of one thing or the start of the next, and the
   * one address in the old program that is both.
   */
  aliases: ReadonlyMap<number, number>;
  metadata: Metadata;
}
