/**
 * A process that is updated, and the updates it carries.
 *
 *     the ELF file --binding table?--> version 1 --update--> version 2 --update--> ...
 *                                          <--rollback--         <--rollback--
 *
 * A package fits the version it starts from. One that starts from an earlier version replaces what came since: the
 * updates in between are taken back and it is applied in one transaction.
 */
import { checkCount } from '../isa/count.js';
import type { Target } from '../target/index.js';
import { Apply } from './apply.js';
import { planBindings } from './binding-table.js';
import type { Applied, Change, UpdateEvent } from './change.js';
import { Journal } from './journal.js';
import { makePlan as makePlanAnew, type PlanOptions } from './make-plan.js';
import type { Patch } from './patch.js';
import { Update } from './pipeline.js';
import { isReferenced } from './references.js';
import { Refusal } from './refusal.js';
import { Running } from './running.js';
import { match, prepare, redirect, verify } from './steps.js';
import { TakeBack } from './take-back.js';
import { UnwindRules } from './unwind-rules.js';
import { DEFAULT_PATIENCE, type UpdateOptions } from './update-options.js';

export type ApplyOptions = UpdateOptions & PlanOptions;

export class LiveProcess {
  readonly rules: UnwindRules;
  private readonly applied: Applied[] = [];
  /** Updates that were taken back and whose memory may still be pointed into. */
  private retired: Journal[] = [];
  private pending: string | undefined;
  private bound: Running | undefined;

  /**
   * @param running what runs already: that of the process this one was forked from. The file's program without.
   * @param makePlan for whoever tries one update again and again, and remembers what came out.
   */
  constructor(
    readonly target: Target,
    running?: Running,
    private readonly makePlan = makePlanAnew,
  ) {
    this.bound = running;
    this.rules = new UnwindRules(target.image);
  }

  /** The updates in force, oldest first. */
  get updates(): readonly Applied[] {
    return this.applied;
  }

  /** The program before any update. @throws Refusal when its file tells too little of it. */
  private get base(): Running {
    return this.bound ?? Running.of(this.target.image);
  }

  /** What runs now. */
  get running(): Running {
    return this.runningAfter(this.applied);
  }

  /**
   * Lets every call that can go through a table from now on. To be done when the program was just loaded.
   *
   * @returns what people should know of it: calls that do not reach the table, registers that its jumps take.
   * @throws Refusal when it was updated already, or somebody stands in a call that would be rewritten.
   */
  bind(): readonly string[] {
    this.refuseBusy();
    const { target } = this;
    if (this.applied.length > 0 || target.instructions > 0) {
      throw new Refusal(
        'redirection-impossible',
        'a binding table is made when the program is loaded, and not later',
      );
    }
    const { plan, bindings } = planBindings(target, this.base);
    const journal = new Journal(target);
    try {
      match(target, plan);
      prepare(target, plan, journal);
      redirect(target, plan, journal);
      verify(target, plan);
    } catch (error) {
      journal.undo();
      throw error instanceof Refusal
        ? error
        : new Refusal('write-failed', `no binding table: ${String(error)}`);
    }
    this.bound = this.base.bound(plan, bindings);
    return plan.notes;
  }

  /**
   * Starts an update where the process stands now. Prepares at once; `advance` carries it through.
   *
   * @param patches one, or several that start from each other's results: all of them land at one moment, or none.
   * @throws Refusal when the process has ended, another update waits, a patch is for another version or does not
   * fit, RangeError for a deadline that is no whole number; nothing has changed then.
   */
  update(patches: Patch | readonly Patch[], options: ApplyOptions = {}): Update {
    checkDeadline(options.deadline);
    this.refuseBusy();
    this.reclaim();
    const group = Array.isArray(patches) ? (patches as readonly Patch[]) : [patches as Patch];
    const first = group[0];
    if (first === undefined) throw new TypeError('a group of updates needs one at least');
    checkDeadline(first.package.metadata.deadline);
    this.refuseSame(group.at(-1)!);
    const replaced = this.replacedBy(first);
    const changes: Change[] = replaced.map(
      (applied) => new TakeBack(this.target, applied, this.takenBack, tellerOf(options)),
    );
    // Old activations need their old text.
    const redirect = options.redirect ?? (options.ifBusy === 'cross-version' ? 'call-sites' : undefined);
    const planning = redirect === undefined ? options : { ...options, redirect };
    const earlier = this.applied.flatMap(({ surviving }) => surviving);
    let running = this.runningAfter(this.applied.filter((applied) => !replaced.includes(applied)));
    try {
      for (const patch of group) {
        const plan = this.makePlan(this.target, patch, planning, running); // From here nothing is decided any more.
        if (changes.length === 0) match(this.target, plan); // Memory holds what the plan expects.
        const change = new Apply(this.target, plan, patch, running, [...earlier], this.settled, options);
        changes.push(change);
        earlier.push(...change.surviving); // A package allows activations of the version it starts from alone.
        change.prepare(); // New code is in place and synchronized; nobody calls it.
        running = running.after(plan, patch);
      }
    } catch (error) {
      for (const change of changes.toReversed()) change.undo();
      if (error instanceof Refusal) throw error;
      throw new Refusal('write-failed', `preparing failed and was undone: ${String(error)}`);
    }
    const patience = first.package.metadata.deadline ?? DEFAULT_PATIENCE;
    return this.begin(changes, first.package.metadata.title, patience, options);
  }

  /**
   * Starts to take back the latest update: the same check in the other direction, then every byte and
   * permission as before.
   *
   * @param update which one, for whoever wants to be sure that it is the latest.
   * @throws Refusal when there is nothing to take back, or something came after it; RangeError for a deadline that is
   * no whole number.
   */
  rollback(options: UpdateOptions = {}, update = this.applied.at(-1)): Update {
    checkDeadline(options.deadline);
    const { image } = this.target;
    if (update === undefined || !this.applied.includes(update))
      throw new Refusal('not-applied', `${image.name} carries no update to take back`);
    this.refuseBusy();
    const later = this.applied.slice(this.applied.indexOf(update) + 1);
    if (later.length > 0) {
      const names = later.map(({ patch }) => patch.package.metadata.title).join(', then ');
      const { title } = update.patch.package.metadata;
      throw new Refusal(
        'out-of-order',
        `${title} cannot be taken back before what was built on it: ${names}`,
      );
    }
    const change = new TakeBack(this.target, update, this.takenBack, tellerOf(options));
    const { title } = update.patch.package.metadata;
    return this.begin([change], `the way back from ${title}`, DEFAULT_PATIENCE, options);
  }

  /**
   * Releases what earlier rollbacks had to keep, as far as nothing leads there any more.
   *
   * @returns whether all of it is released.
   */
  reclaim(): boolean {
    const inUse = (start: number, end: number): boolean => {
      try {
        return isReferenced(this.target, start, end);
      } catch {
        // What cannot be read may lead there.
        return true;
      }
    };
    this.retired = this.retired.filter((journal) => !journal.release(inUse));
    return this.retired.length === 0;
  }

  private begin(changes: Change[], what: string, patience: number, options: UpdateOptions): Update {
    const deadline = options.deadline ?? this.target.instructions + patience;
    this.pending = what;
    return new Update(this.target, this.rules.ruleAt, changes, deadline, options, () => {
      this.pending = undefined;
    });
  }

  private refuseSame({ package: { to } }: Patch): void {
    const { version } = this.running;
    if (version.buildId === undefined || version.buildId !== to.buildId) return;
    throw new Refusal('no-change', `${version.name} (build id ${version.buildId}) runs already`);
  }

  private runningAfter(updates: readonly Applied[]): Running {
    return updates.reduce((running, { plan, patch }) => running.after(plan, patch), this.base);
  }

  /** The updates that came since the version a patch starts from, latest first. */
  private replacedBy({ package: { from } }: Patch): Applied[] {
    const isFrom = (buildId: string | undefined): boolean =>
      buildId === from.buildId && buildId !== undefined;
    if (isFrom(this.running.version.buildId)) return [];
    const index = this.applied.findLastIndex(({ plan }) => isFrom(plan.buildId));
    return index < 0 ? [] : this.applied.slice(index).toReversed();
  }

  private readonly settled = (applied: Applied): void => {
    const { journal, plan, patch } = applied;
    this.rules.add(journal, plan, patch.frames); // Stack walks know the new code.
    this.applied.push(applied);
  };

  private readonly takenBack = (update: Applied): boolean => {
    const { journal } = update;
    this.rules.remove(journal);
    this.applied.splice(this.applied.indexOf(update), 1);
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
      `${image.name} is waiting for another update (${this.pending}); what comes next depends on how that ends`,
    );
  }
}

function checkDeadline(deadline: number | undefined): void {
  if (deadline !== undefined) checkCount('the deadline of an update', deadline);
}

const tellerOf =
  ({ onEvent }: UpdateOptions) =>
  (event: UpdateEvent): void =>
    onEvent?.(event);
