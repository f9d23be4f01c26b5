/**
 * Futexes: words of memory at which threads wait for each other.
 *
 * Source: futex(2).
 */
import { NEVER } from '../clock.js';
import type { Thread } from '../thread.js';
import type { Handlers, Kernel, Outcome } from './kernel.js';
import { readTimespec } from './time.js';

const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const FUTEX_REQUEUE = 3;
const FUTEX_CMP_REQUEUE = 4;
const FUTEX_WAKE_OP = 5;
const FUTEX_WAIT_BITSET = 9;
const FUTEX_WAKE_BITSET = 10;
const FUTEX_CLOCK_REALTIME = 256;
const COMMAND = 0x7f;
const ANY = 0xffffffff;

const ALIGNED = 3;

/** What FUTEX_WAKE_OP does to the second word, and what it compares the old value with. */
function wakeOperation(old: number, encoded: number): { value: number; holds: boolean } | undefined {
  const SHIFT = 8;
  const operation = (encoded >>> 28) & 0xf;
  const comparison = (encoded >>> 24) & 0xf;
  const argument = (encoded << 8) >> 20;
  const compared = (encoded << 20) >> 20;
  const operand = (operation & SHIFT) === 0 ? argument : 1 << (argument & 31);
  const results = [operand, (old + operand) | 0, old | operand, old & ~operand, old ^ operand];
  const tests = [
    old === compared,
    old !== compared,
    old < compared,
    old <= compared,
    old > compared,
    old >= compared,
  ];
  const value = results[operation & (SHIFT - 1)];
  const holds = tests[comparison];
  return value === undefined || holds === undefined ? undefined : { value, holds };
}

/**
 * Wakes up to `count` of the threads that wait at an address, longest first, and lets up to `moved` others wait at
 * another one. Returns how many that were.
 */
function wake(
  threads: readonly Thread[],
  address: number,
  count: number,
  bitset: number,
  moved?: { count: number; to: number },
): number {
  const waiting = threads
    .filter(({ wait }) => wait?.kind === 'futex' && wait.address === address && (wait.bitset & bitset) !== 0)
    .sort((a, b) => a.waitingSince - b.waitingSince);
  const woken = waiting.slice(0, Math.max(0, count));
  for (const thread of woken) thread.endWait({ value: 0 });
  const others = moved === undefined ? [] : waiting.slice(woken.length).slice(0, Math.max(0, moved.count));
  for (const thread of others) {
    if (thread.wait?.kind === 'futex') thread.wait = { ...thread.wait, address: moved!.to };
  }
  return woken.length + others.length;
}

/** Wakes the thread that has waited longest, as the end of a thread does, see set_tid_address(2). */
export const wakeOne = (threads: readonly Thread[], address: number): number =>
  wake(threads, address, 1, ANY);

function waitAt(
  kernel: Kernel,
  address: number,
  expected: number,
  bitset: number,
  deadline: number,
): Outcome {
  if (bitset === 0) return { errno: 'EINVAL' };
  if (kernel.user.signed32(address) !== (expected | 0)) return { errno: 'EAGAIN' };
  if (deadline <= kernel.now()) return { errno: 'ETIMEDOUT' };
  return { wait: { kind: 'futex', address, bitset, deadline } };
}

function futex(kernel: Kernel, args: readonly number[], wide: boolean): Outcome {
  const [address = 0, operation = 0, value = 0, fourth = 0, second = 0, third = 0] = args;
  const command = operation & COMMAND;
  if ((address & ALIGNED) !== 0) return { errno: 'EINVAL' };
  switch (command) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET: {
      const time = fourth === 0 ? undefined : readTimespec(kernel.user, fourth, wide);
      if (time === null) return { errno: 'EINVAL' };
      const relative = command === FUTEX_WAIT ? kernel.now() : 0;
      const since = (operation & FUTEX_CLOCK_REALTIME) === 0 ? 0 : kernel.epoch;
      const deadline = time === undefined ? NEVER : relative + time - since;
      return waitAt(kernel, address, value, command === FUTEX_WAIT ? ANY : third >>> 0, deadline);
    }
    case FUTEX_WAKE:
      return { value: wake(kernel.threads, address, value | 0, ANY) };
    case FUTEX_WAKE_BITSET:
      return third === 0
        ? { errno: 'EINVAL' }
        : { value: wake(kernel.threads, address, value | 0, third >>> 0) };
    case FUTEX_CMP_REQUEUE:
      if (kernel.user.signed32(address) !== (third | 0)) return { errno: 'EAGAIN' };
      return { value: wake(kernel.threads, address, value | 0, ANY, { count: fourth | 0, to: second }) };
    case FUTEX_REQUEUE:
      return { value: wake(kernel.threads, address, value | 0, ANY, { count: fourth | 0, to: second }) };
    case FUTEX_WAKE_OP: {
      const old = kernel.user.signed32(second);
      const outcome = wakeOperation(old, third | 0);
      if (outcome === undefined) return { errno: 'ENOSYS' };
      kernel.user.put32(second, outcome.value);
      const woken = wake(kernel.threads, address, value | 0, ANY);
      return { value: woken + (outcome.holds ? wake(kernel.threads, second, fourth | 0, ANY) : 0) };
    }
    default:
      return { errno: 'ENOSYS' };
  }
}

export const futexCalls: Handlers = {
  futex: (kernel, args) => futex(kernel, args, kernel.user.wordSize === 8),
  futex_time64: (kernel, args) => futex(kernel, args, true),
};
