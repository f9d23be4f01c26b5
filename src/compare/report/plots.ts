/** The plots of a report, each with its title and what to read from it. */
import {
  STRATEGIES,
  type AppliedOutcome,
  type ComparedStrategy,
  type Comparison,
  type MeasuredStrategy,
} from '../model.js';
import type { Axis, Series, SeriesPoint } from '../series/series.js';
import { appliedOf, measuredOf, median } from '../summary.js';
import { Plot, strategyDots, strategyLine, svg, type Mark } from './marks.js';

export interface Figure {
  title: string;
  svg: string;
  caption: string;
  /** Who is in it, for the legend. */
  strategies: readonly ComparedStrategy[];
}

const AXES: Record<Axis, string> = {
  callSites: 'call sites of the procedure that is replaced',
  procedures: 'procedures that are replaced (100 call sites in all)',
  depth: 'depth of the stack (frames)',
};

/** How the cost of an update grows along each axis. */
export function growthFigures({ isa, points, constants }: Series): Figure[] {
  const measured = constants.length > 0;
  const pause = measured ? [growth(isa, points, 'callSites', PAUSE)] : [];
  const rest = measured
    ? [growth(isa, points, 'procedures', PAUSE), growth(isa, points, 'depth', PAUSE)]
    : [growth(isa, points, 'procedures', WRITTEN), growth(isa, points, 'depth', FRAMES)];
  return [growth(isa, points, 'callSites', WRITTEN), ...pause, ...rest];
}

interface Quantity {
  title: string;
  label: string;
  of: (point: SeriesPoint) => number | undefined;
}
const PAUSE: Quantity = {
  title: 'Pause',
  label: 'pause (guest instructions)',
  of: ({ pause }) => pause.instructions,
};
const WRITTEN: Quantity = {
  title: 'Words written in the pause',
  label: 'words written (32 bits each)',
  of: ({ pause }) => pause.wordsWritten,
};
const FRAMES: Quantity = {
  title: 'Frames looked at in the pause',
  label: 'frames walked',
  of: ({ pause }) => pause.framesWalked,
};

function growth(isa: string, points: readonly SeriesPoint[], axis: Axis, quantity: Quantity): Figure {
  const along = points.filter((point) => point.axis === axis);
  const strategies = STRATEGIES.filter((strategy) => along.some((point) => point.strategy === strategy));
  const marks = strategies.flatMap((strategy) =>
    strategyLine(
      strategy,
      along.flatMap((point) => {
        const y = point.strategy === strategy ? quantity.of(point) : undefined;
        return y === undefined ? [] : [{ x: point.size[axis], y }];
      }),
    ),
  );
  return {
    title: `${quantity.title}, by ${AXES[axis]}`,
    svg: svg({
      x: { ...LOGARITHMIC, label: AXES[axis] },
      y: { ...LOGARITHMIC, label: quantity.label },
      marks,
    }),
    caption: `Generated programs, ${isa}. Both axes are logarithmic.`,
    strategies,
  };
}

const LOGARITHMIC = { type: 'log', grid: true, ticks: 5, tickFormat: ',d', nice: true } as const;

/** What one more call costs, from the counts of a workload. */
function perCall({ after }: MeasuredStrategy): number {
  if (after === undefined) return 0;
  const calls = after.direct.calls + after.pointer.calls;
  const extra = after.direct.extraInstructions + after.pointer.extraInstructions;
  return calls === 0 ? 0 : extra / calls;
}

interface Law {
  strategy: ComparedStrategy;
  /** Guest instructions of the update, and of every call after it. */
  fixed: number;
  slope: number;
}

export interface Crossing {
  /** From so many calls on the first costs more than the second. */
  calls: number;
  cost: number;
  dearer: ComparedStrategy;
  cheaper: ComparedStrategy;
}

/** Where one strategy's cost overtakes another's, in order of calls. */
export function crossings(laws: readonly Law[]): Crossing[] {
  return laws
    .flatMap((steep) =>
      laws.flatMap((flat) => {
        if (steep.slope <= flat.slope || steep.fixed >= flat.fixed) return [];
        const calls = (flat.fixed - steep.fixed) / (steep.slope - flat.slope);
        const cost = steep.fixed + steep.slope * calls;
        return [{ calls, cost, dearer: steep.strategy, cheaper: flat.strategy }];
      }),
    )
    .sort((a, b) => a.calls - b.calls);
}

/** Cost of the update and of all calls since, by the number of these. */
export function cumulativeFigure(comparison: Comparison): Figure | undefined {
  const laws = measuredOf(comparison).flatMap((of): Law[] => {
    const pauses = appliedOf(of).flatMap(({ pause }) => pause.instructions ?? []);
    if (pauses.length === 0) return [];
    const fixed = median(pauses.sort((a, b) => a - b));
    return [{ strategy: of.strategy, fixed, slope: perCall(of) }];
  });
  const crossed = crossings(laws);
  if (laws.length < 2) return undefined;
  const furthest = 10 ** Math.ceil(Math.log10(Math.max(100, ...crossed.map(({ calls }) => 1.6 * calls))));
  const marks: Mark[] = [
    ...laws.flatMap(({ strategy, fixed, slope }) => {
      const along = (count: number): { x: number; y: number }[] =>
        Array.from({ length: count + 1 }, (_, i) => furthest ** (i / count)).map((x) => ({
          x,
          y: fixed + slope * x,
        }));
      return [...strategyLine(strategy, along(SMOOTH), { dots: false }), strategyDots(strategy, along(FEW))];
    }),
    Plot.dot(crossed, { x: 'calls', y: 'cost', r: 5, fill: 'black' }),
    Plot.text(crossed, {
      ...{ x: 'calls', y: 'cost', dy: -12, fontWeight: 'bold', stroke: 'white', fill: 'black' },
      text: (_: Crossing, index: number) => String.fromCharCode(A + index),
    }),
  ];
  const list = crossed.map(
    ({ calls, dearer, cheaper }, index) =>
      `${String.fromCharCode(A + index)}: after ${Math.ceil(calls).toLocaleString('en')} calls ${dearer} has cost more than ${cheaper}`,
  );
  return {
    title: 'Cost of the update and of all calls since',
    svg: svg({
      x: { ...LOGARITHMIC, label: 'calls of the changed procedures since the update', domain: [1, furthest] },
      y: { ...LOGARITHMIC, label: 'guest instructions' },
      marks,
    }),
    caption:
      'Both axes are logarithmic. The median pause, and the mean extra instructions of a call in this workload. ' +
      (list.length === 0 ? 'No two lines cross.' : `${list.join('; ')}.`) +
      ' What the binding table costs before any update is not in it.',
    strategies: laws.map(({ strategy }) => strategy),
  };
}

const A = 'A'.charCodeAt(0);
/** Points of a line that is to look smooth, and of the symbols on it. */
const SMOOTH = 60;
const FEW = 6;

/** The pause at each update point, one row of symbols a strategy. */
export function pauseFigures(comparison: Comparison): Figure[] {
  const results = measuredOf(comparison);
  const instructions = distribution(results, {
    title: 'Pause over the update points',
    label: 'pause (guest instructions)',
    caption: 'One symbol for each update point.',
    of: ({ pause }) => pause.instructions,
  });
  const host = distribution(results, {
    title: 'Pause over the update points, on the host',
    label: 'pause (µs of host time; the axis is logarithmic)',
    caption: 'Host time of the supervisor that measured: it differs from run to run.',
    logarithmic: true,
    of: (outcome) => outcome.host.pauseMicroseconds,
  });
  return [instructions, waits(results), host].filter((figure) => figure !== undefined);
}

interface Distribution {
  title: string;
  label: string;
  caption: string;
  logarithmic?: boolean;
  of: (outcome: AppliedOutcome) => number | undefined;
}

function distribution(
  results: readonly MeasuredStrategy[],
  { title, label, caption, logarithmic = false, of }: Distribution,
): Figure | undefined {
  const rows = results
    .map((result) => ({
      strategy: result.strategy,
      dots: appliedOf(result).flatMap((outcome) => {
        const x = of(outcome);
        return x === undefined ? [] : [{ x, y: result.strategy }];
      }),
    }))
    .filter(({ dots }) => dots.length > 0);
  // A restart alone is no comparison.
  if (rows.length < 2) return undefined;
  return {
    title,
    svg: svg({
      marginLeft: 104,
      x: {
        label,
        grid: true,
        tickFormat: ',d',
        ticks: 5,
        ...(logarithmic ? { type: 'log' } : { zero: true, nice: true }),
      },
      y: { label: null, domain: rows.map(({ strategy }) => strategy), type: 'point' },
      marks: rows.map(({ strategy, dots }) => strategyDots(strategy, dots)),
    }),
    caption,
    strategies: rows.map(({ strategy }) => strategy),
  };
}

/** How long the update had to wait at each point. */
function waits(results: readonly MeasuredStrategy[]): Figure {
  const marks = results.map((result) =>
    strategyDots(
      result.strategy,
      appliedOf(result).map(({ point, waited }) => ({ x: point, y: waited })),
    ),
  );
  return {
    title: 'Wait before the update could be made',
    svg: svg({
      x: { label: 'update point (instructions of the workload)', grid: true, tickFormat: ',d', zero: true },
      y: { label: 'wait (instructions)', grid: true, tickFormat: ',d', zero: true, nice: true },
      marks,
    }),
    caption: 'Until nobody was inside, or, for a restart, until the program waited for input.',
    strategies: results.map(({ strategy }) => strategy),
  };
}
