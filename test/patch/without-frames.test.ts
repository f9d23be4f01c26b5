/** Programs built without call-frame information: stacks are scanned conservatively. */
import { expect, test } from 'vitest';
import { applyAtEveryPoint } from '../support/every-point.js';
import { LiveProcess } from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import {
  imageOf,
  ISAS,
  newName,
  patchBetween,
  PATCHES,
  PLENTY,
  sessionOf,
  start,
  tellerName,
  withoutFrames,
} from '../support/programs.js';

const cases = ISAS.flatMap((isa) => PATCHES.map((patch) => [patch, isa] as const));

test.each(cases)('%s on %s lands right and can be taken back', (patch, isa) => {
  const summary = applyAtEveryPoint(patch, isa, 13, withoutFrames);
  console.log(`${patch} on ${isa}, scanned: ${JSON.stringify(summary)}`);
  expect(summary.deferred).toBeGreaterThan(0);
  expect(summary.outputs).toBeGreaterThan(1);
  // A word that is left over may look like a return address until the process ends, but not most of the time.
  expect(summary.refused).toBeLessThan(summary.points / 2);
});

test('on SPARC, where nothing is left over, an update lands as soon as the procedure is left', () => {
  const isa = 'sparc';
  const landings = [imageOf, withoutFrames].map((load) => {
    const image = load(tellerName(isa));
    const process = start(image, sessionOf('teller-shrink'));
    const body = image.symbols.find(({ name }) => name === 'print_heading')!;
    while (process.core.pc <= body.address || process.core.pc >= body.address + body.size) {
      process.run(process.instructions + 1);
    }
    const patch = patchBetween(image, load(newName('teller-shrink', isa)));
    new LiveProcess(new EmulatedTarget(process)).update(patch).advance();
    return process.instructions;
  });
  // Perhaps earlier than the return, when the procedure ends with a tail call.
  expect(landings[1]).toBeLessThanOrEqual(landings[0]!);
});

test.each(ISAS)('on %s an update can be taken back wherever the process is by then', (isa) => {
  const image = withoutFrames(tellerName(isa));
  const patch = patchBetween(image, withoutFrames(newName('teller-grow', isa)));
  let waited = 0;
  for (let point = 800; point < 3000; point += 7) {
    const process = start(image, sessionOf('teller-grow'));
    const live = new LiveProcess(new EmulatedTarget(process));
    process.run(300);
    live.update(patch).advance();
    process.run(point);
    live.rollback({ onEvent: ({ kind }) => (waited += kind === 'busy' ? 1 : 0) }).advance();
    expect(process.run(PLENTY), `rollback at ${point}`).toEqual({ kind: 'exited', status: 0 });
  }
  expect(waited).toBeGreaterThan(0);
});
