/**
 * The signals of a process: its disposition of each, see signal(7), and what was sent to it or to one of its threads
 * and has not been taken yet.
 */
import { defaultAction, type Signals } from './abi/signals.js';
import {
  bitOf,
  DEFAULT_ACTION,
  PendingSignals,
  SIG_DFL,
  SIG_IGN,
  type SignalAction,
  type SignalInfo,
} from './signals.js';
import type { Thread } from './thread.js';
import type { ThreadGroup } from './thread-group.js';

export class ProcessSignals {
  private constructor(
    private readonly numbers: Signals,
    private readonly threads: ThreadGroup,
    private readonly actions: Map<number, SignalAction>,
    /** Sent to no thread in particular. */
    private readonly pending: PendingSignals,
  ) {}

  /** Nothing is handled, nothing waits. */
  static of(numbers: Signals, threads: ThreadGroup): ProcessSignals {
    return new ProcessSignals(numbers, threads, new Map(), new PendingSignals());
  }

  /** Signals nobody can block, handle or ignore. */
  get untouchable(): bigint {
    return bitOf(this.numbers.SIGKILL) | bitOf(this.numbers.SIGSTOP);
  }

  /** What is to be done with a signal. */
  action(signal: number): SignalAction {
    return this.actions.get(signal) ?? DEFAULT_ACTION;
  }

  setAction(signal: number, action: SignalAction): void {
    this.actions.set(signal, action);
    if (!this.isIgnored(signal)) return;
    this.pending.discard(signal);
    for (const thread of this.threads.all) thread.pending.discard(signal);
  }

  isIgnored(signal: number): boolean {
    const { handler } = this.action(signal);
    if (handler !== SIG_DFL) return handler === SIG_IGN;
    return ['ignore', 'continue'].includes(defaultAction(this.numbers, signal));
  }

  /** To the process, or to one thread of it. */
  send(info: SignalInfo, thread?: Thread): void {
    const receivers = thread === undefined ? this.threads.all : [thread];
    const blocked = receivers.every((receiver) => (receiver.blocked & bitOf(info.number)) !== 0n);
    const awaited = receivers.some(
      ({ wait }) => wait?.kind === 'signal' && (wait.accepted & bitOf(info.number)) !== 0n,
    );
    // What is ignored and not even looked at leaves no trace.
    if (this.isIgnored(info.number) && !blocked && !awaited) return;
    (thread?.pending ?? this.pending).add(info);
  }

  /** Whether a thread might have one to take, blocked or not. */
  anyFor(thread: Thread): boolean {
    return !this.pending.isEmpty || !thread.pending.isEmpty;
  }

  /** Those that wait for a thread. */
  maskFor(thread: Thread): bigint {
    return this.pending.mask | thread.pending.mask;
  }

  /** Whether one waits that the thread takes, or that ends what it waits for. */
  interrupts(thread: Thread): boolean {
    if (!this.anyFor(thread)) return false;
    const accepted = thread.wait?.kind === 'signal' ? thread.wait.accepted : 0n;
    return (this.maskFor(thread) & (~thread.blocked | accepted)) !== 0n;
  }

  /** Takes one of `mask` for a thread, its own first. */
  takeFor(thread: Thread, mask: bigint): SignalInfo | undefined {
    return thread.pending.take(mask) ?? this.pending.take(mask);
  }

  /** Whether some thread would take a signal that came now. */
  isHeard(signal: number): boolean {
    const bit = bitOf(signal);
    return this.threads.all.some(({ wait, blocked }) => {
      const accepts = wait?.kind === 'signal' && (wait.accepted & bit) !== 0n;
      return accepts || (!this.isIgnored(signal) && (blocked & bit) === 0n);
    });
  }

  /** The same for the threads of a forked process. */
  fork(threads: ThreadGroup): ProcessSignals {
    return new ProcessSignals(this.numbers, threads, new Map(this.actions), this.pending.fork());
  }

  /** Everything but what waits for single threads: dispositions by number, and what waits for any thread. */
  describe(): { actions: readonly [number, SignalAction][]; pending: readonly SignalInfo[] } {
    return { actions: [...this.actions].sort(([a], [b]) => a - b), pending: this.pending.describe() };
  }
}
