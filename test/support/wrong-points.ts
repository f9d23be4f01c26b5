/** Where an update leaves a program wrong, found by trying every instruction of a run. */
import { LiveProcess, Refusal, type Patch } from '#suture/patch/index.js';
import type { Image } from '#suture/elf/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { Collected, PLENTY, start } from './programs.js';
import { OldThenNew } from './session.js';

export interface PointsTried {
  points: number;
  /** First and last of each run of points after which the output is not old, then new. */
  wrong: [first: number, last: number][];
  deferred: number;
  /** The process ended before the moment came. */
  refused: number;
}

/** Asks for the update at every instruction of the session, and runs on to the end each time. */
export function tryEveryPoint(oldImage: Image, newImage: Image, patch: Patch, session: string): PointsTried {
  const right = new OldThenNew(oldImage, newImage, session);
  const before = new Collected();
  const base = start(oldImage, session, before);
  const { running } = new LiveProcess(new EmulatedTarget(base));
  const tried: PointsTried = { points: 0, wrong: [], deferred: 0, refused: 0 };
  for (let point = 0; base.run(point).kind === 'limit'; point++) {
    tried.points++;
    const output = new Collected();
    const process = base.fork(output.sink);
    let landedAfter = Infinity;
    try {
      new LiveProcess(new EmulatedTarget(process), running).update(patch).advance();
      if (process.instructions > point) tried.deferred++;
      landedAfter = before.text.length + output.text.length;
    } catch (error) {
      if (!(error instanceof Refusal) || error.reason !== 'process-ended') throw error;
      tried.refused++;
    }
    process.run(PLENTY);
    if (right.isRight(before.text + output.text, landedAfter)) continue;
    const range = tried.wrong.at(-1);
    if (range?.[1] === point - 1) range[1] = point;
    else tried.wrong.push([point, point]);
  }
  return tried;
}
