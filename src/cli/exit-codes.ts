/**
 * What suture exits with. A guest's own status passes through, and a guest killed by a signal gives 128 and
 * the signal's number, as in a shell; suture's own outcomes lie where sysexits.h has them.
 */
export const ExitCode = {
  ok: 0,
  /** Wrong arguments. */
  usage: 64,
  /** A file that is not what it should be. */
  badFile: 65,
  /** A file that cannot be read. */
  noFile: 66,
  /** Something that is needed is not installed; the message says what. */
  unavailable: 69,
  /** A mistake in suture. */
  internal: 70,
  /** The output cannot be written. */
  outputFailed: 74,
  /** Nobody reads the output any more, as a shell shows the end by SIGPIPE. */
  brokenPipe: 141,
  /** The patch was refused; the process went on unpatched. */
  refused: 76,
  /** The two programs do not differ. */
  noChange: 77,
  /** `--max-instructions` was reached. */
  limit: 78,
  /** Every thread of the guest waits, and nothing will wake one. */
  stuck: 79,
  /** Two engines did not do the same. */
  diverged: 80,
  /** A package is signed by nobody who is trusted, or its signature is bad. */
  untrusted: 81,
  /** A rehearsal found a point at which the update goes wrong. */
  wrongPoint: 82,
  /** A rehearsal ended before every point was decided; none that was is wrong. */
  undecided: 83,
} as const;

export class CliError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'CliError';
  }
}

/** Ends suture without a word: whoever read the output has gone. */
export class BrokenPipe extends CliError {
  constructor() {
    super(ExitCode.brokenPipe, 'nobody reads the output');
    this.name = 'BrokenPipe';
  }
}
