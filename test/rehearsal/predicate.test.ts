/** What a function of somebody's own may return. */
import { expect, test } from 'vitest';
import { Predicate } from '#suture/rehearsal/predicate.js';

const judged = (returned: unknown) =>
  Predicate.of('judge.mjs', { default: () => returned }).end({ kind: 'exited', status: 0 });

test.each([
  [null, 'null'],
  ['', 'an empty text'],
  [{}, 'an object'],
  [5, 'a number'],
  [Promise.resolve(), 'a promise'],
])('%j is neither text nor nothing', (returned, what) => {
  expect(() => judged(returned)).toThrow(
    `judge.mjs: it returned ${what}; text that says what is wrong, or nothing, would be right`,
  );
});

test('text is what is wrong, and undefined is nothing', () => {
  expect(judged('late')).toEqual({ reason: 'late' });
  expect(judged(undefined)).toBeUndefined();
});
