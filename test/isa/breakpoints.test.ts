/** Breakpoints are kept page by page, and forks share pages: what one side does the other must not see. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Breakpoints } from '#suture/isa/breakpoints.js';
import { Page } from '#suture/isa/page.js';

/** The first and the last page of the address space, and two that touch. */
const PAGES = [0, 0x10, 0x11, 0xfffff];
const OFFSETS = [0, 4, Page.size - 2];
const address = fc
  .tuple(fc.constantFrom(...PAGES), fc.constantFrom(...OFFSETS))
  .map(([page, offset]) => page * Page.size + offset);

type Action = { kind: 'add' | 'delete'; pc: number } | { kind: 'clear' } | { kind: 'fork' };
const weighed = (kind: 'add' | 'delete'): fc.Arbitrary<Action> => address.map((pc) => ({ kind, pc }));
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: weighed('add') },
  { weight: 4, arbitrary: weighed('delete') },
  { weight: 1, arbitrary: fc.constant({ kind: 'clear' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'fork' as const }) },
);

function agree(breakpoints: Breakpoints, model: ReadonlySet<number>): void {
  expect(breakpoints.all).toEqual(model);
  for (const page of PAGES) {
    const inside = [...model].filter((pc) => pc >>> Page.bits === page).sort((a, b) => a - b);
    expect([...breakpoints.in(page)].sort((a, b) => a - b)).toEqual(inside);
    for (const pc of OFFSETS.map((offset) => page * Page.size + offset))
      expect(breakpoints.has(pc)).toBe(model.has(pc));
  }
}

test('all forks hold what was set in them, and before them in the one they were made of', () => {
  const steps = fc.array(fc.record({ side: fc.nat(), action }), { maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(steps, (all) => {
      const sides = [{ breakpoints: new Breakpoints(), model: new Set<number>() }];
      for (const { side, action } of all) {
        const { breakpoints, model } = sides[side % sides.length]!;
        if (action.kind === 'fork') sides.push({ breakpoints: breakpoints.fork(), model: new Set(model) });
        else if (action.kind === 'clear') {
          breakpoints.clear();
          model.clear();
        } else {
          breakpoints[action.kind](action.pc);
          model[action.kind](action.pc);
        }
      }
      for (const { breakpoints, model } of sides) agree(breakpoints, model);
    }),
  );
});

test('a fork shares the pages that neither side has changed', () => {
  const breakpoints = new Breakpoints();
  breakpoints.add(0x10000);
  breakpoints.add(0x11000);
  const fork = breakpoints.fork();
  fork.add(0x11004);
  expect(fork.in(0x10)).toBe(breakpoints.in(0x10));
  expect(breakpoints.in(0x11)).toEqual([0x11000]);
  expect(fork.in(0x11)).toEqual([0x11000, 0x11004]);
});

test('what is set already is set once', () => {
  const breakpoints = new Breakpoints();
  breakpoints.add(0x10000);
  breakpoints.add(0x10000);
  expect(breakpoints.in(0x10)).toEqual([0x10000]);
  breakpoints.delete(0x10000);
  expect(breakpoints.has(0x10000)).toBe(false);
});
