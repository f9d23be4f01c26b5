/** `suture compare` in words. */
import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import pc from 'picocolors';
import {
  constantsText,
  summaryRows,
  type Comparison,
  type Series,
  type SeriesPoint,
  type SummaryRow,
} from '../compare/index.js';
import { wrap } from './wrap.js';

/** Of lines, where output goes elsewhere than to a terminal. */
const WIDTH = 100;
const NARROWEST = 60;
/** Plain aligned columns. */
// prettier-ignore
const NO_LINES = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '',
  'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ',
};

/**
 * A column for each strategy that applies, and why the others do not.
 *
 * @param columns of the terminal, if it is one.
 */
export function comparisonLines(comparison: Comparison, columns?: number): string[] {
  const width = Math.max(NARROWEST, columns ?? WIDTH);
  const { old, new: next, isa, procedures, callSites, points, seed, workload } = comparison;
  const heading = [
    `${old} becomes ${next} (${isa}): ${procedures.join(', ')}; ${callSites} call sites`,
    `workload of ${workload.old.toLocaleString('en')} instructions, of ${workload.new.toLocaleString('en')} in ${next}; ` +
      `${points.length} update points from seed ${seed}`,
  ];
  const applying = comparison.strategies.filter(({ applies }) => applies).map(({ strategy }) => strategy);
  const rows = summaryRows(comparison);
  const body = fitted(applying, rows, width);
  const others = comparison.strategies.flatMap((result) =>
    result.applies ? [] : wrap(`${result.strategy} does not apply: ${result.why}`, width),
  );
  const notes = comparison.strategies.flatMap((result) =>
    result.applies ? result.notes.map((note) => `${result.strategy}: ${note}`) : [],
  );
  return [
    ...heading.flatMap((line) => wrap(line, width)),
    '',
    ...body,
    ...(others.length === 0 ? [] : ['', ...others]),
    ...unmeasured(comparison, width),
    ...notes.flatMap((note) => wrap(`note: ${note}`, width)),
  ];
}

/** Columns in so many tables, one below the other, as the width demands. */
function fitted(heads: readonly string[], rows: readonly SummaryRow[], width: number): string[] {
  const made = (cellOf: (cell: string) => string): string[] =>
    table(
      ['', ...heads],
      rows.map(({ label, cells, host }) => {
        // The range of host times is noise; the report has it.
        const row = [label, ...cells.map((cell) => (host ? cell.replace(/ \(.*/, '') : cellOf(cell)))];
        return host ? row.map(pc.dim) : row;
      }),
    );
  const fits = (lines: readonly string[]): boolean => lines.every((line) => lengthOf(line) <= width);
  const whole = made((cell) => cell);
  if (fits(whole)) return whole;
  const broken = made((cell) => cell.replace(/ (?=\()|(?<=,) (?=at most)/, '\n'));
  if (heads.length === 1 || fits(broken)) return broken;
  const half = Math.ceil(heads.length / 2);
  const part = (from: number, to?: number): string[] =>
    fitted(
      heads.slice(from, to),
      rows.map((row) => ({ ...row, cells: row.cells.slice(from, to) })),
      width,
    );
  return [...part(0, half), '', ...part(half)];
}

/** Of what can be seen, without what colours it. */
const lengthOf = (line: string): number => stripVTControlCharacters(line).length;

/** Why pauses have no number, each reason once with the strategies it holds for. */
function unmeasured({ strategies }: Comparison, width: number): string[] {
  const byReason = new Map<string, Set<string>>();
  for (const result of strategies) {
    if (!result.applies || result.strategy === 'restart') continue;
    for (const outcome of result.points) {
      if (outcome.kind !== 'applied' || !('notMeasured' in outcome.pause.handler)) continue;
      const reason = outcome.pause.handler.notMeasured;
      byReason.set(reason, (byReason.get(reason) ?? new Set()).add(result.strategy));
    }
  }
  return [...byReason].flatMap(([reason, names]) =>
    wrap(`note: ${[...names].join(', ')}: pause not measured: ${reason}`, width),
  );
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
  const looked = 'notMeasured' in pause.handler ? undefined : pause.handler;
  return [
    strategy,
    pause.instructions === undefined ? 'not measured' : String(pause.instructions),
    looked === undefined ? 'not measured' : String(looked.framesWalked),
    looked === undefined ? 'not measured' : String(looked.wordsScanned),
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
