/** What the kernel knows of a process, as bytes that are equal exactly when it is. */
import type { Descriptors } from './files/index.js';
import type { ProcessStop } from './options.js';
import type { SignalAction } from './signals.js';
import type { Thread } from './thread.js';

/** Numbers of the process itself, in a fixed order. */
export type Counters = readonly (number | undefined)[];

const encoder = new TextEncoder();

/** JSON has no bigint and no Infinity, and these are always tagged. */
const replace = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return { bigint: value.toString() };
  if (value === Infinity) return { number: 'Infinity' };
  if (value instanceof Uint8Array) return { bytes: [...value] };
  return value === undefined ? { number: 'none' } : value;
};

const text = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value, replace));

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
  actions: ReadonlyMap<number, SignalAction>,
  pending: unknown,
  files: Descriptors,
  input: Uint8Array,
): Uint8Array[] {
  const sorted = [...actions].sort(([a], [b]) => a - b);
  const parts = [text(counters), text(threads.map(threadState)), text(sorted), text(pending), input];
  for (const part of files.describe()) parts.push(part instanceof Uint8Array ? part : text(part));
  return parts;
}

/** Numbers for how a process ended; none while it has not. */
export function endNumbers(stop: ProcessStop | undefined): readonly number[] {
  if (stop === undefined) return [];
  if (stop.kind === 'exited') return [1, stop.status];
  return [2, stop.kind === 'killed' ? stop.number : 0];
}
