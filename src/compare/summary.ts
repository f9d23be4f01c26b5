/** A comparison in rows: what is measured, and what each strategy has of it. */
import type { AppliedOutcome, CallCount, Comparison, MeasuredStrategy } from './model.js';

export interface SummaryRow {
  label: string;
  /** A time of the machine that measured: never the same twice. */
  host: boolean;
  /** One for each strategy that applies, in their order. */
  cells: readonly string[];
}

export const measuredOf = ({ strategies }: Comparison): MeasuredStrategy[] =>
  strategies.filter((result): result is MeasuredStrategy => result.applies);

export const appliedOf = ({ points }: MeasuredStrategy): AppliedOutcome[] =>
  points.filter((outcome): outcome is AppliedOutcome => outcome.kind === 'applied');

/** Rows in which no strategy has anything are left out. */
export function summaryRows(comparison: Comparison): SummaryRow[] {
  const strategies = measuredOf(comparison);
  const row = (label: string, cell: (of: MeasuredStrategy) => string, host = false): SummaryRow => ({
    label,
    host,
    cells: strategies.map(cell),
  });
  const { workload } = comparison;
  return [
    row('pause, guest instructions', (of) => spread(appliedOf(of).map(({ pause }) => pause.instructions))),
    row('  measured at', (of) => measuredAt(of)),
    row('  frames walked', (of) => spread(appliedOf(of).map((outcome) => byHandler(outcome)?.framesWalked))),
    row('  words scanned', (of) => spread(appliedOf(of).map((outcome) => byHandler(outcome)?.wordsScanned))),
    row('  words written', (of) => spread(appliedOf(of).map(({ pause }) => pause.wordsWritten))),
    row('  pages changed', (of) => spread(appliedOf(of).map(({ pause }) => pause.pagesChanged))),
    row('  in hooks, instructions', (of) => spread(appliedOf(of).map(({ pause }) => pause.hookInstructions))),
    row('supervisor: frames walked', (of) => spread(appliedOf(of).map(({ pause }) => pause.framesWalked))),
    row('supervisor: words scanned', (of) => spread(appliedOf(of).map(({ pause }) => pause.wordsScanned))),
    row('busy when asked', (of) => {
      const busy = appliedOf(of).filter((outcome) => outcome.busy).length;
      return `${busy} of ${of.points.length}`;
    }),
    row('  waited, instructions', (of) => spread(appliedOf(of).map(({ waited }) => waited))),
    row('refused', (of) => `${of.points.length - appliedOf(of).length} of ${of.points.length}`),
    row('preparing, instructions', ({ preparation }) => count(preparation.instructions)),
    row('  bytes reserved', ({ preparation }) => count(preparation.bytesReserved)),
    row('  text bytes added', ({ preparation }) => count(preparation.textBytes)),
    row('  data bytes added', ({ preparation }) => count(preparation.dataBytes)),
    row('at load, words written', ({ atLoad }) => count(atLoad?.wordsWritten ?? 0)),
    row('  bytes reserved', ({ atLoad }) => count(atLoad?.bytesReserved ?? 0)),
    row('  text, data bytes added', ({ atLoad }) => `${atLoad?.textBytes ?? 0}, ${atLoad?.dataBytes ?? 0}`),
    row('direct call after, extra', ({ after }) => perCall(after?.direct)),
    row('pointer call after, extra', ({ after }) => perCall(after?.pointer)),
    row('direct call before, extra', ({ before }) => perCall(before?.direct)),
    row('workload before update', ({ before }) => overhead(before?.instructions, workload.old)),
    row('workload after update', ({ after, afterFrom }) =>
      after !== undefined && afterFrom > 0
        ? `updated at ${afterFrom}`
        : overhead(after?.instructions, workload.new),
    ),
    row('went on as if updated', ({ stateKept }) =>
      stateKept === undefined ? '' : `${stateKept.right} of ${stateKept.of}`,
    ),
    row('host: pause, µs', (of) => spread(appliedOf(of).map(({ host }) => host.pauseMicroseconds)), true),
    row('host: preparing, µs', (of) => spread(appliedOf(of).map((o) => o.host.prepareMicroseconds)), true),
    row('host: at load, µs', ({ host }) => count(Math.round(host.atLoadMicroseconds)), true),
  ].filter(({ cells }) => cells.some((cell) => !['', '0', '0, 0'].includes(cell)));
}

/** A restart has none; nothing is looked at then. */
function byHandler({ pause }: AppliedOutcome): { framesWalked: number; wordsScanned: number } | undefined {
  if (!('notMeasured' in pause.handler)) return pause.handler;
  return pause.instructions === undefined ? undefined : { framesWalked: 0, wordsScanned: 0 };
}

/** Of the points at which the update landed; empty where that is all of them. */
function measuredAt(of: MeasuredStrategy): string {
  const applied = appliedOf(of);
  const measured = applied.filter(({ pause }) => pause.instructions !== undefined).length;
  return measured === applied.length ? '' : `${measured} of ${applied.length}`;
}

const count = (value: number | undefined): string =>
  value === undefined ? 'not measured' : value.toLocaleString('en');

export const NOT_MEASURED = 'not measured';

/** Median, and least to most when they differ. */
function spread(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (known.length === 0) return NOT_MEASURED;
  const round = (value: number): string => Math.round(value).toLocaleString('en');
  const [least, most] = [round(known[0]!), round(known.at(-1)!)];
  return least === most ? least : `${round(median(known))} (${least} to ${most})`;
}

/** @param sorted ascending, not empty. */
export const median = (sorted: readonly number[]): number => sorted[Math.floor((sorted.length - 1) / 2)]!;

function perCall(of: CallCount | undefined): string {
  if (of === undefined) return '0';
  const { calls, extraInstructions, most } = of;
  if (calls === 0) return 'no call';
  const mean = extraInstructions / calls;
  return Number.isInteger(mean) && mean === most ? `${most}` : `${mean.toFixed(2)}, at most ${most}`;
}

/** Instructions more or less than the workload itself takes. */
function overhead(instructions: number | undefined, plain: number): string {
  if (instructions === undefined) return '0';
  const more = instructions - plain;
  if (more === 0) return '0';
  const percent = ((100 * more) / plain).toFixed(1);
  return `${more > 0 ? '+' : ''}${more.toLocaleString('en')} (${percent} %)`;
}
