/**
 * Why a thread cannot go on yet.
 *
 * `input`: the host has given nothing to read. `event`: another thread must act first (a pipe is empty, or
 * full). After both the call is made again. The others end with a result, at the latest at a deadline in
 * nanoseconds since the start: `futex` when it is woken, `sleep` with the time, `signal` only when a signal
 * is taken. `poll` is both: the call is made again after an event, after input, and when its time is up.
 */
import { NEVER } from './clock.js';

export type Wait =
  | { kind: 'input' }
  | { kind: 'event' }
  | { kind: 'poll'; deadline: number; awaitsInput: boolean }
  | { kind: 'futex'; address: number; bitset: number; deadline: number }
  /** `report`: where the time that was left is written when a signal comes early. */
  | { kind: 'sleep'; deadline: number; report: { address: number; wide: boolean } | undefined }
  /** `accepted`: signals that end the wait without a handler, for sigtimedwait; `info`: where they are told. */
  | { kind: 'signal'; accepted: bigint; info: number; deadline: number };

/** When it ends by itself; NEVER for one that only another thread or the host ends. */
export function deadlineOf(wait: Wait): number {
  return 'deadline' in wait ? wait.deadline : NEVER;
}

/** Whether a call that a signal interrupts can be made again as if nothing had happened. */
export function isRestartable(wait: Wait): boolean {
  return (
    wait.kind === 'input' || wait.kind === 'event' || (wait.kind === 'futex' && wait.deadline === Infinity)
  );
}

/** Whether input from the host would end it. */
export function awaitsInput(wait: Wait | undefined): boolean {
  return wait?.kind === 'input' || (wait?.kind === 'poll' && wait.awaitsInput);
}

/** Whether what another thread does may end it. */
export function awaitsEvent(wait: Wait | undefined): boolean {
  return wait?.kind === 'event' || wait?.kind === 'poll';
}
