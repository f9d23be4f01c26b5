import type { Item } from './body.js';

/** An item of a running procedure that calls or jumps to another, and where it is. */
export interface CallSite {
  item: Item;
  address: number;
}

export interface Redirection {
  bytes: Uint8Array;
  /** Offsets of instructions after the first: nobody may stand there when the bytes are written. */
  boundaries: readonly number[];
}
