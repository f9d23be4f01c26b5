/**
 * System calls about the process and the machine it seems to run on.
 *
 * Source: uname(2), getpid(2), getuid(2), getrlimit(2), sysinfo(2), getrandom(2), prctl(2), getpriority(2).
 */
import { PAGE_SIZE } from '../../machine/memory.js';
import { STACK_SIZE } from '../address-space.js';
import { SECOND } from '../clock.js';
import { USER } from '../initial-stack.js';
import type { Handler, Handlers, Kernel, Outcome } from './kernel.js';

const PARENT = 1;

const UTSNAME_FIELD = 65;
const MACHINES = { riscv32: 'riscv32', riscv64: 'riscv64', sparc32: 'sparc' };

const RLIMIT_STACK = 3;
/** RLIMIT_NOFILE is numbered differently on SPARC. */
const RLIMIT_NOFILE = { riscv32: 7, riscv64: 7, sparc32: 6 };
const LAST_RESOURCE = 15;
const OPEN_FILES = 1024;

const PR_SET_NAME = 15;
const PR_GET_NAME = 16;
const NAME_SIZE = 16;

const LARGEST_RANDOM = 0x1ffffff;

const same =
  (value: number): Handler =>
  () => ({ value });

/** undefined for a resource there is not; Infinity for no limit. */
function limitOf(kernel: Kernel, resource: number): number | undefined {
  if (resource < 0 || resource > LAST_RESOURCE) return undefined;
  if (resource === RLIMIT_STACK) return STACK_SIZE;
  return resource === RLIMIT_NOFILE[kernel.abi.name] ? OPEN_FILES : Infinity;
}

function getLimit(kernel: Kernel, resource: number, at: number, wide: boolean): Outcome {
  const limit = limitOf(kernel, resource);
  if (limit === undefined) return { errno: 'EINVAL' };
  if (at === 0) return { value: 0 };
  // All ones mean no limit, except where SPARC's 32-bit calls stop short of the sign.
  const unlimited = wide || kernel.abi.name !== 'sparc32' ? -1 : 0x7fffffff;
  const value = limit === Infinity ? unlimited : limit;
  for (const i of [0, 1]) {
    if (wide) kernel.user.put64(at + 8 * i, value);
    else kernel.user.put32(at + 4 * i, value);
  }
  return { value: 0 };
}

const isWide = (kernel: Kernel): boolean => kernel.user.wordSize === 8;

export const identityCalls: Handlers = {
  uname(kernel, [at]) {
    const fields = ['Linux', 'suture', '6.1.0', '#1', MACHINES[kernel.abi.name], '(none)'];
    const bytes = new Uint8Array(fields.length * UTSNAME_FIELD);
    for (const [i, field] of fields.entries()) bytes.set(new TextEncoder().encode(field), i * UTSNAME_FIELD);
    kernel.user.write(at, bytes);
    return { value: 0 };
  },

  getpid: (kernel) => ({ value: kernel.id, second: PARENT }),
  gettid: (kernel) => ({ value: kernel.thread.id }),
  getppid: same(PARENT),
  getpgrp: (kernel) => ({ value: kernel.id }),
  getpgid: (kernel) => ({ value: kernel.id }),
  getsid: (kernel) => ({ value: kernel.id }),
  getuid: same(USER),
  geteuid: same(USER),
  getgid: same(USER),
  getegid: same(USER),
  getuid32: same(USER),
  geteuid32: same(USER),
  getgid32: same(USER),
  getegid32: same(USER),
  getpriority: same(20),
  getcpu(kernel, [cpu, node]) {
    if (cpu !== 0) kernel.user.put32(cpu, 0);
    if (node !== 0) kernel.user.put32(node, 0);
    return { value: 0 };
  },
  personality: same(0),
  getpagesize: same(PAGE_SIZE),

  prlimit64: (kernel, [id, resource, , old]) =>
    id === 0 || id === kernel.id ? getLimit(kernel, resource | 0, old, true) : { errno: 'ESRCH' },
  getrlimit: (kernel, [resource, at]) => getLimit(kernel, resource | 0, at, isWide(kernel)),
  setrlimit: (kernel, [resource]) =>
    limitOf(kernel, resource | 0) === undefined ? { errno: 'EINVAL' } : { value: 0 },

  sysinfo(kernel, [at]) {
    const word = kernel.user.wordSize;
    const words = 14;
    kernel.user.write(at, new Uint8Array(word === 8 ? words * word : 64));
    kernel.user.putWord(at, Math.floor(kernel.now() / SECOND));
    const total = 4 * word;
    for (const i of [0, 1]) kernel.user.putWord(at + total + i * word, kernel.space.limit);
    // mem_unit, after the counts of processes and of high memory.
    kernel.user.put32(at + (word === 8 ? 104 : 52), 1);
    return { value: 0 };
  },

  getrandom(kernel, [at, count]) {
    if (count < 0) return { errno: 'EFAULT' };
    const length = Math.min(count, LARGEST_RANDOM);
    // Looked at before the numbers are drawn, so that a bad buffer does not use them up.
    kernel.user.checkWritable(at, length);
    kernel.user.write(at, kernel.random(length));
    return { value: length };
  },

  prctl(kernel, [option, at]) {
    if (option === PR_SET_NAME) {
      kernel.thread.name = kernel.user.read(at, NAME_SIZE);
      return { value: 0 };
    }
    if (option === PR_GET_NAME) {
      kernel.user.write(at, kernel.thread.name);
      return { value: 0 };
    }
    return { errno: 'EINVAL' };
  },
};
