/** Applies a patch at the instructions of a session, by brute force. */
import { EmulatedTarget } from '#suture/target/index.js';
import type { Image } from '#suture/elf/index.js';
import {
  LiveProcess,
  Refusal,
  type ApplyOptions,
  type Patch,
  type UpdateOptions,
} from '#suture/patch/index.js';
import type { Process } from '#suture/process/process.js';
import {
  Collected,
  imageOf,
  newName,
  patchBetween,
  type patchOf,
  PLENTY,
  runToEnd,
  sessionOf,
  start,
  tellerName,
  type IsaName,
} from './programs.js';
import { OldThenNew } from './session.js';

export interface PointSummary {
  points: number;
  /** Points at which the update had to wait. */
  deferred: number;
  /** Points at which it was refused, because the process ended while somebody seemed to be inside. */
  refused: number;
  /** Distinct outputs seen; each was right. */
  outputs: number;
}

/** Two builds, the patch between them, and a session to try it in. */
export interface Subject {
  oldImage: Image;
  newImage: Image;
  patch: Patch;
  session: string;
  /** How it is applied; as chosen without. */
  options?: ApplyOptions;
  /** The command that applies it at an instruction, for people. */
  command: (point: number) => string;
}

/**
 * At each of these instructions, ascending: the update lands (at once, or when the blocking activation has
 * returned); rolled back there, memory and registers are those of a process that was never patched; applied
 * again, the process runs to its end and its output is old up to some command and new from there.
 *
 * @throws Error that names the point and how to repeat it.
 */
export function applyAtPoints(subject: Subject, points: Iterable<number>): PointSummary {
  const { oldImage, newImage, patch, session, options = {} } = subject;
  const right = new OldThenNew(oldImage, newImage, session);
  const before = new Collected();
  const unpatched = start(oldImage, session, before);
  const base = new LiveProcess(new EmulatedTarget(unpatched));
  if (options.redirect === 'binding-table') base.bind();
  const seen = new Set<string>();
  const summary: PointSummary = { points: 0, deferred: 0, refused: 0, outputs: 0 };
  for (const point of points) {
    summary.points++;
    unpatched.run(point);
    const fail = (what: string): never => {
      throw new Error(
        `${newImage.name} at instruction ${point}: ${what}\nto repeat: ${subject.command(point)}`,
      );
    };
    const output = new Collected();
    const process = unpatched.fork(output.sink);
    const live = new LiveProcess(new EmulatedTarget(process), base.running);
    try {
      live.update(patch, options).advance();
    } catch (error) {
      // Only a conservative scan may see somebody inside until the end.
      if (!(error instanceof Refusal) || error.reason !== 'process-ended') throw error;
      summary.refused++;
      continue;
    }
    const landed = process.instructions;
    if (landed > point) summary.deferred++;
    live.rollback().advance();
    if (process.instructions !== landed) fail('rolling back at once had to wait');
    reclaim(live, process);
    compare(process, unpatched, fail);
    live.update(patch, options).advance();
    const landedAfter = before.text.length + output.text.length;
    const stop = process.run(PLENTY);
    if (stop.kind !== 'exited' || stop.status !== 0) fail(`ended with ${JSON.stringify(stop)}`);
    const whole = before.text + output.text;
    if (!right.isRight(whole, landedAfter)) fail(`the output is not old then new:\n${whole}`);
    seen.add(whole);
  }
  return { ...summary, outputs: seen.size };
}

/** At every `step`-th instruction of a session of teller; `load` reads the programs. */
export function applyAtEveryPoint(patchName: string, isa: IsaName, step = 1, load = imageOf): PointSummary {
  const [oldName, newPath] = [tellerName(isa), newName(patchName, isa)];
  const [oldImage, newImage] = [load(oldName), load(newPath)];
  const session = Buffer.from(sessionOf(patchName)).toString();
  const command = (point: number): string =>
    `suture run ${oldName} --patch ${newPath} --at ${point} < patches/${patchName}/session.txt`;
  const { count } = runToEnd(oldImage, session);
  const points = Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
  return applyAtPoints(
    { oldImage, newImage, patch: patchBetween(oldImage, newImage), session, command },
    points,
  );
}

/** Between the two instructions of a pair a register may seem to point into what was reserved; not behind it. */
function reclaim(live: LiveProcess, process: Process): void {
  for (let step = 0; step < 2 && !live.reclaim(); step++) process.run(process.instructions + 1);
}

function compare(process: Process, unpatched: Process, fail: (what: string) => never): void {
  const { instructions } = process;
  const twin = instructions === unpatched.instructions ? unpatched : unpatched.fork(() => undefined);
  twin.run(instructions);
  const pages = process.memory.differingPages(twin.memory);
  if (pages.length > 0) fail(`memory differs after rollback in page 0x${pages[0]!.toString(16)}`);
  if (process.core.state().join() !== twin.core.state().join()) fail('registers differ after rollback');
  const maps = [process, twin].map(({ memory }) => JSON.stringify(memory.regions));
  if (maps[0] !== maps[1]) fail('mappings or permissions differ after rollback');
}

/** Outcome of one update point under a deliberately wrong engine. */
export type Outcome = 'right' | 'wrong output' | 'crashed' | 'refused';

/** What becomes of a session when a patch is applied at `point` with these options, on this kind of target. */
export function outcomeAt(
  base: Process,
  patch: ReturnType<typeof patchOf>,
  right: OldThenNew,
  prefix: string,
  options: UpdateOptions,
  makeTarget: (process: Process) => EmulatedTarget = (process) => new EmulatedTarget(process),
): Outcome {
  const output = new Collected();
  const process = base.fork(output.sink);
  try {
    new LiveProcess(makeTarget(process)).update(patch, options).advance();
  } catch {
    return 'refused';
  }
  const landedAfter = prefix.length + output.text.length;
  const stop = process.run(process.instructions + 1_000_000);
  if (stop.kind !== 'exited') return 'crashed';
  return right.isRight(prefix + output.text, landedAfter) ? 'right' : 'wrong output';
}
