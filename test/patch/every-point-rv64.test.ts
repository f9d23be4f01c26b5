import { expect, test } from 'vitest';
import { applyAtEveryPoint } from '../support/every-point.js';
import { PATCHES } from '../support/programs.js';

test.each(PATCHES)('%s lands right at every instruction and can be taken back', (patch) => {
  const summary = applyAtEveryPoint(patch, 'rv64');
  console.log(`${patch} on rv64: ${JSON.stringify(summary)}`);
  expect(summary.points).toBeGreaterThan(3000);
  expect(summary.deferred).toBeGreaterThan(0);
  expect(summary.refused).toBe(0);
  // The first answer belongs to no version; from then on every command may be the first new one.
  expect(summary.outputs).toBeGreaterThan(2);
});
