/** What the handlers of system calls see of the process that calls, and what they may answer. */
import type { ThreadStart } from '../../isa/isa.js';
import type { Memory } from '../../machine/memory.js';
import type { ErrorName } from '../abi/errno.js';
import type { Abi } from '../abi/index.js';
import type { AddressSpace } from '../address-space.js';
import type { SignalAction, SignalInfo } from '../signals.js';
import type { InputStream, OutputSink } from '../streams.js';
import type { Thread } from '../thread.js';
import type { IntervalTimer } from '../timers.js';
import type { UserMemory } from '../user-memory.js';
import type { Wait } from '../wait.js';

/** `done`: the call has set the registers itself, or its thread will not go on. */
export type Outcome =
  | { value: number; second?: number }
  /** `signal` is sent to the caller besides. */
  | { errno: ErrorName; signal?: 'SIGPIPE' }
  | { wait: Wait }
  | 'done';

/** Six arguments: unsigned for 32-bit processes, signed for 64-bit ones; `| 0` makes an int of each. */
export type Arguments = readonly [number, number, number, number, number, number];

export interface Kernel {
  readonly abi: Abi;
  readonly memory: Memory;
  readonly user: UserMemory;
  readonly space: AddressSpace;
  /** The thread that calls. */
  readonly thread: Thread;
  readonly threads: readonly Thread[];
  /** Process and main thread. */
  readonly id: number;
  readonly name: string;

  /** Nanoseconds since the start. */
  now(): number;
  /** Nanoseconds since 1970 at the start. */
  readonly epoch: number;
  /** Counts real time for setitimer and alarm. */
  timer: IntervalTimer;
  random(count: number): Uint8Array;
  /** Tells the user once what is not offered. */
  refuse(what: string): void;
  /** The caller's, as an address. */
  stackPointer(): number;

  readonly input: InputStream;
  readonly output: OutputSink;
  contiguous(address: number, wanted: number): number;

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
