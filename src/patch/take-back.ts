/**
 * Taking an update back: the same check in the other direction, then every byte and permission as before.
 *
 * When no instruction was executed since, that is all, and exact. Otherwise the program may have built on what the
 * update did to its state, which only the author's procedures for the way back can undo; a moved object without
 * one cannot go back.
 */
import type { Target } from '../target/index.js';
import type { Calls } from './calls.js';
import type { Applied, Change, Pause, UpdateEvent } from './change.js';
import { Journal } from './journal.js';
import type { ForbiddenRange, Plan, PlannedCall } from './plan.js';
import { Refusal } from './refusal.js';
import { forbiddenForRollback, match } from './steps.js';

export class TakeBack implements Change {
  readonly forbidden: readonly ForbiddenRange[];
  readonly calls: readonly PlannedCall[];
  private readonly journal: Journal;
  private changedSince = 0;

  /** @throws Refusal when the update cannot be taken back. */
  constructor(
    private readonly target: Target,
    private readonly applied: Applied,
    /** Returns whether memory had to be kept. */
    private readonly settled: (applied: Applied) => boolean,
    private readonly onEvent: (event: UpdateEvent) => void,
  ) {
    const { plan } = applied;
    this.forbidden = forbiddenForRollback(plan);
    this.calls = plan.calls.filter(({ when }) => when.startsWith('rollback-'));
    this.journal = new Journal(target);
    if (!this.isFresh) this.refuseStranded();
  }

  get plan(): Plan {
    return this.applied.plan;
  }

  carryOut(calls: Calls): void {
    const fresh = this.isFresh;
    if (!fresh) calls.carryOut(this.calls, 'rollback-pre', this.journal);
    if (!fresh) calls.carryOut(this.calls, 'rollback-transfer', this.journal);
    this.changedSince = this.journal.takeBack(this.applied.journal, fresh).changedSince;
    if (this.changedSince === 0) match(this.target, this.plan);
    if (!fresh) calls.carryOut(this.calls, 'rollback-post', this.journal);
  }

  get bytesWritten(): number {
    return this.journal.bytesWritten;
  }

  undo(): void {
    this.journal.undo();
  }

  settle(pause: Pause): void {
    const { plan, changedSince } = this;
    this.applied.journal.forgetWrites();
    const kept = this.settled(this.applied);
    const { instructions } = this.target;
    this.onEvent({ kind: 'undone', plan, instructions, kept, changedSince, pause });
  }

  /** Whether nobody has executed anything since the update. */
  private get isFresh(): boolean {
    return this.target.instructions === this.applied.instructions;
  }

  private refuseStranded(): void {
    const moved = this.plan.calls.find((call) => call.when === 'transfer' && call.arguments.length > 0);
    if (moved === undefined || this.calls.some(({ when }) => when === 'rollback-transfer')) return;
    throw new Refusal(
      'cannot-take-back',
      `the update ${moved.why}, and the package has no procedure for the way back: name one in its manifest as ` +
        'hooks.rollback.transfer',
    );
  }
}
