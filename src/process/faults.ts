/** The signal a trap becomes. Source: sigaction(2), "The si_code field"; Linux, arch/{riscv,sparc}/kernel/traps. */
import type { Trap } from '../isa/core.js';
import type { CommonSignal } from './abi/signals.js';

const ILL_ILLOPC = 1;
const ILL_ILLTRP = 4;
const TRAP_BRKPT = 1;
const BUS_ADRALN = 1;
const SEGV_MAPERR = 1;
const SEGV_ACCERR = 2;
const FPE_INTDIV = 1;
const FPE_FLTDIV = 3;
const FPE_FLTOVF = 4;
const FPE_FLTUND = 5;
const FPE_FLTRES = 6;
const FPE_FLTINV = 7;

/** Bits of `flags` in the order of how much they say. */
const FLOAT_CODES = [
  [16, FPE_FLTINV],
  [4, FPE_FLTOVF],
  [2, FPE_FLTUND],
  [8, FPE_FLTDIV],
  [1, FPE_FLTRES],
] as const;

/** Its name, si_code and si_addr. */
export function faultSignal(trap: Trap): { signal: CommonSignal; code: number; address: number } {
  switch (trap.kind) {
    case 'memory': {
      if (trap.cause === 'misaligned') return { signal: 'SIGBUS', code: BUS_ADRALN, address: trap.address };
      const code = trap.cause === 'unmapped' ? SEGV_MAPERR : SEGV_ACCERR;
      return { signal: 'SIGSEGV', code, address: trap.address };
    }
    case 'break':
      return { signal: 'SIGTRAP', code: TRAP_BRKPT, address: trap.pc };
    case 'divide-by-zero':
      return { signal: 'SIGFPE', code: FPE_INTDIV, address: trap.pc };
    case 'float-exception': {
      const [, code] = FLOAT_CODES.find(([flag]) => (trap.flags & flag) !== 0) ?? [0, FPE_FLTINV];
      return { signal: 'SIGFPE', code, address: trap.pc };
    }
    case 'trap-instruction':
      return { signal: 'SIGILL', code: ILL_ILLTRP, address: trap.pc };
    case 'illegal':
    case 'syscall':
      return { signal: 'SIGILL', code: ILL_ILLOPC, address: trap.pc };
  }
}
