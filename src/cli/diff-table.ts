/** `suture diff` in words: the table of verdicts, the reasons to refuse, and the last line. */
import Table from 'cli-table3';
import pc from 'picocolors';
import type { Verdict } from '../patch/index.js';
import type { Counts, DiffReport, ReportedSymbol } from './diff-report.js';
import { wrap } from './wrap.js';

const HEADINGS = ['verdict', 'kind', 'name', 'bytes', 'why'];
const GAP = 2;
const WIDEST_NAME = 32;
/** What debug information says of one symbol, in the table. */
const MOST_REMARKS = 4;
/** Plain aligned columns. */
// prettier-ignore
const NO_LINES = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '',
  'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '',
};
const ORDER: readonly Verdict[] = ['refused', 'changed', 'new', 'removed', 'unchanged'];
const COLOURS: Record<Verdict, (text: string) => string> = {
  refused: pc.red,
  changed: pc.yellow,
  new: pc.green,
  removed: pc.magenta,
  unchanged: pc.dim,
};

/** A row a symbol, the gravest first; what is unchanged is only counted unless `all`. */
export function tableLines({ symbols, counts }: DiffReport, width: number, all: boolean): string[] {
  const shown = ORDER.flatMap((verdict) =>
    symbols.filter((symbol) => symbol.verdict === verdict && (all || isNews(symbol))),
  );
  const lines = shown.length === 0 ? [] : table(shown, width);
  const { procedures, objects } = counts;
  if (!all && procedures.unchanged + objects.unchanged > 0) {
    const rest = amounts([
      [procedures.unchanged, 'procedure'],
      [objects.unchanged, 'object'],
    ]);
    lines.push(`unchanged: ${rest}; --all shows them`);
  }
  return lines.length === 0 ? [] : [...lines, ''];
}

/** What pointers of an unchanged variable lead to may have changed. */
const isNews = ({ verdict, remarks }: ReportedSymbol): boolean =>
  verdict !== 'unchanged' || remarks.length > 0;

function table(symbols: readonly ReportedSymbol[], width: number): string[] {
  const cells = symbols.map((symbol) => [
    symbol.verdict,
    symbol.kind,
    symbol.name,
    sizes(symbol),
    why(symbol),
  ]);
  const widest = (column: number): number =>
    Math.max(...[HEADINGS, ...cells].map((row) => row[column]!.length)) + GAP;
  const widths = [widest(0), widest(1), Math.min(widest(2), WIDEST_NAME + GAP), widest(3)];
  const rest = width - widths.reduce((sum, column) => sum + column, 0);
  const columns = new Table({
    head: HEADINGS,
    colWidths: [...widths, rest],
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    wordWrap: true,
  });
  for (const [i, [verdict = '', kind, name, ...others]] of cells.entries()) {
    // Names have no spaces to break at.
    const whole = { content: name, wrapOnWordBoundary: false };
    columns.push([COLOURS[symbols[i]!.verdict](verdict), kind, whole, ...others]);
  }
  return columns
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

function sizes({ old, new: after }: ReportedSymbol): string {
  if (old === null || after === null) return String((old ?? after)!.size);
  return old.size === after.size ? String(old.size) : `${old.size} -> ${after.size}`;
}

function why({ reason, fitsInPlace, file, remarks }: ReportedSymbol): string {
  const told = remarks.map(({ text }) => text).filter((text) => reason?.includes(text) !== true);
  const more = told.length - MOST_REMARKS;
  const parts = [
    reason ?? '',
    ...told.slice(0, MOST_REMARKS),
    more > 0 ? `and ${more} more (--json tells all)` : '',
    fitsInPlace === true ? 'fits in place' : '',
    file === null ? '' : `in ${file}`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** What else goes into a patch, and what the author should know. */
export function noteLines(report: DiffReport, width: number, all: boolean): string[] {
  const { symbols, selection, notes } = report;
  const changed = new Set(symbols.filter(({ verdict }) => verdict === 'changed').map(({ name }) => name));
  const dragged = selection.procedures.filter(({ name }) => !changed.has(name));
  const lines = dragged.flatMap(({ name, why: because }) =>
    wrap(`also replaced: ${name} (${because})`, width),
  );
  // Mostly that there is no debug information, which matters where data changed.
  const shown = all || report.counts.objects.changed > 0 ? notes : [];
  return [...lines, ...shown.flatMap((note) => wrap(`note: ${note}`, width))];
}

export function findingLines({ findings }: DiffReport, width: number): string[] {
  return findings.flatMap(({ reason, message }) =>
    wrap(`${pc.red('refused')} (${reason}): ${message}`, width),
  );
}

/** `2 procedures changed (1 fits in place), 1 new; 1 object new: patchable`. */
export function summaryLine(report: DiffReport): string {
  const { outcome, findings, symbols, counts } = report;
  const fits = symbols.filter(({ fitsInPlace }) => fitsInPlace === true).length;
  const parts = [
    changes(
      counts.procedures,
      'procedure',
      fits === 0 ? '' : ` (${fits} ${fits === 1 ? 'fits' : 'fit'} in place)`,
    ),
    changes(counts.objects, 'object', ''),
  ].filter((part) => part !== '');
  const found = parts.length === 0 ? '' : `${parts.join('; ')}: `;
  if (outcome === 'refused') {
    return `${found}${pc.red('refused')}, ${amounts([[findings.length, 'reason']])}`;
  }
  return `${found}${outcome === 'patchable' ? pc.green('patchable') : 'no change'}`;
}

/** `3 procedures changed (1 fits in place), 1 new`; empty when there is none. */
function changes(counts: Counts, noun: string, note: string): string {
  const words = (['changed', 'new', 'removed', 'refused'] as const)
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => ({ verdict, count: counts[verdict] }));
  return words
    .map(({ verdict, count }, i) => {
      const what = i === 0 ? amounts([[count, noun]]) : String(count);
      return `${what} ${verdict}${verdict === 'changed' ? note : ''}`;
    })
    .join(', ');
}

const amounts = (counted: readonly (readonly [number, string])[]): string =>
  counted.map(([count, noun]) => `${count} ${noun}${count === 1 ? '' : 's'}`).join(', ');
