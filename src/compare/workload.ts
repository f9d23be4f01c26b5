/**
 * The workload of a comparison: a program, its arguments and its input, so often as there are ways to run it.
 *
 * Input is given line by line, each when the program asks for it, as at a terminal: between two lines the program
 * waits with everything it was told done.
 */
import type { Image } from '../elf/index.js';
import { Process, type ProcessOptions, type ProcessStop } from '../process/process.js';
import { CompareError } from './model.js';

export interface Workload {
  input: Uint8Array;
  /** What a process begins with, besides its input and output. */
  options: Omit<ProcessOptions, 'output' | 'createCore' | 'trace'>;
  /** Instructions a run may take. */
  limit: number;
}

const NEWLINE = 10;

function lines(input: Uint8Array): Uint8Array[] {
  const result: Uint8Array[] = [];
  for (let at = 0; at < input.length;) {
    const end = input.indexOf(NEWLINE, at);
    const next = end < 0 ? input.length : end + 1;
    result.push(input.subarray(at, next));
    at = next;
  }
  return result;
}

/** A process with the lines it has not been given. */
export class Run {
  private constructor(
    readonly process: Process,
    private readonly workload: Workload,
    private readonly rest: readonly Uint8Array[],
    private given: number,
    private readonly written: { text: string },
  ) {}

  static start(image: Image, workload: Workload, argv0 = image.name): Run {
    const written = { text: '' };
    const args = [argv0, ...(workload.options.args ?? [])];
    const process = Process.load(image, { ...workload.options, args, output: collector(written) });
    return new Run(process, workload, lines(workload.input), 0, written);
  }

  /** The same run once more; what happens to one is unknown to the other. Nobody observes the new one. */
  fork(): Run {
    const written = { text: this.written.text };
    const process = this.process.fork(collector(written));
    return new Run(process, this.workload, this.rest, this.given, written);
  }

  /** Lets another process read what this one has not been given. */
  succeededBy(process: Process): Run {
    const written = { text: '' };
    process.output = collector(written);
    return new Run(process, this.workload, this.rest, this.given, written);
  }

  /** What it wrote to standard output and error. */
  get output(): string {
    return this.written.text;
  }

  /** Gives the next line, or the end of the input. */
  feed(): void {
    const line = this.rest[this.given++];
    if (line === undefined) this.process.input.end();
    else this.process.input.provide(line);
  }

  runTo(count: number): ProcessStop {
    for (;;) {
      const stop = this.process.run(count);
      if (stop.kind !== 'waiting-for-input') return stop;
      this.feed();
    }
  }

  /** Runs until it has done everything it was told and asks for more. Returns whether it does. */
  runUntilItAsks(): boolean {
    return this.checked(this.process.run(this.workload.limit)).kind === 'waiting-for-input';
  }

  /** @throws CompareError when it does not end. */
  runToEnd(): ProcessStop {
    return this.checked(this.runTo(this.workload.limit));
  }

  private checked(stop: ProcessStop): ProcessStop {
    const { name, instructions } = this.process;
    if (stop.kind === 'limit') {
      const asked = `has asked for ${Math.min(this.given, this.rest.length)} of ${this.rest.length} lines of input`;
      const detail = `the workload of ${name} has not ended after ${instructions} instructions, and ${asked}`;
      throw new CompareError('limit', `${detail}; give it one that ends, or raise --max-instructions`);
    }
    if (stop.kind === 'stuck') {
      const detail = `every thread of ${name} waits after ${instructions} instructions, and nothing will wake one`;
      throw new CompareError('stuck', detail);
    }
    return stop;
  }
}

const collector =
  (written: { text: string }) =>
  (_descriptor: number, bytes: Uint8Array): void => {
    written.text += Buffer.from(bytes).toString('latin1');
  };
