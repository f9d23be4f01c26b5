/** The narrow view the patch engine has of anything that runs. */
import type { Image } from '../elf/index.js';
import type { Core } from '../isa/core.js';
import type { Isa } from '../isa/index.js';
import type { CallOutcome, OutsideCall } from '../process/procedure-call.js';

export type { CallEnd, CallOutcome, OutsideCall } from '../process/procedure-call.js';
export { MOST_OUTPUT } from '../process/procedure-call.js';

export interface TargetRegion {
  start: number;
  end: number;
  /** Sum of READ 4, WRITE 2, EXECUTE 1. */
  protection: number;
  name: string;
}

export interface TargetThread {
  id: number;
  core: Core;
  /** First address above its stack. */
  stackTop: number;
  /** First address above its frames: what the kernel gives a program lies between. */
  framesTop: number;
  /** The stack that its signal handlers may ask for. */
  alternateStack?: { start: number; end: number };
}

/**
 * Why the target stopped: at one of the addresses, at the limit, because it can go no further by itself, or
 * because nothing will ever let it go further.
 */
export type TargetStop = 'reached' | 'limit' | 'waiting-for-input' | 'stuck' | 'ended';

export interface Target {
  readonly isa: Isa;
  /** The program it was started from. */
  readonly image: Image;
  /** Instructions retired: where in its life the target stands. */
  readonly instructions: number;
  /** Whether it will never execute another instruction. */
  readonly ended: boolean;
  readonly threads: readonly TargetThread[];
  /** The thread that executes the next instruction unless its turn is over. */
  readonly currentThread: number;

  regions(): readonly TargetRegion[];
  /** Places where memory can be reserved, ascending. */
  gaps(): readonly { start: number; end: number }[];
  /** @throws MemoryFault where nothing is mapped. */
  read(address: number, length: number): Uint8Array;
  /**
   * The pages of `[start, end)` that may hold something else than zeros, and their words, 32 bits each, in the
   * target's byte order. They must not be changed.
   */
  filledPages(start: number, end: number): readonly { start: number; words: Int32Array }[];
  /** @throws MemoryFault where a page is not writable. */
  write(address: number, bytes: Uint8Array): void;
  /** Sets the permission of whole pages. @throws RangeError for writable and executable at once. */
  protect(start: number, end: number, protection: number): void;
  reserve(start: number, end: number, protection: number, name: string): void;
  release(start: number, end: number): void;
  /** Makes every thread fetch the range anew. */
  synchronize(start: number, end: number): void;
  /** Calls a procedure, while no thread runs and no time passes; none of its registers and stacks changes. */
  call(call: OutsideCall): CallOutcome;
  /** Hands on what such a call wrote to standard output (1) or error (2). */
  print(stream: 1 | 2, bytes: Uint8Array): void;
  /** Runs until a thread is about to execute one of `addresses`, or `limit` instructions have retired. */
  runTo(addresses: readonly number[], limit: number): TargetStop;
}
