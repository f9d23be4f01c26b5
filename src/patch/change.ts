/** What a transaction is made of: updates to apply, and updates to take back. */
import type { Blocker } from './activeness.js';
import type { CallEvent, Calls } from './calls.js';
import type { Journal } from './journal.js';
import type { Patch } from './patch.js';
import type { ForbiddenRange, Plan, PlannedCall } from './plan.js';
import type { Wait } from './waiting.js';

/** What the threads waited for while an update landed. */
export interface Pause {
  /** Words written over the program, the contents of objects included. */
  wordsWritten: number;
  /** Activations that were looked at. */
  framesWalked: number;
  /** Words looked at one by one, where a stack could not be walked. */
  wordsScanned: number;
  /** Instructions executed: those of the procedures that the update called. */
  instructions: number;
}

export type UpdateEvent =
  | { kind: 'prepared'; plan: Plan }
  | { kind: 'busy'; blockers: Blocker[]; wait: Wait }
  /** A check answered that this is not the moment. */
  | { kind: 'not-now'; call: PlannedCall; again: number }
  | CallEvent
  | { kind: 'applied'; plan: Plan; instructions: number; pause: Pause }
  /**
   * `kept`: something may still point into the reserved memory, so it stays until a scan finds nothing.
   * `changedSince`: objects that keep what the program made of their new contents.
   */
  | { kind: 'undone'; plan: Plan; instructions: number; kept: boolean; changedSince: number; pause: Pause };

/** An update that was applied, and how to take it back. */
export interface Applied {
  plan: Plan;
  patch: Patch;
  journal: Journal;
  /** When it was applied, in instructions of the process. */
  instructions: number;
  /** Old text that activations were allowed to go on in. */
  surviving: readonly ForbiddenRange[];
}

/** One part of a transaction. Everything it does until `settle` can be undone. */
export interface Change {
  readonly plan: Plan;
  /** Nobody may be inside when it is carried out. */
  readonly forbidden: readonly ForbiddenRange[];
  readonly calls: readonly PlannedCall[];
  /** Does all of it. @throws when anything fails; `undo` must follow then. */
  carryOut(calls: Calls): void;
  /** Bytes that were written over the program. */
  readonly bytesWritten: number;
  /** Everything as before, what was prepared included. @throws UndoFailed */
  undo(): void;
  /** It has happened. */
  settle(pause: Pause): void;
}
