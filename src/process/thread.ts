/** A thread: a hart with the registers of one flow of control, and what the kernel remembers of it. */
import type { Bus, Core } from '../isa/core.js';
import type { Wait } from './calls/handler.js';
import type { PendingSignals } from './signals.js';

/** Where handlers that ask for it run, see sigaltstack(2). */
export interface AlternateStack {
  start: number;
  size: number;
}

export class Thread {
  /** Why it does not run; undefined when it can. */
  wait: Wait | undefined;
  /** Orders the threads that wait: the lowest has waited longest. */
  waitingSince = 0;
  /** Signals it does not take now: bit n - 1 for signal n. */
  blocked = 0n;
  /** What `blocked` becomes again when the handler that ended a sigsuspend returns. */
  blockedAfterSuspend: bigint | undefined;
  alternateStack: AlternateStack | undefined;
  /** Cleared and woken at when the thread ends, see set_tid_address(2). */
  clearedAtExit = 0;
  robustList = 0;

  constructor(
    readonly id: number,
    readonly core: Core,
    /** First address above its stack, as far as the kernel knows. */
    readonly stackTop: number,
    readonly pending: PendingSignals,
  ) {}

  /** The same thread in a forked process. */
  fork(bus: Bus): Thread {
    const fork = new Thread(this.id, this.core.fork(bus), this.stackTop, this.pending.fork());
    fork.wait = this.wait;
    fork.waitingSince = this.waitingSince;
    fork.blocked = this.blocked;
    fork.blockedAfterSuspend = this.blockedAfterSuspend;
    fork.alternateStack = this.alternateStack;
    fork.clearedAtExit = this.clearedAtExit;
    fork.robustList = this.robustList;
    return fork;
  }
}
