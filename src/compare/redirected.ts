/** Measures an update that is made inside the running process, under one way of redirection. */
import type { Image } from '../elf/index.js';
import {
  findBlockers,
  LiveProcess,
  planBindings,
  Refusal,
  type Patch,
  type Plan,
  type PlanOptions,
  type Redirect,
  type Running,
  type UpdateEvent,
} from '../patch/index.js';
import type { Process } from '../process/process.js';
import { EmulatedTarget } from '../target/index.js';
import { CallWatch } from './call-watch.js';
import type {
  AppliedOutcome,
  HandlerCost,
  MeasuredStrategy,
  PointOutcome,
  PointPause,
  Preparation,
  RefusedOutcome,
  StrategyResult,
  WorkloadCount,
} from './model.js';
import { Run, type Workload } from './workload.js';

/** What is compared. */
export interface Subject {
  oldImage: Image;
  newImage: Image;
  patch: Patch;
  workload: Workload;
  /** Ascending. */
  points: readonly number[];
  /** Where new code goes, see `PlanOptions`. */
  place?: PlanOptions['place'] | undefined;
  measureHandler?: MeasureHandler | undefined;
}

/**
 * Lets a handler inside the process make a planned update where the process stands, in a copy of it.
 *
 * @throws Refusal when a handler cannot.
 */
export type MeasureHandler = (process: Process, plan: Plan) => HandlerCost;

const WORD = 4;
const MICROSECONDS = 1000;

/** An update that landed, and what was measured of it. */
export interface Landed {
  outcome: AppliedOutcome;
  plan: Plan;
  running: Running;
}

export function measureRedirected(subject: Subject, strategy: Redirect): StrategyResult {
  const stage = Stage.set(subject, strategy);
  const points = stage.tryPoints();
  const refused = points.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.why] : []));
  if (refused.length === points.length) {
    return { strategy, applies: false, why: [...new Set(refused)].join('; ') };
  }
  const { landed, after } = stage.workloadUpdated();
  const result: MeasuredStrategy = {
    strategy,
    applies: true,
    atLoad: stage.table && atLoad(stage.table),
    preparation: preparationOf(landed.plan, landed.outcome.pause),
    points,
    before: stage.workloadBefore(),
    after,
    afterFrom: landed.outcome.point + landed.outcome.waited,
    stateKept: undefined,
    notes: landed.plan.notes,
    host: { atLoadMicroseconds: stage.loadMicroseconds },
  };
  return result;
}

/** The program as it must be loaded for a strategy, before its first instruction. */
export class Stage {
  private constructor(
    private readonly subject: Subject,
    private readonly strategy: Redirect,
    private readonly start: Run,
    private readonly running: Running,
    readonly table: Plan | undefined,
    readonly loadMicroseconds: number,
  ) {}

  static set(subject: Subject, strategy: Redirect): Stage {
    const run = Run.start(subject.oldImage, subject.workload);
    const target = new EmulatedTarget(run.process);
    const live = new LiveProcess(target);
    if (strategy !== 'binding-table') return new Stage(subject, strategy, run, live.running, undefined, 0);
    const { plan } = planBindings(target, live.running);
    const began = performance.now();
    live.bind();
    const microseconds = (performance.now() - began) * MICROSECONDS;
    return new Stage(subject, strategy, run, live.running, plan, microseconds);
  }

  /** What becomes of the update at each point. */
  tryPoints(): PointOutcome[] {
    const run = this.start.fork();
    const { process } = run;
    const watch = new CallWatch(process, [], this.running, { table: this.table });
    return this.subject.points.map((point) => {
      // What the table costs is not progress of the program.
      for (;;) {
        const missing = point + watch.detourInstructions - process.instructions;
        if (missing <= 0 || process.hasEnded) break;
        run.runTo(process.instructions + missing);
      }
      const outcome = this.apply(run.fork(), point);
      return 'plan' in outcome ? outcome.outcome : outcome;
    });
  }

  /** The update when the first instruction of a procedure is about to be executed, and the workload from there. */
  updateAt(address: number): { landed: Landed; after: WorkloadCount } | RefusedOutcome {
    const run = this.start.fork();
    const { core } = run.process;
    core.setBreakpoint(address);
    run.runTo(this.subject.workload.limit);
    core.clearBreakpoint(address);
    const landed = this.apply(run, run.process.instructions);
    return 'plan' in landed ? { landed, after: this.watchToEnd(run, landed) } : landed;
  }

  /** The workload without any update. */
  workloadBefore(): WorkloadCount {
    const run = this.start.fork();
    const watch = new CallWatch(run.process, this.entries, this.running, { table: this.table });
    run.runToEnd();
    return watch.count();
  }

  /** The workload with the update at its first instruction, or as early as it can be. */
  workloadUpdated(): { landed: Landed; after: WorkloadCount } {
    for (const point of [0, ...this.subject.points]) {
      const run = this.start.fork();
      run.runTo(point);
      const landed = this.apply(run, point);
      if (!('plan' in landed)) continue;
      return { landed, after: this.watchToEnd(run, landed) };
    }
    throw new Error(`the update by ${this.strategy} landed, and then it did not`);
  }

  private watchToEnd(run: Run, { plan: update, running }: Landed): WorkloadCount {
    const watch = new CallWatch(run.process, this.entries, running, { update, table: this.table });
    run.runToEnd();
    return watch.count();
  }

  private get entries(): number[] {
    return this.subject.patch.procedures.flatMap(({ old }) => old?.address ?? []);
  }

  private apply(run: Run, point: number): Landed | RefusedOutcome {
    const { strategy, running } = this;
    return applyUpdate(run, point, { ...this.subject, strategy, running });
  }
}

/** How an update is to be carried out. */
interface Manner {
  patch: Patch;
  /** Chosen when undefined. */
  strategy: Redirect | undefined;
  /** What runs already, when that is not the program of the file. */
  running?: Running;
  place?: PlanOptions['place'] | undefined;
  measureHandler?: MeasureHandler | undefined;
}

/** Carries the update out where a run stands, and measures it. */
export function applyUpdate(
  run: Run,
  point: number,
  { patch, strategy, running, place, measureHandler }: Manner,
): Landed | RefusedOutcome {
  const { process } = run;
  const twin = measureHandler && run.fork();
  const live = new LiveProcess(new EmulatedTarget(process), running);
  const asked = process.instructions;
  let snapshot = process.memory.snapshot();
  let pauseBegan = 0;
  let busy = false;
  let applied: Extract<UpdateEvent, { kind: 'applied' }> | undefined;
  try {
    const began = performance.now();
    const update = live.update(patch, {
      ...(strategy !== undefined && { redirect: strategy }),
      ...(place !== undefined && { place }),
      onEvent: (event) => {
        if (event.kind === 'busy' && process.instructions === asked) busy = true;
        if (event.kind === 'applied') applied = event;
      },
      // The last check is the one after which it lands: there the pause begins.
      check: (...about) => {
        snapshot = process.memory.snapshot();
        pauseBegan = performance.now();
        return findBlockers(...about);
      },
    });
    const prepared = performance.now();
    while (update.advance() === 'waiting-for-input') run.feed();
    const ended = performance.now();
    const { plan, pause, instructions } = applied!;
    const handler = handlerCost(measureHandler, twin, instructions, plan);
    const outcome: AppliedOutcome = {
      kind: 'applied',
      point,
      busy,
      waited: instructions - asked,
      pause: {
        instructions: 'notMeasured' in handler ? undefined : handler.instructions + pause.instructions,
        handler,
        hookInstructions: pause.instructions,
        framesWalked: pause.framesWalked,
        wordsScanned: pause.wordsScanned,
        wordsWritten: pause.wordsWritten,
        pagesChanged: process.memory.changedPages(snapshot).length,
      },
      host: {
        pauseMicroseconds: (ended - pauseBegan) * MICROSECONDS,
        prepareMicroseconds: (prepared - began) * MICROSECONDS,
      },
    };
    return { outcome, plan, running: live.running };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: 'refused', point, reason: error.reason, why: error.message };
  }
}

/** @param twin the process as it was when the update was asked for, of which nobody else knows. */
function handlerCost(
  measure: MeasureHandler | undefined,
  twin: Run | undefined,
  landed: number,
  plan: Plan,
): PointPause['handler'] {
  if (measure === undefined || twin === undefined) return { notMeasured: 'no handler is at hand' };
  try {
    twin.runTo(landed);
    return measure(twin.process, plan);
  } catch (error) {
    if (error instanceof Refusal) return { notMeasured: error.message };
    throw error;
  }
}

export function preparationOf({ reservations, writes }: Plan, pause?: PointPause): Preparation {
  const prepared = writes.filter(({ phase }) => phase === 'prepare');
  const bytes = (code: boolean): number =>
    prepared.reduce((sum, write) => sum + (write.code === code ? write.after.length : 0), 0);
  const handler = pause?.handler;
  return {
    instructions: handler === undefined || 'notMeasured' in handler ? undefined : handler.preparation,
    bytesReserved: reservations.reduce((sum, { start, end }) => sum + end - start, 0),
    textBytes: bytes(true),
    dataBytes: bytes(false),
  };
}

function atLoad(table: Plan): MeasuredStrategy['atLoad'] {
  const committed = table.writes.filter(({ phase }) => phase === 'commit');
  const bytes = committed.reduce((sum, { after }) => sum + after.length, 0);
  return { ...preparationOf(table), wordsWritten: Math.ceil(bytes / WORD) };
}

export const textOf = ({ segments }: Image): number =>
  segments.reduce((sum, { executable, memorySize }) => sum + (executable ? memorySize : 0), 0);

export const dataOf = ({ segments }: Image): number =>
  segments.reduce((sum, { executable, memorySize }) => sum + (executable ? 0 : memorySize), 0);
