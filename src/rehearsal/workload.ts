/** A run that can be had again and again: a program with its arguments and its whole input. */
import type { Image } from '../elf/index.js';
import { Process, type ProcessStop, type TraceEvent } from '../process/process.js';
import { GivenDirectory, type GivenFiles } from './given-files.js';
import type { Judge } from './judge.js';

export interface Workload {
  /** What the program is called, also the one that takes its place; its own name without. */
  name?: string;
  args?: readonly string[];
  env?: readonly string[];
  seed?: number;
  /** Instructions of a thread's turn on average. */
  quantum?: number;
  /** Bytes the process may map. */
  memoryLimit?: number;
  /** None but the standard streams without. */
  files?: GivenFiles;
  /** Standard input, all of it. */
  input: Uint8Array;
}

/** Who hears of system calls and signals of the process that runs now; forks share it. */
interface Ear {
  listener: ((event: TraceEvent) => void) | undefined;
}

/** A process of a workload, the judge of what it writes, and how many system calls it has made. */
export class Session {
  /** System calls that ended: where the process is in its work, whatever its instructions. */
  calls = 0;
  /** Bytes of output. */
  written = 0;
  /** Whether it stops when its judge objects: before an update has landed, nobody minds what the old program does. */
  stopsAtObjection = false;

  private constructor(
    readonly process: Process,
    private readonly ear: Ear,
    public judge: Judge | undefined,
  ) {
    process.output = (_descriptor, bytes) => {
      this.written += bytes.length;
      if (this.judge?.write(bytes) === false && this.stopsAtObjection) process.interrupt();
    };
  }

  /**
   * @param judge none for a run whose output nobody minds.
   * @param more `open` when somebody will give it more input.
   */
  static start(image: Image, workload: Workload, judge?: Judge, more: 'ended' | 'open' = 'ended'): Session {
    const ear: Ear = { listener: undefined };
    const { name, args, env, seed, quantum, memoryLimit, files, input } = workload;
    const called = name === undefined ? image : { ...image, name };
    const process = Process.load(called, {
      args: [called.name, ...(args ?? [])],
      ...(env !== undefined && { env }),
      ...(seed !== undefined && { seed }),
      ...(quantum !== undefined && { quantum }),
      ...(memoryLimit !== undefined && { memoryLimit }),
      ...(files !== undefined && { files: { ...files, host: new GivenDirectory(files.entries) } }),
      trace: (event) => ear.listener?.(event),
    });
    if (more === 'ended') process.input.provideAll(input);
    else process.input.provide(input);
    return new Session(process, ear, judge);
  }

  fork(): Session {
    const fork = new Session(this.process.fork(), this.ear, this.judge?.fork());
    fork.calls = this.calls;
    fork.written = this.written;
    return fork;
  }

  /** Runs to `limit` instructions in all, or until something happens; `onEvent` may interrupt the process. */
  run(limit: number, onEvent?: (event: TraceEvent) => void): ProcessStop {
    this.ear.listener = (event) => {
      if (event.kind === 'call') this.calls++;
      onEvent?.(event);
    };
    try {
      return this.process.run(limit);
    } finally {
      this.ear.listener = undefined;
    }
  }

  /** Lets `action` run the process, as an update that waits does. */
  drive<T>(action: () => T): T {
    this.ear.listener = (event) => {
      if (event.kind === 'call') this.calls++;
    };
    try {
      return action();
    } finally {
      this.ear.listener = undefined;
    }
  }
}
