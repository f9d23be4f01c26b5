/** What suture says, and exits with, when something is thrown. */
import { CompareError } from '../compare/index.js';
import { ElfError } from '../elf/index.js';
import { AssemblerMissing, AssemblyError } from '../isa/assembly.js';
import { EngineUnavailable } from '../machine/engine.js';
import { Divergence } from '../machine/lockstep.js';
import { ManifestError, PackageError, Refusal, UndoFailed } from '../patch/index.js';
import { NoPredicate } from '../rehearsal/index.js';
import { BrokenPipe, CliError, ExitCode } from './exit-codes.js';
import { writeThrough } from './guest.js';

/** One line on standard error, and the exit code that goes with it. */
export function fail(error: unknown): number {
  if (!(error instanceof Error)) throw error;
  if (error instanceof BrokenPipe) return error.code;
  const known = exitCodeOf(error);
  const text = known === undefined ? (error.stack ?? error.message) : error.message;
  try {
    writeThrough(2, Buffer.from(`suture: ${text}\n`));
  } catch {
    return ExitCode.outputFailed;
  }
  return known ?? ExitCode.internal;
}

function exitCodeOf(error: Error): number | undefined {
  if (error instanceof CliError) return error.code;
  if (error instanceof ElfError) return ExitCode.badFile;
  if (error instanceof CompareError) return error.problem === 'limit' ? ExitCode.limit : ExitCode.stuck;
  if (error instanceof NoPredicate) return ExitCode.badFile;
  if (error instanceof ManifestError) return ExitCode.badFile;
  if (error instanceof PackageError) return error.isAboutTrust ? ExitCode.untrusted : ExitCode.badFile;
  if (error instanceof UndoFailed) return ExitCode.internal;
  if (error instanceof Divergence) return ExitCode.diverged;
  if (error instanceof AssemblyError) return ExitCode.badFile;
  if (error instanceof AssemblerMissing) return ExitCode.unavailable;
  if (error instanceof EngineUnavailable) return ExitCode.unavailable;
  if (error instanceof Refusal) return error.reason === 'no-change' ? ExitCode.noChange : ExitCode.refused;
  return undefined;
}
