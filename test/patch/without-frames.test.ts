/** Programs built without call-frame information: stacks are scanned conservatively. */
import { expect, test } from 'vitest';
import type { Image } from '#suture/elf/index.js';
import { applyAtEveryPoint } from '../support/every-point.js';
import { imageOf, ISAS, PATCHES } from '../support/programs.js';

const cases = ISAS.flatMap((isa) => PATCHES.map((patch) => [patch, isa] as const));

function withoutFrames(name: string): Image {
  const image = imageOf(name);
  return { ...image, sections: image.sections.filter((section) => section.name !== '.eh_frame') };
}

test.each(cases)('%s on %s lands right and can be taken back', (patch, isa) => {
  const summary = applyAtEveryPoint(patch, isa, 13, withoutFrames);
  console.log(`${patch} on ${isa}, scanned: ${JSON.stringify(summary)}`);
  expect(summary.deferred).toBeGreaterThan(0);
  expect(summary.outputs).toBeGreaterThan(1);
  // A word that is left over may look like a return address until the process ends, but not most of the time.
  expect(summary.refused).toBeLessThan(summary.points / 2);
});
