/** Applying a planned update. */
import type { Target } from '../target/index.js';
import type { Calls } from './calls.js';
import type { Applied, Change, Pause, UpdateEvent } from './change.js';
import { crossVersion, survivors } from './cross-version.js';
import { Journal } from './journal.js';
import type { Patch } from './patch.js';
import type { ForbiddenRange, Plan, PlannedCall } from './plan.js';
import type { UpdateOptions } from './update-options.js';
import type { Running } from './running.js';
import { prepare, match, redirect, verify } from './steps.js';

export class Apply implements Change {
  readonly forbidden: readonly ForbiddenRange[];
  /** Old text that activations go on in when it has happened. */
  readonly surviving: readonly ForbiddenRange[];
  readonly calls: readonly PlannedCall[];
  private readonly journal: Journal;
  private readonly onEvent: (event: UpdateEvent) => void;

  constructor(
    private readonly target: Target,
    readonly plan: Plan,
    private readonly patch: Patch,
    running: Running,
    /** Old text of earlier versions: nobody may be in it. */
    earlier: readonly ForbiddenRange[],
    private readonly settled: (applied: Applied) => void,
    options: Pick<UpdateOptions, 'ifBusy' | 'onEvent'>,
  ) {
    this.onEvent = (event) => options.onEvent?.(event);
    const own = options.ifBusy === 'cross-version' ? crossVersion(running, plan, patch) : plan.forbidden;
    this.forbidden = [...own, ...earlier];
    this.surviving = survivors(plan, own);
    this.calls = plan.calls.filter(({ when }) => !when.startsWith('rollback-'));
    this.journal = new Journal(target);
  }

  /** While the process runs on: new code and data in reserved memory, which nobody knows yet. */
  prepare(): void {
    prepare(this.target, this.plan, this.journal);
    this.onEvent({ kind: 'prepared', plan: this.plan });
  }

  carryOut(calls: Calls): void {
    const { target, plan, journal } = this;
    match(target, plan); // Memory still holds what the plan expects.
    calls.carryOut(this.calls, 'pre', this.journal); // The program is ready for the new version.
    calls.carryOut(this.calls, 'transfer', this.journal); // Moved objects hold what the old ones held.
    redirect(target, plan, journal); // Every call reaches the new code.
    verify(target, plan); // It was read back.
    calls.carryOut(this.calls, 'post', this.journal); // The program has taken notice.
  }

  get bytesWritten(): number {
    return this.journal.bytesWritten;
  }

  undo(): void {
    this.journal.undo();
  }

  settle(pause: Pause): void {
    const { plan, patch, journal, surviving } = this;
    const { instructions } = this.target;
    this.settled({ plan, patch, journal, instructions, surviving });
    this.onEvent({ kind: 'applied', plan, instructions, pause });
  }
}
