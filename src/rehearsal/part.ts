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
 * That this is sound rests on four things.
 *
 *   - The check leaves no trace, and what is prepared lies where nothing was. A program that changes what is mapped, or
 *     finds out that nothing is mapped there, would meet it: points that wait are then run by themselves.
 *   - Who is inside changes only when somebody fetches code that is forbidden, returns from it, continues on another
 *     stack, begins, ends, writes into the kernel's frame of a signal handler, or stores a word that looks like a
 *     return into it. Where a stack walk is not complete, or words on a stack without a guard come and go with its
 *     frames, every instruction is looked at.
 *   - Procedures of the package depend on memory, which is watched, and on the fixed registers of the thread whose turn
 *     it is: instructions that set those, and turns of threads that have others, are looked at.
 *   - Instructions are observed exactly, the kernel's accesses included.
 *
 * It would not be sound where a program overwrites a return address on a stack, other than in a signal's frame, or
 * on a 64-bit machine makes a word look like a return address by a store to its upper half alone: somebody would seem
 * to be inside, or would be out, and the update would land at another moment than is said here. Nor where a procedure
 * in assembly expects something in a register that compilers leave to it.
 */
import { nextConsent, type Blocker } from '../patch/index.js';
import { Baseline, type BaselineStop, type Concerns, type Watch } from './baseline.js';
import type { Doubts } from './footprint.js';
import type { Conflict, PointClass } from './model.js';
import { Outcomes, type Settled } from './outcomes.js';
import { sameBlockers, sameBusy, sameRefusal } from './same-verdict.js';
import type { Standing } from './standing.js';
import type { Verdict, Verdicts } from './verdict.js';
import { WaitingPoints, type Hit, type WaitingRange } from './waiting-points.js';
import type { Session } from './workload.js';

type Waits = Extract<Verdict, { kind: 'busy' | 'objects' }>;

/** Decides the points of a part of the run. */
export class PartDecider {
  private readonly baseline: Baseline;
  private readonly waiting = new WaitingPoints();
  private readonly outcomes: Outcomes;
  private here: Standing;
  private verdict: Verdict | undefined;
  /** Who was inside when the verdict was found. */
  private blockers: readonly Blocker[] = [];
  /** Whose turn it was then. */
  private asked: number | undefined;

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
    this.here = verdicts.standing(session);
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
      const stopped = last?.stop.kind;
      // Before the instruction that ends it by a signal, the process is one like before.
      if (stopped !== 'killed') {
        const breakpoint = last?.stop.kind === 'breakpoint' ? last.stop.pc : undefined;
        const hits = this.waiting.take(now, breakpoint);
        this.look(hits, last === undefined || touch !== undefined, touch?.conflict);
      }
      const over = stopped === 'stuck' || this.session.process.hasEnded;
      if (over) this.outcomes.endOfRun(rangesOf(this.waiting.takeAll()), stopped);
      this.outcomes.giveUp(rangesOf(this.waiting.takeBefore(now - this.patience)));
      if (over || (now >= this.end && this.waiting.isEmpty)) return;
      last = this.advance();
      this.here = this.verdicts.standing(this.session);
      const next = last.stop.kind === 'killed' ? this.now + 1 : this.now;
      this.waiting.extend(Math.min(next, this.end) - 1);
    }
  }

  private advance(): BaselineStop {
    const { wanted } = this;
    const concerns: Concerns = {
      turn: () => this.verdicts.wouldCallOtherwise(this.session),
      word: this.verdicts.mayBeFound(this.here),
    };
    const stop = this.baseline.run(this.nextStop(), this.watch(), wanted, this.mindsOutput, concerns);
    const { touch } = stop;
    if (touch === undefined || touch.conflict.instruction < this.now || stop.stop.kind !== 'limit')
      return stop;
    // A system call that has not ended did it: the next point is behind it.
    const next = this.now + 1;
    let { rebuilds } = touch;
    for (;;) {
      const rest = this.baseline.run(next, 'exits', wanted, false, concerns);
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
    if (this.isInSequence) return now + 1;
    const signalFrames = this.verdicts.signalFramesOf(this.here);
    if (signalFrames === undefined) return now + 1;
    this.baseline.watchSignalFrames(signalFrames);
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
    const { verdict } = this;
    if (verdict?.kind !== 'busy') return 'footprint';
    // Whoever comes in meanwhile is waited for as well.
    const others = this.session.process.threads.length > 1 || verdict.wait.exits;
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
    if (changed && now < end) this.outcomes.begin(this.verdicts.placeOf(this.here), settled);
  }

  /** The same object as before when nothing has changed. */
  private verdictNow(isTouched: boolean): Verdict {
    const { session, here, verdicts, verdict: before } = this;
    const touched = isTouched || verdicts.wouldCallOtherwise(session);
    if (before?.kind === 'refused' && before.planned && !touched && !session.process.hasEnded) return before;
    const blockers = session.process.hasEnded ? undefined : verdicts.blockersOf(here);
    if (blockers !== undefined && blockers.length > 0) {
      const { currentThread } = here.target;
      const isSame = this.asked === currentThread && sameBlockers(this.blockers, blockers);
      if (!touched && before?.kind === 'busy' && isSame) return before;
      this.asked = currentThread;
      this.blockers = blockers;
      const { verdict, words } = verdicts.busy(here, blockers);
      this.baseline.watchFor(verdicts.footprint, { read: [], written: [] }, words);
      return before !== undefined && sameBusy(before, verdict) ? before : verdict;
    }
    if (blockers !== undefined && before !== undefined && before.kind !== 'busy' && !touched) return before;
    this.blockers = [];
    const { verdict, called, words } = verdicts.ask(here, () => this.baseline.fork());
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
    const { now, end } = this;
    if (now >= end && hits.length === 0) {
      this.waiting.leave();
      return;
    }
    const place = this.verdicts.placeOf(this.here);
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
