/** What a system call may answer, and what its handlers are. */

/**
 * Why a thread cannot go on yet.
 *
 * `input`: the host has given nothing to read. `event`: another thread must act first (a pipe is empty or full).
 * After both the call is made again. `futex` and `sleep` end with a result instead; a deadline is in
 * nanoseconds of the process's clock. `signal`: only a signal handler ends it.
 */
export type Wait =
  | { kind: 'input' }
  | { kind: 'event' }
  | { kind: 'futex'; address: number; bitset: number; deadline: number }
  | { kind: 'sleep'; deadline: number; remaining: number }
  | { kind: 'signal' };
