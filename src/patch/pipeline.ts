/**
 * The life of a transaction: one update, one rollback, or several that happen together or not at all.
 *
 *     planned --match--> prepared --quiet--> carried out --verified--> settled
 *        |                 |  ^  |                |
 *     refused           busy--+  given up       undone
 *
 * planned: nothing has been touched. prepared: new code stands in reserved memory, nothing calls it.
 * busy: somebody is inside code that is replaced, or a check of the program says that it is not the moment; the
 * process runs until that may have changed. given up: deadline, or nobody will ever leave; what was reserved is
 * released. carried out: every call reaches the new code. undone: something failed, and every byte, permission
 * and reservation is as before. settled: read back and found right; the journal can take it back.
 */
import type { Target, TargetStop } from '../target/index.js';
import { findBlockers, walkThread, type Blocker, type RuleLookup } from './activeness.js';
import { Calls } from './calls.js';
import type { Change, Pause, UpdateEvent } from './change.js';
import { UndoFailed } from './journal.js';
import type { ForbiddenRange, Plan, PlannedCall } from './plan.js';
import { Refusal, type RefusalReason } from './refusal.js';
import { wordsToScan } from './resume-scan.js';
import type { UpdateOptions } from './update-options.js';
import { carryOutWait, neverReturns, nextConsent, planWait, type Wait } from './waiting.js';

/** `waiting-for-input`: the process must be given input before the activation can return; then advance again. */
export type Progress = 'done' | 'waiting-for-input';

const WORD = 4;

/** A transaction under way. */
export class Update {
  private readonly check: typeof findBlockers;
  private over = false;
  /** The wait that was told last. */
  private awaited = '';

  constructor(
    private readonly target: Target,
    private readonly ruleAt: RuleLookup,
    private readonly changes: readonly Change[],
    /** Instruction count after which waiting ends. */
    private readonly deadline: number,
    private readonly options: UpdateOptions,
    private readonly ended: () => void,
  ) {
    this.check = options.check ?? findBlockers;
  }

  /**
   * Lands here when nobody is inside and no check objects, else lets the process run until that may have changed,
   * and looks again.
   *
   * @throws Refusal when somebody inside never leaves, the deadline passes, the process ends, or anything fails; all
   * is as before then.
   */
  advance(): Progress {
    try {
      for (;;) {
        const hindrance = this.tryToLand();
        if (hindrance === undefined) return 'done';
        const progress = Array.isArray(hindrance)
          ? this.awaitReturn(hindrance)
          : this.awaitConsent(hindrance);
        if (progress === 'waiting-for-input') return progress;
      }
    } catch (error) {
      this.abandon(); // Nothing has happened.
      throw error instanceof Refusal || error instanceof UndoFailed
        ? error
        : new Refusal('write-failed', `the update was undone: ${String(error)}`);
    }
  }

  /** Code nobody may be inside of when it lands. */
  get forbidden(): readonly ForbiddenRange[] {
    return this.changes.flatMap((change) => change.forbidden);
  }

  /** The plans it carries out, in order. */
  get plans(): readonly Plan[] {
    return this.changes.map(({ plan }) => plan);
  }

  /**
   * Lands if it can land now, without waiting. Returns undefined when it has, else who is inside, or the check that
   * objects.
   *
   * @throws Refusal when anything fails; `abandon` must follow then.
   */
  tryToLand(): Blocker[] | PlannedCall | undefined {
    const blockers = this.check(this.target, this.forbidden, this.ruleAt);
    return blockers.length > 0 ? blockers : this.land();
  }

  /** Ends the attempt; what was reserved is released. */
  abandon(): void {
    if (this.over) return;
    this.over = true;
    this.ended();
    const failures = this.changes.toReversed().flatMap((change) => {
      try {
        change.undo();
        return [];
      } catch (error) {
        if (!(error instanceof UndoFailed)) throw error;
        return error.failures;
      }
    });
    if (failures.length > 0) throw new UndoFailed(failures);
  }

  /** All of it, with every thread standing still; returns the check that objects, when one does. */
  private land(): PlannedCall | undefined {
    const planned = this.changes.flatMap(({ calls }) => calls);
    const calls = Calls.open(this.target, planned, this.tell);
    try {
      const objection = firstObjection(planned, calls); // The program agrees.
      if (objection !== undefined) return objection;
      for (const change of this.changes) change.carryOut(calls); // Everything is new.
    } finally {
      calls.close(); // Nothing is left of the calls but what they did.
    }
    this.settle(calls);
    return undefined;
  }

  private settle(calls: Calls): void {
    const pause = this.pause(calls);
    this.over = true;
    this.ended();
    for (const change of this.changes) change.settle(pause);
    calls.print();
  }

  private pause(calls: Calls): Pause {
    const bytes = this.changes.reduce((sum, change) => sum + change.bytesWritten, 0);
    const { frames, words } = this.survey();
    const { instructions } = calls;
    return { wordsWritten: Math.ceil(bytes / WORD), framesWalked: frames, wordsScanned: words, instructions };
  }

  /** What the check had to look at. */
  private survey(): { frames: number; words: number } {
    const { target, ruleAt } = this;
    const walks = target.threads.map((thread) => ({ thread, walk: walkThread(target, thread, ruleAt) }));
    const frames = walks.reduce((sum, { walk }) => sum + walk.activations.length, 0);
    return { frames, words: wordsToScan(target, walks) };
  }

  private awaitReturn(blockers: Blocker[]): Progress {
    const { target } = this;
    if (this.options.ifBusy === 'refuse') this.giveUp('busy', blockers, 'it was not to be waited for');
    this.refuseEndless(blockers);
    const wait = planWait(target, blockers);
    this.tellBusy(blockers, wait);
    return this.survive(carryOutWait(target, wait, this.deadline), (reason, why) => {
      this.giveUp(reason, blockers, why);
    });
  }

  /** Once for each wait, however often it is looked whether it is over. */
  private tellBusy(blockers: Blocker[], wait: Wait): void {
    const awaited = JSON.stringify([wait, blockers.at(-1)?.thread, blockers.at(-1)?.range.start]);
    if (awaited !== this.awaited) this.tell({ kind: 'busy', blockers, wait });
    this.awaited = awaited;
  }

  /** There is no use in waiting for an activation that has nowhere to return to, or no instruction that returns. */
  private refuseEndless(blockers: readonly Blocker[]): void {
    const endless = neverReturns(this.target, blockers, this.ruleAt);
    if (endless !== undefined) this.giveUp('never-returns', endless.blockers, endless.why);
  }

  private awaitConsent(call: PlannedCall): Progress {
    const again = Math.min(this.deadline, nextConsent(this.target.instructions));
    this.tell({ kind: 'not-now', call, again });
    const stop = this.target.instructions >= this.deadline ? 'limit' : this.target.runTo([], again);
    const early = stop === 'limit' && again < this.deadline;
    return this.survive(early ? 'reached' : stop, (reason, why) => {
      throw new Refusal(reason, `the ${call.why} never agreed to the update: ${why}; nothing was changed`);
    });
  }

  /** What the end of a wait means. */
  private survive(stop: TargetStop, giveUp: (reason: RefusalReason, why: string) => void): Progress {
    if (stop === 'waiting-for-input') return stop;
    if (stop === 'limit') giveUp('deadline', `instruction ${this.deadline} came first`);
    if (stop === 'stuck') giveUp('never-returns', 'every thread waits, and nothing will wake one');
    if (stop === 'ended') giveUp('process-ended', 'the process ended first');
    return 'done';
  }

  private giveUp(reason: RefusalReason, blockers: readonly Blocker[], why: string): never {
    const names = [...new Set(blockers.map((blocker) => blocker.range.name))].join(', ');
    throw new Refusal(reason, `${names} is active and did not return: ${why}; nothing was changed`);
  }

  private readonly tell = (event: UpdateEvent): void => {
    this.options.onEvent?.(event);
  };
}

function firstObjection(planned: readonly PlannedCall[], calls: Calls): PlannedCall | undefined {
  return planned.find((call) => isCheck(call) && !calls.ask(call));
}

const isCheck = ({ when }: PlannedCall): boolean => when === 'check' || when === 'rollback-check';
