/** `suture diff`: what changed between two builds, and whether a patch can be made of it. */
import { CliError, ExitCode } from './exit-codes.js';
import { listingLines } from './diff-listing.js';
import { reportDiff, type DiffReport } from './diff-report.js';
import { findingLines, noteLines, summaryLine, tableLines } from './diff-table.js';
import { loadSuccessor } from './assembly.js';
import { loadBuild, loadImage } from './files.js';
import { printLines } from './guest.js';

export interface DiffOptions {
  json?: true;
  all?: true;
  /** File of hand-written procedures. */
  asm?: string;
  /** Names of the procedures to patch, when not all that changed. */
  only?: string[];
  /** Columns of the output; as wide as the terminal without. */
  width?: number;
}

const NARROWEST = 80;
const WIDEST = 160;
/** Columns where nothing says how wide the output may be. */
const USUAL = 120;

/** Returns the exit status. */
export async function diffCommand(
  oldFile: string,
  newFile: string | undefined,
  names: readonly string[],
  options: DiffOptions,
): Promise<number> {
  const old = options.asm === undefined ? loadBuild(oldFile) : loadImage(oldFile);
  const successor = await loadSuccessor(old, newFile, options.asm);
  // With --asm there is no second program, and the first name is that of a procedure.
  const procedures = options.asm === undefined || newFile === undefined ? names : [newFile, ...names];
  const report = await reportDiff(old, successor, procedures, options.only);
  checkNames(report, procedures);
  const all = options.all === true;
  const wanted = options.width ?? (process.stdout.isTTY ? process.stdout.columns : USUAL);
  const width = Math.min(WIDEST, Math.max(NARROWEST, wanted));
  if (options.json === true) printLines([JSON.stringify(report, undefined, 2)]);
  else if (procedures.length > 0 && report.listings.length > 0) printLines(listingLines(report, width, all));
  else {
    printLines([
      ...tableLines(report, width, all),
      ...noteLines(report, width, all),
      ...findingLines(report, width),
      summaryLine(report),
    ]);
  }
  return { patchable: ExitCode.ok, 'no-change': ExitCode.noChange, refused: ExitCode.refused }[
    report.outcome
  ];
}

/** @throws CliError when a name is that of no procedure; not where nothing could be compared. */
function checkNames({ symbols, old, new: after }: DiffReport, procedures: readonly string[]): void {
  if (symbols.length === 0) return;
  const unknown = procedures.find(
    (wanted) => !symbols.some(({ kind, name }) => kind === 'procedure' && name === wanted),
  );
  if (unknown === undefined) return;
  const message = `${unknown} is a procedure of neither ${old.name} nor ${after.name}`;
  throw new CliError(ExitCode.usage, `${message}; suture diff --all names them`);
}
