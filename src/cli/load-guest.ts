/** Makes the process that a command runs. */
import { resolve } from 'node:path';
import type { Image } from '../elf/index.js';
import { createCore, createLockstep, type EngineName } from '../machine/engine.js';
import { Process, type ProcessOptions } from '../process/process.js';
import { CliError, ExitCode } from './exit-codes.js';
import { writeThrough } from './guest.js';
import { GrantedDirectory } from './host-directory.js';
import { traceLine } from './trace.js';

/** What every command that runs a program takes. */
export interface GuestOptions {
  dir?: string;
  env: string[];
  /** Mebibytes. */
  memory: number;
  seed: number;
  quantum: number;
  maxInstructions?: number;
}

export const DEFAULT_MEMORY = 1024;
const MEBIBYTE = 1 << 20;

export interface LoadedGuest {
  guest: Process;
  /** Says what there is to tell of the engine in the end. */
  report: () => void;
}

/** A process about to execute its first instruction. */
export function loadGuest(
  image: Image,
  args: readonly string[],
  options: GuestOptions & { engine?: EngineName | 'lockstep'; trace?: true },
): LoadedGuest {
  const engine = engineOf(options.engine ?? 'builtin');
  const guest = Process.load(image, {
    ...processOptions(options),
    args: [image.name, ...args],
    createCore: engine.createCore,
    ...(options.dir !== undefined && { files: grant(options.dir) }),
    output: writeThrough,
    log: say,
    ...(options.trace === true && {
      trace: (event) => {
        say(traceLine(event));
      },
    }),
  });
  return {
    guest,
    report: () => {
      engine.report(guest);
    },
  };
}

/** What a process is given of its options, without its arguments and files. */
export const processOptions = ({
  env,
  seed,
  quantum,
  memory,
}: Omit<GuestOptions, 'dir'>): Pick<ProcessOptions, 'env' | 'seed' | 'quantum' | 'memoryLimit'> => ({
  ...{ env, seed, quantum },
  memoryLimit: memory * MEBIBYTE,
});

/** What makes the cores, and what there is to tell of it in the end. */
function engineOf(name: EngineName | 'lockstep'): {
  createCore: NonNullable<ProcessOptions['createCore']>;
  report: (guest: Process) => void;
} {
  if (name !== 'lockstep') {
    return { createCore: (isa, memory) => createCore(name, isa, memory), report: () => undefined };
  }
  let unjudged: ReadonlyMap<string, number> = new Map();
  return {
    createCore: (isa, memory) => {
      const { core, lockstep } = createLockstep(isa, memory);
      unjudged = lockstep.unjudged;
      return core;
    },
    report: (guest) => {
      const alone = [...unjudged].map(([why, count]) => `${count} ${why}`).join(', ');
      const rest = alone === '' ? '' : `; executed by builtin alone: ${alone}`;
      say(`lockstep: the engines agreed on ${guest.instructions} instructions${rest}`);
    },
  };
}

interface Grant {
  host: GrantedDirectory;
  changes: GrantedDirectory;
  mount: string;
  workingDirectory: string;
}

/** The guest sees the directory where it is on the host, and begins where suture began: paths mean what was typed. */
export function grant(path: string): Grant {
  const mount = resolve(path);
  try {
    const host = new GrantedDirectory(path);
    return { host, changes: host, mount, workingDirectory: process.cwd() };
  } catch (error) {
    throw new CliError(ExitCode.noFile, `--dir ${path}: ${(error as Error).message}`);
  }
}

export const say = (line: string): void => {
  writeThrough(2, Buffer.from(`${line}\n`));
};
