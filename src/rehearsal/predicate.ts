/** A judge that asks a function of somebody's own, once a run has ended. */
import { endText } from './old-then-new.js';
import type { End, Judge, Objection } from './judge.js';

/** What the function is given. */
export interface Finished {
  /** Everything the program wrote, in order, as latin-1 text. */
  output: string;
  /** `exit status 0`, `signal 11`. */
  end: string;
  /** Characters that had been written when the update landed; undefined when it did not. */
  landedAfter: number | undefined;
}

/** Returns what is wrong, or nothing. */
export type Verdict = (finished: Finished) => string | undefined;

/** The module has no such function, or one that failed. */
export class NoPredicate extends Error {}

export class Predicate implements Judge {
  readonly isTolerant = false;
  readonly objection = undefined;
  private output = '';
  private landedAfter: number | undefined;

  private constructor(
    private readonly name: string,
    private readonly ask: Verdict,
  ) {}

  /**
   * @param name of the module, for people.
   * @throws NoPredicate unless a function is given.
   */
  static of(name: string, candidate: unknown): Predicate {
    if (typeof candidate !== 'function')
      throw new NoPredicate(
        `${name}: its default export must be a function that says what is wrong with a run`,
      );
    return new Predicate(name, candidate as Verdict);
  }

  landed(): void {
    this.landedAfter ??= this.output.length;
  }

  write(bytes: Uint8Array): boolean {
    this.output += Buffer.from(bytes).toString('latin1');
    return true;
  }

  /** @throws NoPredicate when the function throws, or returns anything but text or nothing. */
  end(end: End): Objection | undefined {
    const { name, output, landedAfter } = this;
    let reason: unknown;
    try {
      reason = this.ask({ output, end: endText(end), landedAfter });
    } catch (error) {
      throw new NoPredicate(`${name}: it threw ${String(error)}`);
    }
    if (reason === undefined) return undefined;
    if (typeof reason === 'string') return { reason };
    const what = reason instanceof Promise ? 'a promise' : `a ${typeof reason}`;
    throw new NoPredicate(
      `${name}: it returned ${what}; text that says what is wrong, or nothing, would be right`,
    );
  }

  fork(): Judge {
    const fork = new Predicate(this.name, this.ask);
    fork.output = this.output;
    fork.landedAfter = this.landedAfter;
    return fork;
  }

  /** Nobody knows what the function minds: all that was written counts. */
  key(): string {
    return `${this.landedAfter ?? ''}:${this.output}`;
  }
}
