/** What the handlers of system calls see of the process that calls, and what they may answer. */
import type { ThreadStart } from '../../isa/isa.js';
import type { AddressSpace } from '../address-space.js';
import type { SignalAction, SignalInfo } from '../signals.js';
import type { Thread } from '../thread.js';
import type { IntervalTimer } from '../timers.js';
import type { UserMemory } from '../user-memory.js';
import type { Wait } from '../wait.js';
import type { Arguments, FileCaller, FileOutcome } from './handler.js';

/**
 * `signal` is sent to the caller besides. `done`: the call has set the registers itself, or its thread will not
 * go on.
 */
export type Outcome = FileOutcome | { wait: Wait } | 'done';

export interface Kernel extends FileCaller {
  readonly user: UserMemory;
  readonly space: AddressSpace;
  readonly input: { readonly isReady: boolean };
  /** The thread that calls. */
  readonly thread: Thread;
  readonly threads: readonly Thread[];
  /** Process and main thread. */
  readonly id: number;
  readonly name: string;

  /** Counts real time for setitimer and alarm. */
  timer: IntervalTimer;
  /** Tells the user once what is not offered. */
  refuse(what: string): void;
  /** The caller's, as an address. */
  stackPointer(): number;

  /** Makes every thread fetch the range anew. */
  synchronize(start: number, end: number): void;
  /** To be called when mappings changed. */
  mappingsChanged(): void;

  /** Signals nobody can block, handle or ignore. */
  readonly untouchable: bigint;
  action(signal: number): SignalAction;
  setAction(signal: number, action: SignalAction): void;
  /** To the process, or to one thread of it. */
  send(info: SignalInfo, thread?: Thread): void;
  /** Signals that wait for the caller. */
  pendingMask(): bigint;
  takePending(mask: bigint): SignalInfo | undefined;
  /** Goes on where the frame at the caller's stack pointer says; `hasInfo` tells which kind it is. */
  returnFromSignal(hasInfo: boolean): void;

  /** The new thread, or undefined when there are too many. */
  createThread(start: Omit<ThreadStart, 'parentId' | 'childId'>): Thread | undefined;
  endThread(): void;
  endProcess(status: number): void;
  /** Wakes up to `count` threads that wait at a futex, longest first; moves up to `moved` others to another. */
  wake(address: number, count: number, bitset: number, moved?: { count: number; to: number }): number;
  /** Ends the caller's turn. */
  yield(): void;
}

export type Handler = (kernel: Kernel, args: Arguments) => Outcome;
export type Handlers = Record<string, Handler>;
