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

/** The ends of lines. */
export function linesOf(output: Uint8Array): number[] {
  const ends: number[] = [];
  for (let at = output.indexOf(NEWLINE); at >= 0; at = output.indexOf(NEWLINE, at + 1)) ends.push(at + 1);
  if ((ends.at(-1) ?? 0) < output.length) ends.push(output.length);
  return ends;
}

export class OldThenNew implements Judge {
  objection: Objection | undefined;
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
   * @throws RangeError unless both answer equally often, where answers are counted by input.
   */
  constructor(
    private readonly before: Reference,
    private readonly after: Reference,
    readonly isTolerant = true,
  ) {
    if (before.prompted && before.answers.length !== after.answers.length)
      throw new RangeError('two programs that answer each line of input answer equally often');
  }

  landed(): void {
    if (!this.old) return;
    this.skipEmpty();
    this.window = [this.finished, this.before.prompted ? this.finished + 1 : Infinity];
    // The answer under way may be a new one when nothing of it differs yet.
    const begun = this.before.output.subarray(this.startOf(this.before, this.finished), this.written);
    const place = this.startOf(this.after, this.finished);
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
    const fork = new OldThenNew(this.before, this.after, this.isTolerant);
    fork.objection = this.objection;
    fork.written = this.written;
    fork.old = this.old;
    fork.places = [...this.places];
    fork.finished = this.finished;
    fork.window = this.window;
    return fork;
  }

  key(): string {
    const old = this.old ? [this.written, ...(this.window ?? [])] : [];
    return `${old.join()};${this.places.join()}`;
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
    const place = this.startOf(after, finished);
    if (finished <= window[1] && !this.places.includes(place)) this.places.push(place);
    this.old = finished < window[1];
  }

  private startOf({ answers, output }: Reference, answer: number): number {
    return answer === 0 ? 0 : (answers[answer - 1] ?? output.length);
  }

  private object(bytes: Uint8Array): void {
    const { before, after, written, places } = this;
    const line = linesOf(before.output.subarray(0, written)).length;
    const old = this.old ? lineAt(before.output, written) : undefined;
    const fresh = places.length > 0 ? lineAt(after.output, places[0]!) : undefined;
    const shown = [old, fresh].filter((text) => text !== undefined).map((text) => JSON.stringify(text));
    const got = lineAt(bytes, 0);
    const right = shown.length === 0 ? 'nothing more' : [...new Set(shown)].join(' or ');
    this.objection = {
      reason: `it wrote ${JSON.stringify(got ?? '')} where ${right} would be right`,
      difference: { line: Math.max(1, line + 1), old, new: fresh, got },
    };
  }
}

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
  return Buffer.from(output.subarray(at, end)).toString('latin1');
}

const sameEnd = (a: End, b: End): boolean => endText(a) === endText(b);

export const endText = (end: End): string =>
  end.kind === 'exited' ? `exit status ${end.status}` : `signal ${end.number}`;
