/** A judge that asks functions of somebody's own: one when a run has ended, and perhaps another while it runs. */
import { endText } from './old-then-new.js';
import type { End, Judge, Objection } from './judge.js';

/** What a function is given while the program runs. */
export interface SoFar {
  /** Everything the program wrote, in order, as latin-1 text. */
  output: string;
  /** Characters that had been written when the update landed; undefined when it did not. */
  landedAfter: number | undefined;
}

export interface Finished extends SoFar {
  /** `exit status 0`, `signal 11`. */
  end: string;
}

/** Each returns what is wrong, or nothing. */
export interface Questions {
  atEnd: (finished: Finished) => unknown;
  /** Asked after every output; a run of which something is wrong stops at once. */
  during: ((soFar: SoFar) => unknown) | undefined;
}

/** The module has no such function, or one that failed. */
export class NoPredicate extends Error {}

export class Predicate implements Judge {
  readonly isTolerant = false;
  objection: Objection | undefined;
  private output = '';
  private landedAfter: number | undefined;

  private constructor(
    private readonly name: string,
    private readonly questions: Questions,
  ) {}

  /**
   * @param name of the module, for people.
   * @param exported by it: a function as its default, and perhaps another as `during`.
   * @throws NoPredicate when it exports something else.
   */
  static of(name: string, { default: atEnd, during }: { default?: unknown; during?: unknown }): Predicate {
    if (typeof atEnd !== 'function')
      throw new NoPredicate(
        `${name}: its default export must be a function that says what is wrong with a run`,
      );
    if (during !== undefined && typeof during !== 'function')
      throw new NoPredicate(
        `${name}: its export during must be a function that says what is wrong with a run so far`,
      );
    return new Predicate(name, { atEnd, during } as Questions);
  }

  landed(): void {
    this.landedAfter ??= this.output.length;
  }

  /** @throws NoPredicate as `end` does. */
  write(bytes: Uint8Array): boolean {
    this.output += Buffer.from(bytes).toString('latin1');
    const { output, landedAfter, questions } = this;
    const { during } = questions;
    if (during !== undefined) this.objection ??= this.ask(() => during({ output, landedAfter }));
    return this.objection === undefined;
  }

  /** @throws NoPredicate when the function throws, or returns anything but text or nothing. */
  end(end: End): Objection | undefined {
    const { output, landedAfter, questions } = this;
    return this.objection ?? this.ask(() => questions.atEnd({ output, end: endText(end), landedAfter }));
  }

  private ask(question: () => unknown): Objection | undefined {
    const { name } = this;
    let reason: unknown;
    try {
      reason = question();
    } catch (error) {
      throw new NoPredicate(`${name}: it threw ${textOf(error)}`);
    }
    if (reason === undefined) return undefined;
    if (typeof reason === 'string' && reason !== '') return { reason };
    throw new NoPredicate(
      `${name}: it returned ${kindOf(reason)}; text that says what is wrong, or nothing, would be right`,
    );
  }

  fork(): Judge {
    const fork = new Predicate(this.name, this.questions);
    fork.objection = this.objection;
    fork.output = this.output;
    fork.landedAfter = this.landedAfter;
    return fork;
  }

  /** Nobody knows what the function minds: all that was written counts. */
  key(): string {
    return `${this.landedAfter ?? ''}:${this.output}`;
  }
}

/** Anything can be thrown, also what has no text. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'something that has no text';
  }
}

function kindOf(value: unknown): string {
  if (value === '') return 'an empty text';
  if (value === null) return 'null';
  if (value instanceof Promise) return 'a promise';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
