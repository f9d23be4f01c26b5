/**
 * How signals are asked for: flags of sigaction, ways to change a mask, the order of structures.
 *
 * Source: Linux, include/uapi/asm-generic/signal.h, arch/sparc/include/uapi/asm/signal.h.
 */
import type { AbiName } from './abi/index.js';
import type { SignalAction } from './signals.js';
import type { UserMemory } from './user-memory.js';

export interface SignalAbi {
  SA_SIGINFO: number;
  SA_ONSTACK: number;
  SA_RESTART: number;
  SA_NODEFER: number;
  SA_RESETHAND: number;
  SIG_BLOCK: number;
  SIG_UNBLOCK: number;
  SIG_SETMASK: number;
  /** Bytes an alternate stack has at least. */
  MINSIGSTKSZ: number;
  /** Whether struct sigaction has the restorer between flags and mask, and rt_sigaction takes another. */
  hasRestorer: boolean;
}

const GENERIC: SignalAbi = {
  SA_SIGINFO: 4,
  SA_ONSTACK: 0x08000000,
  SA_RESTART: 0x10000000,
  SA_NODEFER: 0x40000000,
  SA_RESETHAND: 0x80000000,
  SIG_BLOCK: 0,
  SIG_UNBLOCK: 1,
  SIG_SETMASK: 2,
  MINSIGSTKSZ: 2048,
  hasRestorer: false,
};

const SPARC: SignalAbi = {
  SA_SIGINFO: 0x200,
  SA_ONSTACK: 1,
  SA_RESTART: 2,
  SA_NODEFER: 0x20,
  SA_RESETHAND: 4,
  SIG_BLOCK: 1,
  SIG_UNBLOCK: 2,
  SIG_SETMASK: 4,
  MINSIGSTKSZ: 4096,
  hasRestorer: true,
};

export const signalAbi = (name: AbiName): SignalAbi => (name === 'sparc32' ? SPARC : GENERIC);

/** struct sigaction as rt_sigaction takes it. @throws MemoryFault */
export function readAction(user: UserMemory, at: number, { hasRestorer }: SignalAbi): SignalAction {
  const word = user.wordSize;
  return {
    handler: user.word(at),
    flags: user.unsigned32(user.memory.bigEndian ? at + 2 * word - 4 : at + word),
    restorer: hasRestorer ? user.word(at + 2 * word) : 0,
    mask: user.signalSet(at + (hasRestorer ? 3 : 2) * word),
  };
}

/** @throws MemoryFault */
export function writeAction(
  user: UserMemory,
  at: number,
  action: SignalAction,
  { hasRestorer }: SignalAbi,
): void {
  const word = user.wordSize;
  user.putWord(at, action.handler);
  user.putWord(at + word, action.flags);
  if (hasRestorer) user.putWord(at + 2 * word, action.restorer);
  user.putSignalSet(at + (hasRestorer ? 3 : 2) * word, action.mask);
}
