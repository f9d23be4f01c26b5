/** Connects a guest's standard streams with suture's own. */
import { writeSync } from 'node:fs';
import type { Process } from '../process/process.js';
import { BrokenPipe, CliError, ExitCode } from './exit-codes.js';

/** Writes all bytes at once, so that guest and host output keep their order. */
export function writeThrough(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') continue;
      if (code === 'EPIPE') throw new BrokenPipe();
      throw new CliError(
        ExitCode.outputFailed,
        `descriptor ${descriptor} cannot be written: ${String(error)}`,
      );
    }
  }
}

export function printLines(lines: readonly string[]): void {
  writeThrough(1, Buffer.from(lines.map((line) => `${line}\n`).join('')));
}

/** Gives the guest standard input piece by piece, each when it asks. */
export class StandardInput {
  private iterator: AsyncIterator<Uint8Array> | undefined;
  /** A piece that was asked for and has not come yet. */
  private coming: Promise<IteratorResult<Uint8Array>> | undefined;

  /** Waits for the next piece, or until there is something else to do. */
  async feed(guest: Process, interrupted?: Promise<void>): Promise<void> {
    this.iterator ??= process.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.coming ??= this.iterator.next().catch((error: unknown) => {
      throw new CliError(ExitCode.noFile, `standard input cannot be read: ${String(error)}`);
    });
    const next = await Promise.race([this.coming, ...(interrupted === undefined ? [] : [interrupted])]);
    if (next === undefined) return;
    this.coming = undefined;
    if (next.done === true) guest.input.end();
    else guest.input.provide(next.value);
  }
}
