/**
 * Figure 2 of "Cooperative Update" (HotSWUp 2009), at every instruction: under activeness alone the program ends
 * wrong after exactly the points that the paper warns of; with the state that the package requires, after none.
 */
import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import type { Image } from '#suture/elf/index.js';
import { diff, Program } from '#suture/patch/index.js';
import { patchFor } from '../support/apply-case.js';
import { caseNamed, loaded, programsOf } from '../support/cases.js';
import { ISAS, start, type IsaName } from '../support/programs.js';
import { tryEveryPoint, type PointsTried } from '../support/wrong-points.js';

const TASKS = 19;
const BATCHES = 6;

function attempt(name: string, isa: IsaName): PointsTried & { oldImage: Image; session: string } {
  const of = caseNamed(name);
  const files = programsOf(of, isa);
  const [oldImage, newImage] = [loaded(files.oldName), loaded(files.newName)];
  const session = readFileSync(files.session, 'latin1');
  const patch = patchFor(of, diff(new Program(oldImage), new Program(newImage)));
  return { ...tryEveryPoint(oldImage, newImage, patch, session), oldImage, session };
}

/** The points at which the process stands at the entry of one of these procedures. */
function entries(image: Image, session: string, names: readonly string[]): { name: string; point: number }[] {
  const addresses = new Map(
    names.map((name) => [image.symbols.find((symbol) => symbol.name === name)!.address, name]),
  );
  const process = start(image, session);
  const found: { name: string; point: number }[] = [];
  for (let point = 0; process.run(point).kind === 'limit'; point++) {
    const name = addresses.get(process.core.pc);
    if (name !== undefined) found.push({ name, point });
  }
  return found;
}

test.each(ISAS)('%s: a task that was counted in init is counted again in run', (isa) => {
  const { wrong, refused, oldImage, session } = attempt('figure-2-activeness', isa);
  const steps = entries(oldImage, session, ['init', 'run']);
  // Inside init, it lands when init returns.
  const split = steps.flatMap(({ name, point }, i) =>
    name === 'init' ? [[point + 1, steps[i + 1]!.point]] : [],
  );
  expect(wrong).toEqual(split);
  expect(wrong).toHaveLength(TASKS);
  expect(refused).toBe(0);
});

test.each(ISAS)('%s: the second update misses the start of a batch that has begun', (isa) => {
  const { wrong, refused, oldImage, session } = attempt('figure-2-times-activeness', isa);
  const steps = entries(oldImage, session, ['init', 'run', 'report']);
  const batches = steps.flatMap(({ name }, i) => (name === 'report' ? [i] : []));
  const split = batches.map((report, i) => {
    const first = i === 0 ? 0 : batches[i - 1]! + 1;
    return [steps[first]!.point + 1, steps[report - 1]!.point];
  });
  expect(wrong).toEqual(split);
  expect(wrong).toHaveLength(BATCHES);
  expect(refused).toBe(0);
});

test.each(ISAS.flatMap((isa) => ['figure-2', 'figure-2-times'].map((name) => [name, isa] as const)))(
  '%s on %s: with the required state no point is wrong',
  (name, isa) => {
    const { points, wrong, deferred, refused } = attempt(name, isa);
    expect(points).toBeGreaterThan(5000);
    expect(wrong).toEqual([]);
    expect(deferred).toBeGreaterThan(TASKS);
    // Where no more good moment is looked at before the process ends.
    expect(refused).toBeLessThan(1000);
  },
);
