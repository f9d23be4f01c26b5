/** Runs the command line as a user does. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { pathOf } from './programs.js';

export interface CliResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Where nothing asks for colours: on a machine of continuous integration they are on otherwise. */
export const PLAIN = { PATH: process.env.PATH ?? '', NO_COLOR: '1' };

export function suture(
  args: readonly string[],
  input: Uint8Array | string = '',
  environment: Record<string, string> = {},
): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [pathOf('dist/cli/main.js'), ...args], {
    input,
    cwd: pathOf('.'),
    encoding: 'latin1',
    env: { ...PLAIN, ...environment },
  });
  return { status, stdout, stderr };
}

/** With a file as its standard input. */
export function sutureReading(path: string, args: readonly string[]): CliResult {
  const file = openSync(path, 'r');
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [pathOf('dist/cli/main.js'), ...args], {
      stdio: [file, 'pipe', 'pipe'],
      cwd: pathOf('.'),
      encoding: 'latin1',
      env: PLAIN,
      // A program that is given nothing to read may go on for ever.
      timeout: 60_000,
    });
    return { status, stdout, stderr };
  } finally {
    closeSync(file);
  }
}
