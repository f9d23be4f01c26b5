/** A run to rehearse an update on, as the manifest of the update has it. */
import { dirname, join } from 'node:path';
import { instructingMembers, isPackage, parseManifest, type Manifest } from '../patch/index.js';
import { CliError, ExitCode } from './exit-codes.js';
import { readBytes, readText } from './files.js';

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
 * @param patchFiles what is rehearsed, which has of the manifest what a package has.
 * @param isGiven whether an option stands on the command line.
 */
export function withWorkload(
  patchFiles: readonly string[],
  args: readonly string[],
  given: GivenRun,
  isGiven: (option: string) => boolean,
): Run {
  const { workload: path, stdin, env, seed, expect, status } = given;
  const manifest = path === undefined ? undefined : parseManifest(readText(path), path);
  const { workload = {} } = manifest ?? {};
  if (path !== undefined && Object.keys(workload).length === 0)
    throw new CliError(ExitCode.badFile, `${path}: it has no "workload"; { "stdin": FILE } would be one`);
  if (manifest !== undefined) checkPackaged(manifest, path!, patchFiles);
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

/** @throws CliError when the manifest decides how the update is made, and nobody has made a package of it. */
function checkPackaged(manifest: Manifest, path: string, patchFiles: readonly string[]): void {
  const members = instructingMembers(manifest);
  if (members.length === 0) return;
  const bare = patchFiles.find((file) => !isPackage(readBytes(file)));
  if (bare === undefined) return;
  const named = members.map((name) => `"${name}"`).join(', ');
  throw new CliError(
    ExitCode.usage,
    `${path}: its ${named} would be left out, as ${bare} is a program and no package; ` +
      `make one and rehearse that: suture build OLD ${bare} --manifest ${path} -o FIX.lup`,
  );
}
