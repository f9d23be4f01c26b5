/** The same program under qemu-user and under suture, in fresh directories, told apart by nothing it should see. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { genericSignals, sparcSignals, type SignalName } from '#suture/process/abi/signals.js';
import { TOOLCHAINS, type Machine } from './compile.js';
import { pathOf } from './programs.js';
import { runCommand, type Ended } from './run-command.js';

export interface Outcome {
  stdout: string;
  stderr: string;
  /** As a shell has it: 128 and the guest's number of the signal that killed it. */
  status: number;
  killed: boolean;
  /** Names and sizes of what it left in its directory. */
  left: readonly string[];
  /** Milliseconds. */
  took: number;
}

export interface Start {
  machine: Machine;
  file: string;
  args: readonly string[];
  input: Uint8Array | string;
}

/** Nothing here runs for more than a second or two. */
const QEMU_LIMIT = 30_000;
const SUTURE_LIMIT = 240_000;
const MOST_INSTRUCTIONS = 2_000_000_000;

const signals = (machine: Machine): Readonly<Partial<Record<SignalName, number>>> =>
  machine === 'v8plus' ? sparcSignals : genericSignals;

/** @throws Error when it does not end. */
export async function underQemu({ machine, file, args, input }: Start): Promise<Outcome> {
  return within(async (cwd) => {
    const { qemu } = TOOLCHAINS[machine];
    const ended = await runCommand(qemu, ['-0', basename(file), file, ...args], {
      input,
      cwd,
      env: { PATH: process.env.PATH ?? '' },
      limit: QEMU_LIMIT,
    });
    if (ended.timedOut) throw new Error(`${qemu} ${file} does not end`);
    // On standard error qemu itself says only which signal it was.
    const stderr = ended.stderr.replace(/^qemu: uncaught target signal .*\n/gm, '');
    const number = ended.signal === null ? 0 : (signals(machine)[ended.signal as SignalName] ?? 0);
    return { ...ended, stderr, status: ended.status ?? 128 + number, killed: ended.signal !== null };
  });
}

/** @throws Error when it does not end. */
export async function underSuture(
  { machine, file, args, input }: Start,
  options: readonly string[] = [],
): Promise<Outcome> {
  return within(async (cwd) => {
    const limit = ['--max-instructions', String(MOST_INSTRUCTIONS)];
    const command = [
      pathOf('dist/cli/main.js'),
      'run',
      '--dir',
      cwd,
      ...limit,
      ...options,
      file,
      '--',
      ...args,
    ];
    const ended = await runCommand(process.execPath, command, { input, cwd, limit: SUTURE_LIMIT });
    if (ended.timedOut) throw new Error(`node ${command.join(' ')} does not end`);
    const killed = ended.stderr.includes(`${basename(file)}: killed by `);
    return { ...ended, status: ended.status ?? -1, killed, machine };
  });
}

async function within(
  run: (directory: string) => Promise<Omit<Outcome, 'left'> & Partial<Ended>>,
): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'suture-guest-'));
  try {
    const { stdout, stderr, status, killed, took } = await run(directory);
    const left = readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .sort()
      .map(
        (name) =>
          `${name} ${statSync(join(directory, name)).isFile() ? statSync(join(directory, name)).size : '/'}`,
      );
    return { stdout, stderr, status, killed, left, took };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
