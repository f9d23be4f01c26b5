/** The checks are needed: without them the same updates go wrong. */
import { expect, test } from 'vitest';
import { EmulatedTarget } from '#suture/target/index.js';
import { outcomeAt, type Outcome } from '../support/every-point.js';
import {
  Collected,
  imageOf,
  ISAS,
  newName,
  patchOf,
  PLENTY,
  sessionOf,
  start,
  tellerName,
} from '../support/programs.js';
import type { IsaName } from '../support/programs.js';
import { OldThenNew } from '../support/session.js';

class WithoutSynchronization extends EmulatedTarget {
  override synchronize(): void {
    // What this test is about.
  }
}

function outcomes(
  name: string,
  isa: IsaName,
  broken: Parameters<typeof outcomeAt>[4],
  makeTarget?: Parameters<typeof outcomeAt>[5],
): Map<Outcome, number> {
  const patch = patchOf(name, isa);
  const image = imageOf(tellerName(isa));
  const session = sessionOf(name);
  const right = new OldThenNew(image, imageOf(newName(name, isa)), Buffer.from(session).toString());
  const prefix = new Collected();
  const base = start(image, session, prefix);
  const end = start(image, session);
  end.run(PLENTY);
  const counts = new Map<Outcome, number>();
  for (let point = 0; point < end.instructions; point += 7) {
    base.run(point);
    const outcome = outcomeAt(base, patch, right, prefix.text, broken, makeTarget);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}

const wrong = (counts: Map<Outcome, number>): number =>
  (counts.get('wrong output') ?? 0) + (counts.get('crashed') ?? 0);

test.each(ISAS)('without instruction cache synchronization patched runs go wrong on %s', (isa) => {
  const counts = outcomes('teller-shrink', isa, {}, (process) => new WithoutSynchronization(process));
  expect(wrong(counts)).toBeGreaterThan(0);
  const sound = outcomes('teller-shrink', isa, {});
  expect([...sound.keys()]).toEqual(['right']);
});

test.each(ISAS)('without the check of activeness patched runs go wrong on %s', (isa) => {
  const counts = outcomes('teller-shrink', isa, { check: () => [] });
  expect(wrong(counts)).toBeGreaterThan(0);
});
