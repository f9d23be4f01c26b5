/**
 * Tells what became of update points: of those from which the update lands or is refused at once, when their class
 * ends; of those that waited, when it has come out where that leads.
 */
import type { Run } from './continuations.js';
import type { ProcessStop } from '../process/process.js';
import type { Conflict, Place, PointClass } from './model.js';
import type { Verdict, Verdicts, Waited } from './verdict.js';
import type { WaitingRange } from './waiting-points.js';
import type { Session } from './workload.js';

/** A verdict from which nobody waits. */
export type Settled = Extract<Verdict, { kind: 'lands' | 'refused' }>;

/** A class whose end has not come yet. */
interface Open {
  first: number;
  place: Place;
  verdict: Settled;
}

export class Outcomes {
  private open: Open | undefined;

  /**
   * @param session the old program, wherever it stands by now.
   * @param fork of it, without anything that stops it.
   * @param end the first point behind those that are told.
   * @param patience instructions the update waits at most.
   * @param tell is given the classes, not always in order.
   */
  constructor(
    private readonly session: Session,
    private readonly fork: () => Session,
    private readonly verdicts: Verdicts,
    private readonly end: number,
    private readonly patience: number,
    private readonly tell: (found: PointClass) => void,
  ) {}

  private get now(): number {
    return this.session.process.instructions;
  }

  /** A class begins here. */
  begin(place: Place, verdict: Settled): void {
    this.open = { first: this.now, place, verdict };
  }

  /** Tells the class that is open, which ends before this point. */
  close(conflict: Conflict | undefined, last = Math.min(this.now, this.end) - 1): void {
    const { open } = this;
    this.open = undefined;
    if (open === undefined || last < open.first) return;
    const { first, place, verdict } = open;
    const refused = verdict.kind === 'refused';
    const run = refused ? this.withoutUpdate() : verdict.run;
    this.tell({
      ...{ first, last, decision: refused ? 'refused' : 'at-once', landsAt: undefined, place, conflict },
      reason: refused ? verdict.reason : '',
      ...found(run),
    });
  }

  /** Points that wait meet something by which what was prepared for them matters: each range is run by itself. */
  runEach(ranges: readonly WaitingRange[]): void {
    for (const range of ranges) {
      // Whoever asks later may wait longer: some may be in time where the first ones are not.
      const firstInTime = this.firstInTime(range);
      // The others hold what they have reserved until their deadlines, and each meets something else.
      for (let point = range.first; point < Math.min(firstInTime, range.last + 1); point++)
        this.runFirst({ ...range, first: point, last: point, conflict: undefined });
      if (firstInTime <= range.last) this.runFirst({ ...range, first: firstInTime });
    }
  }

  /** Tells of a range what becomes of its first point. */
  private runFirst(range: WaitingRange): void {
    const { landsAt, reason, run } = this.carryOut(range, range.first);
    const why = isLate(reason) ? this.lateText(range) : reason || range.reason;
    const decision = landsAt === undefined ? 'refused' : 'deferred';
    this.tellRange(range, decision, run, why, landsAt);
  }

  /** An update that waited from these points on would land or be refused here. */
  resolve(range: WaitingRange, verdict: Settled, byStep: boolean): void {
    const { now, patience } = this;
    const inTime = this.refuseBefore(range, now - patience + (byStep ? 0 : 1));
    if (inTime === undefined) return;
    if (verdict.kind === 'refused') this.refuse(inTime, verdict.reason);
    else this.tellRange(inTime, 'deferred', shared(verdict.run), range.reason, now);
  }

  /** They waited too long. */
  giveUp(ranges: readonly WaitingRange[]): void {
    for (const range of ranges) this.refuse(range, this.lateText(range));
  }

  /** @param ranges wait where the run ends, or comes no further. */
  endOfRun(ranges: readonly WaitingRange[], stopped: ProcessStop['kind'] | undefined): void {
    const why =
      stopped === 'stuck'
        ? 'never-returns: every thread waits, and nothing will wake one'
        : 'process-ended: the process ended first';
    // A call that ends the process has retired: it comes before a deadline there.
    const hasRetired = stopped !== 'stuck' && stopped !== 'killed';
    const firstInTime = this.now - this.patience + (hasRetired ? 0 : 1);
    for (const range of ranges) {
      const inTime = this.refuseBefore(range, firstInTime);
      if (inTime !== undefined) this.refuse(inTime, `${why}; ${range.reason}`);
    }
    if (this.open !== undefined) this.close(undefined, Math.min(this.now, this.end - 1));
  }

  private carryOut(range: WaitingRange, point: number): Waited {
    return this.verdicts.carryOut(standingAt(range, point));
  }

  /** The first point of a range from which the update is not refused for its deadline. */
  private firstInTime(range: WaitingRange): number {
    const comesLate = (point: number): boolean => isLate(this.carryOut(range, point).reason);
    if (!comesLate(range.first)) return range.first;
    let [late, inTime] = [range.first, range.last + 1];
    while (inTime - late > 1) {
      const middle = Math.floor((late + inTime) / 2);
      if (comesLate(middle)) late = middle;
      else inTime = middle;
    }
    return inTime;
  }

  /** Refuses what of a range is too late; returns the rest, if there is any. */
  private refuseBefore(range: WaitingRange, firstInTime: number): WaitingRange | undefined {
    if (firstInTime <= range.first) return range;
    if (firstInTime > range.last) {
      this.refuse(range, this.lateText(range));
      return undefined;
    }
    this.refuse({ ...range, last: firstInTime - 1, conflict: undefined }, this.lateText(range));
    return {
      ...range,
      first: firstInTime,
      place: this.verdicts.placeOf(this.verdicts.standing(standingAt(range, firstInTime))),
    };
  }

  private lateText({ reason }: WaitingRange): string {
    return `deadline: ${this.patience} instructions passed first; ${reason}`;
  }

  /** The old program goes on by itself. */
  private refuse(range: WaitingRange, reason: string): void {
    this.tellRange(range, 'refused', this.withoutUpdate(), reason);
  }

  private tellRange(
    { first, last, place, conflict }: WaitingRange,
    decision: PointClass['decision'],
    run: Run,
    reason: string,
    landsAt?: number,
  ): void {
    this.tell({ first, last, decision, landsAt, place, conflict, reason, ...found(run) });
  }

  private withoutUpdate(): Run {
    return this.verdicts.withoutUpdate(this.session, this.fork);
  }
}

const isLate = (reason: string): boolean => reason.startsWith('deadline:');

/** The old program at a point of a range. */
function standingAt({ beginning }: WaitingRange, point: number): Session {
  const session = beginning.fork();
  session.run(point);
  return session;
}

/** A run that costs nothing more. */
const shared = (run: Run): Run => ({ ...run, ranInstructions: 0, merged: false });

const found = ({ judgement, ranInstructions, merged, objection }: Run) => ({
  ...{ judgement, ranInstructions, merged },
  ...(objection !== undefined && { objection: objection.reason }),
  ...(objection?.difference !== undefined && { difference: objection.difference }),
});
