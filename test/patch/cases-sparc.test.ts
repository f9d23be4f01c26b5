import { expect, test } from 'vitest';
import { tryCase } from '../support/apply-case.js';
import { cases } from '../support/cases.js';

test.each(cases().map((each) => [each.name, each] as const))('%s', (_name, each) => {
  const summary = tryCase(each, 'sparc', '-O2');
  // The first and the last answer of some version, at least.
  if (summary !== undefined) expect(summary.outputs).toBeGreaterThan(each.sameAnswers ? 0 : 1);
});
