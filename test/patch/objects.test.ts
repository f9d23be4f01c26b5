/** Objects compared as they are, and exchanged in the program that was linked from them. */
import { describe, expect, test } from 'vitest';
import type { Image } from '#suture/elf/index.js';
import {
  diff,
  diffObjects,
  link,
  LiveProcess,
  openPackage,
  placeIn,
  Program,
  Refusal,
  type Diff,
  type Patch,
} from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { linkedName, objectOf } from '../support/objects.js';
import { Collected, imageOf, ISAS, patchBetween, PLENTY, sessionOf, start } from '../support/programs.js';

const verdicts = ({ verdicts: all }: Diff): unknown[] =>
  all
    .filter(({ verdict }) => verdict !== 'unchanged')
    .map(({ name, kind, verdict, change }) => ({ name, kind, verdict, change }));

function refusal(action: () => unknown): { reason: string; message: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.reason, message: error.message };
    throw error;
  }
  throw new Error('nothing was refused');
}

describe.each(ISAS)('on %s', (isa) => {
  const running = imageOf(linkedName('old', isa));
  const place = placeIn(running);
  const [old, successor] = [objectOf('old', isa, place), objectOf('new', isa, place)];

  test('an object does not differ from itself', () => {
    const comparison = diff(new Program(objectOf('old', isa)), new Program(objectOf('old', isa)));
    expect(comparison.verdicts.length).toBeGreaterThan(0);
    expect(verdicts(comparison)).toEqual([]);
  });

  test('two differ as the programs linked from them do', () => {
    const linked = diff(new Program(running), new Program(imageOf(linkedName('new', isa))));
    const wanted = verdicts(linked);
    expect(wanted.length).toBeGreaterThan(0);
    expect(verdicts(diff(new Program(objectOf('old', isa)), new Program(objectOf('new', isa))))).toEqual(
      wanted,
    );
    expect(verdicts(diffObjects(running, old, successor))).toEqual(wanted);
  });

  test('a package made of them does what one of the programs does', () => {
    const output = (patch: Patch): string => {
      const written = new Collected();
      const process = start(running, sessionOf('jump-table'), written);
      process.run(500);
      expect(new LiveProcess(new EmulatedTarget(process)).update(patch).advance()).toBe('done');
      process.run(PLENTY);
      return written.text;
    };
    const mine = output(openPackage(link(diffObjects(running, old, successor))));
    expect(mine).toBe(output(patchBetween(running, imageOf(linkedName('new', isa)))));
    const unpatched = new Collected();
    start(running, sessionOf('jump-table'), unpatched).run(PLENTY);
    expect(mine).not.toBe(unpatched.text);
  });

  test('no package is made without the program', () => {
    const comparison = diff(new Program(objectOf('old', isa)), new Program(objectOf('new', isa)));
    expect(refusal(() => link(comparison))).toMatchObject({ reason: 'not-linked' });
  });

  test('an object that the program was not linked from is refused', () => {
    expect(refusal(() => diffObjects(running, successor, old))).toEqual({
      reason: 'not-the-same-program',
      message: expect.stringMatching(
        new RegExp(`^new.${isa}.o is not what old.${isa}.elf was linked from: tell differs`),
      ) as string,
    });
    const stranger = imageOf(`targets/teller/teller.${isa}.elf`);
    expect(refusal(() => diffObjects(stranger, old, successor)).message).toContain('nothing in common');
  });

  test('and so is one that needs what is nowhere', () => {
    const changed = (name: string, to: string): Image => {
      const image = objectOf('new', isa, place);
      image.symbols.find((symbol) => symbol.name === name)!.name = to;
      return image;
    };
    const shouting = diffObjects(running, old, changed('print', 'shout'));
    expect(refusal(() => link(shouting))).toEqual({
      reason: 'unknown-reference',
      message: expect.stringMatching(
        new RegExp(`^tell.* refers to shout, which old.${isa}.elf does not define$`, 'm'),
      ) as string,
    });
    expect(refusal(() => diffObjects(running, old, changed('tell', 'say'))).message).toMatch(
      new RegExp(`of old.${isa}.elf refers to tell, which new.${isa}.o does not define$`),
    );
    expect(refusal(() => diffObjects(running, old, changed('tell', 'print'))).message).toContain(
      `print is defined in new.${isa}.o, and elsewhere in old.${isa}.elf`,
    );
  });
});

test('an object for another processor is refused', () => {
  const running = imageOf(linkedName('old', 'rv32'));
  const objects = [objectOf('old', 'rv64'), objectOf('new', 'rv64')] as const;
  expect(refusal(() => diffObjects(running, ...objects)).reason).toBe('different-isa');
});
