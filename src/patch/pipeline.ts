/**
 * The life of an update, and the process it happens to.
 *
 *     planned --match--> prepared --quiet--> committed --verified--> applied --rollback--> undone
 *        |                  |  ^                |
 *     refused             busy-+ wait        undone (a fault restores every byte)
 *                           |
 *                        given up (deadline): what was reserved is released
 *
 * planned: nothing has been touched. prepared: new code stands in reserved memory, nothing calls it.
 * busy: somebody is inside code that the plan replaces; the process runs until that activation returns.
 * committed: every call reaches the new code. applied: read back and found right; the journal can undo it.
 */
import { hex } from '../elf/index.js';
import { MemoryFault } from '../isa/core.js';
import type { Target } from '../target/index.js';
import { findBlockers, type Blocker, type RuleLookup } from './activeness.js';
import { Journal } from './journal.js';
import { makePlan } from './make-plan.js';
import type { Patch } from './patch.js';
import type { ForbiddenRange, Plan } from './plan.js';
import { isReferenced } from './references.js';
import { Refusal } from './refusal.js';
import { UnwindRules } from './unwind-rules.js';
import { carryOutWait, planWait, type Wait } from './waiting.js';

export type UpdateEvent =
  | { kind: 'prepared'; plan: Plan }
  | { kind: 'busy'; blockers: Blocker[]; wait: Wait }
  | { kind: 'applied'; plan: Plan; instructions: number }
  /** `kept`: something may still point into the reserved memory, so it stays until a scan finds nothing. */
  | { kind: 'undone'; plan: Plan; instructions: number; kept: boolean };

export interface UpdateOptions {
  /** Instruction count after which waiting ends; 100 million instructions from now unless given. */
  deadline?: number;
  onEvent?: (event: UpdateEvent) => void;
  /** Who counts as inside; for experiments that want to see what a wrong answer does. */
  check?: typeof findBlockers;
}

/** `waiting-for-input`: the process must be given input before the activation can return; then advance again. */
export type Progress = 'done' | 'waiting-for-input';

const DEFAULT_PATIENCE = 100_000_000;

/** An update that was applied, and how to take it back. */
export interface Applied {
  plan: Plan;
  patch: Patch;
  journal: Journal;
}

/** A process that is updated, and the updates it carries. */
export class LiveProcess {
  readonly rules: UnwindRules;
  private readonly applied: Applied[] = [];
  /** Updates that were taken back and whose memory may still be pointed into. */
  private retired: Journal[] = [];

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
   * @throws Refusal when the process has ended, the patch is for another program or does not fit; nothing has
   * changed then.
   */
  update(patch: Patch, options: UpdateOptions = {}): Update {
    this.refuseEnded();
    this.reclaim();
    const plan = makePlan(this.target, patch); // From here nothing is decided any more.
    refuseCalls(plan);
    match(this.target, plan); // Memory holds what the plan expects.
    const journal = prepare(this.target, plan); // New code is in place and synchronized; nobody calls it.
    options.onEvent?.({ kind: 'prepared', plan });
    return new Update(this.target, this.rules.ruleAt, plan.forbidden, options, {
      abandon: () => {
        journal.undo();
      },
      finish: () => {
        this.commit(plan, journal); // Every call reaches the new code, and it was read back.
        this.rules.add(journal, plan.procedures, patch.frames); // Stack walks know the new code.
        this.applied.push({ plan, patch, journal });
        options.onEvent?.({ kind: 'applied', plan, instructions: this.target.instructions });
      },
    });
  }

  /**
   * Starts to take back the latest update: the same check in the other direction, then every byte and
   * permission as before.
   *
   * @throws Refusal when there is nothing to take back.
   */
  rollback(options: UpdateOptions = {}): Update {
    const latest = this.applied.at(-1);
    if (latest === undefined)
      throw new Refusal('not-applied', `${this.target.image.name} carries no update to take back`);
    this.refuseEnded();
    const { plan, journal } = latest;
    return new Update(this.target, this.rules.ruleAt, forbiddenForRollback(plan), options, {
      abandon: () => undefined,
      finish: () => {
        journal.restore();
        this.rules.remove(journal);
        this.applied.pop();
        match(this.target, plan);
        this.retired.push(journal);
        this.reclaim();
        const kept = this.retired.includes(journal);
        options.onEvent?.({ kind: 'undone', plan, instructions: this.target.instructions, kept });
      },
    });
  }

  private refuseEnded(): void {
    if (!this.target.ended) return;
    const { image, instructions } = this.target;
    throw new Refusal('process-ended', `${image.name} has ended, after ${instructions} instructions`);
  }

  private commit(plan: Plan, journal: Journal): void {
    try {
      match(this.target, plan);
      const writes = plan.writes.filter((write) => write.phase === 'commit');
      for (const { address, after, code } of writes) journal.write(address, after, code);
      for (const { address, after } of writes) this.target.synchronize(address, address + after.length);
      verify(this.target, plan);
    } catch (error) {
      journal.undo();
      throw error instanceof Refusal
        ? error
        : new Refusal('write-failed', `the update was undone: ${String(error)}`);
    }
  }

  /** Releases what earlier rollbacks had to keep, as far as nothing leads there any more. */
  reclaim(): void {
    const inUse = (start: number, end: number): boolean => isReferenced(this.target, start, end);
    this.retired = this.retired.filter((journal) => !journal.release(inUse));
  }
}

interface Ending {
  finish(): void;
  abandon(): void;
}

/** One update or rollback under way. */
export class Update {
  private readonly deadline: number;
  private readonly check: typeof findBlockers;

  constructor(
    private readonly target: Target,
    private readonly ruleAt: RuleLookup,
    private readonly forbidden: readonly ForbiddenRange[],
    private readonly options: UpdateOptions,
    private readonly ending: Ending,
  ) {
    this.deadline = options.deadline ?? target.instructions + DEFAULT_PATIENCE;
    this.check = options.check ?? findBlockers;
  }

  /**
   * Lands the update here when nobody is inside, else lets the process run until that may have changed, and
   * looks again.
   *
   * @throws Refusal when somebody inside never leaves, the deadline passes, the process ends, or a write fails;
   * all is as before then.
   */
  advance(): Progress {
    for (;;) {
      const blockers = this.check(this.target, this.forbidden, this.ruleAt);
      if (blockers.length === 0) {
        this.ending.finish();
        return 'done';
      }
      const forever = blockers.filter(({ outermost }) => outermost);
      if (forever.length > 0)
        this.giveUp('never-returns', forever, 'its thread began there and never leaves it');
      const wait = planWait(this.target, blockers);
      this.options.onEvent?.({ kind: 'busy', blockers, wait });
      const stop = carryOutWait(this.target, wait, this.deadline);
      if (stop === 'waiting-for-input') return stop;
      if (stop === 'limit') this.giveUp('deadline', blockers, `instruction ${this.deadline} came first`);
      if (stop === 'stuck')
        this.giveUp('never-returns', blockers, 'every thread waits, and nothing will wake one');
      if (stop === 'ended') this.giveUp('process-ended', blockers, 'the process ended first');
    }
  }

  /** Ends the attempt; what was reserved is released. */
  abandon(): void {
    this.ending.abandon();
  }

  private giveUp(
    reason: 'never-returns' | 'deadline' | 'process-ended',
    blockers: Blocker[],
    why: string,
  ): never {
    this.ending.abandon();
    const names = [...new Set(blockers.map((blocker) => blocker.range.name))].join(', ');
    throw new Refusal(reason, `${names} is active and did not return: ${why}; nothing was changed`);
  }
}

/** Calls into the process are part of a plan; an engine that cannot make them must not pretend. */
function refuseCalls({ program, calls }: Plan): void {
  if (calls.length === 0) return;
  const all = calls.map(({ why }) => why).join(', ');
  throw new Refusal(
    'hooks-not-supported',
    `the update of ${program} needs calls into the process, which cannot be made yet: ${all}`,
  );
}

/** Refuses unless memory holds the bytes the plan expects: the run-pre match. */
function match(target: Target, plan: Plan): void {
  if (target.image.buildId !== plan.buildId) {
    const detail = `it has build id ${target.image.buildId ?? 'none'}, the patch was made for ${plan.buildId ?? 'none'}`;
    throw new Refusal('not-the-same-program', `${target.image.name} is not ${plan.program}: ${detail}`);
  }
  for (const { address, bytes, why } of plan.expected) {
    const found = readOrNothing(target, address, bytes.length);
    if (found !== undefined && Buffer.compare(found, bytes) === 0) continue;
    const holds = found === undefined ? 'nothing is mapped' : `memory holds ${show(found)}`;
    const message = `${why}: ${holds} at ${hex(address)} where ${show(bytes)} is expected`;
    throw new Refusal(
      'unexpected-bytes',
      `${message}; the process does not run ${plan.program}, or was changed`,
    );
  }
}

function readOrNothing(target: Target, address: number, length: number): Uint8Array | undefined {
  try {
    return target.read(address, length);
  } catch (error) {
    if (error instanceof MemoryFault) return undefined;
    throw error;
  }
}

const show = (bytes: Uint8Array): string =>
  Buffer.from(bytes.subarray(0, 16)).toString('hex') + (bytes.length > 16 ? '...' : '');

/** Reserves memory, fills it, gives it its permission; undone and refused when anything fails. */
function prepare(target: Target, plan: Plan): Journal {
  const journal = new Journal(target);
  try {
    for (const { start, end, name } of plan.reservations) journal.reserve(start, end, 6, name);
    for (const write of plan.writes) {
      if (write.phase === 'prepare') target.write(write.address, write.after);
    }
    for (const { start, end, protection } of plan.reservations) target.protect(start, end, protection);
    for (const { start, end } of plan.reservations) target.synchronize(start, end);
    return journal;
  } catch (error) {
    journal.undo();
    throw new Refusal('write-failed', `preparing failed and was undone: ${String(error)}`);
  }
}

/** Reads back what was written. */
function verify(target: Target, plan: Plan): void {
  for (const { address, after, why } of plan.writes) {
    const found = target.read(address, after.length);
    if (Buffer.compare(found, after) !== 0) {
      throw new Refusal(
        'write-failed',
        `${why}: ${show(found)} was read back at ${hex(address)}, ${show(after)} was written`,
      );
    }
  }
}

/** In the other direction nobody may be inside the new bodies, nor inside a rewritten sequence. */
function forbiddenForRollback(plan: Plan): ForbiddenRange[] {
  const bodies = plan.procedures.map(({ name, start, size, strategy }): ForbiddenRange => {
    // Reserved text disappears.
    return { start, end: start + size, kind: 'procedure', entryCounts: strategy !== 'in-place', name };
  });
  return [
    ...bodies,
    ...plan.forbidden.filter((range) => range.kind === 'sequence' || range.bothWays === true),
  ];
}
