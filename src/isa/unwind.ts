/**
 * Stack walks: the activations of a thread, innermost first.
 *
 * A walk never guesses. Where it has no rule to follow it ends, and says that it is not complete; whoever
 * needs certainty then scans the stack conservatively.
 *
 * A signal handler returns to code that calls sigreturn. The walk goes on from there with the registers that
 * the kernel's frame holds: what was interrupted stands at its pc, and may still have its return address in a
 * register, as the innermost activation may.
 */
import type { FrameRule } from '../elf/index.js';
import type { Core } from './core.js';

export interface Activation {
  /** Addresses at which execution goes on in this activation: pc (and nPC where it differs), or a return address. */
  resume: readonly number[];
  /** An address that certainly lies in the activation's procedure: pc, or a byte of the call. */
  within: number;
  /** Whether it was interrupted at `resume`, or made a call that returns there. */
  stands: 'at' | 'behind-call';
  /** Stack pointer on entry to the caller's code after this activation returns. */
  frameEnd: number;
  /** Where this activation returns to; undefined for the outermost, and where it is not known. */
  returnsTo: number | undefined;
  /** Whether a rule told where its caller is, or that it has none. */
  reliable: boolean;
}

/** Addresses of a call and of where it returns to. */
export interface CallThatReturns {
  call: number;
  returnsTo: number;
}

export interface StackWalk {
  activations: Activation[];
  /** Whether the walk reached the outermost activation with a rule for every step. */
  complete: boolean;
  /** The stacks it passed, innermost first: more than one where a signal handler has a stack of its own. */
  stacks: { start: number; end: number }[];
  /** What the kernel has put on them for signal handlers: who writes there changes where they lead to. */
  signalFrames: { start: number; end: number }[];
}

export interface WalkContext {
  core: Core;
  /** The word at an address, or undefined where nothing is mapped. */
  read32: (address: number) => number | undefined;
  ruleAt: (pc: number) => FrameRule | undefined;
  /** End of the thread's own stack: a frame on it cannot lie beyond. */
  stackTop: number;
}

/** Longer than any stack this machine has room for. */
const MOST_ACTIVATIONS = 1 << 20;

/** What a walk has found so far. */
export class Trail {
  private readonly activations: Activation[] = [];
  private readonly stacks: { start: number; end: number }[] = [];
  private readonly signalFrames: { start: number; end: number }[] = [];

  constructor(private readonly stackTop: number) {}

  /** Whether it is long enough to be suspicious. */
  get isEndless(): boolean {
    return this.activations.length >= MOST_ACTIVATIONS;
  }

  get last(): Activation | undefined {
    return this.activations.at(-1);
  }

  /** Whether a frame may reach from `sp` to `end`. */
  canReach(sp: number, end: number): boolean {
    const onOwnStack = sp <= this.stackTop;
    return end >= sp && !(onOwnStack && end > this.stackTop);
  }

  /** Adds an activation whose frame begins at `sp`. */
  add(sp: number, activation: Activation): void {
    this.activations.push(activation);
    const stack = this.stacks.at(-1);
    if (stack?.end === sp) stack.end = Math.max(sp, activation.frameEnd);
    else this.stacks.push({ start: sp, end: Math.max(sp, activation.frameEnd) });
  }

  /** Adds the code at `pc` that returns from a signal handler, and the kernel's frame at `sp`. */
  addSignalFrame(sp: number, pc: number, interrupted: { pc: number; frameEnd: number }): void {
    const { frameEnd } = interrupted;
    const returnsTo = interrupted.pc;
    this.add(sp, { resume: [pc], within: pc, stands: 'at', frameEnd, returnsTo, reliable: true });
    this.signalFrames.push({ start: sp, end: frameEnd });
  }

  end(complete: boolean): StackWalk {
    return { activations: this.activations, complete, stacks: this.stacks, signalFrames: this.signalFrames };
  }
}
