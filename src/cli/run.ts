/** `suture run`: executes a program, and patches it on the way when asked to. */
import { basename, resolve } from 'node:path';
import type { Image } from '../elf/index.js';
import { LiveProcess, Refusal, type UpdateEvent } from '../patch/index.js';
import { createCore, createLockstep, type EngineName } from '../machine/engine.js';
import { Process, type ProcessOptions, type ProcessStop } from '../process/process.js';
import { EmulatedTarget } from '../target/index.js';
import { crashReport } from './crash.js';
import { CliError, ExitCode } from './exit-codes.js';
import { loadImage } from './files.js';
import { GrantedDirectory } from './host-directory.js';
import { StandardInput, writeThrough } from './guest.js';
import { patchBetween } from './packages.js';
import { eventLine } from './story.js';
import { InstructionTrace, traceLine } from './trace.js';

/** What every command that runs a program takes. */
export interface GuestOptions {
  dir?: string;
  env: string[];
  /** Mebibytes. */
  memory: number;
  seed: number;
  quantum: number;
  maxInstructions?: number;
}

export interface RunOptions extends GuestOptions {
  engine: EngineName | 'lockstep';
  trace?: true;
  traceInstructions?: true;
  patch?: string;
  from?: string;
  at?: number;
  rollbackAt?: number;
  deadline?: number;
}

const MEBIBYTE = 1 << 20;
/** Instructions between two looks at the world outside. */
const SLICE = 20_000_000;
/** Instructions an update may wait when nobody said. */
const DEFAULT_PATIENCE = 100_000_000;

/** Returns the exit status. */
export async function run(file: string, args: readonly string[], options: RunOptions): Promise<number> {
  const image = loadImage(file);
  // Everything about the patch that can be wrong is found before the program starts.
  const patch =
    options.patch === undefined
      ? undefined
      : patchBetween(loadImage(options.from ?? file), loadImage(options.patch));
  const engine = engineOf(options.engine);
  const guest = Process.load(image, {
    args: [basename(file), ...args],
    env: options.env,
    seed: options.seed,
    quantum: options.quantum,
    createCore: engine.createCore,
    memoryLimit: options.memory * MEBIBYTE,
    ...(options.dir !== undefined && { files: grant(options.dir) }),
    output: writeThrough,
    log: say,
    ...(options.trace === true && {
      trace: (event) => {
        say(traceLine(event));
      },
    }),
  });
  const trace = options.traceInstructions === true ? await InstructionTrace.create(guest, say) : undefined;
  const runner = new Runner(guest, options.maxInstructions ?? Infinity, trace);
  const onEvent = storyteller(image);
  let refused = false;
  if (patch !== undefined) {
    await runner.until(options.at ?? 0);
    refused = !(await runner.carryOut(options.deadline, (deadline) =>
      runner.live.update(patch, { onEvent, deadline }),
    ));
    if (options.rollbackAt !== undefined && !refused) {
      await runner.until(options.rollbackAt);
      refused = !(await runner.carryOut(undefined, (deadline) =>
        runner.live.rollback({ onEvent, deadline }),
      ));
    }
  }
  const stop = await runner.until(Infinity);
  engine.report(guest);
  if (stop.kind === 'limit') {
    const detail = `stopped after ${guest.instructions} instructions (--max-instructions)`;
    throw new CliError(ExitCode.limit, `${image.name}: ${detail}`);
  }
  if (stop.kind === 'stuck') {
    const detail = `every thread waits, and nothing will wake one (after ${guest.instructions} instructions)`;
    throw new CliError(ExitCode.stuck, `${image.name}: ${detail}`);
  }
  if (stop.kind === 'killed') {
    for (const line of await crashReport(guest, stop, runner.live)) say(line);
    return 128 + stop.number;
  }
  if (refused) return ExitCode.refused;
  return stop.kind === 'exited' ? stop.status : ExitCode.internal;
}

/** What makes the cores, and what there is to tell of it in the end. */
function engineOf(name: RunOptions['engine']): {
  createCore: NonNullable<ProcessOptions['createCore']>;
  report: (guest: Process) => void;
} {
  if (name !== 'lockstep') {
    return { createCore: (isa, memory) => createCore(name, isa, memory), report: () => undefined };
  }
  let unjudged: ReadonlyMap<string, number> = new Map();
  return {
    createCore: (isa, memory) => {
      const { core, lockstep } = createLockstep(isa, memory);
      unjudged = lockstep.unjudged;
      return core;
    },
    report: (guest) => {
      const alone = [...unjudged].map(([why, count]) => `${count} ${why}`).join(', ');
      const rest = alone === '' ? '' : `; executed by builtin alone: ${alone}`;
      say(`lockstep: the engines agreed on ${guest.instructions} instructions${rest}`);
    },
  };
}

/** The guest sees the directory where it is on the host, and begins where suture began: paths mean what was typed. */
function grant(path: string): NonNullable<ProcessOptions['files']> {
  const mount = resolve(path);
  try {
    const host = new GrantedDirectory(path);
    return { host, changes: host, mount, workingDirectory: process.cwd() };
  } catch (error) {
    throw new CliError(ExitCode.noFile, `--dir ${path}: ${(error as Error).message}`);
  }
}

/** Tells each event once: an update that waits for input is looked at again and again. */
function storyteller(image: Image): (event: UpdateEvent) => void {
  let last = '';
  return (event) => {
    const line = eventLine(event, image);
    if (line !== last) say(line);
    last = line;
  };
}

const say = (line: string): void => {
  writeThrough(2, Buffer.from(`${line}\n`));
};

class Runner {
  readonly live: LiveProcess;
  private readonly input = new StandardInput();

  constructor(
    private readonly guest: Process,
    private readonly limit: number,
    private readonly trace?: InstructionTrace,
  ) {
    this.live = new LiveProcess(new EmulatedTarget(guest));
  }

  /** Runs to an instruction count, the end, or the limit, whichever comes first. */
  async until(count: number): Promise<ProcessStop> {
    const end = Math.min(count, this.limit);
    for (;;) {
      const stop = (this.trace ?? this.guest).run(Math.min(end, this.guest.instructions + SLICE));
      if (stop.kind === 'waiting-for-input') await this.input.feed(this.guest);
      else if (stop.kind !== 'limit' || this.guest.instructions >= end) return stop;
    }
  }

  /**
   * Whether the update landed; a refusal is told and leaves the guest as it was. It has `patience`
   * instructions, and never more than the run itself.
   */
  async carryOut(
    patience: number | undefined,
    begin: (deadline: number) => ReturnType<LiveProcess['update']>,
  ): Promise<boolean> {
    if (this.guest.instructions >= this.limit) return false;
    const deadline = Math.min(this.limit, this.guest.instructions + (patience ?? DEFAULT_PATIENCE));
    try {
      const update = begin(deadline);
      while (update.advance() === 'waiting-for-input') await this.input.feed(this.guest);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(`refused: ${error.message}`);
      return false;
    }
  }
}
