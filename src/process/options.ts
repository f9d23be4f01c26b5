/** What a process is given, what it tells, and why it stops. */
import type { Core, Trap } from '../isa/core.js';
import type { Isa } from '../isa/index.js';
import type { Memory } from '../machine/memory.js';
import type { Arguments } from './calls/handler.js';
import type { FileSystemOptions } from './files/index.js';
import type { Start } from './initial-stack.js';
import type { OutputSink } from './streams.js';

export interface ProcessOptions extends Partial<Start> {
  output?: OutputSink;
  /** Told once about each thing the process wants that is not offered. */
  log?: (message: string) => void;
  /** Bytes the process may map in all; 1 GiB unless given. */
  memoryLimit?: number;
  /** Instructions of a thread's turn on average; 10,000 unless given. */
  quantum?: number;
  /** Told about every system call when it ends and every signal when it is taken. */
  trace?: (event: TraceEvent) => void;
  /** The directory the process may use; none unless given. */
  files?: Omit<FileSystemOptions, 'epoch'>;
  /** What executes instructions; the interpreter in TypeScript unless given. */
  createCore?: (isa: Isa, bus: Memory) => Core;
}

export type TraceEvent =
  | { kind: 'call'; thread: number; name: string; args: Arguments; result: number | string }
  | { kind: 'signal'; thread: number; name: string };

/** How a signal ends a process. `trap` is what happened, when it was not a signal that somebody sent. */
export interface Death {
  kind: 'killed';
  signal: string;
  number: number;
  trap: Trap | undefined;
}

/** Why `run` came back. After `exited` and `killed` the process never runs again. */
export type ProcessStop =
  | { kind: 'limit' }
  | { kind: 'breakpoint'; pc: number }
  | { kind: 'waiting-for-input' }
  /** Every thread waits for something that nothing will ever bring about. */
  | { kind: 'stuck' }
  | { kind: 'exited'; status: number }
  | Death;
