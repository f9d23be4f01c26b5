/**
 * Calls a procedure of a process from outside, while its threads stand still.
 *
 * It runs on a hart that did not exist before, with a stack of its own: not one register, window or stack byte of
 * a thread takes part, and no time passes. Memory is the process's; what the call writes there is told, so that it
 * can be undone.
 *
 * The call may write to standard output and error; it is handed over, for whoever decides whether it has happened.
 * Every other system call ends it: there is nobody who could wake a procedure that waits, and nothing that the
 * kernel did for it could be undone. It returns into a page that cannot be executed, and is caught there.
 */
import { MemoryFault, type Trap } from '../isa/core.js';
import { checkCount } from '../isa/count.js';
import type { Isa } from '../isa/index.js';
import type { Observer } from '../isa/observer.js';
import { PAGE_SIZE } from '../machine/memory.js';
import type { Process } from './process.js';

export interface OutsideCall {
  /** Address of the procedure. */
  address: number;
  args: readonly number[];
  /** Memory it has for its stack; the lowest page is the guard and what it returns to. */
  stack: { start: number; end: number };
  /** Instructions it may take. */
  limit: number;
  /** Who is told what it reads and writes; nobody unless given. */
  observer?: Observer;
}

/** How a call ended: with a result, or with what went wrong. */
export type CallEnd =
  | { kind: 'returned'; value: number }
  | { kind: 'trap'; trap: Trap }
  /** It made a system call that is not offered here. */
  | { kind: 'system-call'; pc: number; name: string }
  /** It did not return within its limit. */
  | { kind: 'limit'; pc: number };

export interface CallOutcome {
  end: CallEnd;
  /** Instructions it took; they are in no count of the process. */
  instructions: number;
  /** Memory it changed, outside of its stack: runs of words as they were before, ascending. */
  written: { address: number; before: Uint8Array }[];
  /** What it wrote to standard output (1) and error (2). */
  output: { stream: 1 | 2; bytes: Uint8Array }[];
}

/** Bytes that one call may write altogether. */
export const MOST_OUTPUT = 1 << 20;
const WORD = 4;

/**
 * The hart is the interpreter's whatever engine the threads have: it is fresh, and gone afterwards.
 *
 * @throws RangeError for a limit that is no whole number.
 */
export function callProcedure(process: Process, call: OutsideCall): CallOutcome {
  checkCount('the limit of a call', call.limit);
  const { isa, memory } = process;
  const { stack } = call;
  const thread = callerIn(process);
  if (thread === undefined) throw new Error(`${process.name} has no thread to call a procedure for`);
  const before = memory.snapshot();
  const { observer } = memory;
  // Whoever observes the program does not want to be told of what is no part of it.
  memory.observer = call.observer;
  const core = isa.createCore(memory);
  const returnsTo = stack.start;
  isa.beginCall(core, thread.core, { ...call, stackTop: stack.end, returnsTo });
  const output: CallOutcome['output'] = [];
  let room = MOST_OUTPUT;
  const end = ((): CallEnd => {
    for (;;) {
      const stop = core.run(call.limit);
      if (stop.kind === 'limit') return { kind: 'limit', pc: core.pc };
      if (stop.kind === 'memory' && stop.access === 'fetch' && stop.pc === returnsTo)
        return { kind: 'returned', value: isa.callResult(core) };
      if (stop.kind === 'breakpoint') throw new Error('a hart that nobody else has met a breakpoint');
      if (stop.kind !== 'syscall') return { kind: 'trap', trap: stop };
      const number = isa.systemCalls.number(core);
      const name = process.abi.calls.get(number) ?? `call ${number}`;
      const written = name === 'write' ? writeCall(process, core, room) : undefined;
      if (written === undefined) return { kind: 'system-call', pc: stop.pc, name };
      output.push(written);
      room -= written.bytes.length;
      isa.systemCalls.succeed(core, written.bytes.length);
      core.finishSyscall();
    }
  })();
  memory.observer = observer;
  const written = memory
    .changedPages(before)
    .filter((page) => page < stack.start || page >= stack.end)
    .flatMap((page) =>
      changes(page, before.pages.words(page / PAGE_SIZE), memory.read(page, PAGE_SIZE), isa),
    );
  return { end, instructions: core.retired, written, output };
}

/** The thread with whose registers a procedure begins. */
export const callerIn = ({ threads, thread }: Process): Process['thread'] | undefined =>
  threads.includes(thread) ? thread : threads[0];

/** A write to a standard stream; undefined when it is another one, or cannot be carried out. */
function writeCall(
  process: Process,
  core: Process['core'],
  room: number,
): CallOutcome['output'][number] | undefined {
  const [descriptor, address, length] = [0, 1, 2].map((i) => process.isa.systemCalls.argument(core, i));
  if ((descriptor !== 1 && descriptor !== 2) || length! > room) return undefined;
  try {
    return { stream: descriptor, bytes: process.user.read(address!, length!) };
  } catch (error) {
    if (error instanceof MemoryFault) return undefined;
    throw error;
  }
}

/** The runs of words in a page that are no longer what they were. */
function changes(page: number, words: Int32Array, now: Uint8Array, isa: Isa): CallOutcome['written'] {
  const bytes = new Uint8Array(PAGE_SIZE);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setInt32(WORD * i, word, !isa.bigEndian);
  const current = new DataView(now.buffer);
  const runs: CallOutcome['written'] = [];
  for (let at = 0; at < PAGE_SIZE; at += WORD) {
    if (view.getInt32(at) === current.getInt32(at)) continue;
    const from = at;
    while (at < PAGE_SIZE && view.getInt32(at) !== current.getInt32(at)) at += WORD;
    runs.push({ address: page + from, before: bytes.slice(from, at) });
  }
  return runs;
}
