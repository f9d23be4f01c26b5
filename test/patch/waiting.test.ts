/** When a process that is waited for is looked at again, and how often that is told. */
import { expect, test } from 'vitest';
import { LiveProcess, type Blocker, type UpdateEvent } from '#suture/patch/index.js';
import { carryOutWait } from '#suture/patch/waiting.js';
import { EmulatedTarget, type Target } from '#suture/target/index.js';
import { imageOf, ISAS, patchOf, sessionOf, start, tellerName } from '../support/programs.js';

/** Instruction count up to which a wait that begins at `instructions` lets the target run. */
function lookOf(instructions: number, exits: boolean, deadline: number): number {
  const limits: number[] = [];
  const target = {
    instructions,
    runTo: (_addresses: readonly number[], limit: number) => {
      limits.push(limit);
      return 'limit';
    },
  };
  carryOutWait(target as unknown as Target, { addresses: [0x1000], exits }, deadline);
  return limits[0]!;
}

test.each([
  ['a return', 123_456, false, 1e9, 200_000],
  ['a return, asked for a little later', 199_999, false, 1e9, 200_000],
  ['a return, asked for at such a moment', 200_000, false, 1e9, 300_000],
  ['a guess', 123_456, true, 1e9, 124_000],
  ['a return that comes after the deadline', 123_456, false, 150_000, 150_000],
])(
  '%s is looked for at moments that do not depend on when it was asked for',
  (_what, now, exits, end, look) => {
    expect(lookOf(now, exits, end)).toBe(look);
  },
);

test.each(ISAS)('on %s a wait is told once, however often it is looked whether it is over', (isa) => {
  const live = new LiveProcess(new EmulatedTarget(start(imageOf(tellerName(isa)), sessionOf('teller-grow'))));
  const events: UpdateEvent['kind'][] = [];
  let looks = 0;
  const guessed = { thread: undefined, depth: undefined, address: 0, returnsTo: undefined };
  const update = live.update(patchOf('teller-grow', isa), {
    onEvent: ({ kind }) => events.push(kind),
    check: (_target, [range]): Blocker[] =>
      looks++ < 3
        ? [{ ...guessed, range: range!, inDelaySlot: false, reliable: false, outermost: false }]
        : [],
  });
  update.advance();
  expect(looks).toBe(4);
  expect(events.filter((kind) => kind === 'busy')).toHaveLength(1);
  expect(events.at(-1)).toBe('applied');
});
