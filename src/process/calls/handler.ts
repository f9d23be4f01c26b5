/** What the handlers of file calls need from the process that calls, and what they answer. */
import type { Memory } from '../../machine/memory.js';
import type { Abi } from '../abi/index.js';
import type { ErrorName } from '../abi/errno.js';
import type { Descriptors, StandardStream } from '../files/index.js';

/** Six arguments: unsigned for 32-bit processes, signed for 64-bit ones; `| 0` makes an int of each. */
export type Arguments = readonly [number, number, number, number, number, number];

export interface StandardStreams {
  /** Up to `count` bytes of input; empty at its end; undefined when the host has given nothing yet. */
  read(count: number): Uint8Array | undefined;
  write(stream: 1 | 2, bytes: Uint8Array): void;
  /** Told when no descriptor refers to a stream any more. */
  close(stream: StandardStream): void;
}

export interface FileCaller {
  readonly abi: Abi;
  readonly memory: Memory;
  /** Reads and writes throw MemoryFault where they must not, which is the caller's EFAULT. */
  readonly user: {
    read(address: number, length: number): Uint8Array;
    write(address: number, bytes: Uint8Array): void;
  };
  readonly files: Descriptors;
  readonly streams: StandardStreams;
  /** Nanoseconds since the start. */
  now(): number;
  /** Nanoseconds since 1970 at the start. */
  readonly epoch: number;
  random(count: number): Uint8Array;
}

/**
 * `second` goes into the second result register. A call that waits is made again: after `input` when there is
 * input, after `event` when another thread has done something.
 */
export type FileOutcome =
  | { value: number; second?: number }
  | { errno: ErrorName; signal?: 'SIGPIPE' }
  | { wait: { kind: 'input' | 'event' } };

export type FileHandler = (caller: FileCaller, args: Arguments) => FileOutcome;
export type FileHandlers = Record<string, FileHandler>;
