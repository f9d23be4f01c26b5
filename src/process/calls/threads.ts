/**
 * System calls about threads.
 *
 * Source: clone(2), set_tid_address(2), set_robust_list(2), exit(2), sched_yield(2),
 * sched_getaffinity(2); rseq and membarrier are declined, which C libraries are prepared for.
 */
import { SECOND } from '../clock.js';
import type { Handlers } from './kernel.js';

const CLONE_VM = 0x100;
const CLONE_THREAD = 0x10000;
const CLONE_SETTLS = 0x80000;
const CLONE_PARENT_SETTID = 0x100000;
const CLONE_CHILD_CLEARTID = 0x200000;
const CLONE_CHILD_SETTID = 0x1000000;

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
    if ((flags & CLONE_PARENT_SETTID) !== 0) kernel.user.tryPut32(parentTid, child.id);
    if ((flags & CLONE_CHILD_SETTID) !== 0) kernel.user.tryPut32(childTid, child.id);
    if ((flags & CLONE_CHILD_CLEARTID) !== 0) child.clearedAtExit = childTid;
    return 'done';
  },
  clone3: () => ({ errno: 'ENOSYS' }),
  rseq: () => ({ errno: 'ENOSYS' }),
  membarrier: () => ({ errno: 'ENOSYS' }),

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
