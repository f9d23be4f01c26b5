/** Runs a guest to the moments at which something is to happen, and carries out updates there. */
import type { Process, ProcessStop } from '../process/process.js';
import { DEFAULT_PATIENCE, LiveProcess, Refusal, type Update } from '../patch/index.js';
import { EmulatedTarget } from '../target/index.js';
import { Approach, type When } from '../update/index.js';
import { StandardInput } from './guest.js';
import type { InstructionTrace } from './trace.js';

/** Instructions between two looks at the world outside. */
const SLICE = 20_000_000;
/** What tells suture that the moment `signal` has come. */
const SIGNAL = 'SIGUSR1';

export class Runner {
  readonly live: LiveProcess;
  private readonly input: StandardInput;

  constructor(
    private readonly guest: Process,
    /** Instructions it may execute in all. */
    private readonly limit: number,
    private readonly trace?: InstructionTrace,
  ) {
    this.live = new LiveProcess(new EmulatedTarget(guest));
    this.input = new StandardInput(guest);
  }

  get isAtLimit(): boolean {
    return this.guest.instructions >= this.limit;
  }

  /** Runs to a moment, the end, or the limit, whichever comes first. */
  async until(when: When): Promise<ProcessStop | { kind: 'reached' }> {
    const { guest, trace, limit } = this;
    // A line ends in the middle of an instruction, after which a trace would go on.
    const stride = when.kind === 'output' ? 1 : SLICE;
    const approach = new Approach(
      guest,
      when,
      trace && ((to) => trace.run(Math.min(to, guest.instructions + stride))),
    );
    const signal = new OutsideSignal(when.kind === 'signal');
    try {
      for (;;) {
        if (signal.arrived) approach.notify();
        const stop = approach.advance(Math.min(limit, guest.instructions + SLICE));
        if (stop.kind === 'waiting-for-input') await this.input.feed(guest, signal.arrival);
        else if (stop.kind !== 'limit' || guest.instructions >= limit) return stop;
        else if (when.kind === 'signal') await new Promise((heard) => setImmediate(heard));
      }
    } finally {
      signal.ignore();
    }
  }

  /** Runs to the end, or the limit. */
  async toTheEnd(): Promise<ProcessStop> {
    const stop = await this.until({ kind: 'count', count: Infinity });
    if (stop.kind === 'reached') throw new Error('nobody counts to infinity');
    return stop;
  }

  /**
   * Why the update did not land; undefined when it did. A refusal leaves the guest as it was. It has `patience`
   * instructions, and never more than the run itself.
   */
  async carryOut(
    patience: number | undefined,
    begin: (deadline: number) => Pick<Update, 'advance'>,
  ): Promise<Refusal | undefined> {
    const { instructions } = this.guest;
    const deadline = Math.min(this.limit, instructions + (patience ?? DEFAULT_PATIENCE));
    try {
      const update = begin(deadline);
      while (update.advance() === 'waiting-for-input') await this.input.feed(this.guest);
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }
}

/** Hears the signal that stands for the moment. */
class OutsideSignal {
  arrived = false;
  readonly arrival: Promise<void>;
  private readonly listener: () => void;

  constructor(private readonly wanted: boolean) {
    let resolve = (): void => undefined;
    this.arrival = new Promise((done) => (resolve = done));
    this.listener = () => {
      this.arrived = true;
      resolve();
    };
    if (wanted) process.on(SIGNAL, this.listener);
  }

  ignore(): void {
    if (this.wanted) process.off(SIGNAL, this.listener);
  }
}
