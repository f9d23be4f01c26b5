/**
 * Stack walks: the activations of a thread, innermost first.
 *
 * A walk never guesses. Where it has no rule to follow it ends, and says that it is not complete; whoever
 * needs certainty then scans the rest of the stack conservatively.
 */
import type { FrameRule } from '../elf/index.js';
import type { Core } from './core.js';

export interface Activation {
  /** Addresses at which execution goes on in this activation: pc (and nPC where it differs), or a return address. */
  resume: readonly number[];
  /** An address that certainly lies in the activation's procedure: pc, or a byte of the call. */
  within: number;
  /** Stack pointer on entry to the caller's code after this activation returns. */
  frameEnd: number;
  /** Where this activation returns to; undefined for the outermost, and where it is not known. */
  returnsTo: number | undefined;
}

export interface StackWalk {
  activations: Activation[];
  /** Whether the walk reached the outermost activation with a rule for every step. */
  complete: boolean;
  /** When not complete: the stack from this address up was not understood. */
  scanFrom: number;
}

export interface WalkContext {
  core: Core;
  /** The word at an address, or undefined where nothing is mapped. */
  read32: (address: number) => number | undefined;
  ruleAt: (pc: number) => FrameRule | undefined;
  /** End of the stack: a frame cannot lie beyond. */
  stackTop: number;
}

/** Longer than any stack this machine has room for. */
export const MOST_ACTIVATIONS = 1 << 20;
