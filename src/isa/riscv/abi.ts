/**
 * The ILP32 calling convention and the Linux system call convention.
 *
 * Source: RISC-V ELF psABI, "Register Convention"; Linux, arch/riscv (number in a7, arguments in a0..a5,
 * result or negated error number in a0).
 */
import type { SystemCallConvention } from '../isa.js';

export const REGISTER_NAMES = [
  'zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5',
  'a6', 'a7', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 't3', 't4', 't5', 't6',
]; // prettier-ignore

export const ZERO = 0;
export const RA = 1;
export const SP = 2;
export const GP = 3;
export const T1 = 6;
export const A0 = 10;
export const A7 = 17;

export const systemCalls: SystemCallConvention = {
  number: (core) => core.get(A7),
  argument: (core, index) => core.get(A0 + index) >>> 0,
  succeed: (core, value) => {
    core.set(A0, value);
  },
  fail: (core, errno) => {
    core.set(A0, -errno);
  },
};
