import { describe, expect, test } from 'vitest';
import {
  compare,
  type Comparison,
  type MeasuredStrategy,
  type StrategyResult,
} from '#suture/compare/index.js';
import {
  imageOf,
  ISAS,
  newName,
  patchBetween,
  sessionOf,
  tellerName,
  type IsaName,
} from '../support/programs.js';

const LIMIT = 10_000_000;

function compared(
  isa: IsaName,
  patch: string,
  options: Partial<Parameters<typeof compare>[4]> = {},
): Comparison {
  const [oldImage, newImage] = [imageOf(tellerName(isa)), imageOf(newName(patch, isa))];
  const workload = { input: sessionOf(patch), options: {}, limit: LIMIT };
  const made = patchBetween(oldImage, newImage);
  return compare(oldImage, newImage, made, workload, { seed: 1, points: 8, ...options });
}

const resultOf = (comparison: Comparison, name: StrategyResult['strategy']): StrategyResult =>
  comparison.strategies.find(({ strategy }) => strategy === name)!;

function measured(comparison: Comparison, name: StrategyResult['strategy']): MeasuredStrategy {
  const result = resultOf(comparison, name);
  if (!result.applies) throw new Error(`${name} does not apply: ${result.why}`);
  return result;
}

/** Without the times of the host, which are in members of their own. */
const counts = (comparison: Comparison): string =>
  JSON.stringify(comparison, (key, value: unknown) => (key === 'host' ? undefined : value));

/** Instructions of a jump that reaches everywhere, and of a jump through a table. */
const FAR_JUMP: Record<IsaName, number> = { rv32: 2, rv64: 2, sparc: 3 };
const TABLE_JUMP: Record<IsaName, number> = { rv32: 3, rv64: 3, sparc: 4 };

describe.each(ISAS)('on %s', (isa) => {
  const near = compared(isa, 'teller-grow');

  test('rewritten call sites cost nothing at direct calls, and a jump through pointers', () => {
    const { after } = measured(near, 'call-sites');
    expect(after!.direct.calls).toBeGreaterThan(0);
    expect(after!.direct.extraInstructions).toBe(0);
    expect(after!.pointer).toEqual({ calls: 2, extraInstructions: 2, most: 1 });
  });

  test.each([
    ['near', 1],
    ['far', FAR_JUMP[isa]],
  ] as const)('a trampoline to %s code costs %i', (place, jump) => {
    const { after } = measured(compared(isa, 'teller-grow', { points: 1, place }), 'trampoline');
    expect([after!.direct.most, after!.pointer.most]).toEqual([jump, jump]);
  });

  test('a binding table costs before any update too', () => {
    const { before, after, atLoad } = measured(near, 'binding-table');
    const jump = TABLE_JUMP[isa];
    expect([before!.direct.most, after!.direct.most]).toEqual([jump, jump]);
    expect(before!.instructions - near.workload.old).toBe(before!.detourInstructions);
    expect(before!.detourInstructions % jump).toBe(0);
    expect(atLoad!.wordsWritten).toBeGreaterThan(0);
  });

  test('what does not apply says why', () => {
    const result = resultOf(near, 'in-place');
    expect(result.applies ? '' : result.why).toMatch(/^compound cannot be replaced in place: its \d+ bytes/);
    expect(resultOf(compared(isa, 'teller-shrink', { points: 1 }), 'in-place').applies).toBe(true);
  });

  test('a restart waits for the program to ask for input, and its state is carried over', () => {
    const { points, stateKept } = measured(near, 'restart');
    const waits = points.flatMap((outcome) => (outcome.kind === 'applied' ? [outcome.waited] : []));
    expect(Math.max(...waits)).toBeGreaterThan(0);
    expect(stateKept!.of).toBeGreaterThan(0);
    expect(stateKept!.right).toBe(stateKept!.of);
  });

  test('the numbers are the same in every run', () => {
    expect(counts(compared(isa, 'teller-grow'))).toBe(counts(near));
    expect(compared(isa, 'teller-grow', { seed: 2 }).points).not.toEqual(near.points);
  });
});

test('a workload that does not end is an error', () => {
  const oldImage = imageOf(tellerName('rv32'));
  const newImage = imageOf(newName('teller-grow', 'rv32'));
  const workload = { input: sessionOf('teller-grow'), options: {}, limit: 1000 };
  expect(() =>
    compare(oldImage, newImage, patchBetween(oldImage, newImage), workload, { seed: 1, points: 1 }),
  ).toThrow('the workload of teller.rv32.elf has not ended after 1000 instructions');
});
