/** `suture pmap`: the memory map of a program at a moment, or of a patched one. */
import pc from 'picocolors';
import { basename } from 'node:path';
import { CliError, ExitCode } from './exit-codes.js';
import { loadImage } from './files.js';
import { printLines } from './guest.js';
import { loadGuest, say, type GuestOptions } from './load-guest.js';
import { loadPatches } from './packages.js';
import { pmapLines, updateMark } from './pmap.js';
import { planOptions, type UpdateCommandOptions } from './run.js';
import { Runner } from './runner.js';
import { momentOf, schedule } from './schedule.js';

export type PmapOptions = GuestOptions & UpdateCommandOptions;

/** The program reads suture's input when it is to be patched, and an empty one otherwise. */
export async function pmapCommand(
  file: string,
  args: readonly string[],
  options: PmapOptions,
): Promise<void> {
  const image = loadImage(file);
  const steps = schedule(image, options, (files) => loadPatches(file, files, options, say));
  const { guest } = loadGuest(image, args, options);
  if (steps.length === 0) guest.input.end();
  const runner = new Runner(guest, options.maxInstructions ?? Infinity);
  if (options.bindingTable === true) runner.live.bind();
  if (steps.length === 0) {
    guest.output = () => undefined;
    await runner.until(momentOf('--at', options.at?.at(-1) ?? '0', image));
  }
  for (const step of steps) {
    await runner.until(step.when);
    if (step.kind !== 'update') continue;
    const refused = await runner.carryOut(undefined, (deadline) =>
      runner.live.update(step.patches, { deadline, ...planOptions(options) }),
    );
    if (refused !== undefined) throw new CliError(ExitCode.refused, `refused: ${refused.message}`);
  }
  const title = `1:   ${basename(file)} (at instruction ${guest.instructions})`;
  const lines = pmapLines(title, guest.memory.regions, (line, region) => {
    const mark = updateMark(region, runner.live.updates);
    return mark === undefined ? line : `${line}  ${pc.yellow(mark)}`;
  });
  printLines(lines);
}
