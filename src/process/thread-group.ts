/** The threads of a process: which there are, whose turn it is, and how far they have come together. */
import type { Core } from '../isa/core.js';
import type { Isa } from '../isa/index.js';
import type { ThreadStart } from '../isa/isa.js';
import type { Memory } from '../machine/memory.js';
import { PendingSignals } from './signals.js';
import { Thread } from './thread.js';
import type { Wait } from './wait.js';

export const MAIN_THREAD = 1000;
const MOST_THREADS = 1000;

export class ThreadGroup {
  /** The list never changes: when the threads do, there is another. */
  all: readonly Thread[];
  /** Whose turn it is, or was until it ended. */
  current: Thread;
  /** How often a thread has begun to wait. */
  waits = 0;
  /** The number of the thread that comes next. */
  nextId = MAIN_THREAD + 1;
  /** Retired by threads that are no more. */
  private retiredBefore = 0;

  private constructor(all: readonly Thread[], current: Thread) {
    this.all = all;
    this.current = current;
  }

  /** A main thread alone. */
  static of(core: Core, stackTop: number): ThreadGroup {
    const main = new Thread(MAIN_THREAD, core, stackTop, new PendingSignals(), 0);
    return new ThreadGroup([main], main);
  }

  /** Instructions that all threads have retired since the start of the process. */
  get instructions(): number {
    return this.all.reduce((sum, thread) => sum + thread.instructions, this.retiredBefore);
  }

  /** Another thread, which begins as a copy of the current one; undefined when there are too many. */
  clone(isa: Isa, memory: Memory, start: Pick<ThreadStart, 'stack' | 'tls'>): Thread | undefined {
    if (this.all.length >= MOST_THREADS) return undefined;
    const parent = this.current;
    const childId = this.nextId++;
    const core = isa.systemCalls.clone(parent.core, memory, { ...start, parentId: parent.id, childId });
    const child = new Thread(
      childId,
      core,
      start.stack ?? parent.stackTop,
      new PendingSignals(),
      core.retired,
    );
    child.blocked = parent.blocked;
    child.name = parent.name;
    this.all = [...this.all, child];
    return child;
  }

  /** Lets the current thread be no more; what it has retired stays counted. */
  endCurrent(): void {
    const { current } = this;
    current.hasEnded = true;
    this.retiredBefore += current.instructions;
    this.all = this.all.filter((other) => other !== current);
  }

  beginWait(thread: Thread, wait: Wait): void {
    thread.wait = wait;
    thread.waitingSince = ++this.waits;
  }

  /** The same threads in a forked process. */
  fork(memory: Memory): ThreadGroup {
    const all = this.all.map((thread) => thread.fork(memory));
    const current = all[this.all.indexOf(this.current)] ?? this.current.fork(memory);
    const fork = new ThreadGroup(all, current);
    fork.waits = this.waits;
    fork.nextId = this.nextId;
    fork.retiredBefore = this.retiredBefore;
    return fork;
  }
}
