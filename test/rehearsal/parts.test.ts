/** What holds a rehearsal together: the judge unless another is named, parts that become one list, points that wait. */
import { describe, expect, test } from 'vitest';
import { assemble, gaps, OldThenNew, type Reference } from '#suture/rehearsal/index.js';
import { linesOf } from '#suture/rehearsal/old-then-new.js';
import { WaitingPoints } from '#suture/rehearsal/waiting-points.js';
import { Session } from '#suture/rehearsal/workload.js';
import { imageOf, tellerName } from '../support/programs.js';
import { pointClass } from '../support/rehearsals.js';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const BEGINNING = Session.start(imageOf(tellerName('rv64')), { input: new Uint8Array() });
const PLACE = { pc: 0, thread: 1, stack: [] };

/** A program that answers each line of input like this. */
const answering = (answers: readonly string[], status = 0): Reference => {
  let end = 0;
  return {
    output: bytes(answers.join('')),
    answers: answers.map((answer) => (end += answer.length)),
    prompted: true,
    end: { kind: 'exited', status },
  };
};

/** What is wrong with a run that lands after the first piece; undefined when nothing is. */
function verdict(judge: OldThenNew, before: string, after: string, status = 0): string | undefined {
  judge.write(bytes(before));
  judge.landed();
  judge.write(bytes(after));
  return judge.end({ kind: 'exited', status })?.reason;
}

describe('old, then new', () => {
  const judge = (): OldThenNew =>
    new OldThenNew(answering(['a1', 'b1', 'c1']), answering(['a2', 'b2', 'c2'], 7));

  test.each([
    ['', 'a2b2c2', 7],
    ['a1', 'b2c2', 7],
    ['a1', 'b1c2', 7],
    ['a1b', '1c2', 7],
    ['a1b1c1', '', 0],
  ])('%j, then %j and status %i is right', (before, after, status) => {
    expect(verdict(judge(), before, after, status)).toBeUndefined();
  });

  test.each([
    ['', 'a1b1c2', 7, 'it wrote'],
    ['a1', 'b1c1', 0, 'it wrote "c1" where "c2" would be right'],
    ['a1', 'b2c1', 0, 'it wrote'],
    ['a1', 'b3c2', 7, 'it wrote "b3c2"'],
    ['a1', 'b2', 7, 'it ended too early'],
    ['a1', 'b2c2', 0, 'it ended with exit status 0; exit status 7 would be right'],
    ['a1', 'b2c2d2', 7, 'it wrote "c2d2" where "c2" would be right'],
  ])('%j, then %j and status %i is wrong', (before, after, status, reason) => {
    expect(verdict(judge(), before, after, status)).toContain(reason);
  });

  test('an answer may be empty', () => {
    const empty = (): OldThenNew => new OldThenNew(answering(['a1', '', 'c1']), answering(['a2', '', 'c2']));
    expect(verdict(empty(), 'a1', 'c2')).toBeUndefined();
    expect(verdict(empty(), 'a1', 'a2c2')).toContain('it wrote');
  });

  test('without input an answer is a line, and the first new one may come later', () => {
    const lines = (text: string): Reference => ({
      output: bytes(text),
      answers: linesOf(bytes(text)),
      prompted: false,
      end: { kind: 'exited', status: 0 },
    });
    const judge = (): OldThenNew => new OldThenNew(lines('a1\nb1\nc1\n'), lines('a2\nb2\nc2\n'));
    expect(verdict(judge(), 'a1\n', 'b1\nc2\n')).toBeUndefined();
    expect(verdict(judge(), 'a1\n', 'b2\nc1\n')).toContain('it wrote "c1"');
  });

  test('one that was forked hears nothing of the other', () => {
    const first = judge();
    first.write(bytes('a1'));
    const second = first.fork();
    expect(second.key()).toBe(first.key());
    first.write(bytes('x'));
    expect([first.objection === undefined, second.objection === undefined]).toEqual([false, true]);
  });
});

test('parts in any order become one list, what was only cut is one again, and what is missing is undecided', () => {
  const cut = { conflict: undefined, landsAt: undefined };
  const found = [
    pointClass(20, 29, { landsAt: undefined }),
    pointClass(0, 4, cut),
    pointClass(5, 9, { landsAt: undefined }),
  ];
  expect(assemble(found, 35).map(({ first, last, decision }) => [first, last, decision])).toEqual([
    [0, 9, 'at-once'],
    [10, 19, 'undecided'],
    [20, 29, 'at-once'],
    [30, 34, 'undecided'],
  ]);
});

test('gaps are what nobody decided of a part', () => {
  const found = [pointClass(20, 29), pointClass(5, 9), pointClass(90, 99)];
  expect(gaps(found, { first: 0, end: 35 })).toEqual([
    { first: 0, end: 5 },
    { first: 10, end: 20 },
    { first: 30, end: 35 },
  ]);
  expect(gaps([pointClass(0, 40)], { first: 0, end: 35 })).toEqual([]);
});

test('points that wait for one return form a group until a thread is there', () => {
  const points = new WaitingPoints();
  const wait = { addresses: [0x100], exits: false };
  const range = (first: number) => ({
    first,
    last: first,
    place: PLACE,
    beginning: BEGINNING,
    reason: 'f is active',
  });
  points.add(3, range(3), wait, []);
  points.extend(6);
  points.add(7, range(7), wait, []);
  expect([...points.addresses]).toEqual([0x100]);
  expect(points.take(9, 0x200)).toEqual([]);
  const [hit] = points.take(9, 0x100);
  expect(hit!.ranges.map(({ first, last }) => [first, last])).toEqual([[3, 7]]);
  expect(points.isEmpty).toBe(true);
});

test('who only has to take a step is looked at after one', () => {
  const points = new WaitingPoints();
  points.add(
    3,
    { first: 3, last: 3, place: PLACE, beginning: BEGINNING, reason: 'f is active' },
    { addresses: [], exits: false },
    [],
  );
  expect(points.take(3, 0x100)).toEqual([]);
  expect(points.take(4, undefined).map(({ byStep }) => byStep)).toEqual([true]);
});
