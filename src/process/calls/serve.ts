/** Finds the handler of a system call; what is not offered answers ENOSYS and is named once to the log. */
import { MemoryFault } from '../../isa/core.js';
import { fileCalls } from './files.js';
import { futexCalls } from './futex.js';
import { identityCalls } from './identity.js';
import type { Arguments } from './handler.js';
import type { Handlers, Kernel, Outcome } from './kernel.js';
import { memoryCalls } from './memory.js';
import { signalCalls } from './signals.js';
import { pollCalls } from './poll.js';
import { threadCalls } from './threads.js';
import { timeCalls } from './time.js';

const handlers: Handlers = {
  ...fileCalls,
  ...pollCalls,
  ...memoryCalls,
  ...threadCalls,
  ...futexCalls,
  ...signalCalls,
  ...timeCalls,
  ...identityCalls,
};

/** A bad address is the caller's mistake: EFAULT. */
export function serve(kernel: Kernel, number: number, args: Arguments): Outcome {
  const name = kernel.abi.calls.get(number);
  const handler = name === undefined ? undefined : handlers[name];
  if (handler === undefined) {
    kernel.refuse(`system call ${number}${name === undefined ? '' : ` (${name})`}`);
    return { errno: 'ENOSYS' };
  }
  try {
    return handler(kernel, args);
  } catch (error) {
    if (error instanceof MemoryFault) return { errno: 'EFAULT' };
    throw error;
  }
}
