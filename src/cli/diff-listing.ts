/** Two builds of a procedure side by side, with the rows that differ marked as sdiff(1) marks them. */
import pc from 'picocolors';
import type { Mark } from '../patch/index.js';
import type { DiffReport, ListedInstruction, Listing } from './diff-report.js';
import { wrap } from './wrap.js';

const MARKS: Record<Mark, string> = { same: ' ', changed: '|', removed: '<', added: '>' };
const COLOURS: Record<Mark, (text: string) => string> = {
  same: (text) => text,
  changed: pc.yellow,
  removed: pc.red,
  added: pc.green,
};
/** Rows shown before and after those that differ. */
const CONTEXT = 3;
const OFFSET = 7;

/** @param width columns; `all`: leave out no rows that are the same. */
export function listingLines(report: DiffReport, width: number, all: boolean): string[] {
  const legend = '| differs   < only in the old program   > only in the new program';
  return report.listings.flatMap((listing, i) => [
    ...(i === 0 ? [legend, ''] : ['']),
    ...listingOf(listing, report, width, all),
  ]);
}

function listingOf({ name, rows }: Listing, report: DiffReport, width: number, all: boolean): string[] {
  const side = Math.floor((width - 3) / 2);
  const symbols = report.symbols.filter((symbol) => symbol.name === name);
  const verdicts = symbols.map(({ verdict, reason }) =>
    reason === null ? verdict : `${verdict}, ${reason}`,
  );
  const lines = [
    ...wrap(`${pc.bold(name)}: ${verdicts.join('; ')}`, width),
    `${report.old.name.padEnd(side)}   ${report.new.name}`,
  ];
  const near = rows.map((_, i) =>
    rows.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some((r) => r.mark !== 'same'),
  );
  for (let i = 0; i < rows.length; i++) {
    const next = near.indexOf(true, i);
    const skipped = (next === -1 ? rows.length : next) - i;
    if (!all && skipped > 1) {
      lines.push(pc.dim(`       ... ${skipped} the same`));
      i += skipped - 1;
      continue;
    }
    const row = rows[i]!;
    const [left, right] = [cell(row.old, side), cell(row.new, side)];
    for (let k = 0; k < Math.max(left.length, right.length); k++) {
      const text = `${(left[k] ?? '').padEnd(side)} ${MARKS[row.mark]} ${right[k] ?? ''}`;
      lines.push(COLOURS[row.mark](text.trimEnd()));
    }
  }
  return lines;
}

/** One line, or more when the text is too long for its column. */
function cell(instruction: ListedInstruction | null, width: number): string[] {
  if (instruction === null) return [];
  const offset = `+0x${instruction.offset.toString(16)}`.padEnd(OFFSET);
  return wrap(`${offset}${instruction.text}`, width, ' '.repeat(OFFSET + 4));
}
