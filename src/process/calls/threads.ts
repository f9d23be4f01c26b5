/**
 * System calls about threads.
 *
 * Source: clone(2), futex(2), set_tid_address(2), set_robust_list(2), exit(2), sched_yield(2),
 * sched_getaffinity(2); rseq and membarrier are declined, which C libraries are prepared for.
 */
import { MemoryFault } from '../../isa/core.js';
import { NEVER, SECOND } from '../clock.js';
import type { Handlers, Kernel, Outcome } from './kernel.js';
import { readTimespec } from './time.js';

const CLONE_VM = 0x100;
const CLONE_THREAD = 0x10000;
const CLONE_SETTLS = 0x80000;
const CLONE_PARENT_SETTID = 0x100000;
const CLONE_CHILD_CLEARTID = 0x200000;
const CLONE_CHILD_SETTID = 0x1000000;

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
      return { value: kernel.wake(address, value | 0, ANY) };
    case FUTEX_WAKE_BITSET:
      return third === 0 ? { errno: 'EINVAL' } : { value: kernel.wake(address, value | 0, third >>> 0) };
    case FUTEX_CMP_REQUEUE:
      if (kernel.user.signed32(address) !== (third | 0)) return { errno: 'EAGAIN' };
      return { value: kernel.wake(address, value | 0, ANY, { count: fourth | 0, to: second }) };
    case FUTEX_REQUEUE:
      return { value: kernel.wake(address, value | 0, ANY, { count: fourth | 0, to: second }) };
    case FUTEX_WAKE_OP: {
      const old = kernel.user.signed32(second);
      const outcome = wakeOperation(old, third | 0);
      if (outcome === undefined) return { errno: 'ENOSYS' };
      kernel.user.put32(second, outcome.value);
      const woken = kernel.wake(address, value | 0, ANY);
      return { value: woken + (outcome.holds ? kernel.wake(second, fourth | 0, ANY) : 0) };
    }
    default:
      return { errno: 'ENOSYS' };
  }
}

/** As the kernel does with a new thread's number: there is one, told or not. */
function putIfPossible(kernel: Kernel, address: number, value: number): void {
  try {
    kernel.user.put32(address, value);
  } catch (error) {
    if (!(error instanceof MemoryFault)) throw error;
  }
}

export const threadCalls: Handlers = {
  clone(kernel, [flags, stack, parentTid, tls, childTid]) {
    // A child that shares nothing would be a second process.
    if ((flags & CLONE_THREAD) === 0 || (flags & CLONE_VM) === 0) {
      kernel.refuse('clone without CLONE_VM and CLONE_THREAD (fork)');
      return { errno: 'ENOSYS' };
    }
    const child = kernel.createThread({
      stack: stack === 0 ? undefined : stack,
      tls: (flags & CLONE_SETTLS) === 0 ? undefined : tls,
    });
    if (child === undefined) return { errno: 'EAGAIN' };
    if ((flags & CLONE_PARENT_SETTID) !== 0) putIfPossible(kernel, parentTid, child.id);
    if ((flags & CLONE_CHILD_SETTID) !== 0) putIfPossible(kernel, childTid, child.id);
    if ((flags & CLONE_CHILD_CLEARTID) !== 0) child.clearedAtExit = childTid;
    return 'done';
  },
  clone3: () => ({ errno: 'ENOSYS' }),
  rseq: () => ({ errno: 'ENOSYS' }),
  membarrier: () => ({ errno: 'ENOSYS' }),

  futex: (kernel, args) => futex(kernel, args, kernel.user.wordSize === 8),
  futex_time64: (kernel, args) => futex(kernel, args, true),

  set_tid_address(kernel, [address]) {
    kernel.thread.clearedAtExit = address;
    return { value: kernel.thread.id };
  },
  set_robust_list(kernel, [head]) {
    kernel.thread.robustList = head;
    return { value: 0 };
  },
  get_robust_list: () => ({ errno: 'EPERM' }),

  exit(kernel, [status]) {
    if (kernel.threads.length > 1) kernel.endThread();
    else kernel.endProcess(status & 0xff);
    return 'done';
  },
  exit_group(kernel, [status]) {
    kernel.endProcess(status & 0xff);
    return 'done';
  },

  sched_yield(kernel) {
    kernel.yield();
    return { value: 0 };
  },
  /** One processor. */
  sched_getaffinity(kernel, [, size, mask]) {
    const bytes = kernel.user.wordSize;
    if (size < bytes) return { errno: 'EINVAL' };
    kernel.user.putWord(mask, 1);
    return { value: bytes };
  },
  sched_setaffinity: () => ({ value: 0 }),
  sched_getscheduler: () => ({ value: 0 }),
  sched_setscheduler: () => ({ value: 0 }),
  sched_getparam(kernel, [, parameter]) {
    kernel.user.put32(parameter, 0);
    return { value: 0 };
  },
  sched_get_priority_max: () => ({ value: 0 }),
  sched_get_priority_min: () => ({ value: 0 }),
  sched_rr_get_interval: (kernel, [, at]) => {
    kernel.user.putWord(at, 0);
    kernel.user.putWord(at + kernel.user.wordSize, SECOND / 10);
    return { value: 0 };
  },
};
