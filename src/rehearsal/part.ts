/**
 * Decides what becomes of an update at every point of a part of a run.
 *
 * The old program runs once. Wherever something happens that the update has to do with (see `footprint.ts`), it is
 * asked anew what would become of it:
 *
 *     lands      on a fork, which then goes on to its end under the judge; that is the outcome of every point up to
 *                the next instruction that touches the footprint, for up to there landing commutes with the program
 *     busy       somebody is inside: nothing is run, for the old program itself shows when and where they are out;
 *                all these points have the outcome of the point where the update lands then
 *     objects    a check of the package says no: likewise, with the moment at which it is asked again
 *     refused    for a reason that holds up to the next touch
 *
 * That this is sound rests on three things. The check leaves no trace, and what is prepared lies where nobody looks;
 * where the program maps memory while it waits, and so could meet that, a point is run by itself. The verdict of the
 * check changes only when somebody fetches code that is forbidden, returns from it, or continues on another stack;
 * where a stack walk is not complete, so that words in memory count, every instruction is looked at. And
 * instructions are observed exactly, the kernel's accesses included.
 *
 * It would not be sound where a program copies a stale return address from the unused part of a stack to memory
 * that is scanned, and destroys it again before the next event: in between somebody would seem to be inside, and the
 * update would land a little later than is said here. Nor would it be where several threads run and a procedure of the
 * package reads a thread's own variables: those of whoever's turn it is, and turns are not looked at.
 */
import { nextConsent, type Blocker } from '../patch/index.js';
import { Baseline, type BaselineStop, type Watch } from './baseline.js';
import type { Doubts } from './footprint.js';
import type { Conflict, PointClass } from './model.js';
import { Outcomes, type Settled } from './outcomes.js';
import { sameBlockers, sameBusy, sameRefusal } from './same-verdict.js';
import type { Verdict, Verdicts } from './verdict.js';
import { WaitingPoints, type Hit, type WaitingRange } from './waiting-points.js';
import type { Session } from './workload.js';

type Waits = Extract<Verdict, { kind: 'busy' | 'objects' }>;

/** Decides the points of a part of the run. */
export class PartDecider {
  private readonly baseline: Baseline;
  private readonly waiting = new WaitingPoints();
  private readonly outcomes: Outcomes;
  private verdict: Verdict | undefined;
  /** Who was inside when the verdict was found. */
  private blockers: readonly Blocker[] = [];

  /**
   * @param session stands at the first point of the part.
   * @param end the first point behind it.
   * @param tell is given the classes as they are found, not always in order.
   */
  constructor(
    private readonly session: Session,
    private readonly verdicts: Verdicts,
    doubts: Doubts,
    private readonly end: number,
    private readonly patience: number,
    tell: (found: PointClass) => void,
  ) {
    this.baseline = new Baseline(session, doubts);
    this.outcomes = new Outcomes(session, () => this.baseline.fork(), verdicts, end, patience, tell);
  }

  private get now(): number {
    return this.session.process.instructions;
  }

  /**
   * Points before the end that wait beyond it are told with what becomes of them there.
   *
   * @param isOver asked at every event whether to stop early; what is open then stays untold.
   */
  run(isOver: () => boolean): void {
    let last: BaselineStop | undefined;
    while (!isOver()) {
      const { now } = this;
      const touch = last?.touch;
      if (touch?.rebuilds === true) {
        this.verdicts.forgetPlan();
        this.outcomes.runEach(rangesOf(this.waiting.takeAll()));
      }
      const breakpoint = last?.stop.kind === 'breakpoint' ? last.stop.pc : undefined;
      this.look(
        this.waiting.take(now, breakpoint),
        last === undefined || touch !== undefined,
        touch?.conflict,
      );
      const over = last?.stop.kind === 'stuck' || this.session.process.hasEnded;
      if (over) this.outcomes.endOfRun(rangesOf(this.waiting.takeAll()), last?.stop.kind === 'stuck');
      this.outcomes.giveUp(rangesOf(this.waiting.takeBefore(now - this.patience)));
      if (over || (now >= this.end && this.waiting.isEmpty)) return;
      last = this.advance();
      this.waiting.extend(Math.min(this.now, this.end) - 1);
    }
  }

  private advance(): BaselineStop {
    const { wanted } = this;
    const stop = this.baseline.run(this.nextStop(), this.watch(), wanted, this.mindsOutput);
    const { touch } = stop;
    if (touch === undefined || touch.conflict.instruction < this.now || stop.stop.kind !== 'limit')
      return stop;
    // A system call that has not ended did it: the next point is behind it.
    const next = this.now + 1;
    let { rebuilds } = touch;
    for (;;) {
      const rest = this.baseline.run(next, 'exits', wanted, false);
      rebuilds ||= rest.touch?.rebuilds === true;
      const { stop } = rest;
      if (this.now < next && (stop.kind === 'limit' || (stop.kind === 'breakpoint' && !wanted.has(stop.pc))))
        continue;
      return { stop, touch: { ...touch, rebuilds } };
    }
  }

  /** Whether what is written before the update lands may make a difference to whether that is right. */
  private get mindsOutput(): boolean {
    const { verdict } = this;
    if (verdict?.kind !== 'lands') return false;
    return this.session.judge?.isTolerant !== true || verdict.run.judgement !== 'right';
  }

  private nextStop(): number {
    const { now, end, waiting } = this;
    if (this.isInSequence || !this.verdicts.walksAreComplete(this.session)) return now + 1;
    return Math.min(now < end ? end : Infinity, waiting.nextLook);
  }

  /** A thread leaves a sequence by no exit that is watched; who waits for that takes steps anyway. */
  private get isInSequence(): boolean {
    const { verdict } = this;
    if (verdict?.kind !== 'busy') return false;
    return !verdict.wait.exits && verdict.wait.addresses.length === 0;
  }

  /** Where the verdict may change, and where somebody looks again. */
  private get wanted(): ReadonlySet<number> {
    const addresses = this.waiting.addresses;
    if (this.verdict?.kind === 'busy')
      for (const address of this.verdict.wait.addresses) addresses.add(address);
    return addresses;
  }

  private watch(): Watch {
    if (this.verdict?.kind !== 'busy') return 'footprint';
    const others = this.session.process.threads.length > 1;
    return others || this.verdicts.footprint.hasEndless ? 'entrances and exits' : 'exits';
  }

  /** Finds out what holds at this point, and begins or goes on with its class. */
  private look(hits: readonly Hit[], touched: boolean, conflict: Conflict | undefined): void {
    const { now, end } = this;
    const before = this.verdict;
    const verdict = this.verdictNow(touched);
    this.verdict = verdict;
    const changed = verdict !== before;
    const cause = changed ? (conflict ?? this.changeOfVerdict()) : undefined;
    if (changed || now >= end) this.outcomes.close(cause);
    for (const range of [...rangesOf(hits), this.waiting.latest])
      if (range?.last === now - 1) range.conflict ??= cause;
    if (waits(verdict) && refusalOf(verdict) === undefined) {
      if (changed || hits.length > 0 || !this.waiting.goesOn) this.wait(verdict, hits);
      return;
    }
    const settled: Settled = waits(verdict)
      ? { kind: 'refused', reason: refusalOf(verdict)!, planned: false }
      : verdict;
    this.waiting.leave();
    for (const { ranges, byStep } of hits)
      for (const range of ranges) this.outcomes.resolve(range, settled, byStep);
    if (changed && now < end) this.outcomes.begin(settled);
  }

  /** The same object as before when nothing has changed. */
  private verdictNow(touched: boolean): Verdict {
    const { session, verdicts, verdict: before } = this;
    if (before?.kind === 'refused' && before.planned && !touched && !session.process.hasEnded) return before;
    const blockers = verdicts.blockersOf(session);
    if (before !== undefined && blockers !== undefined && !session.process.hasEnded) {
      if (blockers.length > 0) {
        if (!touched && before.kind === 'busy' && sameBlockers(this.blockers, blockers)) return before;
        this.blockers = blockers;
        const { verdict, words } = verdicts.busy(session, blockers);
        this.baseline.watchFor(verdicts.footprint, { read: [], written: [] }, words);
        return sameBusy(before, verdict) ? before : verdict;
      }
      if (!touched && before.kind !== 'busy') return before;
    }
    this.blockers = [];
    const { verdict, called, words } = verdicts.ask(session, () => this.baseline.fork());
    this.baseline.watchFor(verdicts.footprint, called, words);
    return before !== undefined && sameRefusal(before, verdict) ? before : verdict;
  }

  /** Why the class that ends here does, where nothing touched the footprint; undefined where the run ends. */
  private changeOfVerdict(): Conflict | undefined {
    const { now, session, baseline } = this;
    if (session.process.hasEnded) return undefined;
    const { instruction, pc } = baseline.executed;
    if (instruction !== now - 1) return undefined;
    return { instruction, pc, why: 'whether somebody is inside changes' };
  }

  private wait(verdict: Waits, hits: readonly Hit[]): void {
    const { now, end, session } = this;
    if (now >= end && hits.length === 0) {
      this.waiting.leave();
      return;
    }
    const place = this.verdicts.placeOf(session);
    const { reason } = verdict;
    const point =
      now < end ? { first: now, last: now, place, reason, beginning: this.baseline.fork() } : undefined;
    if (verdict.kind === 'busy') this.waiting.add(now, point, verdict.wait, hits);
    else this.waiting.add(now, point, undefined, hits, nextConsent(now));
  }
}

const waits = (verdict: Verdict): verdict is Waits => verdict.kind === 'busy' || verdict.kind === 'objects';

const refusalOf = (verdict: Verdict): string | undefined =>
  verdict.kind === 'busy' ? verdict.refused : undefined;

const rangesOf = (hits: readonly Hit[]): WaitingRange[] => hits.flatMap(({ ranges }) => ranges);
