/**
 * Runs a signal handler in a process from outside, as if its signal had come at this instruction.
 *
 * The kernel's frame goes on a stack of its own, so that none of the program's changes, every signal waits meanwhile, and sigreturn brings back what was
 * interrupted: also a system call that waits, which a real signal would have ended. The handler's instructions take
 * time as all others do.
 */
import { checkCount } from '../isa/count.js';
import { encodeSignalInfo, SI_USER } from './signals.js';
import type { Process } from './process.js';

export interface HandlerStart {
  /** Address of a handler that takes information (SA_SIGINFO). */
  handler: number;
  signal: number;
  /** First address above the stack it runs on, as if the program had given it an alternate one. */
  stackTop: number;
  /** Instructions it may take. */
  limit: number;
}

export interface HandlerOutcome {
  end: 'returned' | 'limit' | 'ended';
  /** From its first instruction to sigreturn, both included. */
  instructions: number;
}

const ALL_SIGNALS = (1n << 64n) - 1n;
/** Instructions of the code that handlers return to. */
const RETURN_CODE = 2;

/**
 * Of SPARC's register windows, those still in the file are spilled to where they belong, as for every signal.
 *
 * @throws MemoryFault when the stack cannot take the signal's frame, RangeError for a limit that is no whole number;
 * nothing has happened then.
 */
export function runHandler(
  process: Process,
  { handler, signal, stackTop, limit }: HandlerStart,
): HandlerOutcome {
  checkCount('the limit of a handler', limit);
  const { thread, isa } = process;
  const { core } = thread;
  const { returnPage } = process.space;
  const { wait, looksAgain, result, blocked, blockedAfterSuspend, deadline } = thread;
  const alternate = thread.alternateStack;
  isa.signalFrames.push(core, process.memory, {
    number: signal,
    handler,
    wantsInfo: true,
    info: encodeSignalInfo(process.abi, { number: signal, code: SI_USER, sender: process.id }),
    blocked,
    stackTop,
    stackStart: undefined,
    alternateStack: { start: alternate?.start ?? 0, size: alternate?.size ?? 0, flags: 0 },
    restorer: 0,
    returnPage,
  });
  Object.assign(thread, { wait: undefined, looksAgain: false, result: undefined, deadline: undefined });
  thread.blockedAfterSuspend = undefined;
  thread.blocked = ALL_SIGNALS & ~process.signals.untouchable;
  const start = process.instructions;
  core.setBreakpoint(returnPage);
  const stop = process.run(start + limit);
  core.clearBreakpoint(returnPage);
  if (stop.kind !== 'breakpoint') {
    return { end: stop.kind === 'limit' ? 'limit' : 'ended', instructions: process.instructions - start };
  }
  process.run(process.instructions + RETURN_CODE);
  Object.assign(thread, { wait, looksAgain, result, blocked, blockedAfterSuspend, deadline });
  return { end: 'returned', instructions: process.instructions - start };
}
