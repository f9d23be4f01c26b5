/** Rehearsals that no engine made, for what is told of them. */
import type { PointClass, Rehearsal } from '#suture/rehearsal/model.js';
import { seededNumbers } from './numbers.js';

const PROCEDURES = [
  'main',
  'serve',
  'answer',
  'print',
  'make_room',
  'print_flush',
  'parse_digits',
  'compound',
];

export function pointClass(first: number, last: number, more: Partial<PointClass> = {}): PointClass {
  return {
    ...{ first, last, decision: 'at-once', judgement: 'right', landsAt: first, reason: '' },
    place: { pc: 0x10000 + first, thread: 1, stack: ['run', 'task', 'main'] },
    conflict: {
      instruction: last,
      pc: 0x10000 + last,
      why: 'fetches 0x10054, which the plan writes (call of run)',
    },
    ...{ ranInstructions: 100, merged: false },
    ...more,
  };
}

export const rehearsalOf = (classes: readonly PointClass[], more: Partial<Rehearsal> = {}): Rehearsal => ({
  ...{ program: 'tasks.rv64.elf', isa: 'rv64', patches: ['figure-2.lup'], seed: 0 },
  instructions: classes.at(-1)!.last,
  classes,
  repeat: (point) => `suture run tasks.rv64.elf --patch figure-2.lup --at ${point} < session.txt`,
  ...{ runs: 3, mergedRuns: 1, ranInstructions: 1234, notes: [], hostSeconds: 2 },
  ...more,
});

/** So many classes with everything that one can have, the same ones always. */
export function generatedRehearsal(count: number): Rehearsal {
  const next = seededNumbers(7);
  const classes: PointClass[] = [];
  let depth = 2;
  for (let i = 0, first = 0; i < count; i++) {
    const last = first + (next() % 1000 === 0 ? next() % 20_000 : next() % 40);
    depth = Math.min(6, Math.max(1, depth + (next() % 3) - 1));
    const stack = Array.from({ length: depth }, (_, row) => PROCEDURES[(row * 3 + (next() % 2)) % 8]!);
    stack.push('main');
    classes.push(
      pointClass(first, last, {
        ...fateOf(next() % 1000, first, last),
        place: { pc: 0x10074 + (next() % 9000) * 4, thread: 1, stack },
      }),
    );
    first = last + 1;
  }
  return rehearsalOf(classes, { notes: ['one seed of scheduling'], runs: count, mergedRuns: count - 7 });
}

function fateOf(chance: number, first: number, last: number): Partial<PointClass> {
  if (chance < 300)
    return {
      decision: 'deferred',
      landsAt: last + 1 + chance,
      reason: `answer is active, depth ${chance % 7}`,
    };
  if (chance < 340) return { decision: 'refused', landsAt: undefined, reason: 'serve never returns' };
  if (chance < 350)
    return { judgement: 'crashed', objection: `SIGSEGV at pc 0x${(chance * 64).toString(16)}` };
  if (chance < 360) return { judgement: 'hung', objection: 'every thread waits' };
  if (chance < 380) {
    const difference = { line: chance, old: `${first}: 7`, new: `${first}: seven`, got: `${first}: 8 "<b>"` };
    return { judgement: 'diverged', objection: 'neither the old answer nor the new one', difference };
  }
  if (chance < 390) return { decision: 'undecided', judgement: undefined, landsAt: undefined };
  return {};
}
