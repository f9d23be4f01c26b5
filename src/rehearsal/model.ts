/** What a rehearsal finds: what becomes of the update at every point of a run. */

/** What becomes of an update that is asked for at a point. */
export type Decision =
  /** It lands there. */
  | 'at-once'
  /** It lands later, when nobody is inside any more and the program agrees. */
  | 'deferred'
  /** It never lands; the process goes on as if nobody had asked. */
  | 'refused'
  /** The budget ended before this was decided. */
  | 'undecided';

/** How the program went on after the update had landed, or was refused. */
export type Judgement =
  | 'right'
  /** A fatal signal. */
  | 'crashed'
  /** It did not end within the bound, or every thread waits for something that never comes. */
  | 'hung'
  /** Its output or its exit status is none that the oracle allows. */
  | 'diverged';

/** Where the process stands at an update point. */
export interface Place {
  /** Of the thread whose turn it is. */
  pc: number;
  thread: number;
  /**
   * Procedures that are active on that thread, the innermost first. In the middle of a deep stack `(936 more)` stands
   * for so many; `(unknown)` at the end says that the walk came no further.
   */
  stack: readonly string[];
}

/** The instruction that ends a class, or what else does. */
export interface Conflict {
  /** Instructions retired before it: the last point of the class. */
  instruction: number;
  pc: number;
  /** One line: `fetches 0x1054c, which the plan writes (call of compound)`. */
  why: string;
}

/** Update points next to each other with one decision and one outcome: `first` to `last`, both included. */
export interface PointClass {
  first: number;
  last: number;
  decision: Decision;
  /** Undefined when undecided. */
  judgement: Judgement | undefined;
  /** The point at which a deferred update lands. */
  landsAt: number | undefined;
  /** One line: why it waits, or why it is refused. Empty when it lands at once. */
  reason: string;
  /** One line: what went wrong then; undefined when nothing did. */
  objection?: string;
  /** Where the process stands at `first`. */
  place: Place;
  /**
   * Undefined for the end of the run, where the budget cut, where later points do not exceed the deadline, and where
   * somebody left by an instruction that nobody watched.
   */
  conflict: Conflict | undefined;
  /** For output that diverged. */
  difference?: Difference;
  /** What it cost: instructions of the run that decided it, 0 when it shares that of another class. */
  ranInstructions: number;
  /** Whether that run ended where its state equals one that was decided before. */
  merged: boolean;
}

/** The first line of output that is none the oracle allows. */
export interface Difference {
  /** Of what was written, counted from 1. */
  line: number;
  /** What the old and the new program write by themselves in that line of that answer; undefined when they have none. */
  old?: string | undefined;
  new?: string | undefined;
  /** Instead of both where the right output is named: what it has there, null when nothing. */
  expected?: string | null;
  /** Undefined when it ended before. */
  got: string | undefined;
}

/** Everything decided about one run. */
export interface Rehearsal {
  program: string;
  isa: string;
  /** File names of the patches, in order. */
  patches: readonly string[];
  seed: number;
  /** Instructions of the baseline run; there are so many points and one more. */
  instructions: number;
  /** Ascending, without gaps or overlaps, from 0 to `instructions`. */
  classes: readonly PointClass[];
  /** The command line that repeats what happens at a point: `repeat(1200)`. */
  repeat: (point: number) => string;
  /** Patched runs that were made, those of them that merged, and their instructions in all. */
  runs: number;
  mergedRuns: number;
  ranInstructions: number;
  /** What limits what was proved, for people. */
  notes: readonly string[];
  /** Host time; never the same twice. */
  hostSeconds: number;
}
