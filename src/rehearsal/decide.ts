/** Decides the points of a run, part by part. */
import type { Image } from '../elf/index.js';
import { LiveProcess } from '../patch/index.js';
import { EmulatedTarget } from '../target/index.js';
import { Continuations } from './continuations.js';
import { doubtsOf, type Doubts } from './footprint.js';
import { checkCount } from '../isa/count.js';
import type { Isa } from '../isa/isa.js';
import { EXECUTE } from '../machine/memory.js';
import type { Process } from '../process/process.js';
import type { Judge } from './judge.js';
import type { PointClass } from './model.js';
import { PartDecider } from './part.js';
import { Verdicts, type RehearsedUpdate, type Waited } from './verdict.js';
import { Session, type Workload } from './workload.js';

/** Points from `first` on, before `end`. */
export interface Part {
  first: number;
  end: number;
}

/** Addresses at which instructions may begin. */
function codeIn(regions: Process['memory']['regions'], isa: Isa): number[] {
  const step = isa.instructionSize(new Uint8Array(4));
  return regions
    .filter(({ protection }) => (protection & EXECUTE) !== 0)
    .flatMap(({ start, end }) => Array.from({ length: (end - start) / step }, (_, i) => start + i * step));
}

export class Decider {
  private readonly verdicts: Verdicts;
  private readonly doubts: Doubts;
  private readonly start: Session;
  /** The furthest the old program has run, to go on from there. */
  private reached: Session;

  /**
   * @param limit instructions after which a process counts as hung.
   * @throws Refusal when a binding table is wanted and cannot be made; RangeError for a limit or a patience that is no
   * whole number.
   */
  constructor(
    image: Image,
    workload: Workload,
    private readonly update: RehearsedUpdate,
    judge: Judge,
    limit: number,
  ) {
    checkCount('the limit of instructions', limit);
    checkCount('the patience of an update', update.patience);
    this.start = Session.start(image, workload, judge);
    this.reached = this.start;
    const { process } = this.start;
    const doubts = doubtsOf(image, process.isa);
    const live = new LiveProcess(update.makeTarget?.(process) ?? new EmulatedTarget(process));
    const known = new Set(process.memory.regions.map(({ start }) => start));
    if (update.bindingTable ?? update.options.redirect === 'binding-table') live.bind();
    // No rules tell of frames in the code of a binding table.
    const added = process.memory.regions.filter(({ start }) => !known.has(start));
    this.doubts = { ...doubts, unwalkable: [...doubts.unwalkable, ...codeIn(added, process.isa)] };
    this.verdicts = new Verdicts(image, update, new Continuations(limit), live.running);
  }

  /** A process that stands at this point, to do with it what one likes. */
  at(point: number): Session {
    const near = this.reached.process.instructions <= point ? this.reached : this.start;
    const session = near.fork();
    session.run(point);
    this.reached = session;
    return session.fork();
  }

  /**
   * Tells the classes of a part as they are found, not always in order. Points before the end that wait beyond it are
   * told with what becomes of them there.
   *
   * @param isOver asked now and then whether to stop early.
   */
  decide({ first, end }: Part, tell: (found: PointClass) => void, isOver = (): boolean => false): void {
    checkCount('the first point of a part', first);
    checkCount('the end of a part', end);
    new PartDecider(this.at(first), this.verdicts, this.doubts, end, this.update.patience, tell).run(isOver);
  }

  /** What becomes of an update that is asked for at this point, carried out in full and shared with no other. */
  try(point: number): Waited {
    return this.verdicts.carryOut(this.at(point), 'alone');
  }
}
