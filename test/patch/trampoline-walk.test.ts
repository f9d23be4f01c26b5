/** Stack walks of a thread that is in the middle of the jump at an old entry, or of a far tail call. */
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

test.each(ISAS)('on %s they find the callers of a body from which a tail call leads far away', (isa) => {
  const oldImage = imageOf(`patches/tail-call/old.${isa}.elf`);
  const newImage = imageOf(newName('tail-call', isa));
  const process = start(oldImage, Buffer.from(sessionOf('tail-call')).toString());
  const live = new LiveProcess(new EmulatedTarget(process));
  live.update(patchBetween(oldImage, newImage), { redirect: 'trampoline', place: 'far' }).advance();
  const { start: moved, size } = live.updates[0]!.plan.procedures.find(({ name }) => name === 'prepare')!;
  const walk = (): { callers: number[]; complete: boolean } => {
    const { activations, complete } = walkThread(live.target, live.target.threads[0]!, live.rules.ruleAt);
    return { callers: activations.slice(1).map(({ within }) => within), complete };
  };
  process.core.setBreakpoint(moved);
  expect(process.run(Infinity).kind).toBe('breakpoint');
  const expected = walk();
  expect(expected).toMatchObject({ complete: true });
  expect(expected.callers.length).toBeGreaterThan(1);
  process.core.clearBreakpoint(moved);
  let steps = 0;
  for (; process.core.pc >= moved && process.core.pc < moved + size; steps++) {
    process.run(process.instructions + 1);
    expect(walk()).toEqual(expected);
  }
  expect(steps).toBeGreaterThan(2);
});
