/** Updates on updates that let old activations go on: a package speaks of the version before it, and of no other. */
import { describe, expect, test } from 'vitest';
import type { Image } from '#suture/elf/index.js';
import {
  diff,
  link,
  LiveProcess,
  openPackage,
  Program,
  type Patch,
  type UpdateEvent,
} from '#suture/patch/index.js';
import { noteRegisterTaken } from '#suture/patch/passing.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { Approach, parseWhen } from '#suture/update/index.js';
import { FORECASTS, insideCompound } from '../support/activations.js';
import {
  Collected,
  imageOf,
  ISAS,
  newName,
  patchBetween,
  PLENTY,
  runToEnd,
  sessionOf,
  start,
  tellerName,
} from '../support/programs.js';

const OPTIONS = { ifBusy: 'cross-version', redirect: 'call-sites' } as const;

function crossing(before: Image, after: Image): Patch {
  const made = link(diff(new Program(before), new Program(after)));
  return openPackage({ ...made, metadata: { ...made.metadata, consistency: 'cross-version' } });
}

describe.each(ISAS)('on %s', (isa) => {
  const original = imageOf(tellerName(isa));
  const [grown, shrunk] = ['teller-grow', 'teller-shrink'].map((name) => imageOf(newName(name, isa))) as [
    Image,
    Image,
  ];

  test.each(['wait', 'cross-version'] as const)(
    'the next update (--if-busy %s) waits for activations of the version before last',
    (ifBusy) => {
      const output = new Collected();
      const process = insideCompound(isa, output);
      const point = process.instructions;
      const live = new LiveProcess(new EmulatedTarget(process));
      live.update(crossing(original, grown), OPTIONS).advance();
      expect(process.instructions).toBe(point);
      const busy: Extract<UpdateEvent, { kind: 'busy' }>[] = [];
      const onEvent = (event: UpdateEvent): void => {
        if (event.kind === 'busy') busy.push(event);
      };
      live.update(crossing(grown, shrunk), { ...OPTIONS, ifBusy, onEvent }).advance();
      expect(process.instructions).toBeGreaterThan(point);
      expect(busy[0]?.blockers.map(({ range }) => range.name)).toContain('the earlier compound');
      expect(process.run(PLENTY)).toEqual({ kind: 'exited', status: 0 });
      const whole = runToEnd(shrunk, FORECASTS).output;
      expect(output.text.split('\n').slice(2)).toEqual(whole.split('\n').slice(2));
    },
  );

  test('a procedure does not go on when its cold part is replaced with it', () => {
    const [old, next] = ['old', 'new'].map((name) => imageOf(`patches/cold-split/${name}.${isa}.elf`)) as [
      Image,
      Image,
    ];
    // Whose unlikely part is still to come: the calls of `twice` come two a line, and line 12 is unlikely.
    const process = start(old, sessionOf('cold-split'));
    new Approach(process, parseWhen('entry:twice#25', old)).advance(PLENTY);
    const point = process.instructions;
    const busy: string[] = [];
    const onEvent = (event: UpdateEvent): void => {
      if (event.kind === 'busy') busy.push(...event.blockers.map(({ range }) => range.name));
    };
    new LiveProcess(new EmulatedTarget(process))
      .update(crossing(old, next), { ...OPTIONS, onEvent })
      .advance();
    expect(busy).toContain('inspect');
    expect(process.instructions).toBeGreaterThan(point);
  });

  test('activations of the version before may go on in what an earlier update brought', () => {
    const output = new Collected();
    const process = start(original, FORECASTS, output);
    const live = new LiveProcess(new EmulatedTarget(process));
    live.update(crossing(original, grown), OPTIONS).advance();
    const { start: body } = live.updates[0]!.plan.procedures.find(({ name }) => name === 'compound')!;
    process.run(process.instructions + 1);
    while (process.core.pc !== body + 4) process.run(process.instructions + 1);
    // Past its first instructions, which the jump takes.
    process.run(process.instructions + 20);
    const point = process.instructions;
    live.update(crossing(grown, shrunk), OPTIONS).advance();
    expect(process.instructions).toBe(point);
    expect(process.run(PLENTY)).toEqual({ kind: 'exited', status: 0 });
    const whole = runToEnd(shrunk, FORECASTS).output;
    expect(output.text.split('\n').slice(2)).toEqual(whole.split('\n').slice(2));
  });
});

test.each(['rv32', 'sparc'] as const)(
  'on %s bodies that an earlier update brought may keep a value where a long jump writes',
  (isa) => {
    const live = new LiveProcess(new EmulatedTarget(start(imageOf(tellerName(isa)), '')));
    const before = live.running;
    live.update(patchBetween(imageOf(tellerName(isa)), imageOf(newName('shadow-variables', isa)))).advance();
    const { entry } = live.updates[0]!.plan.procedures.find(({ name }) => name === 'rounded')!;
    expect(noteRegisterTaken(before, entry, 'the jump')).toEqual([]);
    expect(noteRegisterTaken(live.running, entry, 'the jump')).toEqual([
      expect.stringMatching(/^the jump takes (x6|g1), in which francs_of, remember may keep a value/),
    ]);
  },
);
