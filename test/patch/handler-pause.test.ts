/** What the pause costs in the process's own instructions: a count, which repeats. */
import { describe, expect, test } from 'vitest';
import { makePlan, Refusal, UnwindRules, walkThread } from '#suture/patch/index.js';
import { measureHandlerPause, type HandlerPause } from '#suture/patch/handler/index.js';
import { Process } from '#suture/process/process.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { handlerImage } from '../support/executors.js';
import {
  imageOf,
  ISAS,
  newName,
  patchBetween,
  patchOf,
  PLENTY,
  tellerName,
  type IsaName,
} from '../support/programs.js';

const MOST = 1000;
const DEEP = 10;
/** Instructions for a word of a stack that is scanned, or for a frame that is walked: see the README. */
const EACH = { rv32: 3.75, rv64: 3.75, sparc: 26 };
/** For the words that do not fill a round of the scan, and for one that lies between the forbidden ranges. */
const ONCE = 50;

/** selfpatch waits for its first line, ten activations deep. */
function waiting(isa: IsaName): EmulatedTarget {
  const process = Process.load(imageOf(`targets/selfpatch/selfpatch.${isa}.elf`));
  expect(process.run(PLENTY).kind).toBe('waiting-for-input');
  return new EmulatedTarget(process);
}

function pauseOf(target: EmulatedTarget, isa: IsaName): HandlerPause {
  const patch = patchBetween(target.image, imageOf(newName('selfpatch-price', isa)));
  return measureHandlerPause(target.process, makePlan(target, patch), handlerImage(isa));
}

describe.each(ISAS)('on %s', (isa) => {
  test(`one procedure with one call site, ${DEEP} frames deep: at most ${MOST} instructions`, () => {
    const target = waiting(isa);
    const { activations } = walkThread(target, target.threads[0]!, new UnwindRules(target.image).ruleAt);
    expect(activations.length).toBeGreaterThanOrEqual(DEEP);
    const before = target.process.digest();
    const pause = pauseOf(target, isa);
    console.log(`${isa}: ${activations.length} activations: ${JSON.stringify(pause)}`);
    expect(pause).toMatchObject({ verdict: 'done', reason: 'fine' });
    expect(pause.wordsWritten).toBeGreaterThan(0);
    expect(pause.instructions).toBeLessThanOrEqual(MOST);
    expect(pauseOf(target, isa)).toEqual(pause);
    expect(target.process.digest()).toBe(before);
  });

  test('it grows with words scanned, frames walked and words written, and with nothing else', () => {
    for (const name of ['teller-shrink', 'teller-grow', 'teller-several']) {
      const process = Process.load(imageOf(tellerName(isa)));
      process.input.provide(Buffer.from('deposit 1 5\nstatement 1\nforecast 1 9\n'.repeat(9)));
      const patch = patchOf(name, isa);
      const samples: HandlerPause[] = [];
      for (let at = 0; at < 4000; at += 97) {
        if (process.run(at).kind !== 'limit') break;
        const pause = tryMeasure(process, patch, isa);
        if (pause?.verdict === 'done') samples.push(pause);
      }
      expect(samples.length).toBeGreaterThan(5);
      const first = samples.reduce((least, each) => (each.instructions < least.instructions ? each : least));
      for (const each of samples) {
        expect(each.wordsWritten).toBe(first.wordsWritten);
        const more = each.wordsScanned - first.wordsScanned + each.framesWalked - first.framesWalked;
        expect(each.instructions - first.instructions).toBeLessThanOrEqual(EACH[isa] * more + ONCE);
      }
    }
  });
});

function tryMeasure(
  process: Process,
  patch: ReturnType<typeof patchOf>,
  isa: IsaName,
): HandlerPause | undefined {
  try {
    return measureHandlerPause(process, makePlan(new EmulatedTarget(process), patch), handlerImage(isa));
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'unexpected-bytes') return undefined;
    throw error;
  }
}
