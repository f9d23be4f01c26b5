/** Finds the handler of a system call; what is not offered answers ENOSYS and is named once to the log. */
import { MemoryFault } from '../../isa/core.js';
import { identityCalls } from './identity.js';
import type { Arguments, Handlers, Kernel, Outcome } from './kernel.js';
import { memoryCalls } from './memory.js';
import { signalCalls } from './signals.js';
import { streamCalls } from './streams.js';
import { threadCalls } from './threads.js';
import { timeCalls } from './time.js';

const handlers: Handlers = {
  ...streamCalls,
  ...memoryCalls,
  ...threadCalls,
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
