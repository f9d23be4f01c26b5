/** `suture run`: executes a program, and patches it on the way when asked to. */
import { basename } from 'node:path';
import { diff, link, LiveProcess, Program, type UpdateEvent } from '../patch/index.js';
import { Process, type ProcessStop } from '../process/process.js';
import { EmulatedTarget } from '../target/index.js';
import { crashReport } from './crash.js';
import { CliError, ExitCode } from './exit-codes.js';
import { loadImage } from './files.js';
import { StandardInput, writeThrough } from './guest.js';
import { eventLine } from './story.js';

export interface RunOptions {
  patch?: string;
  from?: string;
  at?: number;
  rollbackAt?: number;
  deadline?: number;
  seed: number;
  maxInstructions?: number;
}

/** Instructions between two looks at the world outside. */
const SLICE = 20_000_000;

/** Returns the exit status. */
export async function run(file: string, args: readonly string[], options: RunOptions): Promise<number> {
  const image = loadImage(file);
  // Everything about the patch that can be wrong is found before the program starts.
  const patch =
    options.patch === undefined
      ? undefined
      : link(diff(new Program(loadImage(options.from ?? file)), new Program(loadImage(options.patch))));
  const guest = Process.load(image, {
    args: [basename(file), ...args],
    seed: options.seed,
    output: writeThrough,
    log: say,
  });
  const runner = new Runner(guest, options.maxInstructions ?? Infinity);
  const story = {
    onEvent: (event: UpdateEvent) => {
      say(eventLine(event, image));
    },
  };
  let refused = false;
  if (patch !== undefined) {
    await runner.until(options.at ?? 0);
    const deadline =
      options.deadline === undefined ? {} : { deadline: guest.instructions + options.deadline };
    refused = !(await runner.carryOut(() => runner.live.update(patch, { ...story, ...deadline })));
    if (options.rollbackAt !== undefined && !refused) {
      await runner.until(options.rollbackAt);
      refused = !(await runner.carryOut(() => runner.live.rollback(story)));
    }
  }
  const stop = await runner.until(Infinity);
  if (stop.kind === 'limit') {
    throw new CliError(
      ExitCode.limit,
      `${image.name}: stopped after ${guest.instructions} instructions (--max-instructions)`,
    );
  }
  if (stop.kind === 'killed') {
    for (const line of await crashReport(guest, stop, runner.live)) say(line);
    return 128 + stop.number;
  }
  if (refused) return ExitCode.refused;
  return stop.kind === 'exited' ? stop.status : ExitCode.internal;
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

class Runner {
  readonly live: LiveProcess;
  private readonly input = new StandardInput();

  constructor(
    private readonly guest: Process,
    private readonly limit: number,
  ) {
    this.live = new LiveProcess(new EmulatedTarget(guest));
  }

  /** Runs to an instruction count, the end, or the limit, whichever comes first. */
  async until(count: number): Promise<ProcessStop> {
    const end = Math.min(count, this.limit);
    for (;;) {
      const stop = this.guest.run(Math.min(end, this.guest.instructions + SLICE));
      if (stop.kind === 'waiting-for-input') await this.input.feed(this.guest);
      else if (stop.kind !== 'limit' || this.guest.instructions >= end) return stop;
    }
  }

  /** Whether the update landed; a refusal is told and leaves the guest as it was. */
  async carryOut(start: () => ReturnType<LiveProcess['update']>): Promise<boolean> {
    try {
      const update = start();
      while (update.advance() === 'waiting-for-input') await this.input.feed(this.guest);
      return true;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'Refusal') throw error;
      say(`refused: ${error.message}`);
      return false;
    }
  }
}
