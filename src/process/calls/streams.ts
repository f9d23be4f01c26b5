import type { Handlers } from './kernel.js';
const LARGEST_TRANSFER = 0x7ffff000;
export const streamCalls: Handlers = {
  read(caller, [descriptor, address, count]) {
    if (descriptor !== 0) return { errno: 'EBADF' };
    const wanted = Math.min(count, LARGEST_TRANSFER);
    if (wanted === 0) return { value: 0 };
    // Before the bytes are taken from the stream: a bad buffer must not lose them.
    caller.memory.checkWritable(address);
    const bytes = caller.input.take(Math.min(wanted, caller.contiguous(address, wanted)));
    if (bytes === undefined) return { wait: { kind: 'input' } };
    caller.memory.write(address, bytes);
    return { value: bytes.length };
  },

  write(caller, [descriptor, address, count]) {
    if (descriptor !== 1 && descriptor !== 2) return { errno: 'EBADF' };
    const bytes = caller.memory.read(address, caller.contiguous(address, Math.min(count, LARGEST_TRANSFER)));
    if (bytes.length === 0 && count > 0) return { errno: 'EFAULT' };
    caller.output(descriptor, bytes);
    return { value: bytes.length };
  },
};
