/**
 * Compares the strategies by which one update can be made.
 *
 * Every strategy gets the same program, the same workload and the same update points. A point is a number of
 * instructions of the old program; where a strategy makes the program execute more, it is the same place in it.
 */
import type { Image } from '../elf/index.js';
import { isaOf } from '../isa/index.js';
import { Running, type Patch } from '../patch/index.js';
import { STRATEGIES, type Comparison, type StrategyResult } from './model.js';
import { seededPoints } from './points.js';
import { measureRedirected, type MeasureHandler, type Subject } from './redirected.js';
import { measureRestart } from './restart.js';
import { Run, type Workload } from './workload.js';

export interface CompareOptions {
  /** Of the update points. */
  seed: number;
  /** How many update points. */
  points: number;
  /** `far`: new code goes where no single jump reaches. */
  place?: 'near' | 'far';
  /** Counts the instructions of pauses; they are not measured without. */
  measureHandler?: MeasureHandler | undefined;
}

/**
 * @param patch that turns the old program into the new one.
 * @throws CompareError when the workload does not end.
 *
 * @example
 * const workload = { input, options: {}, limit: 10_000_000 };
 * compare(oldImage, newImage, patch, workload, { seed: 1, points: 20 }).strategies;
 */
export function compare(
  oldImage: Image,
  newImage: Image,
  patch: Patch,
  workload: Workload,
  options: CompareOptions,
): Comparison {
  const instructions = lengthOf(oldImage, workload);
  const points = seededPoints(instructions, options.points, options.seed);
  const { place, measureHandler } = options;
  const subject: Subject = { oldImage, newImage, patch, workload, points, place, measureHandler };
  const replaced = patch.procedures.filter(({ old }) => old !== undefined);
  const running = Running.of(oldImage);
  return {
    old: oldImage.name,
    new: newImage.name,
    isa: isaOf(oldImage).title,
    procedures: replaced.map(({ name }) => name),
    callSites: replaced.reduce((sum, { old }) => sum + running.callsOf(old!.address).length, 0),
    seed: options.seed,
    workload: { old: instructions, new: lengthOf(newImage, workload, oldImage.name) },
    points,
    strategies: measureAll(subject),
  };
}

function measureAll(subject: Subject): StrategyResult[] {
  return STRATEGIES.map((strategy) =>
    strategy === 'restart' ? measureRestart(subject) : measureRedirected(subject, strategy),
  );
}

/** Instructions of the whole workload. */
function lengthOf(image: Image, workload: Workload, argv0?: string): number {
  const run = Run.start(image, workload, argv0);
  run.runToEnd();
  return run.process.instructions;
}
