/** Who says whether a program that was updated on the way did what is right. */
import type { ProcessStop } from '../process/process.js';
import type { Difference } from './model.js';

/** The end of a process that comes to one by itself. */
export type End = Extract<ProcessStop, { kind: 'exited' | 'killed' }>;

/** What is wrong, in one line, and for output where. */
export interface Objection {
  reason: string;
  difference?: Difference;
}

/** Judges one run from its start, while it runs. */
export interface Judge {
  /**
   * Whether it is content with what the old program does by itself, and, where it is with an update, also with one that
   * lands later in a run that writes the same. Else that is asked anew after every output.
   */
  readonly isTolerant: boolean;
  /** The update has landed: what is written from here on may be the new program's. */
  landed(): void;
  /** Output of either standard stream, in order. Returns false once nothing can be right any more. */
  write(bytes: Uint8Array): boolean;
  /** Lines written so far, from which those of a difference are counted; undefined when it tells no differences. */
  readonly lines?: number;
  /** What is wrong so far. */
  readonly objection: Objection | undefined;
  /** What is wrong in the end, if anything is. */
  end(end: End): Objection | undefined;
  /** The same judge once more; neither hears what the other is told. */
  fork(): Judge;
  /**
   * Two judges with equal keys judge the same from here on, but for the number of a line; undefined when that cannot be
   * told.
   */
  key(): string | undefined;
}
