/** What the handlers of system calls see of the process that calls, and what they may answer. */
import type { ThreadStart } from '../../isa/isa.js';
import type { AddressSpace } from '../address-space.js';
import type { ProcessSignals } from '../process-signals.js';
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

  readonly signals: ProcessSignals;
  /** Goes on where the frame at the caller's stack pointer says; `hasInfo` tells which kind it is. */
  returnFromSignal(hasInfo: boolean): void;

  /** The new thread, or undefined when there are too many. */
  createThread(start: Omit<ThreadStart, 'parentId' | 'childId'>): Thread | undefined;
  endThread(): void;
  endProcess(status: number): void;
  /** Ends the caller's turn. */
  yield(): void;
}

export type Handler = (kernel: Kernel, args: Arguments) => Outcome;
export type Handlers = Record<string, Handler>;
