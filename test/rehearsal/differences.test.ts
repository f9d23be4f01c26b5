/** Where output first differs from what is right, and what each program has there. */
import { expect, test } from 'vitest';
import { OldThenNew, type Difference, type Reference } from '#suture/rehearsal/index.js';
import { linesOf } from '#suture/rehearsal/old-then-new.js';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const end = { kind: 'exited', status: 0 } as const;

/** A program that answers each line of input like this. */
const answering = (...answers: string[]): Reference => {
  let length = 0;
  const ends = answers.map((answer) => (length += answer.length));
  return { output: bytes(answers.join('')), answers: ends, prompted: true, end };
};
const printing = (text: string): Reference => ({
  ...{ output: bytes(text), answers: linesOf(bytes(text)), prompted: false, end },
});

/** What is wrong with a run that lands after the first piece and writes the others. */
function differenceOf(judge: OldThenNew, before: string, ...after: string[]): Difference | undefined {
  if (before !== '') judge.write(bytes(before));
  judge.landed();
  for (const piece of after) judge.write(bytes(piece));
  return judge.end(end)?.difference;
}

const OLD = answering('turn 0\ntotal 1\n', 'turn 1\ntotal 3\n', 'turn 2\ntotal 6\n');
const NEW = answering('turn 0\nand\ntotal 1\n', 'turn 1\nand\ntotal 3\n', 'turn 2\nand\ntotal 6\n');

test('lines are counted in what was written, and both programs are shown in the same line of the same answer', () => {
  const judge = new OldThenNew(OLD, NEW);
  const difference = differenceOf(judge, 'turn 0\ntotal 1\n', 'turn 1\nand\ntotal 3\n', 'turn 2\nbut\n');
  expect(difference).toEqual({ line: 7, old: 'total 6', new: 'and', got: 'but' });
});

test('an answer that may be the old one alone does not make the new one empty', () => {
  const difference = differenceOf(new OldThenNew(OLD, NEW), 'turn 0\nto', 'tal 2\n');
  expect(difference).toEqual({ line: 2, old: 'total 1', new: 'and', got: 'total 2' });
});

test('a line that one program does not have in that answer is none', () => {
  const difference = differenceOf(new OldThenNew(OLD, NEW), '', 'turn 0\nand\ntotal 2\n');
  expect(difference).toEqual({ line: 3, old: undefined, new: 'total 1', got: 'total 2' });
});

test('of several lines that are written at once the one that differs is shown', () => {
  const judge = new OldThenNew(OLD, NEW);
  expect(differenceOf(judge, '', 'turn 0\ntotal 9\n')).toEqual({
    ...{ line: 2, old: 'total 1', new: 'and', got: 'total 9' },
  });
  expect(judge.objection!.reason).toBe('it wrote "total 9" where "total 1" or "and" would be right');
});

test('a line that is written in pieces is shown whole, a prompt of the other program in front of it', () => {
  const judge = new OldThenNew(answering('> ', 'one\n> ', 'two\n'), answering('? ', '1\n? ', '2\n'));
  expect(differenceOf(judge, '> ', 'x\n')).toEqual({ line: 1, old: '> one', new: '? 1', got: '> x' });
});

test('who writes nothing more, and who ends too early', () => {
  const judge = (): OldThenNew => new OldThenNew(OLD, NEW);
  const whole = Buffer.from(NEW.output).toString();
  expect(differenceOf(judge(), '', `${whole}x\n`)).toMatchObject({ line: 10, new: undefined, got: 'x' });
  expect(differenceOf(judge(), '', whole.slice(0, -8))).toMatchObject({
    ...{ line: 9, new: 'total 6', got: undefined },
  });
});

test('behind the last answer of one program stands what the other has left of it', () => {
  const judge = new OldThenNew(answering('a\n'), answering('a1\nb1\n'));
  judge.write(bytes('a\nb\n'));
  expect(judge.objection!.difference).toEqual({ line: 2, old: undefined, new: 'b1', got: 'b' });
});

test('a fork knows the lines that were written, and another line that is under way is another key', () => {
  const judges = ['> ', ': '].map(
    (prompt) => new OldThenNew(answering(prompt, 'a\n'), answering('? ', 'b\n')),
  );
  const [one, other] = judges.map((judge, i) => {
    judge.write(bytes(['> ', ': '][i]!));
    judge.landed();
    judge.write(bytes('b'));
    return judge.fork() as OldThenNew;
  });
  expect(one!.key()).not.toBe(other!.key());
  one!.write(bytes('c\n'));
  expect(one!.objection!.difference).toMatchObject({ line: 1, got: '> bc' });
});

test('without input a line is compared with the same line of either program', () => {
  const judge = new OldThenNew(printing('a1\nb1\nc1\n'), printing('a2\nb2\nc2\n'));
  expect(differenceOf(judge, 'a1\n', 'b2\n', 'c1\n')).toEqual({ line: 3, old: 'c1', new: 'c2', got: 'c1' });
});

test('of a long line the part is shown that differs', () => {
  const long = 'x'.repeat(1000);
  const difference = differenceOf(new OldThenNew(printing(`${long}a`), printing(`${long}b`)), long, 'c');
  const shown = 'x'.repeat(100);
  expect(difference).toEqual({ line: 1, old: `${shown}a`, new: `${shown}b`, got: `${shown}c` });
});

test("output that was named is no program's", () => {
  const expected = printing('a\nb\n');
  const judge = (): OldThenNew => new OldThenNew(expected, expected, false, true);
  expect(differenceOf(judge(), '', 'a\nc\n')).toEqual({ line: 2, expected: 'b', got: 'c' });
  expect(differenceOf(judge(), '', 'a\nb\nc\n')).toEqual({ line: 3, expected: null, got: 'c' });
});
