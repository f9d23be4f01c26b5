/** Linux on RISC-V: number in a7, arguments in a0..a5, result or negated error number in a0. Source: syscall(2). */
import type { SystemCallConvention } from '../isa.js';
import { A0, A7, SP, TP } from './abi.js';
import type { Xlen } from './table.js';

export const systemCalls = (xlen: Xlen): SystemCallConvention => ({
  number: (core) => core.get(A7),
  argument: (core, index) => (xlen === 64 ? core.get(A0 + index) : core.get(A0 + index) >>> 0),
  succeed: (core, value) => {
    core.set(A0, value);
  },
  fail: (core, errno) => {
    core.set(A0, -errno);
  },
  clone: (parent, bus, { stack, tls, childId }) => {
    const child = parent.fork(bus);
    if (stack !== undefined) child.set(SP, stack);
    if (tls !== undefined) child.set(TP, tls);
    child.set(A0, 0);
    parent.set(A0, childId);
    for (const core of [parent, child]) core.finishSyscall();
    return child;
  },
});
