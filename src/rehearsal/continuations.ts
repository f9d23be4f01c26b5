/**
 * How patched processes go on, each judged to its end, or to a state from which another one's end is known.
 *
 * Two processes in the same state do the same from there on, and so are judged the same when their judges stand at
 * the same place too. The count of instructions is no part of that state as long as nobody reads a clock: a run during
 * which nobody did serves every later one that meets it, whenever that is.
 *
 * States are compared where a system call has ended. The first run notes its state at each, since the others will most
 * likely fall in with it; a later one notes it at the first few, and then ever more rarely, at numbers of system
 * calls that a run which began later visits as well.
 */
import type { Objection } from './judge.js';
import type { Judgement } from './model.js';
import type { Process } from '../process/process.js';
import type { Session } from './workload.js';

/** How a patched run ended. */
export interface Ending {
  judgement: Judgement;
  /** Empty when it is right. */
  objection: Objection | undefined;
}

export interface Run extends Ending {
  /** Instructions executed for it. */
  ranInstructions: number;
  merged: boolean;
}

interface Note {
  key: string;
  at: string;
  lines: number | undefined;
}

interface Known extends Ending {
  /** Lines written when it was in this state. */
  lines: number | undefined;
  /** Instructions of each thread and of all when it was in this state; undefined when that does not matter. */
  at: string | undefined;
}

/** Notes that the first run makes, and all runs together. */
const MOST_FIRST = 1 << 17;
const MOST_NOTES = 1 << 20;
/** System calls at which a run is looked at before it is looked at ever more rarely. */
const CLOSE_LOOKS = 4;

export class Continuations {
  private readonly known = new Map<string, Known>();

  /** @param limit instructions a process may execute in all before it counts as hung. */
  constructor(private readonly limit: number) {}

  /** Lets a process in which an update has landed, or was refused, go on to the end; `alone` without knowing others. */
  run(session: Session, sharing: 'shared' | 'alone' = 'shared'): Run {
    const { process } = session;
    const began = process.instructions;
    const first = this.known.size === 0;
    const start = session.calls;
    const notes: Note[] = [];
    process.forgetClock();
    session.stopsAtObjection = true;
    const finish = (ending: Ending, timeless: boolean, merged: boolean): Run => {
      this.keep(notes, ending, timeless);
      return { ...ending, ranInstructions: process.instructions - began, merged };
    };
    for (;;) {
      const due = (): boolean =>
        isDue(session.calls, session.calls - start, first && notes.length < MOST_FIRST);
      const stop = session.run(this.limit, () => {
        if (sharing === 'shared' && due()) process.interrupt();
      });
      const ending = this.endingOf(session, stop);
      if (ending !== undefined) return finish(ending, !process.clockSeen, false);
      const { judge } = session;
      const judged = judge?.key();
      if (judged === undefined || sharing === 'alone') continue;
      const key = `${process.digest(true)} ${judged}`;
      const known = this.known.get(key);
      const at = timeOf(process);
      const sameTime = known?.at === at;
      if (known !== undefined && (known.at === undefined || sameTime))
        return finish(movedTo(judge?.lines, known), !process.clockSeen && known.at === undefined, true);
      notes.push({ key, at, lines: judge?.lines });
    }
  }

  private endingOf(session: Session, stop: ReturnType<Session['run']>): Ending | undefined {
    const { process } = session;
    const objection = session.judge?.objection;
    if (objection !== undefined) return { judgement: 'diverged', objection };
    switch (stop.kind) {
      case 'exited': {
        const wrong = session.judge?.end(stop);
        return { judgement: wrong === undefined ? 'right' : 'diverged', objection: wrong };
      }
      case 'killed': {
        const wrong = session.judge?.end(stop);
        const reason = `it was ended by ${stop.signal} at pc 0x${process.core.pc.toString(16)}`;
        return { judgement: wrong === undefined ? 'right' : 'crashed', objection: wrong && { reason } };
      }
      case 'limit': {
        if (process.instructions < this.limit) return undefined;
        return hung(`it had not ended after ${this.limit} instructions`);
      }
      case 'stuck':
        return hung('every thread waits, and nothing will wake one');
      default:
        throw new Error(`a process without breakpoints that has all its input stopped for ${stop.kind}`);
    }
  }

  private keep(notes: readonly Note[], ending: Ending, timeless: boolean): void {
    for (const { key, at, lines } of notes) {
      if (this.known.size >= MOST_NOTES) return;
      const { judgement, objection } = ending;
      this.known.set(key, { judgement, objection, lines, at: timeless ? undefined : at });
    }
  }
}

/** The ending of a run that had written another number of lines when it was in the same state. */
function movedTo(lines: number | undefined, { judgement, objection, lines: known }: Known): Ending {
  const difference = objection?.difference;
  if (difference === undefined || lines === undefined || known === undefined) return { judgement, objection };
  const line = difference.line + lines - known;
  return { judgement, objection: { ...objection!, difference: { ...difference, line } } };
}

/** What clocks and counters of instructions show. */
const timeOf = ({ instructions, threads }: Process): string =>
  [instructions, ...threads.map(({ core }) => core.retired)].join();

const hung = (reason: string): Ending => ({ judgement: 'hung', objection: { reason } });

/**
 * @param call number of the system call since the start of the process.
 * @param since the same since the run began.
 */
function isDue(call: number, since: number, every: boolean): boolean {
  if (every || since <= CLOSE_LOOKS) return true;
  return call % 2 ** Math.floor(Math.log2(since / CLOSE_LOOKS) + 1) === 0;
}
