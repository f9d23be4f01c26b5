/** Who counts as inside, case by case, on stacks made for it. */
import { describe, expect, test } from 'vitest';
import type { Activation, StackWalk } from '#suture/isa/unwind.js';
import {
  findBlockers,
  LiveProcess,
  walkThread,
  type Blocker,
  type ForbiddenRange,
} from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { EXECUTE, READ } from '#suture/machine/memory.js';
import { walksLikeAShadow } from '../support/shadow-walk.js';
import { imageOf, ISAS, patchOf, sessionOf, start, tellerName } from '../support/programs.js';

/** jal ra, . */
const CALL = Uint8Array.of(0xef, 0, 0, 0);

const PROCEDURE: ForbiddenRange = {
  start: 0x1000,
  end: 0x1040,
  kind: 'procedure',
  entryCounts: false,
  name: 'f',
};
const SEQUENCE: ForbiddenRange = {
  start: 0x2000,
  end: 0x2008,
  kind: 'sequence',
  entryCounts: false,
  name: 'pair',
};

const pcAt = (...resume: number[]): Activation => ({
  resume,
  within: resume[0]!,
  stands: 'at',
  frameEnd: 0,
  returnsTo: 0x9000,
  reliable: true,
});
const returning = (to: number): Activation => ({
  resume: [to],
  within: to - 1,
  stands: 'behind-call',
  frameEnd: 0,
  returnsTo: 0x9000,
  reliable: true,
});

/** Blockers on a stack of these activations; `words` is what lies above where the walk stopped. */
function blockers(
  activations: Activation[],
  words?: { stack: number[]; registers: number[] },
  ranges = [PROCEDURE, SEQUENCE],
): Blocker[] {
  const target = new EmulatedTarget(start(imageOf(tellerName('rv32')), ''));
  const [thread] = target.threads;
  const bottom = thread!.stackTop - 4 * (words?.stack.length ?? 0);
  thread!.core.set(target.isa.stackPointer, bottom);
  for (const [i, word] of (words?.stack ?? []).entries()) target.process.memory.store32(bottom + 4 * i, word);
  // A call is the last instruction of the procedure.
  target.process.memory.map(0x1000, 0x2000, READ | EXECUTE, 'text');
  target.process.memory.write(PROCEDURE.end - 4, CALL, true);
  const stacks = [{ start: bottom, end: thread!.stackTop }];
  const walk: StackWalk = { activations, complete: words === undefined, stacks, signalFrames: [] };
  Object.defineProperty(target, 'isa', {
    value: { ...target.isa, walk: () => walk, codeWords: () => words?.registers ?? [] },
  });
  return findBlockers(target, ranges, () => undefined);
}

describe('a thread is', () => {
  test.each([
    ['not inside at the entry', pcAt(0x1000), 0],
    ['inside behind the entry', pcAt(0x1002), 1],
    ['inside at the last instruction', pcAt(0x103e), 1],
    ['not inside behind the end', pcAt(0x1040), 0],
    ['inside when nPC is', pcAt(0x5000, 0x1004), 1],
    ['not inside when nPC is the entry', pcAt(0x5000, 0x1000), 0],
    ['inside between two instructions of a sequence', pcAt(0x2004), 1],
    ['not inside before a sequence', pcAt(0x2000), 0],
  ])('%s', (_name, activation, count) => {
    expect(blockers([activation])).toHaveLength(count);
  });

  test.each([
    ['inside when it will return there', returning(0x1010), 1],
    ['inside when its last instruction called somebody who never returns', returning(0x1040), 1],
    ['not inside when the procedure before ends with such a call', returning(0x1000), 0],
    ['not inside when a sequence before has returned', returning(0x2008), 0],
  ])('%s', (_name, activation, count) => {
    expect(blockers([pcAt(0x5000), activation])).toHaveLength(count);
  });
});

test('at the entry of code that will disappear a thread is inside', () => {
  const going = { ...PROCEDURE, entryCounts: true };
  expect(blockers([pcAt(0x1000)], undefined, [going])).toHaveLength(1);
  expect(blockers([pcAt(0xfff)], undefined, [going])).toHaveLength(0);
});

test('an update of what a thread began with is refused at once', () => {
  const [blocker] = blockers([pcAt(0x5000), returning(0x1010)]);
  expect(blocker).toMatchObject({ outermost: true });
  expect(blockers([pcAt(0x1004), returning(0x5000)])[0]).toMatchObject({ outermost: false });
  const process = start(imageOf(tellerName('rv32')), '');
  process.run(100);
  const live = new LiveProcess(new EmulatedTarget(process));
  const update = live.update(patchOf('teller-grow', 'rv32'), { check: () => [blocker!] });
  expect(() => update.advance()).toThrow(/f is active and did not return: its thread began there/);
  expect(process.instructions).toBe(100);
});

test('blockers come innermost first, with depth and where each returns to', () => {
  const found = blockers([pcAt(0x1004), returning(0x1010), returning(0x5000), returning(0x1020)]);
  expect(found.map(({ depth, address }) => [depth, address])).toEqual([
    [0, 0x1004],
    [1, 0x1010],
    [3, 0x1020],
  ]);
  expect(found.every(({ returnsTo }) => returnsTo === 0x9000)).toBe(true);
});

test('where the walk ends, every word and register that could be a return address counts', () => {
  const found = blockers([pcAt(0x5000)], {
    stack: [0x1010, 0x1000, 0x1041, 0x1040],
    registers: [0x1004, 0x5000],
  });
  expect(found.map(({ address, foundAt }) => [address, typeof foundAt])).toEqual([
    [0x1004, 'string'],
    [0x1010, 'number'],
    [0x1040, 'number'],
  ]);
});

test.each(ISAS)('walks on %s agree with a shadow stack kept from calls and returns', (isa) => {
  expect(walksLikeAShadow(imageOf(tellerName(isa)), sessionOf('teller-grow'))).toBeGreaterThan(50);
});

test('on SPARC a thread in a delay slot goes on at pc and nPC', () => {
  const process = start(imageOf(tellerName('sparc')), '');
  const live = new LiveProcess(new EmulatedTarget(process));
  let slots = 0;
  for (let n = 1; n < 400; n++) {
    process.run(n);
    const [innermost] = walkThread(live.target, live.target.threads[0]!, live.rules.ruleAt).activations;
    const nPc = Number(process.core.registers().find(({ name }) => name === 'npc')!.value);
    const sequential = nPc === process.core.pc + 4;
    expect(innermost!.resume).toEqual(sequential ? [process.core.pc] : [process.core.pc, nPc]);
    if (!sequential) slots++;
  }
  expect(slots).toBeGreaterThan(10);
});
