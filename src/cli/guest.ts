/** Connects a guest's standard streams with suture's own. */
import { fstatSync, readFileSync, statSync, writeSync } from 'node:fs';
import type { Process } from '../process/process.js';
import { BrokenPipe, CliError, ExitCode } from './exit-codes.js';
import { checkSize } from './files.js';

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

/**
 * Gives the guest standard input: a file as a whole before its first instruction, as a rehearsal does; anything else
 * piece by piece, each when all of the guest waits, so that the host's clock decides nothing.
 */
export class StandardInput {
  private iterator: AsyncIterator<Uint8Array> | undefined;
  /** A piece that was asked for and has not come yet. */
  private coming: Promise<IteratorResult<Uint8Array>> | undefined;

  constructor(guest: Process) {
    const file = guest.input.isClosed ? undefined : wholeInput();
    if (file !== undefined) guest.input.provideAll(file);
  }

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

/**
 * All of standard input, where that is a file or /dev/null; of one that cannot be read, who asks for it hears.
 *
 * @throws CliError for one that is too large.
 */
function wholeInput(): Uint8Array | undefined {
  try {
    const found = fstatSync(0);
    if (found.isCharacterDevice() && found.rdev === statSync('/dev/null').rdev) return new Uint8Array();
    if (!found.isFile()) return undefined;
    checkSize('standard input', found.size);
    return readFileSync(0);
  } catch (error) {
    if (error instanceof CliError) throw error;
    return undefined;
  }
}
