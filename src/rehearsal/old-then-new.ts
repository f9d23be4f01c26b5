/**
 * The judge unless another is named: output is the old program's up to some point and the new program's from there,
 * and never old again; and it ends as one of them does.
 *
 * The point lies between two answers. Where a program reads its input piece by piece, an answer is what it writes
 * for one line; the answer that is under way when the update lands may be either, whatever comes later is new. A
 * program that reads nothing answers in lines, and how many of them it had computed before is not known: so the
 * point may lie anywhere after the lines that were finished.
 */
import type { End, Judge, Objection } from './judge.js';
import type { Difference } from './model.js';

/** What a program writes on a workload, and how it ends. */
export interface Reference {
  output: Uint8Array;
  /** Where each answer ends, in bytes, ascending; the last is the end of the output. */
  answers: readonly number[];
  /** Whether an answer belongs to a line of input. */
  prompted: boolean;
  end: End;
}

const NEWLINE = 10;
const LONGEST_SHOWN = 200;
/** What is shown of a line before the place where it differs. */
const LONGEST_BEFORE = 100;

/** A place in what a program writes. */
interface Spot {
  reference: Reference;
  at: number;
}

/** The ends of lines. */
export function linesOf(output: Uint8Array): number[] {
  const ends: number[] = [];
  for (let at = output.indexOf(NEWLINE); at >= 0; at = output.indexOf(NEWLINE, at + 1)) ends.push(at + 1);
  if ((ends.at(-1) ?? 0) < output.length) ends.push(output.length);
  return ends;
}

export class OldThenNew implements Judge {
  objection: Objection | undefined;
  lines = 0;
  /** Bytes of the line that is under way, and the last of them as text. */
  private column = 0;
  private tail = '';
  /** Bytes written. */
  private written = 0;
  /** Whether all of it is the old program's. */
  private old = true;
  /** Where else it may be: places in the new program's output, by the answer it began with. */
  private places: number[] = [];
  /** Answers of the old program that are finished. */
  private finished = 0;
  /** The first and last answer that may be the first new one, once the update has landed. */
  private window: readonly [number, number] | undefined;

  /**
   * @param isTolerant `before` is what the program does by itself: the output up to a later point is that too, and the
   *   first new answer may come so much later.
   * @param isGiven both references are one output that somebody names, and no program's.
   * @throws RangeError unless both answer equally often, where answers are counted by input.
   */
  constructor(
    private readonly before: Reference,
    private readonly after: Reference,
    readonly isTolerant = true,
    private readonly isGiven = false,
  ) {
    if (before.prompted && before.answers.length !== after.answers.length)
      throw new RangeError('two programs that answer each line of input answer equally often');
  }

  landed(): void {
    if (!this.old) return;
    this.skipEmpty();
    this.window = [this.finished, this.before.prompted ? this.finished + 1 : Infinity];
    // The answer under way may be a new one when nothing of it differs yet.
    const begun = this.before.output.subarray(startOf(this.before, this.finished), this.written);
    const place = startOf(this.after, this.finished);
    if (holds(this.after.output, place, begun)) this.places.push(place + begun.length);
  }

  write(bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length && this.objection === undefined;) at += this.take(bytes.subarray(at));
    return this.objection === undefined;
  }

  end(end: End): Objection | undefined {
    if (this.objection !== undefined) return this.objection;
    const { before, after } = this;
    const endsOld = this.old && this.written === before.output.length;
    const endsNew = this.places.includes(after.output.length);
    const allowed = [...(endsOld ? [before.end] : []), ...(endsNew ? [after.end] : [])];
    if (allowed.some((other) => sameEnd(end, other))) return undefined;
    if (allowed.length === 0) {
      this.object(new Uint8Array());
      return { ...this.objection!, reason: `it ended too early: ${this.objection!.reason}` };
    }
    const right = [...new Set(allowed.map(endText))].join(' or ');
    return { reason: `it ended with ${endText(end)}; ${right} would be right` };
  }

  fork(): Judge {
    const fork = new OldThenNew(this.before, this.after, this.isTolerant, this.isGiven);
    fork.objection = this.objection;
    fork.lines = this.lines;
    fork.column = this.column;
    fork.tail = this.tail;
    fork.written = this.written;
    fork.old = this.old;
    fork.places = [...this.places];
    fork.finished = this.finished;
    fork.window = this.window;
    return fork;
  }

  key(): string {
    const old = this.old ? [this.written, ...(this.window ?? [])] : [];
    return `${old.join()};${this.places.join()};${this.column === 0 ? '' : `${this.column} ${this.tail}`}`;
  }

  /** Takes bytes up to the end of the answer that is under way; returns how many. */
  private take(bytes: Uint8Array): number {
    this.skipEmpty();
    const { before, after } = this;
    const answerEnd = this.old ? before.answers[this.finished] : undefined;
    const length = answerEnd === undefined ? bytes.length : Math.min(bytes.length, answerEnd - this.written);
    const part = bytes.subarray(0, length);
    const stillOld = this.old && length > 0 && holds(before.output, this.written, part);
    const places = this.places.filter((place) => length > 0 && holds(after.output, place, part));
    if (!stillOld && places.length === 0) {
      this.object(bytes);
      return bytes.length;
    }
    this.old = stillOld;
    this.places = places.map((place) => place + length);
    this.written += length;
    this.count(part);
    if (this.old && this.written === answerEnd) this.skipEmpty();
    return length;
  }

  /** Finishes the answers that end where the output is. */
  private skipEmpty(): void {
    while (this.old && this.before.answers[this.finished] === this.written) {
      this.finished++;
      this.enter();
    }
  }

  /** At the start of an answer: it may be the first new one. */
  private enter(): void {
    const { window, finished, after } = this;
    if (window === undefined) return;
    const place = startOf(after, finished);
    if (finished <= window[1] && !this.places.includes(place)) this.places.push(place);
    this.old = finished < window[1];
  }

  /** Follows the line that is under way. */
  private count(part: Uint8Array): void {
    let start = 0;
    for (let at = part.indexOf(NEWLINE); at >= 0; at = part.indexOf(NEWLINE, start)) {
      start = at + 1;
      this.lines++;
      this.column = 0;
      this.tail = '';
    }
    this.column += part.length - start;
    this.tail = (this.tail + latin1(part, Math.max(start, part.length - LONGEST_BEFORE), part.length)).slice(
      -LONGEST_BEFORE,
    );
  }

  private object(bytes: Uint8Array): void {
    const old: Spot[] = this.old ? [{ reference: this.before, at: this.written }] : [];
    const spots = [...old, ...this.places.map((at): Spot => ({ reference: this.after, at }))];
    const matched = spots.map((spot) => commonLength(spot, bytes));
    const most = Math.max(0, ...matched);
    const line = bytes.subarray(0, most).lastIndexOf(NEWLINE) + 1;
    const start = Math.max(line, most - LONGEST_BEFORE);
    const right = spots
      .filter((_, i) => matched[i]! >= start)
      .map(({ reference, at }) => lineAt(reference.output, at + start))
      .map((text) => (text === undefined ? 'nothing more' : JSON.stringify(text)));
    this.count(bytes.subarray(0, most));
    const { reference, at } = spots[matched.indexOf(most)]!;
    this.objection = {
      reason: `it wrote ${JSON.stringify(lineAt(bytes, start) ?? '')} where ${[...new Set(right)].join(' or ')} would be right`,
      difference: this.differenceAt({ reference, at: at + most }, lineAt(bytes, most)),
    };
  }

  /** @param rest what was written from there to the end of the line. */
  private differenceAt(spot: Spot, rest: string | undefined): Difference {
    const { before, after, tail, isGiven } = this;
    const got = rest === undefined && tail === '' ? undefined : tail + (rest ?? '');
    const of = (reference: Reference): string | undefined =>
      sameLine(spot, reference)?.slice(this.column - tail.length, this.column + LONGEST_SHOWN);
    const line = this.lines + 1;
    if (isGiven) return { line, expected: of(after) ?? null, got };
    return { line, old: of(before), new: of(after), got };
  }
}

/** How much of the bytes is what stands there. */
function commonLength({ reference: { output }, at }: Spot, bytes: Uint8Array): number {
  let length = 0;
  while (length < bytes.length && at + length < output.length && output[at + length] === bytes[length])
    length++;
  return length;
}

/** The line of another program that stands where this one does in its answer; undefined when there is none. */
function sameLine({ reference, at }: Spot, other: Reference): string | undefined {
  const { answers, output, prompted } = reference;
  // Behind an end without a newline the last line goes on.
  const isEnd = at > 0 && at >= output.length;
  const place = isEnd && output[at - 1] !== NEWLINE ? at - 1 : at;
  let answer = answers.findIndex((end) => end > place);
  if (answer < 0) answer = prompted ? answers.length - 1 : answers.length;
  const end = other.answers[answer] ?? 0;
  let start = startOf(other, answer);
  for (let lines = linesBefore(output, startOf(reference, answer), place); lines > 0; lines--) {
    const newline = other.output.indexOf(NEWLINE, start);
    start = newline < 0 ? end : newline + 1;
  }
  if (start >= end) return undefined;
  const line = start === 0 ? 0 : other.output.lastIndexOf(NEWLINE, start - 1) + 1;
  const newline = other.output.indexOf(NEWLINE, start);
  return latin1(other.output, line, newline < 0 ? other.output.length : newline);
}

function linesBefore(output: Uint8Array, start: number, end: number): number {
  let lines = 0;
  for (let at = start; at < end; at++) if (output[at] === NEWLINE) lines++;
  return lines;
}

/** Where an answer begins. */
const startOf = ({ answers, output }: Reference, answer: number): number =>
  answer === 0 ? 0 : (answers[answer - 1] ?? output.length);

function holds(output: Uint8Array, at: number, bytes: Uint8Array): boolean {
  if (at + bytes.length > output.length) return false;
  for (let i = 0; i < bytes.length; i++) if (output[at + i] !== bytes[i]) return false;
  return true;
}

/** From a place to the end of its line; undefined where nothing is. */
function lineAt(output: Uint8Array, at: number): string | undefined {
  if (at >= output.length) return undefined;
  const newline = output.indexOf(NEWLINE, at);
  const end = Math.min(newline < 0 ? output.length : newline, at + LONGEST_SHOWN);
  return latin1(output, at, end);
}

const latin1 = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', start, end);

const sameEnd = (a: End, b: End): boolean => endText(a) === endText(b);

export const endText = (end: End): string =>
  end.kind === 'exited' ? `exit status ${end.status}` : `signal ${end.number}`;
