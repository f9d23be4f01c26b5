import { expect, test } from 'vitest';
import { LiveProcess } from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import {
  Collected,
  imageOf,
  ISAS,
  newName,
  patchOf,
  PATCHES,
  PLENTY,
  sessionOf,
  start,
  tellerName,
} from '../support/programs.js';
import { answers } from '../support/session.js';

const cases = ISAS.flatMap((isa) => PATCHES.map((patch) => [patch, isa] as const));

/** Whether the output is made of old answers, then new ones, then old ones again. */
function isOldNewOld(output: string, before: string[], after: string[]): boolean {
  for (let first = 0; first <= before.length; first++) {
    for (let last = first; last <= before.length; last++) {
      const mixture = [...before.slice(0, first), ...after.slice(first, last), ...before.slice(last)];
      if (mixture.join('') === output) return true;
    }
  }
  return false;
}

test.each(cases)('%s on %s is taken back wherever the process is by then', (name, isa) => {
  const patch = patchOf(name, isa);
  const image = imageOf(tellerName(isa));
  const session = sessionOf(name);
  const text = Buffer.from(session).toString();
  const before = answers(image, text);
  const after = answers(imageOf(newName(name, isa)), text);
  const end = start(image, session);
  end.run(PLENTY);
  let kept = 0;
  for (let point = 1500; point < end.instructions - 100; point += 5) {
    const output = new Collected();
    const process = start(image, session, output);
    const live = new LiveProcess(new EmulatedTarget(process));
    process.run(1200);
    live.update(patch).advance();
    process.run(Math.max(point, process.instructions));
    // The new version may be done sooner.
    if (process.hasEnded) break;
    live
      .rollback({
        onEvent: (event) => {
          if (event.kind === 'undone' && event.kept) kept++;
        },
      })
      .advance();
    const stop = process.run(PLENTY);
    const where = `${name} on ${isa}: update at 1200, rollback at ${point}`;
    expect(stop, where).toEqual({ kind: 'exited', status: 0 });
    expect(isOldNewOld(output.text, before, after), `${where}\n${output.text}`).toBe(true);
    live.reclaim();
    expect(
      process.memory.regions.filter((region) => region.name.includes('new.')),
      where,
    ).toEqual([]);
  }
  // A string of the patch is being printed at some of these points, and must not disappear under the reader.
  console.log(`${name} on ${isa}: memory was kept at ${kept} points`);
});
