/** `suture compare`: one update under every strategy, and what each of them costs. */
import { readFileSync } from 'node:fs';
import {
  compare,
  MADE_ISAS,
  measureSeries,
  type Comparison,
  type MadeIsa,
  type Series,
  type Workload,
} from '../compare/index.js';
import { comparisonLines, seriesLines } from './compare-table.js';
import { CliError, ExitCode } from './exit-codes.js';
import { loadImage, replaceFile } from './files.js';
import { printLines } from './guest.js';
import { handlerMeasure, isaInFiles } from './handler-program.js';
import { processOptions, say, type GuestOptions } from './load-guest.js';
import { loadPatch, type Trusted } from './packages.js';

export interface CompareCommandOptions extends Omit<GuestOptions, 'dir'> {
  points: number;
  place?: 'near' | 'far';
  json?: true;
  html?: string;
  series?: true;
  isa?: MadeIsa[];
}

/** Instructions of a workload, when nobody said. */
const DEFAULT_LIMIT = 100_000_000;

/** Two programs and the arguments of the old one; none with --series. */
export async function compareCommand(
  files: readonly string[],
  options: CompareCommandOptions,
): Promise<void> {
  const [oldFile, newFile, ...args] = files;
  if (options.series === true) {
    if (oldFile !== undefined)
      throw new CliError(ExitCode.usage, '--series makes its own programs; name none');
    const series = (options.isa ?? MADE_ISAS).map((isa) => measureSeries(isa, handlerMeasure(isa)));
    await show({ series }, options);
    return;
  }
  if (oldFile === undefined || newFile === undefined) {
    throw new CliError(ExitCode.usage, 'compare needs two programs: suture compare OLD NEW, or --series');
  }
  if (options.isa !== undefined) throw new CliError(ExitCode.usage, '--isa is about --series');
  const oldImage = loadImage(oldFile);
  const newImage = loadImage(newFile);
  const patch = loadPatch(oldFile, { patch: newFile, trusted: NOBODY }, say);
  const workload: Workload = {
    input: standardInput(),
    options: { ...processOptions(options), args },
    limit: options.maxInstructions ?? DEFAULT_LIMIT,
  };
  const { seed, points, place } = options;
  const isa = isaInFiles(oldImage);
  const measureHandler = handlerMeasure(isa);
  const how = { seed, points, ...(place && { place }), measureHandler };
  const comparison = compare(oldImage, newImage, patch, workload, how);
  // How costs grow is only drawn.
  const series = options.html === undefined ? [] : [measureSeries(isa, measureHandler)];
  await show({ comparison, series }, options);
}

const NOBODY: Trusted = new Map();

async function show(
  found: { comparison?: Comparison; series: readonly Series[] },
  { json, html }: CompareCommandOptions,
): Promise<void> {
  const { comparison, series } = found;
  if (html !== undefined) {
    const { reportPage } = await import('../compare/report/index.js');
    replaceFile(html, Buffer.from(reportPage(comparison, series)));
  }
  if (json === true) {
    printLines([JSON.stringify(comparison === undefined ? { series } : found, undefined, 2)]);
    return;
  }
  const lines =
    comparison === undefined
      ? series.flatMap(seriesLines)
      : comparisonLines(comparison, process.stdout.columns);
  printLines(html === undefined ? lines : [...lines, '', `report: ${html}`]);
}

function standardInput(): Uint8Array {
  try {
    return readFileSync(0);
  } catch (error) {
    throw new CliError(ExitCode.noFile, `standard input cannot be read: ${String(error)}`);
  }
}
