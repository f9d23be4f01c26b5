/**
 * How the cost of an update grows: with the call sites of what it replaces, with the procedures it replaces, and with
 * the depth of the stack it has to look at. One of the three grows in each series, the others stay.
 */
import type { Image } from '../../elf/index.js';
import { diff, link, openPackage, Program, REDIRECTS, type Redirect } from '../../patch/index.js';
import type { CallCount, PointPause, Preparation } from '../model.js';
import { preparationOf, Stage, type MeasureHandler } from '../redirected.js';
import type { Workload } from '../workload.js';
import { leastSquares } from './fit.js';
import { makePair, UPDATE_AT, type MadeIsa, type Size } from './program.js';

export type Axis = keyof Size;

/** Program sizes of each series. */
const SIZES: Record<Axis, readonly number[]> = {
  callSites: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
  procedures: [1, 2, 5, 10, 20, 50, 100],
  depth: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
};
const OTHERS: Record<Axis, Size> = {
  callSites: { callSites: 1, procedures: 1, depth: 10 },
  procedures: { callSites: 100, procedures: 1, depth: 10 },
  depth: { callSites: 1, procedures: 1, depth: 1 },
};
/** Strategies whose pauses follow one law. */
const LAWS: readonly (readonly Redirect[])[] = [['in-place', 'call-sites', 'trampoline'], ['binding-table']];
/** Words that the handler's scan takes at a time. */
const ROUND = 4;
const LIMIT = 100_000_000;

export interface SeriesPoint {
  axis: Axis;
  size: Size;
  strategy: Redirect;
  pause: PointPause;
  preparation: Preparation;
  /** Direct calls from the update to the end. */
  direct: CallCount;
  host: { pauseMicroseconds: number; prepareMicroseconds: number };
}

/** Guest instructions of the pause: fixed, and for each thing the handler has to do. */
export interface PauseConstants {
  /** For whom they hold: before a binding table's word is written, the table jump must be looked for as well. */
  strategies: readonly Redirect[];
  fixed: number | undefined;
  perWordScanned: number | undefined;
  /** More than that for each of the words that are left of the scan's rounds of four. */
  perWordLeft: number | undefined;
  perFrame: number | undefined;
  perWordWritten: number | undefined;
  /** The farthest that any pause lies from what these constants say. */
  largestError: number;
}

export interface Series {
  isa: MadeIsa;
  points: readonly SeriesPoint[];
  /** None where the pauses were not measured. */
  constants: readonly PauseConstants[];
}

/**
 * @param measureHandler counts the instructions of pauses; they are not measured without.
 * @param largest no program is larger in any way than this.
 */
export function measureSeries(isa: MadeIsa, measureHandler?: MeasureHandler, largest = Infinity): Series {
  const points = (Object.keys(SIZES) as Axis[]).flatMap((axis) =>
    SIZES[axis]
      .filter((value) => value <= largest)
      .flatMap((value) => measureSize(isa, axis, { ...OTHERS[axis], [axis]: value }, measureHandler)),
  );
  return { isa, points, constants: LAWS.flatMap((strategies) => constantsOf(strategies, points) ?? []) };
}

function measureSize(
  isa: MadeIsa,
  axis: Axis,
  size: Size,
  measureHandler: MeasureHandler | undefined,
): SeriesPoint[] {
  const pair = makePair(isa, size);
  const workload: Workload = { input: new Uint8Array(), options: {}, limit: LIMIT };
  const at = pair.old.symbols.find(({ name }) => name === UPDATE_AT)!.address;
  const patchTo = (image: Image): ReturnType<typeof openPackage> =>
    openPackage(link(diff(new Program(pair.old), new Program(image))));
  const patches = { grown: patchTo(pair.grown), same: patchTo(pair.same) };
  return REDIRECTS.map((strategy): SeriesPoint => {
    const kind = strategy === 'in-place' ? 'same' : 'grown';
    const subject = {
      ...{ oldImage: pair.old, newImage: pair[kind], patch: patches[kind], workload, points: [] },
      measureHandler,
    };
    const updated = Stage.set(subject, strategy).updateAt(at);
    if ('kind' in updated) throw new Error(`${strategy} on a made-up program: ${updated.why}`);
    const { outcome, plan } = updated.landed;
    return {
      axis,
      size,
      strategy,
      pause: outcome.pause,
      preparation: preparationOf(plan, outcome.pause),
      direct: updated.after.direct,
      host: outcome.host,
    };
  });
}

function constantsOf(
  strategies: readonly Redirect[],
  points: readonly SeriesPoint[],
): PauseConstants | undefined {
  const costs = points.flatMap(({ strategy, pause: { handler } }) =>
    'notMeasured' in handler || !strategies.includes(strategy) ? [] : [handler],
  );
  if (costs.length === 0) return undefined;
  const rows = costs.map((c) => [
    ...[1, c.wordsScanned, c.framesWalked, c.wordsWritten],
    c.wordsScanned % ROUND,
  ]);
  const prices = leastSquares(
    rows,
    costs.map(({ instructions }) => instructions),
  );
  const errors = rows.map((row, i) =>
    Math.abs(row.reduce((sum, count, j) => sum + count * (prices[j] ?? 0), 0) - costs[i]!.instructions),
  );
  const [fixed, perWordScanned, perFrame, perWordWritten, perWordLeft] = prices;
  const largestError = Math.max(...errors);
  return { strategies, fixed, perWordScanned, perWordLeft, perFrame, perWordWritten, largestError };
}
