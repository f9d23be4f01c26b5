/** A process that is updated, and the updates it carries. */
import type { Target } from '../target/index.js';
import { Apply } from './apply.js';
import type { Applied, Change, UpdateEvent } from './change.js';
import type { Journal } from './journal.js';
import type { Patch } from './patch.js';
import { makePlan } from './make-plan.js';
import { Update, type UpdateOptions } from './pipeline.js';
import type { Plan } from './plan.js';
import { isReferenced } from './references.js';
import { Refusal } from './refusal.js';
import { match } from './steps.js';
import { TakeBack } from './take-back.js';
import { UnwindRules } from './unwind-rules.js';

const DEFAULT_PATIENCE = 100_000_000;

export class LiveProcess {
  readonly rules: UnwindRules;
  private readonly applied: Applied[] = [];
  /** Updates that were taken back and whose memory may still be pointed into. */
  private retired: Journal[] = [];
  private pending: string | undefined;

  constructor(readonly target: Target) {
    this.rules = new UnwindRules(target.image);
  }

  /** The updates in force, oldest first. */
  get updates(): readonly Applied[] {
    return this.applied;
  }

  /**
   * Starts an update where the process stands now. Prepares at once; `advance` carries it through.
   *
   * @throws Refusal when the process has ended, another update waits, the patch is for another program or does not
   * fit; nothing has changed then.
   */
  update(patch: Patch, options: UpdateOptions = {}): Update {
    this.refuseBusy();
    this.reclaim();
    const plan = makePlan(this.target, patch); // From here nothing is decided any more.
    this.matchProgram(plan); // It is the program the plan is for,
    match(this.target, plan); // and memory holds what the plan expects.
    return this.begin([this.prepared(patch, plan, options)], plan.program, options);
  }

  /**
   * Starts to take back the latest update: the same check in the other direction, then every byte and
   * permission as before.
   *
   * @throws Refusal when there is nothing to take back.
   */
  rollback(options: UpdateOptions = {}): Update {
    const latest = this.applied.at(-1);
    const { image } = this.target;
    if (latest === undefined)
      throw new Refusal('not-applied', `${image.name} carries no update to take back`);
    this.refuseBusy();
    const change = new TakeBack(this.target, latest, this.takenBack, tellerOf(options));
    return this.begin([change], `the way back from ${latest.patch.package.to.name}`, options);
  }

  /** Releases what earlier rollbacks had to keep, as far as nothing leads there any more. */
  reclaim(): void {
    const inUse = (start: number, end: number): boolean => isReferenced(this.target, start, end);
    this.retired = this.retired.filter((journal) => !journal.release(inUse));
  }

  private begin(changes: Change[], what: string, options: UpdateOptions): Update {
    const deadline = options.deadline ?? this.target.instructions + DEFAULT_PATIENCE;
    this.pending = what;
    return new Update(this.target, this.rules.ruleAt, changes, deadline, options, () => {
      this.pending = undefined;
    });
  }

  /** New code is in place and synchronized; nobody calls it. */
  private prepared(patch: Patch, plan: Plan, options: UpdateOptions): Apply {
    const change = new Apply(
      this.target,
      plan,
      patch,
      (applied) => {
        this.rules.add(applied.journal, plan.procedures, patch.frames); // Stack walks know the new code.
        this.applied.push(applied);
      },
      tellerOf(options),
    );
    try {
      change.prepare();
    } catch (error) {
      change.undo();
      throw new Refusal('write-failed', `preparing failed and was undone: ${String(error)}`);
    }
    return change;
  }

  private readonly takenBack = (latest: Applied): boolean => {
    const { journal } = latest;
    this.rules.remove(journal);
    this.applied.splice(this.applied.indexOf(latest), 1);
    this.retired.push(journal);
    this.reclaim();
    return this.retired.includes(journal);
  };

  private refuseBusy(): void {
    const { image, instructions, ended } = this.target;
    if (ended) {
      throw new Refusal('process-ended', `${image.name} has ended, after ${instructions} instructions`);
    }
    if (this.pending === undefined) return;
    throw new Refusal(
      'update-in-progress',
      `${image.name} is waiting for ${this.pending}; what comes next depends on how that ends`,
    );
  }

  private matchProgram({ buildId, program }: Plan): void {
    const { image } = this.target;
    if (image.buildId === buildId) return;
    const detail = `it has build id ${image.buildId ?? 'none'}, the patch was made for ${buildId ?? 'none'}`;
    throw new Refusal('not-the-same-program', `${image.name} is not ${program}: ${detail}`);
  }
}

const tellerOf =
  ({ onEvent }: UpdateOptions) =>
  (event: UpdateEvent): void =>
    onEvent?.(event);
