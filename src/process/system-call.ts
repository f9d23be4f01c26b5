/** A system call from the instruction that asks for it to its result in registers. */
import type { Isa } from '../isa/index.js';
import type { Arguments } from './calls/handler.js';
import type { Kernel } from './calls/kernel.js';
import { serve } from './calls/serve.js';
import type { TraceEvent } from './options.js';
import type { ThreadGroup } from './thread-group.js';
import type { Result } from './thread.js';
import { awaitsEvent } from './wait.js';

/** The process, with the thread that calls. */
export interface Caller extends Pick<Kernel, 'abi' | 'thread'> {
  readonly isa: Isa;
  /** Told about every system call when it ends and every signal when it is taken. */
  readonly trace: ((event: TraceEvent) => void) | undefined;
}

/** Carries out the call at pc of the current thread, or lets it wait. */
export function systemCall(process: Kernel & Caller & { readonly group: ThreadGroup }): void {
  const { thread } = process;
  const { number, args } = callAtPc(process);
  const outcome = serve(process, number, args);
  if (outcome === 'done') {
    traceCall(process, number, args, '?');
    return;
  }
  if ('wait' in outcome) {
    process.group.beginWait(thread, outcome.wait);
    return;
  }
  thread.endCall();
  finishCall(process, outcome);
  if ('signal' in outcome) {
    const number = process.abi.signals[outcome.signal];
    process.signals.send({ number, code: 0, sender: process.id }, thread);
  }
  // Something happened: who waits for that looks again.
  for (const other of process.threads) if (awaitsEvent(other.wait)) other.looksAgain = true;
}

/** Retires the call at pc of the current thread. */
export function finishCall(process: Caller, result: Result): void {
  const { core } = process.thread;
  const { systemCalls } = process.isa;
  if (process.trace !== undefined) {
    const { number, args } = callAtPc(process);
    traceCall(process, number, args, 'errno' in result ? result.errno : result.value);
  }
  if ('errno' in result) systemCalls.fail(core, process.abi.errors[result.errno]);
  else systemCalls.succeed(core, result.value, result.second);
  core.finishSyscall();
}

function callAtPc({ isa: { systemCalls }, thread: { core } }: Caller): { number: number; args: Arguments } {
  const argument = (i: number): number => systemCalls.argument(core, i);
  const args: Arguments = [argument(0), argument(1), argument(2), argument(3), argument(4), argument(5)];
  return { number: systemCalls.number(core), args };
}

function traceCall(process: Caller, number: number, args: Arguments, result: number | string): void {
  const name = process.abi.calls.get(number) ?? `call ${number}`;
  process.trace?.({ kind: 'call', thread: process.thread.id, name, args, result });
}
