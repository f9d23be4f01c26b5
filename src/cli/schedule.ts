/** What `run` is asked to do to the program while it runs, and when. */
import type { Image } from '../elf/index.js';
import type { Patch } from '../patch/index.js';
import { parseWhen, WhenError, whenText, type When } from '../update/index.js';
import { CliError, ExitCode } from './exit-codes.js';

export interface ScheduleOptions {
  patch?: readonly string[];
  at?: readonly string[];
  rollbackAt?: readonly string[];
}

export type Step =
  /** Several patches are one group: all of them land at one moment, or none. */
  { kind: 'update'; patches: readonly Patch[]; when: When } | { kind: 'rollback'; when: When };

/**
 * One moment for all patches makes a group of them; as many moments as patches make a chain.
 *
 * @throws CliError for moments that do not fit, before anything has run.
 */
export function schedule(
  image: Image,
  options: ScheduleOptions,
  load: (files: readonly string[]) => Patch[],
): Step[] {
  const files = options.patch ?? [];
  if (files.length === 0) return [];
  const moments = (options.at ?? ['0']).map((text) => momentOf('--at', text, image));
  const backs = (options.rollbackAt ?? []).map((text) => momentOf('--rollback-at', text, image));
  if (moments.length !== 1 && moments.length !== files.length) {
    const detail = `${files.length} patches and ${moments.length} moments; give one for all of them, or one for each`;
    throw new CliError(ExitCode.usage, detail);
  }
  if (backs.length > files.length) {
    throw new CliError(
      ExitCode.usage,
      `${backs.length} rollbacks of ${files.length} patches: there is nothing to take back`,
    );
  }
  checkOrder(moments, backs);
  const patches = load(files);
  const groups = moments.length === 1 ? [patches] : patches.map((patch) => [patch]);
  const updates = groups.map((group, i): Step => ({ kind: 'update', patches: group, when: moments[i]! }));
  return [...updates, ...backs.map((when): Step => ({ kind: 'rollback', when }))];
}

export function momentOf(option: string, text: string, image: Image): When {
  try {
    return parseWhen(text, image);
  } catch (error) {
    if (error instanceof WhenError) throw new CliError(ExitCode.usage, `${option} ${error.message}`);
    throw error;
  }
}

/** Counts must not go back. */
function checkOrder(moments: readonly When[], backs: readonly When[]): void {
  const all = [
    ...moments.map((when) => ({ option: '--at', when })),
    ...backs.map((when) => ({ option: '--rollback-at', when })),
  ];
  const counts = all.flatMap(({ option, when }) =>
    when.kind === 'count' ? [{ option, when, count: when.count }] : [],
  );
  for (const [i, { option, when, count }] of counts.entries()) {
    const before = counts[i - 1];
    if (before === undefined || before.count <= count) continue;
    const text = `${option} ${whenText(when)} lies before ${before.option} ${whenText(before.when)}`;
    throw new CliError(ExitCode.usage, text);
  }
}
