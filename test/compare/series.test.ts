import { describe, expect, test } from 'vitest';
import { MADE_ISAS, measureSeries, type SeriesPoint } from '#suture/compare/index.js';
import { leastSquares } from '#suture/compare/series/fit.js';
import { makePair } from '#suture/compare/series/program.js';
import { diff, Program } from '#suture/patch/index.js';
import { handlerMeasure } from '#suture/cli/handler-program.js';
import { runToEnd } from '../support/programs.js';

const SIZE = { callSites: 230, procedures: 7, depth: 30 };

describe.each(MADE_ISAS)('generated programs for %s', (isa) => {
  const pair = makePair(isa, SIZE);
  const series = measureSeries(isa, undefined, 200);
  const along = (axis: SeriesPoint['axis'], strategy: SeriesPoint['strategy']): SeriesPoint[] =>
    series.points.filter((point) => point.axis === axis && point.strategy === strategy);

  test('run, and end well', () => {
    for (const image of [pair.old, pair.grown, pair.same]) {
      expect(runToEnd(image, '').stop).toEqual({ kind: 'exited', status: 0 });
    }
  });

  test('differ in the procedures that are to change, and in nothing else', () => {
    expect(diff(new Program(pair.old), new Program(makePair(isa, SIZE).old)).verdicts).toSatisfy(
      (verdicts: { verdict: string }[]) => verdicts.every(({ verdict }) => verdict === 'unchanged'),
    );
    const { verdicts } = diff(new Program(pair.old), new Program(pair.grown));
    const changed = verdicts.filter(({ verdict }) => verdict !== 'unchanged').map(({ name }) => name);
    expect(changed.sort()).toEqual(Array.from({ length: SIZE.procedures }, (_, i) => `changed${i}`));
  });

  test('rewriting call sites writes a word for each and one for pointers', () => {
    for (const { size, pause } of along('callSites', 'call-sites')) {
      expect(pause.wordsWritten).toBe(size.callSites + 1);
    }
    expect(along('callSites', 'call-sites').length).toBeGreaterThan(5);
  });

  test('each frame is walked', () => {
    // work, _start, and the activations of descend between them
    for (const { size, pause } of along('depth', 'trampoline')) {
      expect(pause.framesWalked).toBe(size.depth + 2);
    }
  });

  test.each([
    ['in-place', 0],
    ['call-sites', 0],
    ['trampoline', 1],
    ['binding-table', isa === 'sparc' ? 4 : 3],
  ] as const)('a call costs %s %i instructions more', (strategy, extra) => {
    const points = series.points.filter((point) => point.strategy === strategy);
    for (const { size, direct } of points) {
      expect(direct).toEqual({
        calls: size.callSites,
        extraInstructions: extra * size.callSites,
        most: extra,
      });
    }
  });
});

describe.each(MADE_ISAS)('the handler inside the process, on %s', (isa) => {
  const { points, constants } = measureSeries(isa, handlerMeasure(isa), 100);

  test('takes at most 1000 instructions for one call site under 10 frames', () => {
    const small = points.filter(({ axis, size }) => axis === 'callSites' && size.callSites === 1);
    expect(small.length).toBe(4);
    for (const { pause, size } of small) {
      expect(size.depth).toBe(10);
      expect(pause.instructions).toBeLessThanOrEqual(1000);
    }
  });

  test('takes time that is linear in what it scans and writes', () => {
    expect(constants.map(({ strategies }) => strategies.length)).toEqual([3, 1]);
    for (const each of constants) {
      expect(each.perWordWritten).toBeGreaterThan(1);
      expect(each.largestError).toBeLessThan(0.001);
    }
  });
});

test('a size below 1 is an error', () => {
  expect(() => makePair('rv32', { ...SIZE, depth: 0 })).toThrow('depth of a made-up program is 0');
});

describe('least squares', () => {
  test('find the constants of a sum', () => {
    const rows = [
      [1, 0, 3],
      [1, 1, 5],
      [1, 2, 1],
      [1, 3, 9],
    ];
    const prices = leastSquares(
      rows,
      rows.map(([, a, b]) => 11 + 4 * a! + 2.5 * b!),
    );
    for (const [i, price] of [11, 4, 2.5].entries()) expect(prices[i]).toBeCloseTo(price, 6);
  });

  test('give no constant to what never changes, or follows from others', () => {
    const prices = leastSquares(
      [
        [1, 7, 1, 2],
        [1, 7, 2, 4],
        [1, 7, 3, 6],
      ],
      [5, 6, 7],
    );
    expect(prices.map((price) => price?.toFixed(3))).toEqual(['4.000', undefined, '1.000', undefined]);
  });
});
