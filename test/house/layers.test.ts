import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { expect, test } from 'vitest';
import { pathOf } from '../support/programs.js';

test('imports point down the list of folders, never up', async () => {
  const options = await extractDepcruiseOptions(pathOf('.dependency-cruiser.cjs'));
  const { output } = await cruise(['src'], { ...options, validate: true, baseDir: pathOf('.') });
  const { summary } = output as ICruiseResult;
  expect(summary.totalCruised).toBeGreaterThan(50);
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
});
