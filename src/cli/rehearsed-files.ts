/** The files that `rehearse --dir` gives to every run. */
import { takeFiles, TooManyFiles, type GivenFiles } from '../rehearsal/index.js';
import { CliError, ExitCode } from './exit-codes.js';
import { grant } from './load-guest.js';

/** @throws CliError when they cannot be read, or are too many. */
export function filesBelow(directory: string): GivenFiles {
  const { host, mount, workingDirectory } = grant(directory);
  try {
    return { mount, workingDirectory, entries: takeFiles(host) };
  } catch (error) {
    if (!(error instanceof TooManyFiles)) throw error;
    throw new CliError(ExitCode.badFile, `--dir ${directory}: ${error.message}`);
  }
}
