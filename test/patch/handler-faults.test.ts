/** What the handler inside the process refuses, and that whatever fails leaves the process as it was, to the byte. */
import { describe, expect, test } from 'vitest';
import { makePlan } from '#suture/patch/index.js';
import {
  decodeHandlerPlan,
  encodeHandlerPlan,
  HandlerExecutor,
  HandlerPlanError,
  toHandlerPlan,
  toInversePlan,
  type HandlerPlan,
  type HandlerRun,
} from '#suture/patch/handler/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { difference, handlerImage, viewOf } from '../support/executors.js';
import { imageOf, ISAS, patchOf, sessionOf, start, tellerName, type IsaName } from '../support/programs.js';

const PATCHES = ['teller-shrink', 'teller-grow', 'teller-several'];
const PAGE = 4096;
/** Bytes of code: some 4 KiB, and half as much again where instructions are not compressed. */
const LARGEST = { rv32: 4096, rv64: 4352, sparc: 6144 };

interface Stage {
  target: EmulatedTarget;
  plan: HandlerPlan;
  inverse: HandlerPlan;
}

function stage(isa: IsaName, patch = 'teller-grow'): Stage {
  const target = new EmulatedTarget(start(imageOf(tellerName(isa)), sessionOf('teller-grow')));
  const plan = makePlan(target, patchOf(patch, isa));
  const translated = toHandlerPlan(target, plan);
  return { target, plan: translated, inverse: toInversePlan(target, plan, translated) };
}

/** Carries out what `spoil` made of a good plan, and holds when the process is as it was. */
function attempt(isa: IsaName, spoil: (stage: Stage) => unknown, room?: number): HandlerRun {
  const all = stage(isa);
  const { target, plan } = all;
  const spoilt = spoil(all);
  const bytes = spoilt instanceof Uint8Array ? spoilt : encodeHandlerPlan(plan, target.isa);
  const executor = new HandlerExecutor(target, handlerImage(isa), room ?? plan.journal, plan.reservations);
  executor.loadBytes(new Uint8Array(4));
  executor.prepare();
  const before = viewOf(target, executor.regions);
  executor.loadBytes(bytes);
  const prepared = executor.prepare();
  const run = prepared.verdict === 'done' ? executor.apply() : prepared;
  const kept = prepared.verdict === 'done' ? plan.reservations : [];
  expect(difference(before, viewOf(target, [...executor.regions, ...kept]))).toBe(undefined);
  return run;
}

describe.each(ISAS)('on %s', (isa) => {
  test.each(PATCHES)('the plan of %s and the way back are read as they were written', (patch) => {
    const { target, plan, inverse } = stage(isa, patch);
    for (const each of [plan, inverse]) {
      const bytes = encodeHandlerPlan(each, target.isa);
      expect(decodeHandlerPlan(bytes, target.isa, 'p')).toEqual(each);
      expect(encodeHandlerPlan(each, target.isa)).toEqual(bytes);
    }
  });

  test('a plan with one bit wrong is refused by the handler and by whoever reads it', () => {
    const { target, plan } = stage(isa);
    const good = encodeHandlerPlan(plan, target.isa);
    const executor = new HandlerExecutor(target, handlerImage(isa), plan.journal, plan.reservations);
    for (let at = 0; at < good.length; at += 23) {
      const bad = good.slice();
      bad[at]! ^= 1 << (at % 8);
      executor.loadBytes(bad);
      expect(executor.prepare(), `byte ${at}`).toMatchObject({ verdict: 'refused', reason: 'bad-plan' });
      expect(() => decodeHandlerPlan(bad, target.isa, 'p')).toThrow(HandlerPlanError);
    }
    executor.loadBytes(good.subarray(0, good.length - 4));
    expect(executor.prepare()).toMatchObject({ verdict: 'refused', reason: 'bad-plan' });
    executor.loadBytes(good);
    expect(executor.prepare()).toMatchObject({ verdict: 'done' });
    expect(executor.apply()).toMatchObject({ verdict: 'done' });
  });

  test.each(ISAS.filter((other) => other !== isa))('a plan for %s is refused', (other) => {
    const foreign = stage(other);
    const run = attempt(isa, () => encodeHandlerPlan(foreign.plan, foreign.target.isa));
    expect(run).toMatchObject({ verdict: 'refused', reason: 'bad-plan' });
  });

  test('other bytes than expected: before the pause, and in it', () => {
    const early = attempt(isa, ({ plan }) => {
      plan.expected[0] = { ...plan.expected[0]!, bytes: plan.expected[0]!.bytes.map((byte) => byte ^ 1) };
    });
    expect(early).toMatchObject({ verdict: 'refused', reason: 'unexpected-bytes' });
    let address = 0;
    const late = attempt(isa, ({ plan }) => {
      const last = plan.words.at(-1)!;
      ({ address } = last);
      last.before ^= 1;
    });
    expect(late).toMatchObject({ verdict: 'refused', reason: 'unexpected-bytes', address });
  });

  test('memory that is taken: what was reserved before it is released', () => {
    let address = 0;
    const run = attempt(isa, ({ target, plan }) => {
      address = target.image.segments[0]!.address;
      address -= address % PAGE;
      plan.reservations.push({ start: address, end: address + PAGE, protection: 4 });
    });
    expect(run).toMatchObject({ verdict: 'undone', reason: 'no-room', address });
  });

  test('pages that cannot be opened: those before them are closed again', () => {
    let start = 0;
    const run = attempt(isa, ({ target, plan }) => {
      start = target.gaps()[0]!.start;
      plan.pages.push({ start, end: start + PAGE, protection: 4 });
    });
    expect(run).toMatchObject({ verdict: 'undone', reason: 'protection', address: start });
  });

  test('other bytes read back than written: all that was written is taken back', () => {
    const run = attempt(isa, ({ plan }) => {
      const [word] = plan.words;
      // Read back, the first word is what the second made of it.
      plan.words.push({ ...word!, after: word!.after ^ 0x10 });
      plan.journal += 4;
    });
    expect(run).toMatchObject({ verdict: 'undone', reason: 'read-back' });
  });

  test('its own pages, more threads, too small a journal', () => {
    const all = stage(isa);
    const executor = new HandlerExecutor(
      all.target,
      handlerImage(isa),
      all.plan.journal,
      all.plan.reservations,
    );
    const [own] = executor.regions;
    const page = { start: own!.start, end: own!.start + PAGE, protection: 5 };
    executor.load({ ...all.plan, pages: [...all.plan.pages, page] });
    expect(executor.prepare()).toMatchObject({ verdict: 'refused', reason: 'own-page', address: page.start });
    const threads = attempt(isa, ({ plan }) => {
      plan.threads = 2;
    });
    expect(threads).toMatchObject({ verdict: 'refused', reason: 'threads', address: 2 });
    const journal = attempt(
      isa,
      ({ plan }) => {
        plan.journal = 1 << 20;
      },
      8,
    );
    expect(journal).toMatchObject({ verdict: 'refused', reason: 'journal', address: 1 << 20 });
  });

  test('the code stands anywhere: it has no absolute address in it', () => {
    const image = handlerImage(isa);
    const [code] = image.segments.filter(({ executable }) => executable);
    expect(code!.address).toBe(image.entry);
    expect(code!.bytes.length).toBeLessThanOrEqual(LARGEST[isa]);
    expect(image.segments.some(({ writable }) => writable)).toBe(false);
    const { isa: own } = stage(isa).target;
    const names = new Set(
      image.relocations
        .filter(({ address }) => address >= code!.address && address < code!.address + code!.bytes.length)
        .map(({ type }) => own.relocationName(type)),
    );
    const right =
      /^R_(SPARC_WDISP(30|22)|RISCV_(NONE|JAL|CALL|CALL_PLT|BRANCH|RVC_JUMP|RVC_BRANCH|RELAX|ALIGN))$/;
    for (const name of names) expect(name).toMatch(right);
  });
});
