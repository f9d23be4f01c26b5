/** `suture compare` in words. */
import Table from 'cli-table3';
import pc from 'picocolors';
import {
  constantsText,
  summaryRows,
  type Comparison,
  type Series,
  type SeriesPoint,
} from '../compare/index.js';
import { wrap } from './wrap.js';

const WIDTH = 100;
/** Plain aligned columns. */
// prettier-ignore
const NO_LINES = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '',
  'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ',
};

/** A column for each strategy that applies, and why the others do not. */
export function comparisonLines(comparison: Comparison): string[] {
  const { old, new: next, isa, procedures, callSites, points, seed, workload } = comparison;
  const heading = [
    `${old} becomes ${next} (${isa}): ${procedures.join(', ')}; ${callSites} call sites`,
    `workload of ${workload.old.toLocaleString('en')} instructions, of ${workload.new.toLocaleString('en')} in ${next}; ` +
      `${points.length} update points from seed ${seed}`,
  ];
  const applying = comparison.strategies.filter(({ applies }) => applies).map(({ strategy }) => strategy);
  const rows = summaryRows(comparison);
  const body = table(
    ['', ...applying],
    rows.map(({ label, cells, host }) => (host ? [label, ...cells].map(pc.dim) : [label, ...cells])),
  );
  const others = comparison.strategies.flatMap((result) =>
    result.applies ? [] : wrap(`${result.strategy} does not apply: ${result.why}`, WIDTH),
  );
  const notes = comparison.strategies.flatMap((result) =>
    result.applies ? result.notes.map((note) => `${result.strategy}: ${note}`) : [],
  );
  return [
    ...heading.flatMap((line) => wrap(line, WIDTH)),
    '',
    ...body,
    ...(others.length === 0 ? [] : ['', ...others]),
    ...unmeasured(comparison),
    ...notes.flatMap((note) => wrap(`note: ${note}`, WIDTH)),
  ];
}

/** Why pauses have no number, each reason once. */
function unmeasured({ strategies }: Comparison): string[] {
  const reasons = strategies.flatMap((result) =>
    !result.applies || result.strategy === 'restart'
      ? []
      : result.points.flatMap((outcome) =>
          outcome.kind === 'applied' && 'notMeasured' in outcome.pause.handler
            ? [`${result.strategy}: pause not measured: ${outcome.pause.handler.notMeasured}`]
            : [],
        ),
  );
  return [...new Set(reasons)].flatMap((reason) => wrap(`note: ${reason}`, WIDTH));
}

const TITLES = {
  callSites: 'call sites',
  procedures: 'procedures replaced',
  depth: 'depth of the stack, frames',
};

/** The growth of each count, and the constants that explain the pauses. */
export function seriesLines(series: Series): string[] {
  const { isa, points } = series;
  const axes = Object.keys(TITLES) as (keyof typeof TITLES)[];
  const tables = axes.flatMap((axis) => {
    const rows = points
      .filter((point) => point.axis === axis)
      .map((point) => [String(point.size[axis]), ...cells(point)]);
    return ['', ...table([TITLES[axis], 'strategy', ...HEADINGS], rows)];
  });
  return [pc.bold(isa), ...tables, '', ...constantsText(series).flatMap((text) => wrap(text, WIDTH)), ''];
}

const HEADINGS = ['pause', 'frames', 'scanned', 'written', 'pages', 'text bytes', 'extra per call'];

function cells({ strategy, pause, preparation, direct }: SeriesPoint): string[] {
  return [
    strategy,
    pause.instructions === undefined ? 'not measured' : String(pause.instructions),
    String(pause.framesWalked),
    String(pause.wordsScanned),
    String(pause.wordsWritten),
    String(pause.pagesChanged),
    String(preparation.textBytes),
    (direct.extraInstructions / Math.max(1, direct.calls)).toString(),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const made = new Table({
    head: [...head],
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  made.push(...rows.map((row) => [...row]));
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
