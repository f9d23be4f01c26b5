/** `suture run`: executes a program, and patches it on the way when asked to. */
import type { Image } from '../elf/index.js';
import type { EngineName } from '../machine/engine.js';
import type { IfBusy, PlanOptions, Refusal, UpdateEvent } from '../patch/index.js';
import type { Process, ProcessStop } from '../process/process.js';
import { crashReport } from './crash.js';
import { EventFile, eventRecord, refusalRecord } from './events.js';
import { CliError, ExitCode } from './exit-codes.js';
import { loadImage } from './files.js';
import { HandlerSteps, refuseForHandler } from './handler.js';
import { loadGuest, say, type GuestOptions } from './load-guest.js';
import { loadPatches, type Trusted } from './packages.js';
import type { Redirections } from './redirected.js';
import { Runner } from './runner.js';
import { schedule, type Step } from './schedule.js';
import { eventLine } from './story.js';
import { InstructionTrace } from './trace.js';

/** Where an update is, and how it is to be made. */
export interface UpdateCommandOptions {
  /** Packages, or the new programs. */
  patch?: string[];
  trust: Trusted;
  from?: string;
  at?: string[];
  redirect?: Redirections;
  place?: 'near' | 'far';
  bindingTable?: true;
}

export interface RunOptions extends GuestOptions, UpdateCommandOptions {
  engine: EngineName | 'lockstep';
  trace?: true;
  traceInstructions?: true;
  rollbackAt?: string[];
  deadline?: number;
  ifBusy?: IfBusy;
  events?: string;
  /** Who carries updates out: `host` unless given. */
  executor?: 'host' | 'handler';
}

/** Returns the exit status. */
export async function run(file: string, args: readonly string[], options: RunOptions): Promise<number> {
  if (options.executor === 'handler') refuseForHandler(options);
  const image = loadImage(file);
  // Everything about the patches that can be wrong is found before the program starts.
  const steps = schedule(image, options, (files) => loadPatches(file, files, options, say));
  const { guest, report } = loadGuest(image, args, options);
  const events = options.events === undefined ? undefined : new EventFile(options.events);
  try {
    const trace = options.traceInstructions === true ? await InstructionTrace.create(guest, say) : undefined;
    const runner = new Runner(guest, options.maxInstructions ?? Infinity, trace);
    if (options.bindingTable === true) runner.live.bind();
    const tell = storyteller(image, guest, events);
    const inside = options.executor === 'handler' ? new HandlerSteps(guest, runner, say) : undefined;
    const refused = await carryOutSteps(runner, steps, options, tell, inside);
    if (refused !== undefined) events?.write(refusalRecord(refused, guest.instructions));
    const stop = await runner.toTheEnd();
    report();
    return await statusOf(stop, guest, runner, refused !== undefined);
  } finally {
    events?.close();
  }
}

/** Ends with the first step that is refused; the refusal is told. */
async function carryOutSteps(
  runner: Runner,
  steps: readonly Step[],
  options: RunOptions,
  onEvent: (event: UpdateEvent) => void,
  inside: HandlerSteps | undefined,
): Promise<Refusal | undefined> {
  for (const step of steps) {
    await runner.until(step.when);
    // Whoever ran out of instructions says that instead.
    if (runner.isAtLimit) return undefined;
    const ifBusy = options.ifBusy === undefined ? {} : { ifBusy: options.ifBusy };
    const patience = step.kind === 'update' ? (options.deadline ?? patienceOf(step)) : undefined;
    const host = (): Promise<Refusal | undefined> =>
      runner.carryOut(patience, (deadline) =>
        step.kind === 'update'
          ? runner.live.update(step.patches, { onEvent, deadline, ...ifBusy, ...planOptions(options) })
          : runner.live.rollback({ onEvent, deadline }),
      );
    const refused =
      inside === undefined
        ? await host()
        : await inside.carryOut(step, patience, { ...ifBusy, ...planOptions(options) });
    if (refused === undefined) continue;
    say(`refused: ${refused.message}`);
    return refused;
  }
  return undefined;
}

const patienceOf = ({ patches }: Extract<Step, { kind: 'update' }>): number | undefined =>
  patches[0]?.package.metadata.deadline;

export function planOptions({ redirect, place }: UpdateCommandOptions): PlanOptions {
  return {
    ...(redirect?.all !== undefined && { redirect: redirect.all }),
    ...(redirect !== undefined && { redirectOf: redirect.of }),
    ...(place !== undefined && { place }),
  };
}

async function statusOf(
  stop: ProcessStop,
  guest: Process,
  runner: Runner,
  refused: boolean,
): Promise<number> {
  const { image } = guest;
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

/** Tells each event on the terminal; what is found the same at every look while an update waits, once. */
function storyteller(
  image: Image,
  guest: Process,
  file: EventFile | undefined,
): (event: UpdateEvent) => void {
  let looks = new Set<string>();
  return (event) => {
    file?.write(eventRecord(event, guest.instructions));
    const line = eventLine(event, image, guest.threads.length);
    if (!isLook(event)) looks = new Set();
    else if (looks.has(line)) return;
    else looks.add(line);
    say(line);
  };
}

/** Whether the event only says how things stand. */
const isLook = (event: UpdateEvent): boolean =>
  event.kind === 'busy' ||
  event.kind === 'not-now' ||
  (event.kind === 'called' && event.call.when.endsWith('check'));
