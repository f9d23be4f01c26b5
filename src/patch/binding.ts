/** How calls reach a procedure through a table, see `binding-table.ts`. */
import type { ForbiddenRange } from './plan.js';

/** The word of a procedure, and how calls get there. */
export interface Binding {
  /** Entry of the procedure. */
  entry: number;
  /** Where its word is. */
  word: number;
  /** The jump through the word, to which the calls go. Nobody may stand in it when the word is written. */
  jump: ForbiddenRange;
  /** Calls that are too short to be sent there. */
  unbound: number;
}
