/** Measures an update that is made inside the running process, under one way of redirection. */
import type { Image } from '../elf/index.js';
import {
  findBlockers,
  LiveProcess,
  planBindings,
  Refusal,
  type Patch,
  type Plan,
  type Redirect,
  type Running,
  type UpdateEvent,
} from '../patch/index.js';
import { EmulatedTarget } from '../target/index.js';
import { CallWatch } from './call-watch.js';
import type {
  AppliedOutcome,
  MeasuredStrategy,
  PointOutcome,
  Preparation,
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
}

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
    preparation: preparationOf(landed.plan),
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
class Stage {
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
    const { plan } = planBindings(target, live.running.program);
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
      const { plan: update, running } = landed;
      const watch = new CallWatch(run.process, this.entries, running, { update, table: this.table });
      run.runToEnd();
      return { landed, after: watch.count() };
    }
    throw new Error(`the update by ${this.strategy} landed, and then it did not`);
  }

  private get entries(): number[] {
    return this.subject.patch.procedures.flatMap(({ old }) => old?.address ?? []);
  }

  private apply(run: Run, point: number): Landed | Extract<PointOutcome, { kind: 'refused' }> {
    const { patch } = this.subject;
    return applyUpdate(run, point, { patch, strategy: this.strategy, running: this.running });
  }
}

/** Carries the update out where a run stands, and measures it. */
export function applyUpdate(
  run: Run,
  point: number,
  { patch, strategy, running }: { patch: Patch; strategy: Redirect | undefined; running?: Running },
): Landed | Extract<PointOutcome, { kind: 'refused' }> {
  const { process } = run;
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
    const outcome: AppliedOutcome = {
      kind: 'applied',
      point,
      busy,
      waited: instructions - asked,
      pause: {
        instructions: undefined,
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

function preparationOf({ reservations, writes }: Plan): Preparation {
  const prepared = writes.filter(({ phase }) => phase === 'prepare');
  const bytes = (code: boolean): number =>
    prepared.reduce((sum, write) => sum + (write.code === code ? write.after.length : 0), 0);
  return {
    instructions: undefined,
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
