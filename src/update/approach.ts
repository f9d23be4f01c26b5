/** Runs a process to a moment, in stretches between which the host can do something else. */
import { UnwindRules, walkThread } from '../patch/index.js';
import type { Process, ProcessStop } from '../process/process.js';
import { EmulatedTarget } from '../target/index.js';
import { WhenError, whenText, type When } from './when.js';

/** What executes: the process itself, or whoever looks on. */
export type RunTo = (limit: number) => ProcessStop;

/** Bytes of a line without an end that are looked at. */
const LONGEST_LINE = 1 << 16;

export class Approach {
  private reached = false;
  /** Times the entry was reached. */
  private entries = 0;
  /** Where the call that is followed returns to, in which thread, and not with a lower stack than that. */
  private call: { thread: number; returnsTo: number; sp: number } | undefined;
  /** The output line that is being written. */
  private line = '';
  private readonly stopWatching: () => void;

  /** `when` counts from now on. */
  constructor(
    private readonly process: Process,
    private readonly when: When,
    private readonly runTo: RunTo = (limit) => process.run(limit),
  ) {
    this.stopWatching = when.kind === 'output' ? this.watchOutput(when.text) : () => undefined;
    if (when.kind === 'entry' || when.kind === 'exit') this.arrive(when);
  }

  /** For `signal`: somebody said so. */
  notify(): void {
    if (this.when.kind === 'signal') this.reached = true;
  }

  /**
   * Runs until the moment, `limit` instructions in all, or the process stops for another reason: it has ended, or
   * waits for input.
   */
  advance(limit: number): ProcessStop | { kind: 'reached' } {
    while (!this.hasCome()) {
      const stop = this.stretch(limit);
      const atLimit = stop.kind === 'limit' && this.process.instructions >= limit;
      if (!this.hasCome() && (atLimit || !['limit', 'breakpoint'].includes(stop.kind))) return stop;
    }
    this.stopWatching();
    return { kind: 'reached' };
  }

  private hasCome(): boolean {
    return this.reached;
  }

  private stretch(limit: number): ProcessStop {
    const { when } = this;
    switch (when.kind) {
      case 'count': {
        const stop = this.runTo(Math.min(limit, when.count));
        this.reached = this.process.instructions >= when.count;
        return stop;
      }
      case 'entry':
      case 'exit': {
        const stop = this.runToBreakpoint(this.call?.returnsTo ?? when.address, limit);
        if (stop.kind === 'breakpoint') this.arrive(when);
        return stop;
      }
      default:
        return this.runTo(limit);
    }
  }

  private runToBreakpoint(address: number, limit: number): ProcessStop {
    this.process.setBreakpoint(address);
    const stop = this.runTo(limit);
    // Threads that began meanwhile have their parent's breakpoints.
    this.process.clearBreakpoint(address);
    return stop;
  }

  /** The thread whose turn it is may stand where the moment is. */
  private arrive({ kind, address, nth, procedure }: Extract<When, { kind: 'entry' | 'exit' }>): void {
    const { thread, isa } = this.process;
    const sp = thread.core.get(isa.stackPointer) >>> 0;
    const { call } = this;
    if (call !== undefined) {
      // A deeper call of the same procedure returns to the same place.
      this.reached = thread.id === call.thread && thread.core.pc === call.returnsTo && sp >= call.sp;
      return;
    }
    if (thread.core.pc !== address) return;
    this.entries++;
    if (this.entries < nth) return;
    if (kind === 'entry') {
      this.reached = true;
      return;
    }
    const { ruleAt } = new UnwindRules(this.process.image);
    const target = new EmulatedTarget(this.process);
    const here = target.threads.find(({ id }) => id === thread.id)!;
    const { activations } = walkThread(target, here, ruleAt);
    const returnsTo = activations[0]?.returnsTo;
    if (returnsTo === undefined) {
      const detail = `nothing tells where ${procedure} returns to; ${this.process.name} has no frame information there`;
      throw new WhenError(whenText(this.when), detail);
    }
    this.call = { thread: thread.id, returnsTo, sp };
  }

  private watchOutput(text: string): () => void {
    const { process } = this;
    const { output } = process;
    process.output = (descriptor, bytes) => {
      output(descriptor, bytes);
      if (descriptor === 1)
        this.written(Buffer.from(bytes).toString('latin1'), Buffer.from(text).toString('latin1'));
    };
    return () => {
      process.output = output;
    };
  }

  private written(bytes: string, text: string): void {
    const [first = '', ...rest] = bytes.split('\n');
    const lines = [this.line + first, ...rest];
    this.line = lines.pop()!.slice(-LONGEST_LINE);
    if (this.reached || !lines.some((line) => line.includes(text))) return;
    this.reached = true;
    this.process.interrupt();
  }
}
