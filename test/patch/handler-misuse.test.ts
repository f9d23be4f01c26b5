/** Plans that are sound to look at and wrong for the process, and processes that make it hard. */
import { describe, expect, test } from 'vitest';
import { makePlan } from '#suture/patch/index.js';
import {
  encodeHandlerPlan,
  HandlerExecutor,
  HandlerSession,
  toHandlerPlan,
  toInversePlan,
  type HandlerPlan,
  type HandlerRun,
} from '#suture/patch/handler/index.js';
import { checksum } from '#suture/patch/handler/layout.js';
import { EXECUTE, READ, WRITE } from '#suture/machine/memory.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { difference, handlerImage, viewOf } from '../support/executors.js';
import { seededNumbers } from '../support/numbers.js';
import { imageOf, ISAS, patchOf, sessionOf, start, tellerName, type IsaName } from '../support/programs.js';

const PAGE = 4096;
const ROUNDS = 60;
/** Of `HandlerExecutor`: the plan lies in pages of its own, the last of its regions. */
const planPages = (executor: HandlerExecutor): { start: number; end: number } => executor.regions.at(-1)!;

function stage(isa: IsaName, at = 0): { target: EmulatedTarget; plan: HandlerPlan; inverse: HandlerPlan } {
  const target = new EmulatedTarget(start(imageOf(tellerName(isa)), sessionOf('teller-grow')));
  if (at > 0) target.process.run(at);
  const plan = makePlan(target, patchOf('teller-grow', isa));
  const translated = toHandlerPlan(target, plan);
  return { target, plan: translated, inverse: toInversePlan(target, plan, translated) };
}

/** Prepares what `spoil` makes of a good plan; the process must stay as it is. */
function refused(
  isa: IsaName,
  spoil: (plan: HandlerPlan, executor: HandlerExecutor, target: EmulatedTarget) => HandlerPlan,
): HandlerRun {
  const { target, plan } = stage(isa);
  const executor = new HandlerExecutor(target, handlerImage(isa), plan.journal, plan.reservations);
  executor.load(plan);
  const bytes = encodeHandlerPlan(spoil(plan, executor, target), target.isa);
  executor.loadBytes(bytes);
  const before = viewOf(target, executor.regions);
  const run = executor.prepare();
  expect(difference(before, viewOf(target, executor.regions))).toBe(undefined);
  expect(run.state).toBe('idle');
  return run;
}

describe.each(ISAS)('on %s', (isa) => {
  test('a word that is not aligned, or lies on no page that is opened', () => {
    for (const address of [2, PAGE * 64]) {
      const run = refused(isa, (plan) => {
        const [first, ...rest] = plan.words;
        return { ...plan, words: [{ ...first!, address: first!.address + address }, ...rest] };
      });
      expect(run).toMatchObject({ verdict: 'refused', reason: 'no-room' });
    }
  });

  test('pages that cannot be read back', () => {
    for (const protection of [0, EXECUTE, EXECUTE | WRITE]) {
      const run = refused(isa, (plan) => ({
        ...plan,
        pages: plan.pages.map((page) => ({ ...page, protection })),
      }));
      expect(run).toMatchObject({ verdict: 'refused', reason: 'protection' });
    }
  });

  test('bytes for memory that was not reserved', () => {
    const run = refused(isa, (plan) => {
      const [first, ...rest] = plan.filled;
      return { ...plan, filled: [{ ...first!, address: first!.address + 8 * PAGE }, ...rest] };
    });
    expect(run).toMatchObject({ verdict: 'refused', reason: 'no-room' });
  });

  test('memory that the process does not have: expected, or to be written', () => {
    let nowhere = 0;
    const last = { address: 0xffffffff, bytes: new Uint8Array(8) };
    const zero = { address: 1, bytes: new Uint8Array(2) };
    for (const each of [last, zero]) {
      const run = refused(isa, (plan) => ({ ...plan, expected: [each] }));
      expect(run).toMatchObject({ verdict: 'refused', reason: 'unexpected-bytes', address: each.address });
    }
    const find = (target: EmulatedTarget): number => (nowhere = target.gaps().at(-1)!.start);
    const bytes = new Uint8Array(8);
    const expected = refused(isa, (plan, _, target) => ({
      ...plan,
      expected: [...plan.expected, { address: find(target) - 4, bytes }],
    }));
    expect(expected).toMatchObject({ verdict: 'refused', reason: 'unexpected-bytes', address: nowhere - 4 });
    const word = refused(isa, (plan, _, target) => ({
      ...plan,
      pages: [...plan.pages, { start: find(target), end: nowhere + PAGE, protection: 5 }],
      words: [...plan.words, { address: nowhere + 8, before: 0, after: 1 }],
      journal: plan.journal + 4,
    }));
    expect(word).toMatchObject({ verdict: 'refused', reason: 'unexpected-bytes', address: nowhere + 8 });
    const data = refused(isa, (plan, _, target) => ({
      ...plan,
      data: [{ address: find(target), length: 8, before: undefined, after: bytes, journal: plan.journal }],
      journal: plan.journal + 8,
    }));
    expect(data).toMatchObject({ verdict: 'refused', reason: 'unexpected-bytes', address: nowhere });
  });

  test('what is the handler itself: its code, its status, its stack, its plan', () => {
    const after = new Uint8Array(8);
    const own = (executor: HandlerExecutor): number[] => [
      executor.entry,
      executor.entry + 2 * PAGE,
      executor.entry - 8,
      planPages(executor).start,
    ];
    for (const which of [0, 1, 2, 3]) {
      const run = refused(isa, (plan, executor) => ({
        ...plan,
        data: [
          { address: own(executor)[which]!, length: 8, before: undefined, after, journal: plan.journal },
        ],
        journal: plan.journal + 8,
      }));
      expect(run, `address ${which}`).toMatchObject({ verdict: 'refused', reason: 'own-page' });
    }
  });

  test('lists that are longer than the plan, or elsewhere, with a checksum that is right', () => {
    const { target, plan } = stage(isa);
    const executor = new HandlerExecutor(target, handlerImage(isa), plan.journal, plan.reservations);
    const good = encodeHandlerPlan(plan, target.isa);
    for (let word = 15; word < 31; word++) {
      for (const wrong of [0x7fffffff, 0xffffffff, 0x40000001, good.length + 4]) {
        executor.loadBytes(withWord(good, word, wrong, target.isa.bigEndian));
        const run = executor.prepare();
        expect(run, `word ${word} is ${wrong}`).toMatchObject({ verdict: 'refused', reason: 'bad-plan' });
      }
    }
  });

  test('the handler always returns, whatever the words of a plan are', () => {
    const next = seededNumbers(7);
    const good = stage(isa);
    const bytes = encodeHandlerPlan(good.plan, good.target.isa);
    const verdicts = new Map<string, number>();
    for (let i = 0; i < ROUNDS; i++) {
      const { target, plan } = stage(isa, 700);
      const executor = new HandlerExecutor(target, handlerImage(isa), plan.journal, plan.reservations);
      const word = 4 + (next() % (bytes.length / 4 - 4));
      const wrong = [0, 1, 3, 0x7ffffffc, 0x80000000, 0xffffffff, next() >>> 0][next() % 7]!;
      executor.loadBytes(withWord(bytes, word, wrong, target.isa.bigEndian));
      const prepared = executor.prepare();
      const { verdict } = prepared.verdict === 'done' ? executor.apply() : prepared;
      expect(verdict, `word ${word} is ${wrong}`).not.toBe('broken');
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    expect(verdicts.get('refused')).toBeGreaterThan(5);
  });

  test('on an alternate stack it is busy, wherever that lies: frames may be below it', () => {
    const { target, plan } = stage(isa);
    const [thread] = target.process.threads;
    target.process.run(700);
    const sp = thread!.core.get(target.isa.stackPointer) >>> 0;
    const executor = new HandlerExecutor(target, handlerImage(isa), plan.journal, plan.reservations);
    executor.load(plan);
    expect(executor.prepare().verdict).toBe('done');
    thread!.alternateStack = { start: sp - 512, size: 1024 };
    expect(executor.apply()).toMatchObject({ verdict: 'busy', reason: 'other-stack', address: sp });
    // It may be registered, as long as nobody is on it.
    thread!.alternateStack = { start: sp - 512, size: 512 };
    expect(executor.apply().verdict).toBe('done');
  });

  test('updates are taken back in the order in which they lie on each other, and in no other', () => {
    const { target, plan, inverse } = stage(isa);
    const executor = new HandlerExecutor(target, handlerImage(isa), 64, plan.reservations);
    const address = target.image.symbols.find(({ name }) => name === 'accounts')!.address;
    const write = (before: number, after: number): HandlerPlan => ({
      ...{ ...inverse, undoes: undefined, ranges: [], words: [], pages: [], journal: 4 },
      data: [
        {
          ...{ address, length: 4, before: new Uint8Array(4).fill(before), journal: 0 },
          after: new Uint8Array(4).fill(after),
        },
      ],
    });
    const back = (of: HandlerPlan): HandlerPlan => {
      const [data] = of.data;
      const undoes = checksumIn(encodeHandlerPlan(of, target.isa), target.isa.bigEndian);
      return { ...of, undoes, data: [{ ...data!, before: data!.after, after: undefined }] };
    };
    const carryOut = (what: HandlerPlan): HandlerRun => {
      executor.load(what);
      const prepared = executor.prepare();
      return prepared.verdict === 'done' ? executor.apply() : prepared;
    };
    target.write(address, new Uint8Array(4).fill(1));
    const [first, second] = [write(1, 2), write(2, 3)];
    expect(carryOut(first).verdict).toBe('done');
    expect(carryOut(second).verdict).toBe('done');
    expect(target.read(address, 1)[0]).toBe(3);
    const undoes = back(first).undoes!;
    expect(carryOut(back(first))).toMatchObject({ verdict: 'refused', reason: 'journal', address: undoes });
    expect(carryOut(back(second)).verdict).toBe('done');
    expect(target.read(address, 1)[0]).toBe(2);
    expect(carryOut(back(second))).toMatchObject({ verdict: 'refused', reason: 'journal' });
    expect(carryOut(back(first)).verdict).toBe('done');
    expect(target.read(address, 1)[0]).toBe(1);
    expect(carryOut(back(first))).toMatchObject({ verdict: 'refused', reason: 'journal' });
  });

  test('a process without room for the handler is left as it was', () => {
    const target = new EmulatedTarget(start(imageOf(tellerName(isa)), ''));
    for (const { start: from, end } of target.gaps()) {
      // Room for the new code.
      const taken = Math.min(end, from + 16 * PAGE);
      if (taken < end) target.reserve(taken, end, READ | WRITE, 'taken');
    }
    const before = viewOf(target, []);
    const session = new HandlerSession(target, handlerImage(isa));
    const act = (): unknown => session.update(patchOf('teller-grow', isa), { deadline: Infinity });
    expect(act).toThrow(/the handler needs \d+ bytes and the process has no such gap/);
    expect(difference(before, viewOf(target, []))).toBe(undefined);
  });
});

const checksumIn = (bytes: Uint8Array, bigEndian: boolean): number =>
  new DataView(bytes.buffer).getUint32(12, !bigEndian);

/** A plan with another word in it, and the checksum of that. */
function withWord(good: Uint8Array, index: number, word: number, bigEndian: boolean): Uint8Array {
  const bytes = good.slice();
  const view = new DataView(bytes.buffer);
  view.setUint32(4 * index, word, !bigEndian);
  const rest = Array.from({ length: bytes.length / 4 - 4 }, (_, i) => view.getUint32(4 * i + 16, !bigEndian));
  view.setUint32(12, checksum(rest), !bigEndian);
  return bytes;
}
