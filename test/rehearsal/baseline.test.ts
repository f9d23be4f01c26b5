/** Where the old program is stopped while it runs by itself. */
import { expect, test } from 'vitest';
import { Baseline } from '#suture/rehearsal/baseline.js';
import { doubtsOf, footprintOf } from '#suture/rehearsal/footprint.js';
import { Session } from '#suture/rehearsal/workload.js';
import { imageOf, pathOf } from '../support/programs.js';

test('the second half of an instruction is no other one that would stop it', () => {
  const image = imageOf(pathOf('targets/service/service.rv64.elf'));
  const begin = (): Session => Session.start(image, { args: ['1'], input: new Uint8Array() });
  const session = begin();
  const doubts = doubtsOf(image, session.process.isa);
  const baseline = new Baseline(session, doubts);
  const nothing = footprintOf([], [], () => []);
  baseline.watchFor(nothing, { read: [], written: [] }, []);
  const inDoubt = new Set(doubts.changes.map(({ start }) => start));
  const others: number[] = [];
  const unconcerned = { turn: () => false, word: () => false };
  while (!session.process.hasEnded) {
    const { stop } = baseline.run(Infinity, 'footprint', new Set(), false, unconcerned);
    if (stop.kind !== 'limit') continue;
    const twin = begin();
    twin.run(session.process.instructions - 1);
    if (!inDoubt.has(twin.process.core.pc)) others.push(twin.process.core.pc);
  }
  expect(others).toEqual([]);
});
