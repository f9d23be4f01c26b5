/**
 * Time as a process sees it: it passes with the instructions it executes, and jumps when every thread sleeps.
 * So a program runs the same on every machine, and a sleep of an hour costs nothing.
 */

/** The processor executes a hundred million instructions a second. */
export const NANOSECONDS_PER_INSTRUCTION = 10;
export const SECOND = 1_000_000_000;
/** What the wall clock shows when a process starts: 2026-01-01 00:00:00 UTC, in seconds since 1970. */
export const EPOCH = 1_767_225_600;

/** Never comes. */
export const NEVER = Infinity;

export class Clock {
  /** Nanoseconds that passed while nobody ran. */
  idle = 0;

  /** Nanoseconds since the start, given the instructions retired so far. */
  now(instructions: number): number {
    return instructions * NANOSECONDS_PER_INSTRUCTION + this.idle;
  }

  /** Lets the time come that somebody waits for. */
  skipTo(time: number, instructions: number): void {
    this.idle = Math.max(this.idle, time - instructions * NANOSECONDS_PER_INSTRUCTION);
  }

  /** Instructions from now on until the clock shows `time`, at least one. */
  static instructionsUntil(time: number, now: number): number {
    return Math.max(1, Math.ceil((time - now) / NANOSECONDS_PER_INSTRUCTION));
  }

  /** Added to an instruction count it is the reading of a clock register that counts instructions. */
  get idleInstructions(): number {
    return Math.floor(this.idle / NANOSECONDS_PER_INSTRUCTION);
  }

  fork(): Clock {
    const fork = new Clock();
    fork.idle = this.idle;
    return fork;
  }
}
