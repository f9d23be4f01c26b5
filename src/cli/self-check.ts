/** Tries points by brute force, and compares with what their classes say. */
import { SeededNumbers } from '../process/random.js';
import { deciderOf, type Job, type PointClass, type Rehearsal } from '../rehearsal/index.js';
import { CliError, ExitCode } from './exit-codes.js';

/** Runs up to this long are checked at every point by `all`. */
const SHORT_RUN = 20_000;

/** Every point, or so many random members of random classes. */
export type Extent = 'all' | number;

/** @throws CliError when a run of so many instructions is too long for that. */
export function checkExtent(extent: Extent, instructions: number): void {
  if (extent !== 'all' || instructions < SHORT_RUN) return;
  throw new CliError(
    ExitCode.usage,
    `--self-check all is for runs of fewer than ${SHORT_RUN} instructions, and this has ${instructions}; give a number of points`,
  );
}

/**
 * @throws CliError when a point does not do what its class says: that is a mistake in suture.
 */
export async function selfCheck(
  job: Job,
  rehearsal: Rehearsal,
  extent: Extent,
  say: (line: string) => void,
): Promise<void> {
  const decider = await deciderOf(job);
  const decided = rehearsal.classes.filter(({ decision }) => decision !== 'undecided');
  const points = extent === 'all' ? everyPoint(decided) : randomPoints(decided, extent, rehearsal.seed);
  for (const { point, of } of points) {
    const { landsAt, run, reason } = decider.try(point);
    const decision = landsAt === undefined ? 'refused' : landsAt > point ? 'deferred' : 'at-once';
    const wanted = of.decision === 'at-once' ? point : of.landsAt;
    if (decision === of.decision && landsAt === wanted && run.judgement === of.judgement) continue;
    const says = `${of.decision}${of.landsAt === undefined ? '' : ` to ${of.landsAt}`}, ${of.judgement ?? ''}`;
    const does = `${decision}${landsAt === undefined ? '' : ` to ${landsAt}`}, ${run.judgement} (${run.objection?.reason ?? reason})`;
    throw new CliError(
      ExitCode.internal,
      `self-check: point ${point} was said to be ${says}, by its class ${of.first} to ${of.last}; by itself it is ` +
        `${does}. This is a mistake in suture. To repeat: ${rehearsal.repeat(point)}`,
    );
  }
  say(`self-check: ${points.length} points tried one by one, each as its class says`);
}

interface Member {
  point: number;
  of: PointClass;
}

function everyPoint(classes: readonly PointClass[]): Member[] {
  return classes.flatMap((of) =>
    Array.from({ length: of.last - of.first + 1 }, (_, i) => ({ point: of.first + i, of })),
  );
}

function randomPoints(classes: readonly PointClass[], count: number, seed: number): Member[] {
  if (classes.length === 0) return [];
  const numbers = new SeededNumbers(seed);
  const members = Array.from({ length: count }, () => {
    const of = classes[numbers.next() % classes.length]!;
    return { point: of.first + (numbers.next() % (of.last - of.first + 1)), of };
  });
  return members.sort((a, b) => a.point - b.point);
}
