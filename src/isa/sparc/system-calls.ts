/**
 * Linux on SPARC: number in g1, arguments in o0..o5, result in o0; on failure the carry flag is set and o0
 * holds the error number. Source: syscall(2).
 */
import type { Core } from '../core.js';
import type { SystemCallConvention } from '../isa.js';
import { G1, G7, O0, SP } from './abi.js';
import type { SparcHart } from './hart.js';

const STACK_ALIGNMENT = -8;

function finish(core: Core, value: number, failed: boolean): void {
  (core as SparcHart).setCarry(failed);
  core.set(O0, value);
}

export const systemCalls: SystemCallConvention = {
  number: (core) => core.get(G1),
  argument: (core, index) => core.get(O0 + index) >>> 0,
  succeed: (core, value, second) => {
    finish(core, value, false);
    if (second !== undefined) core.set(O0 + 1, second);
  },
  fail: (core, errno) => {
    finish(core, errno, true);
  },
  // Both return the other's number; the second register tells the child from its parent.
  clone: (parent, bus, { stack, tls, parentId, childId }) => {
    (parent as SparcHart).flushWindows();
    const child = parent.fork(bus);
    if (stack !== undefined) child.set(SP, stack & STACK_ALIGNMENT);
    if (tls !== undefined) child.set(G7, tls);
    finish(parent, childId, false);
    parent.set(O0 + 1, 0);
    finish(child, parentId, false);
    child.set(O0 + 1, 1);
    for (const core of [parent, child]) core.finishSyscall();
    return child;
  },
};
