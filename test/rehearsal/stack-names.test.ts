/** Both ends of a deep stack are told. */
import { expect, test } from 'vitest';
import type { StackWalk } from '#suture/isa/unwind.js';
import { stackNames } from '#suture/rehearsal/stack-names.js';

/** So many activations of procedures that are called like their number. */
const walk = (depth: number, complete = true): StackWalk =>
  ({
    activations: Array.from({ length: depth }, (_, within) => ({ within })),
    complete,
    signalFrames: [],
  }) as unknown as StackWalk;
const names = (of: StackWalk): string[] => stackNames(of, (address) => `f${address}`);

test('a stack of 1000 is told from both ends, with how many are left out', () => {
  const told = names(walk(1000));
  expect(told).toHaveLength(65);
  expect(told.slice(38, 43)).toEqual(['f38', 'f39', '(936 more)', 'f976', 'f977']);
  expect(told.at(-1)).toBe('f999');
});

test('one that is not that deep is told whole', () => {
  expect(names(walk(65))).toEqual(Array.from({ length: 65 }, (_, i) => `f${i}`));
});

test('a walk that comes to no end says so', () => {
  expect(names(walk(2, false))).toEqual(['f0', 'f1', '(unknown)']);
});
