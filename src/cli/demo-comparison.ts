/** The comparison of strategies in the demo: a line each. */
import pc from 'picocolors';
import { compare, median, type StrategyResult } from '../compare/index.js';
import type { Image } from '../elf/index.js';
import type { Patch } from '../patch/index.js';
import { handlerMeasure, isaInFiles } from './handler-program.js';
import { wrap } from './wrap.js';

const LIMIT = 10_000_000;
const POINTS = 10;
const SEED = 1;
const WIDTH = 97;
const INDENT = '   ';

/** The same update under every strategy, on a session of the service, and the instructions that calls take more. */
export function demoComparison(
  oldImage: Image,
  newImage: Image,
  patch: Patch,
  session: Uint8Array,
): string[] {
  const workload = { input: session, options: {}, limit: LIMIT };
  const measureHandler = handlerMeasure(isaInFiles(oldImage));
  const options = { seed: SEED, points: POINTS, measureHandler };
  const { strategies } = compare(oldImage, newImage, patch, workload, options);
  return strategies.flatMap((result) => wrap(`${INDENT}${line(result)}`, WIDTH, INDENT + INDENT));
}

function line(result: StrategyResult): string {
  const name = pc.bold(result.strategy);
  if (!result.applies) return `${name} does not apply: ${result.why}`;
  const { points, before, after, stateKept } = result;
  const applied = points.flatMap((outcome) => (outcome.kind === 'applied' ? [outcome] : []));
  const words = Math.max(...applied.map(({ pause }) => pause.wordsWritten));
  const busy = applied.filter((outcome) => outcome.busy).length;
  const pauses = applied.flatMap(({ pause }) => pause.instructions ?? []).sort((a, b) => a - b);
  const pause = pauses.length === 0 ? [] : [`pause ${median(pauses)}`];
  const facts = [
    ...pause,
    `${words} ${words === 1 ? 'word' : 'words'} written`,
    `busy at ${busy} of ${points.length}`,
  ];
  if (after !== undefined)
    facts.push(`+${after.direct.most} a direct call`, `+${after.pointer.most} a pointer call`);
  if (before !== undefined && before.detourInstructions > 0)
    facts.push(`+${before.detourInstructions} before any update`);
  if (stateKept !== undefined) facts.push(`went on right ${stateKept.right} of ${stateKept.of} times`);
  return `${name}: ${facts.join(', ')}`;
}
