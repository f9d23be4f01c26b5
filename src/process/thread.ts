/** A thread: a hart with the registers of one flow of control, and what the kernel remembers of it. */
import type { Bus, Core } from '../isa/core.js';
import type { ErrorName } from './abi/errno.js';
import type { PendingSignals } from './signals.js';
import type { Wait } from './wait.js';

/** Where handlers that ask for it run, see sigaltstack(2). */
export interface AlternateStack {
  start: number;
  size: number;
}

const NAME_SIZE = 16;

/** What a system call that waited comes back with. */
export type Result = { value: number; second?: number } | { errno: ErrorName };

export class Thread {
  /** Why it does not run; undefined when it can. */
  wait: Wait | undefined;
  /** What it waits for may have come: the call is to be made again. */
  looksAgain = false;
  /** How the system call at pc ends as soon as it runs again. */
  result: Result | undefined;
  /** Orders the threads that wait: the lowest has waited longest. */
  waitingSince = 0;
  /** Signals it does not take now: bit n - 1 for signal n. */
  blocked = 0n;
  /** What `blocked` becomes again when a sigsuspend or ppoll, or the handler that interrupts it, is over. */
  blockedAfterSuspend: bigint | undefined;
  /** When the poll at pc ends, if it is being made again. */
  deadline: number | undefined;
  alternateStack: AlternateStack | undefined;
  /** Cleared and woken at when the thread ends, see set_tid_address(2). */
  clearedAtExit = 0;
  robustList = 0;
  hasEnded = false;
  /** What prctl calls it. */
  name: Uint8Array = new Uint8Array(NAME_SIZE);

  constructor(
    readonly id: number,
    readonly core: Core,
    /** First address above its stack, as far as the kernel knows. */
    readonly stackTop: number,
    readonly pending: PendingSignals,
    /** What its hart had retired when the thread began. */
    private readonly before: number,
  ) {}

  get instructions(): number {
    return this.core.retired - this.before;
  }

  /** Whatever lasts as long as a system call that is made again and again is over. */
  endCall(): void {
    this.deadline = undefined;
    this.blocked = this.blockedAfterSuspend ?? this.blocked;
    this.blockedAfterSuspend = undefined;
  }

  endWait(result: Result): void {
    this.wait = undefined;
    this.result = result;
  }

  /** The deadline of what it waits for has come. */
  timeOut(): void {
    const kind = this.wait?.kind;
    if (kind === 'poll') this.looksAgain = true;
    else if (kind === 'sleep') this.endWait({ value: 0 });
    else this.endWait({ errno: kind === 'futex' ? 'ETIMEDOUT' : 'EAGAIN' });
  }

  isOnAlternateStack(sp: number): boolean {
    const stack = this.alternateStack;
    return stack !== undefined && sp > stack.start && sp <= stack.start + stack.size;
  }

  /** The same thread in a forked process. */
  fork(bus: Bus): Thread {
    const fork = new Thread(this.id, this.core.fork(bus), this.stackTop, this.pending.fork(), this.before);
    fork.wait = this.wait;
    fork.looksAgain = this.looksAgain;
    fork.result = this.result;
    fork.waitingSince = this.waitingSince;
    fork.blocked = this.blocked;
    fork.blockedAfterSuspend = this.blockedAfterSuspend;
    fork.deadline = this.deadline;
    fork.alternateStack = this.alternateStack;
    fork.clearedAtExit = this.clearedAtExit;
    fork.robustList = this.robustList;
    fork.hasEnded = this.hasEnded;
    fork.name = this.name;
    return fork;
  }
}
