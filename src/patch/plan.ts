/**
 * A plan: everything an update will do to one process, as data.
 *
 * It is complete and can be printed: the bytes it expects, the code nobody may be inside, the memory it
 * reserves, and every write with what was there before and why. Whoever can read and write memory and see
 * registers can carry it out; whoever does decides nothing.
 */
import type { HookMoment } from './package/model.js';

export interface Expectation {
  address: number;
  bytes: Uint8Array;
  why: string;
}

/** Code that will be overwritten, abandoned or released: `[start, end)`. */
export interface ForbiddenRange {
  start: number;
  end: number;
  /** `procedure`: no activation may be in it. `sequence`: no activation may resume inside it. */
  kind: 'procedure' | 'sequence';
  /** Whether standing at `start` counts: it is harmless unless the code disappears. */
  entryCounts: boolean;
  /** Nobody may be in it either when the update is taken back. */
  bothWays?: boolean;
  name: string;
}

export interface Reservation {
  name: string;
  start: number;
  end: number;
  /** Its permission once it is filled: READ 4, WRITE 2, EXECUTE 1. */
  protection: number;
  why: string;
}

export interface PlannedWrite {
  /** `prepare`: into reserved memory, while the process runs. `commit`: while it is stopped. */
  phase: 'prepare' | 'commit';
  address: number;
  /** Undefined for a variable of the running program: the journal keeps whatever it held at commit. */
  before: Uint8Array | undefined;
  after: Uint8Array;
  code: boolean;
  why: string;
}

/** A procedure that is called in the target, on its own CPU. It answers 0 for yes. */
export interface PlannedCall {
  when: HookMoment;
  address: number;
  /** Words, in the order of the C prototype. */
  arguments: number[];
  why: string;
}

/** How calls reach a new body, see `redirection.ts`. */
export const REDIRECTS = ['in-place', 'call-sites', 'trampoline', 'binding-table'] as const;
export type Redirect = (typeof REDIRECTS)[number];

export type Strategy = Redirect | 'new';

/** Where each procedure of the patch goes. */
export interface PlacedProcedure {
  name: string;
  strategy: Strategy;
  /** Why this strategy. */
  why: string;
  /** What pointers to it hold. */
  entry: number;
  /** Bytes of the body it replaces; 0 when it is new. */
  capacity: number;
  /** `[start, start + size)` holds the new body. */
  start: number;
  size: number;
  /** Address of the procedure in the new program, and its offsets there by offset here, ascending. */
  source: { address: number; offsets: [here: number, there: number][] };
}

/** Where travelling data goes. */
export interface PlacedData {
  /** Its address in the new program. */
  source: number;
  start: number;
  size: number;
}

export interface Plan {
  /** The program the plan is for. */
  program: string;
  buildId: string | undefined;
  procedures: PlacedProcedure[];
  data: PlacedData[];
  expected: Expectation[];
  forbidden: ForbiddenRange[];
  reservations: Reservation[];
  writes: PlannedWrite[];
  /** In the order they are made; those of one moment one after the other. */
  calls: PlannedCall[];
  /** What could not be done better, for the people who read the plan. */
  notes: string[];
}
