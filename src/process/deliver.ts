/**
 * How a signal reaches its handler, or does what happens without one.
 *
 * Source: signal(7), sigaction(2), sigreturn(2).
 */
import { MemoryFault, type Trap } from '../isa/core.js';
import { defaultAction, signalName } from './abi/signals.js';
import type { AddressSpace } from './address-space.js';
import type { Kernel } from './calls/kernel.js';
import { writeTimespec } from './calls/time.js';
import { faultSignal } from './faults.js';
import type { Death } from './options.js';
import { signalAbi } from './signal-abi.js';
import {
  bitOf,
  DEFAULT_ACTION,
  encodeSignalInfo,
  SIG_DFL,
  SIG_IGN,
  type SignalAction,
  type SignalInfo,
} from './signals.js';
import { finishCall, type Caller } from './system-call.js';
import type { Thread } from './thread.js';
import { isRestartable, type Wait } from './wait.js';

const SS_ONSTACK = 1;
const SS_DISABLE = 2;

/** The process, with the thread that is about to run. */
export interface Receiver
  extends Pick<Kernel, 'memory' | 'user' | 'signals' | 'now' | 'refuse' | 'stackPointer'>, Caller {
  readonly space: AddressSpace;
  readonly hasEnded: boolean;
  canRun(thread: Thread): boolean;
  kill(death: Death): void;
}

/** Whether the thread must not simply go on: a handler was started, it still waits, or the process has ended. */
export function takeSignals(process: Receiver): boolean {
  const { thread } = process;
  let handled = false;
  while (!process.hasEnded) {
    const { wait } = thread;
    const accepted = wait?.kind === 'signal' ? process.signals.takeFor(thread, wait.accepted) : undefined;
    if (accepted !== undefined) {
      acceptSignal(process, accepted);
      return true;
    }
    const info = process.signals.takeFor(thread, ~thread.blocked);
    if (info === undefined) break;
    const name = signalName(process.abi.signals, info.number) ?? String(info.number);
    const action = process.signals.action(info.number);
    if (process.signals.isIgnored(info.number)) continue;
    process.trace?.({ kind: 'signal', thread: thread.id, name });
    if (action.handler !== SIG_DFL) {
      startHandler(process, info, action);
      handled = true;
    } else if (defaultAction(process.abi.signals, info.number) === 'stop') {
      process.refuse(`stopping on ${name}`);
    } else {
      process.kill({ kind: 'killed', signal: name, number: info.number, trap: undefined });
    }
  }
  return handled || process.hasEnded || !(thread.wait === undefined || process.canRun(thread));
}

/** Ends a sigtimedwait. */
function acceptSignal(process: Receiver, info: SignalInfo): void {
  const { thread } = process;
  const at = thread.wait?.kind === 'signal' ? thread.wait.info : 0;
  try {
    if (at !== 0) process.user.write(at, encodeSignalInfo(process.abi, info));
    thread.endWait({ value: info.number });
  } catch (error) {
    if (!(error instanceof MemoryFault)) throw error;
    thread.endWait({ errno: 'EFAULT' });
  }
}

function startHandler(process: Receiver, info: SignalInfo, action: SignalAction): void {
  const { thread } = process;
  const flags = signalAbi(process.abi.name);
  const has = (flag: number): boolean => (action.flags & flag) !== 0;
  interrupt(process, has(flags.SA_RESTART));
  const stack = thread.alternateStack;
  const onAlternate = thread.isOnAlternateStack(process.stackPointer());
  const switches = has(flags.SA_ONSTACK) && stack !== undefined && !onAlternate;
  try {
    process.isa.signalFrames.push(thread.core, process.memory, {
      number: info.number,
      handler: action.handler,
      wantsInfo: has(flags.SA_SIGINFO),
      info: encodeSignalInfo(process.abi, info),
      blocked: thread.blockedAfterSuspend ?? thread.blocked,
      stackTop: switches ? stack.start + stack.size : undefined,
      stackStart: onAlternate ? stack?.start : undefined,
      alternateStack: {
        start: stack?.start ?? 0,
        size: stack?.size ?? 0,
        flags: stack === undefined ? SS_DISABLE : onAlternate ? SS_ONSTACK : 0,
      },
      restorer: action.restorer,
      returnPage: process.space.returnPage,
    });
  } catch (error) {
    stackFault(process, error, info.number);
    return;
  }
  thread.core.endReservation();
  thread.blockedAfterSuspend = undefined;
  const itself = has(flags.SA_NODEFER) ? 0n : bitOf(info.number);
  thread.blocked = (thread.blocked | action.mask | itself) & ~process.signals.untouchable;
  if (has(flags.SA_RESETHAND)) process.signals.setAction(info.number, DEFAULT_ACTION);
}

/** A handler is about to start: the call its thread waits in is made again afterwards, or has failed. */
function interrupt(process: Receiver, restart: boolean): void {
  const { thread } = process;
  const { wait } = thread;
  if (wait === undefined) return;
  thread.wait = undefined;
  thread.looksAgain = false;
  thread.deadline = undefined;
  if (restart && isRestartable(wait)) return;
  finishCall(process, { errno: reportTimeLeft(process, wait) ? 'EINTR' : 'EFAULT' });
}

/** Whether the guest could be told, if it asked to be. */
function reportTimeLeft(process: Receiver, wait: Wait): boolean {
  if (wait.kind !== 'sleep' || wait.report === undefined) return true;
  const { address, wide } = wait.report;
  try {
    writeTimespec(process.user, address, Math.max(0, wait.deadline - process.now()), wide);
    return true;
  } catch (error) {
    if (!(error instanceof MemoryFault)) throw error;
    return false;
  }
}

export function fault(process: Receiver, trap: Trap): void {
  const { thread } = process;
  const { signal, code, address } = faultSignal(trap);
  const number = process.abi.signals[signal];
  const action = process.signals.action(number);
  const caught = action.handler !== SIG_DFL && action.handler !== SIG_IGN;
  if (caught && (thread.blocked & bitOf(number)) === 0n) {
    process.trace?.({ kind: 'signal', thread: thread.id, name: signal });
    startHandler(process, { number, code, address }, action);
  } else process.kill({ kind: 'killed', signal, number, trap });
}

/**
 * The stack cannot take or give back a signal frame, which is a fault of its own; there is no second one for
 * that signal itself. @throws whatever is not a guest's fault.
 */
function stackFault(process: Receiver, error: unknown, signal?: number): void {
  if (!(error instanceof MemoryFault)) throw error;
  const { access, address, cause_: cause } = error;
  const trap: Trap = { kind: 'memory', pc: process.thread.core.pc, access, address, cause };
  const number = process.abi.signals.SIGSEGV;
  if (signal === number) process.kill({ kind: 'killed', signal: 'SIGSEGV', number, trap });
  else fault(process, trap);
}

/** Lets the thread go on where the frame at its stack pointer says. */
export function returnFromSignal(process: Receiver, hasInfo: boolean): void {
  const { thread } = process;
  const { core } = thread;
  try {
    const blocked = process.isa.signalFrames.pop(core, process.memory, hasInfo);
    thread.blocked = blocked & ~process.signals.untouchable;
    core.endReservation();
  } catch (error) {
    stackFault(process, error);
  }
}
