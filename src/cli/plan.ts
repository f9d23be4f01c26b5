/** `suture plan`: what an update would do to a program at a moment, and whether it could be done there. */
import { hex } from '../elf/index.js';
import { findBlockers, makePlan, match, planToJson, type Blocker, type Plan } from '../patch/index.js';
import { encodeHandlerPlan, toHandlerPlan, toInversePlan } from '../patch/handler/index.js';
import type { Process } from '../process/process.js';
import { EmulatedTarget } from '../target/index.js';
import { showProtection } from '../machine/memory.js';
import { CliError, ExitCode } from './exit-codes.js';
import { loadImage, replaceFile } from './files.js';
import { printLines } from './guest.js';
import { loadGuest, say, type GuestOptions } from './load-guest.js';
import { loadPatches } from './packages.js';
import { planOptions, type UpdateCommandOptions } from './run.js';
import { Runner } from './runner.js';
import { momentOf } from './schedule.js';
import { blockerText } from './story.js';

export type PlanCommandOptions = GuestOptions &
  UpdateCommandOptions & {
    json?: true;
    /** The binary form for the handler inside the process, into `output`. */
    format?: 'handler' | 'handler-inverse';
    output?: string;
  };

/** The patch is named behind the program, or with --patch. */
export async function planCommand(
  file: string,
  [named, ...args]: readonly string[],
  options: PlanCommandOptions,
): Promise<void> {
  if ((options.format === undefined) !== (options.output === undefined))
    throw new CliError(
      ExitCode.usage,
      '--format and --output go together: plan FILE FIX --format handler -o OUT',
    );
  const image = loadImage(file);
  const when = momentOf('--at', options.at?.at(-1) ?? '0', image);
  const patchFile = options.patch?.[0] ?? named;
  if (patchFile === undefined) throw new CliError(ExitCode.usage, 'plan needs a patch: suture plan FILE FIX');
  const [patch] = loadPatches(file, [patchFile], options, say);
  const { guest } = loadGuest(
    image,
    options.patch === undefined || named === undefined ? args : [named, ...args],
    options,
  );
  // What the program says on the way is not what was asked for.
  guest.output = () => undefined;
  const runner = new Runner(guest, options.maxInstructions ?? Infinity);
  const tableNotes = options.bindingTable === true ? runner.live.bind() : [];
  await runner.until(when);
  const target = new EmulatedTarget(guest);
  const made = makePlan(target, patch!, planOptions(options), runner.live.running);
  const plan = { ...made, notes: [...new Set([...tableNotes, ...made.notes])] };
  match(target, plan);
  if (options.output !== undefined) {
    const forward = toHandlerPlan(target, plan);
    const inverse = options.format === 'handler-inverse';
    const written = inverse ? toInversePlan(target, plan, forward) : forward;
    replaceFile(options.output, encodeHandlerPlan(written, target.isa));
    return;
  }
  const blockers = findBlockers(target, plan.forbidden, runner.live.rules.ruleAt);
  if (options.json === true) {
    printLines([
      JSON.stringify({ instructions: guest.instructions, plan: planToJson(plan), blockers }, undefined, 2),
    ]);
    return;
  }
  printLines(planLines(plan, guest, blockers));
}

function planLines(
  plan: Plan,
  { image, instructions, threads }: Process,
  blockers: readonly Blocker[],
): string[] {
  const { procedures, reservations, writes, calls, forbidden, notes } = plan;
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
  const commit = writes.filter(({ phase }) => phase === 'commit');
  const busy = [...new Set(blockers.map((blocker) => blockerText(blocker, threads.length)))];
  return [
    `plan for ${image.name} at instruction ${instructions}, starting from ${plan.program}`,
    ...section(
      'procedures',
      procedures.map(
        ({ name, strategy, start, size, why }) =>
          `${name}: ${strategy}, ${size} bytes at ${hex(start)}: ${why}`,
      ),
    ),
    ...section(
      'reserved before the pause',
      reservations.map(
        ({ name, start, end, protection, why }) =>
          `${hex(start)} to ${hex(end)} ${showProtection(protection)} ${name}: ${why}`,
      ),
    ),
    ...section(
      'written in the pause',
      commit.map(({ address, before, after, why }) => {
        const was = before === undefined ? 'whatever it holds' : bytesText(before);
        return `${hex(address)}: ${was} becomes ${bytesText(after)}: ${why}`;
      }),
    ),
    ...section(
      'called',
      calls.map(({ when, address, why }) => `${when}: ${hex(address)}: ${why}`),
    ),
    ...section(
      'nobody may be in',
      forbidden.map(({ start, end, kind, name }) => `${hex(start)} to ${hex(end)}: ${name} (${kind})`),
    ),
    ...section('notes', notes),
    ...(busy.length === 0 ? ['now: nobody is inside'] : section('now somebody is inside', busy)),
  ];
}

const SHOWN = 16;

function bytesText(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes.subarray(0, SHOWN)).toString('hex');
  return bytes.length > SHOWN ? `${digits}... (${bytes.length} bytes)` : digits;
}
