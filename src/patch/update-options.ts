/** What whoever asks for an update may say about it. */
import type { findBlockers } from './activeness.js';
import type { UpdateEvent } from './change.js';

/** Instructions an update waits at most when nobody said. */
export const DEFAULT_PATIENCE = 100_000_000;

export interface UpdateOptions {
  /** Instruction count after which waiting ends; `DEFAULT_PATIENCE` instructions from now unless given. */
  deadline?: number;
  onEvent?: (event: UpdateEvent) => void;
  /**
   * What happens when somebody is inside: `wait`, unless given, until they have left, or `refuse`. With
   * `cross-version` old activations go on in the old text where the package allows it.
   */
  ifBusy?: IfBusy;
  /** Who counts as inside; for experiments that want to see what a wrong answer does. */
  check?: typeof findBlockers;
}

export type IfBusy = 'wait' | 'refuse' | 'cross-version';
