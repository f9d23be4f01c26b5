/**
 * Compiles C programs for every machine with Debian's cross compilers and the C libraries that go with them:
 * glibc for 64-bit RISC-V and for SPARC V9 in 32-bit processes (v8plus), picolibc for 32-bit RISC-V.
 */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pathOf } from './programs.js';

export const MACHINES = ['rv32', 'rv32d', 'rv64', 'v8plus'] as const;
export type Machine = (typeof MACHINES)[number];
export type Level = '-O0' | '-O2' | '-Os';

interface Toolchain {
  compiler: string;
  /** Debian packages to have it. */
  packages: string;
  /** What runs its programs under qemu-user. */
  qemu: string;
  flags: readonly string[];
  /** Sources linked with every program, and libraries. */
  system: readonly string[];
  libraries: readonly string[];
}

const picolibc = (arch: string, abi: string): Toolchain => ({
  compiler: 'riscv64-unknown-elf-gcc',
  packages: 'gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf',
  qemu: 'qemu-riscv32',
  flags: [
    `-march=${arch}`,
    `-mabi=${abi}`,
    '-isystem/usr/lib/picolibc/riscv64-unknown-elf/include',
    '-ftls-model=local-exec',
    '-nostdlib',
    '-static',
    '-Wl,-z,max-page-size=4096',
  ],
  system: ['start/riscv.S', 'picolibc/linux.c'].map((name) => pathOf(`test/programs/${name}`)),
  libraries: [
    `-L/usr/lib/picolibc/riscv64-unknown-elf/lib/release/${arch}/${abi}`,
    ...['-Wl,--start-group', '-lm', '-lc', '-lgcc', '-Wl,--end-group'],
  ],
});

export const TOOLCHAINS: Record<Machine, Toolchain> = {
  rv32: picolibc('rv32imac', 'ilp32'),
  rv32d: picolibc('rv32imafdc', 'ilp32d'),
  rv64: {
    compiler: 'riscv64-linux-gnu-gcc',
    packages: 'gcc-riscv64-linux-gnu libc6-dev-riscv64-cross',
    qemu: 'qemu-riscv64',
    flags: ['-static', '-no-pie', '-pthread'],
    system: [],
    libraries: ['-lm'],
  },
  v8plus: {
    compiler: 'sparc64-linux-gnu-gcc',
    packages: 'gcc-multilib-sparc64-linux-gnu',
    qemu: 'qemu-sparc32plus',
    flags: ['-m32', '-static', '-no-pie', '-pthread'],
    system: [],
    libraries: ['-lm'],
  },
};

const run = promisify(execFile);

/** Compiles and links one program. */
export async function compileTo(
  output: string,
  machine: Machine,
  sources: readonly string[],
  flags: readonly string[],
): Promise<void> {
  const chain = TOOLCHAINS[machine];
  await run(chain.compiler, [
    ...chain.flags,
    ...flags,
    ...chain.system,
    ...sources,
    ...chain.libraries,
    '-o',
    output,
  ]);
}

const CACHE = join(tmpdir(), 'suture-compiled');

/**
 * The program made of one C file, which may include headers that lie beside it. What was made of the same bytes by
 * the same compiler is used again.
 *
 * @returns the path of the ELF file; its last part is `${name}.${machine}`.
 */
export async function compiled(
  machine: Machine,
  source: string,
  name: string,
  flags: readonly string[],
): Promise<string> {
  const beside = readdirSync(dirname(source)).filter((file) => file.endsWith('.h'));
  const parts = [
    versionOf(TOOLCHAINS[machine].compiler),
    JSON.stringify([TOOLCHAINS[machine].flags, flags]),
    ...[source, ...beside.map((file) => join(dirname(source), file)), ...TOOLCHAINS[machine].system].map(
      (path) => readFileSync(path, 'latin1'),
    ),
  ];
  const key = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
  const output = join(CACHE, key, `${name}.${machine}`);
  let made = inTheMaking.get(output);
  if (made === undefined) {
    made = existsSync(output) ? Promise.resolve() : make(output);
    inTheMaking.set(output, made);
  }
  await made;
  return output;

  async function make(file: string): Promise<void> {
    mkdirSync(dirname(file), { recursive: true });
    // Another run may be making the same: what appears is complete.
    const unfinished = `${file}.${process.pid}`;
    await compileTo(unfinished, machine, [source], flags);
    renameSync(unfinished, file);
  }
}

/** By output file. */
const inTheMaking = new Map<string, Promise<void>>();

const versions = new Map<string, string>();

function versionOf(compiler: string): string {
  let version = versions.get(compiler);
  if (version === undefined) {
    version = spawnSync(compiler, ['--version'], { encoding: 'latin1' }).stdout;
    versions.set(compiler, version);
  }
  return version;
}

/**
 * Tries every compiler and emulator once.
 *
 * @throws Error that names the Debian packages to install.
 */
export function needToolchains(machines: readonly Machine[]): void {
  const fails = (command: string): boolean => spawnSync(command, ['--version']).error !== undefined;
  const missing = machines.flatMap((machine) => {
    const { compiler, packages, qemu } = TOOLCHAINS[machine];
    return [...(fails(compiler) ? [packages] : []), ...(fails(qemu) ? ['qemu-user'] : [])];
  });
  if (missing.length > 0) throw new Error(`apt-get install ${[...new Set(missing)].join(' ')}`);
}
