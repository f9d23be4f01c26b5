/** Stack walks of a thread that is in the middle of the jump at an old entry. */
import { expect, test } from 'vitest';
import { LiveProcess, walkThread } from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { imageOf, ISAS, newName, patchBetween, sessionOf, start, tellerName } from '../support/programs.js';

test.each(ISAS)('on %s they find the callers that they find at the entry', (isa) => {
  const [oldImage, newImage] = [tellerName(isa), newName('teller-grow', isa)].map((name) => imageOf(name));
  const process = start(oldImage!, Buffer.from(sessionOf('teller-grow')).toString());
  const live = new LiveProcess(new EmulatedTarget(process));
  const options = { redirect: 'trampoline', place: 'far' } as const;
  live.update(patchBetween(oldImage!, newImage!), options).advance();
  const { entry, start: moved } = live.updates[0]!.plan.procedures[0]!;
  const callers = (): number[] =>
    walkThread(live.target, live.target.threads[0]!, live.rules.ruleAt)
      .activations.slice(1)
      .map(({ within }) => within);
  process.core.setBreakpoint(entry);
  expect(process.run(Infinity).kind).toBe('breakpoint');
  const expected = callers();
  expect(expected.length).toBeGreaterThan(2);
  process.core.clearBreakpoint(entry);
  let steps = 0;
  for (; process.core.pc !== moved; steps++) {
    process.run(process.instructions + 1);
    expect(callers()).toEqual(expected);
  }
  expect(steps).toBeGreaterThan(1);
});
