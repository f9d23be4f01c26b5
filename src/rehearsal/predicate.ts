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

/** The module has no such function. */
export class NoPredicate extends Error {}

export class Predicate implements Judge {
  readonly isTolerant = false;
  readonly objection = undefined;
  private output = '';
  private landedAfter: number | undefined;

  private constructor(private readonly ask: Verdict) {}

  /** @throws NoPredicate unless a function is given. */
  static of(name: string, candidate: unknown): Predicate {
    if (typeof candidate !== 'function')
      throw new NoPredicate(
        `${name}: its default export must be a function that says what is wrong with a run`,
      );
    return new Predicate(candidate as Verdict);
  }

  landed(): void {
    this.landedAfter ??= this.output.length;
  }

  write(bytes: Uint8Array): boolean {
    this.output += Buffer.from(bytes).toString('latin1');
    return true;
  }

  end(end: End): Objection | undefined {
    const { output, landedAfter } = this;
    const reason = this.ask({ output, end: endText(end), landedAfter });
    return reason === undefined ? undefined : { reason };
  }

  fork(): Judge {
    const fork = new Predicate(this.ask);
    fork.output = this.output;
    fork.landedAfter = this.landedAfter;
    return fork;
  }

  /** Nobody knows what the function minds: all that was written counts. */
  key(): string {
    return `${this.landedAfter ?? ''}:${this.output}`;
  }
}
