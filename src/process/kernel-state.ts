/** What the kernel knows of a process, as bytes that are equal exactly when it is. */
import type { Descriptors } from './files/index.js';
import type { ProcessStop } from './options.js';
import type { ProcessSignals } from './process-signals.js';
import type { Thread } from './thread.js';

/** Numbers of the process itself, in a fixed order. */
export type Counters = readonly (number | undefined)[];

const encoder = new TextEncoder();

/** Equal exactly when the values are. Like JSON, which is slower, and has no bigint and no Infinity. */
function text(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Uint8Array) return `bytes(${value.join()})`;
  if (Array.isArray(value)) return `[${value.map(text).join()}]`;
  return `{${Object.entries(value)
    .map(([name, each]) => `${name}:${text(each)}`)
    .join()}}`;
}

function threadState(thread: Thread): unknown {
  const { id, stackTop, wait, looksAgain, result, waitingSince, blocked, blockedAfterSuspend, deadline } =
    thread;
  const { alternateStack, clearedAtExit, robustList, name, pending } = thread;
  return [
    [id, stackTop, wait, looksAgain, result, waitingSince, blocked, blockedAfterSuspend, deadline],
    [alternateStack, clearedAtExit, robustList, name, pending.describe()],
  ];
}

export function kernelState(
  counters: Counters,
  threads: readonly Thread[],
  signals: ProcessSignals,
  files: Descriptors,
  input: Uint8Array,
): Uint8Array[] {
  const { actions, pending } = signals.describe();
  const values: unknown[] = [counters, threads.map(threadState), actions, pending];
  const contents = [input];
  for (const part of files.describe()) {
    if (part instanceof Uint8Array) contents.push(part);
    values.push(part instanceof Uint8Array ? { content: contents.length } : part);
  }
  return [encoder.encode(text(values)), ...contents];
}

/** Numbers for how a process ended; none while it has not. */
export function endNumbers(stop: ProcessStop | undefined): readonly number[] {
  if (stop === undefined) return [];
  if (stop.kind === 'exited') return [1, stop.status];
  return [2, stop.kind === 'killed' ? stop.number : 0];
}
