/**
 * Linux on SPARC: number in g1, arguments in o0..o5, result in o0; on failure the carry flag is set and o0
 * holds the error number. Source: syscall(2).
 */
import type { Core } from '../core.js';
import type { SystemCallConvention } from '../isa.js';
import { G1, O0 } from './abi.js';
import type { SparcHart } from './hart.js';

function finish(core: Core, value: number, failed: boolean): void {
  (core as SparcHart).setCarry(failed);
  core.set(O0, value);
}

export const systemCalls: SystemCallConvention = {
  number: (core) => core.get(G1),
  argument: (core, index) => core.get(O0 + index) >>> 0,
  succeed: (core, value) => {
    finish(core, value, false);
  },
  fail: (core, errno) => {
    finish(core, errno, true);
  },
};
