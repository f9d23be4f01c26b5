/** A run to rehearse an update on, as the manifest of the update has it. */
import { dirname, join } from 'node:path';
import { parseManifest } from '../patch/index.js';
import { CliError, ExitCode } from './exit-codes.js';
import { readText } from './files.js';

/** What decides a run and what is right about it, besides the programs. */
interface GivenRun {
  /** The manifest. */
  workload?: string;
  stdin?: string;
  env: string[];
  seed: number;
  expect?: string;
  status?: number;
}

type Run = Omit<GivenRun, 'workload'> & { args: readonly string[] };

/**
 * What was given on the command line, and for the rest what the manifest says.
 *
 * @param isGiven whether an option stands on the command line.
 */
export function withWorkload(
  args: readonly string[],
  given: GivenRun,
  isGiven: (option: string) => boolean,
): Run {
  const { workload: path, stdin, env, seed, expect, status } = given;
  const { workload = {} } = path === undefined ? {} : parseManifest(readText(path), path);
  if (path !== undefined && Object.keys(workload).length === 0)
    throw new CliError(ExitCode.badFile, `${path}: it has no "workload"; { "stdin": FILE } would be one`);
  const beside = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : join(dirname(path!), file);
  const chosen = {
    stdin: stdin ?? beside(workload.stdin),
    expect: expect ?? beside(workload.expect),
    status: status ?? workload.status,
  };
  return {
    args: args.length > 0 ? args : (workload.args ?? []),
    env: isGiven('env') ? env : (workload.env ?? env),
    seed: isGiven('seed') ? seed : (workload.seed ?? seed),
    ...(chosen.stdin !== undefined && { stdin: chosen.stdin }),
    ...(chosen.expect !== undefined && { expect: chosen.expect }),
    ...(chosen.status !== undefined && { status: chosen.status }),
  };
}
