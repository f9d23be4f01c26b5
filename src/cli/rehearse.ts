/** `suture rehearse`: what becomes of a patch at every point of a run where it could land. */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readImage } from '../elf/index.js';
import { isaOf } from '../isa/index.js';
import { isPackage, writePackage, type ApplyOptions, type IfBusy, type Patch } from '../patch/index.js';
import {
  assemble,
  bound,
  EndlessRun,
  gaps,
  loadPredicate,
  mapHtml,
  printToStandardError,
  referencesOf,
  rehearsalJson,
  runAlone,
  runPatchedAtStart,
  spread,
  summaryLines,
  type Job,
  type Part,
  type PredicateModule,
  type PointClass,
  type Rehearsal,
  type Solo,
  type Workload,
} from '../rehearsal/index.js';
import { isLanding, parseBudget, RunBudget, type Budget } from './budget.js';
import { CliError, ExitCode } from './exit-codes.js';
import { checkReplaceable, loadImage, readBytes, replaceFile } from './files.js';
import { printLines } from './guest.js';
import { say, type GuestOptions } from './load-guest.js';
import { loadPatches } from './packages.js';
import { Journal } from './rehearsal-journal.js';
import { Progress } from './rehearsal-progress.js';
import { filesBelow } from './rehearsed-files.js';
import { repeatCommand } from './repeat-command.js';
import { planOptions, type UpdateCommandOptions } from './run.js';
import { checkExtent, selfCheck, type Extent } from './self-check.js';

export interface RehearseOptions extends GuestOptions, Omit<UpdateCommandOptions, 'at' | 'patch'> {
  /** A manifest. */
  workload?: string;
  stdin?: string;
  new?: string;
  expect?: string;
  status?: number;
  oracle?: string;
  deadline?: number;
  ifBusy?: IfBusy;
  seeds: number;
  jobs?: number;
  budget?: string;
  journal?: string;
  selfCheck?: Extent;
  json?: true;
  html?: string;
}

const DEFAULT_PATIENCE = 100_000_000;
const DEFAULT_LIMIT = 2_000_000_000;
const MOST_SEEDS = 1_000_000;
/** A patched run may take so many times the instructions of an unpatched one, and some more, before it hangs. */
const LONGER = 3;
const SOME_MORE = 1_000_000;
/** Parts for each worker, so that none is idle for long; and the fewest points for which that is worth while. */
const PARTS_PER_WORKER = 8;
const SHORTEST_PART = 5000;
/** For whom the work is divided under a budget in runs, which ends at the same class whoever works. */
const BUDGETED_WORKERS = 4;
const MEBIBYTE = 1 << 20;

/** @returns the exit status: 0 when all is decided and right. */
export async function rehearseCommand(
  file: string,
  patchFiles: readonly string[],
  args: readonly string[],
  options: RehearseOptions,
): Promise<number> {
  const { oracle } = options;
  if (oracle === undefined) return rehearseSeeds(file, patchFiles, args, options, undefined);
  const module = moduleOf(oracle);
  // A module runs in this process, and may end it, or wait for what never comes.
  const cutShort = (): void => {
    say(`suture: ${oracle}: it ended suture, or waits for what never comes`);
    process.exitCode = ExitCode.badFile;
  };
  process.once('exit', cutShort);
  try {
    printToStandardError();
    await loadPredicate(module);
    return await rehearseSeeds(file, patchFiles, args, options, module);
  } finally {
    process.off('exit', cutShort);
  }
}

async function rehearseSeeds(
  file: string,
  patchFiles: readonly string[],
  args: readonly string[],
  options: RehearseOptions,
  module: PredicateModule | undefined,
): Promise<number> {
  const budget = options.budget === undefined ? undefined : parseBudget(options.budget);
  const program = { name: file, bytes: readBytes(file) };
  const patches = loadPatches(file, patchFiles, options, say);
  const seeds = seedsOf(options);
  // Whatever can be found wrong before the work is.
  if (options.html !== undefined) for (const seed of seeds) checkReplaceable(htmlName(options, seed));
  const classes: PointClass[] = [];
  const reports: Record<string, unknown>[] = [];
  let left: number[] = [];
  try {
    for (const [i, seed] of seeds.entries()) {
      const began = Date.now();
      const prepared = prepare(program, patchFiles, patches, args, { ...options, seed }, module);
      if (options.selfCheck !== undefined) checkExtent(options.selfCheck, prepared.instructions);
      const { rehearsal, interrupted } = await rehearse(prepared, {
        file,
        patchFiles,
        args,
        options: { ...options, seed },
        budget,
        began,
      });
      for (const found of rehearsal.classes) classes.push(found);
      if (options.json === true) reports.push(rehearsalJson(rehearsal));
      else printLines(summaryLines(rehearsal));
      if (options.html !== undefined) replaceFile(htmlName(options, seed), Buffer.from(mapHtml(rehearsal)));
      if (interrupted) {
        left = seeds.slice(i + 1);
        const rest = left.length === 0 ? '' : `; seeds ${left[0]} to ${left.at(-1)} were not rehearsed`;
        say(`interrupted${rest}${options.selfCheck === undefined ? '' : '; nothing was checked'}`);
        break;
      }
      if (options.selfCheck !== undefined) await selfCheck(prepared.job, rehearsal, options.selfCheck, say);
    }
  } finally {
    // What was found is told whatever went wrong later.
    if (reports.length > 0)
      printLines([JSON.stringify(options.seeds === 1 ? reports[0] : reports, undefined, 2)]);
  }
  const status = statusOf(classes);
  return status === ExitCode.ok && left.length > 0 ? ExitCode.undecided : status;
}

function seedsOf({ seed, seeds }: RehearseOptions): number[] {
  if (seeds <= MOST_SEEDS && seeds - 1 <= Number.MAX_SAFE_INTEGER - seed)
    return Array.from({ length: seeds }, (_, i) => seed + i);
  throw new CliError(
    ExitCode.usage,
    `--seeds ${seeds} from --seed ${seed} on: it may be ${MOST_SEEDS}, and no seed above ${Number.MAX_SAFE_INTEGER}`,
  );
}

interface Request {
  file: string;
  patchFiles: readonly string[];
  args: readonly string[];
  options: RehearseOptions;
  budget: Budget | undefined;
  /** When the work on this seed did: both programs have run since. */
  began: number;
}

interface Rehearsed {
  rehearsal: Rehearsal;
  /** By a signal. */
  interrupted: boolean;
}

async function rehearse(prepared: Prepared, request: Request): Promise<Rehearsed> {
  const { job, instructions, notes } = prepared;
  const { options, budget, began } = request;
  const points = instructions + 1;
  const journal = options.journal === undefined ? undefined : Journal.open(journalName(options), job, points);
  const found: PointClass[] = [...(journal?.found ?? [])];
  const workers = options.jobs ?? availableParallelism();
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
  };
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    stop();
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const left = budget?.milliseconds === undefined ? Infinity : began + budget.milliseconds - Date.now();
  const timer = left > 0 && left < Infinity ? setTimeout(stop, left) : undefined;
  if (left <= 0) stop();
  const progress = new Progress(points, found);
  let failure: Error | undefined;
  const take = (batch: readonly PointClass[]): boolean => {
    // Behind a line that was cut nothing must follow.
    if (failure !== undefined) return false;
    try {
      journal?.add(batch);
    } catch (error) {
      failure = error as Error;
      return false;
    }
    for (const each of batch) found.push(each);
    progress.tell(batch);
    return true;
  };
  const runBudget = budget?.runs === undefined ? undefined : new RunBudget(budget.runs, take);
  try {
    const dividedFor = runBudget === undefined ? workers : BUDGETED_WORKERS;
    const parts = gaps(found, { first: 0, end: points }).flatMap((gap) => divided(gap, dividedFor));
    const lost = await spread(job, parts, {
      workers,
      signal: stopping.signal,
      tell: (batch, part) => runBudget?.tell(batch, part) ?? take(batch),
      finish: (part) => runBudget?.finish(part) ?? true,
      onLoss: ({ first, end }, why) => {
        say(
          `a worker was lost between points ${first} and ${end - 1} (${why}); what it left is tried once more`,
        );
      },
    });
    if (stopping.signal.aborted) runBudget?.takeHeld();
    for (const { first, end } of lost)
      notes.push(`a worker was lost twice between points ${first} and ${end - 1}; they are undecided`);
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    progress.end();
    journal?.close();
  }
  if (failure !== undefined) throw failure;
  const classes = assemble(found, points);
  const landings = found.filter(isLanding);
  const repeating = {
    bindingTable: job.bindingTable,
    deadline: prepared.deadline,
    limit: classes.some(({ judgement }) => judgement === 'hung') ? job.limit : undefined,
  };
  const rehearsal: Rehearsal = {
    program: request.file,
    isa: isaOf(readImage(job.program.bytes, job.program.name)).title,
    patches: request.patchFiles,
    seed: options.seed,
    instructions,
    classes,
    repeat: (point) => repeatCommand({ ...request, ...repeating }, point),
    runs: landings.length,
    mergedRuns: landings.filter(({ merged }) => merged).length,
    ranInstructions: landings.reduce((sum, { ranInstructions }) => sum + ranInstructions, 0),
    notes,
    hostSeconds: (Date.now() - began) / 1000,
  };
  return { rehearsal, interrupted };
}

interface Prepared {
  job: Job;
  /** Of the run without an update. */
  instructions: number;
  /** As `suture run` must be told it; undefined where that waits as long by itself. */
  deadline: number | undefined;
  notes: string[];
}

/** Runs both programs by themselves, and puts together what the workers need. */
function prepare(
  program: Job['program'],
  patchFiles: readonly string[],
  patches: readonly Patch[],
  args: readonly string[],
  options: RehearseOptions,
  module: PredicateModule | undefined,
): Prepared {
  const image = readImage(program.bytes, program.name);
  const input = options.stdin === undefined ? new Uint8Array() : readBytes(options.stdin);
  const { env, seed, quantum, memory } = options;
  const name = basename(program.name);
  const workload: Workload = {
    name,
    args,
    env,
    seed,
    quantum,
    memoryLimit: memory * MEBIBYTE,
    input,
    ...(options.dir !== undefined && { files: filesBelow(options.dir) }),
  };
  const planning: ApplyOptions = {
    ...planOptions(options),
    ...(options.ifBusy !== undefined && { ifBusy: options.ifBusy }),
  };
  const most = options.maxInstructions ?? DEFAULT_LIMIT;
  const bindingTable = needsTable(options);
  const notes: string[] = [];
  try {
    const before = runAlone(image, workload, most, bindingTable ? bound : undefined);
    const after = newSolo(patchFiles, patches, options, (newImage) =>
      newImage === undefined
        ? runPatchedAtStart(image, patches, planning, bindingTable, workload, most)
        : runAlone(newImage, workload, most),
    );
    if (after.stoodIn) {
      notes.push(
        'the new program was not given: the old one, updated at its first instruction, stands for it',
      );
    }
    const { end } = after.solo;
    if (end.kind === 'killed' && !(before.end.kind === 'killed' && before.end.number === end.number)) {
      notes.push(
        `the new program is ended by ${end.signal}; no updated one may be: it must end as the old one does`,
      );
      after.solo.end = before.end;
    }
    const limit =
      options.maxInstructions ?? LONGER * Math.max(before.instructions, after.solo.instructions) + SOME_MORE;
    const manifests = patches[0]!.package.metadata.deadline;
    const job: Job = {
      program,
      packages: patches.map((patch, i) => ({ name: patchFiles[i]!, bytes: writePackage(patch.package) })),
      workload,
      options: planning,
      bindingTable,
      patience: options.deadline ?? manifests ?? DEFAULT_PATIENCE,
      limit,
      judge: module === undefined ? judgeOf(options, before, after.solo) : { kind: 'module', module },
    };
    const isShort = before.instructions < DEFAULT_PATIENCE;
    const deadline = options.deadline ?? (manifests === undefined && !isShort ? job.patience : undefined);
    return { job, instructions: before.instructions, deadline, notes };
  } catch (error) {
    if (error instanceof EndlessRun)
      throw new CliError(ExitCode.limit, `${error.message}; nothing can be compared`);
    throw error;
  }
}

/** The run of what the program becomes: that of the file it is, or of the old program updated at once. */
function newSolo(
  patchFiles: readonly string[],
  patches: readonly Patch[],
  options: RehearseOptions,
  run: (image: ReturnType<typeof loadImage> | undefined) => Solo,
): { solo: Solo; stoodIn: boolean } {
  const last = patchFiles.at(-1)!;
  const path = options.new ?? (isPackage(readBytes(last)) ? undefined : last);
  if (path === undefined) return { solo: run(undefined), stoodIn: true };
  const image = loadImage(path);
  const { buildId } = patches.at(-1)!.package.to;
  if (buildId !== undefined && image.buildId !== buildId) {
    throw new CliError(
      ExitCode.badFile,
      `${path}: build id ${image.buildId ?? 'none'}; the patch makes ${buildId}`,
    );
  }
  return { solo: run(image), stoodIn: false };
}

function judgeOf(options: RehearseOptions, before: Solo, after: Solo): Job['judge'] {
  const end = (solo: Solo): Solo['end'] =>
    options.status === undefined ? solo.end : { kind: 'exited', status: options.status };
  if (options.expect !== undefined) {
    const output = readBytes(options.expect);
    const expected = { ...after, output, answers: undefined, end: end(after) };
    return { kind: 'old-then-new', ...referencesOf(expected, expected), isTolerant: false, isGiven: true };
  }
  return {
    kind: 'old-then-new',
    ...referencesOf({ ...before, end: end(before) }, { ...after, end: end(after) }),
    isTolerant: options.status === undefined,
    isGiven: false,
  };
}

function divided({ first, end }: Part, workers: number): Part[] {
  const count = Math.max(1, Math.min(workers * PARTS_PER_WORKER, Math.ceil((end - first) / SHORTEST_PART)));
  const size = Math.ceil((end - first) / count);
  return Array.from({ length: count }, (_, i) => ({
    first: first + i * size,
    end: Math.min(end, first + (i + 1) * size),
  })).filter((part) => part.first < part.end);
}

function statusOf(classes: readonly PointClass[]): number {
  if (classes.some(({ judgement }) => judgement !== undefined && judgement !== 'right'))
    return ExitCode.wrongPoint;
  if (classes.some(({ decision }) => decision === 'undecided')) return ExitCode.undecided;
  return classes.every(({ decision }) => decision === 'refused') ? ExitCode.refused : ExitCode.ok;
}

function moduleOf(path: string): PredicateModule {
  const digest = createHash('sha256').update(readBytes(path)).digest('hex');
  return { name: path, url: pathToFileURL(resolve(path)).href, digest };
}

const htmlName = ({ html, seeds }: RehearseOptions, seed: number): string => named(html!, seeds, seed);
const journalName = ({ journal, seeds, seed }: RehearseOptions): string => named(journal!, seeds, seed);
/** A table there must be where a procedure is to be reached through it. */
const needsTable = ({ redirect, bindingTable }: RehearseOptions): boolean =>
  bindingTable === true ||
  redirect?.all === 'binding-table' ||
  Object.values(redirect?.of ?? {}).includes('binding-table');

/** A file for each seed when there are several. */
const named = (path: string, seeds: number, seed: number): string =>
  seeds === 1 ? path : path.replace(/(\.[^./]*)?$/, `-${seed}$1`);
