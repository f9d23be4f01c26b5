/** Compiles single C files without a C library: quick, and for SPARC V8 the only way (Debian's libraries are V9). */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TOOLCHAINS } from './compile.js';
import { pathOf } from './programs.js';

export const FREESTANDING_MACHINES = ['rv32', 'rv32d', 'rv64', 'sparc', 'v8plus'] as const;
export type FreestandingMachine = (typeof FREESTANDING_MACHINES)[number];

interface Freestanding {
  compiler: string;
  qemu: string;
  arch: 'riscv' | 'sparc';
  flags: readonly string[];
  libraries: readonly string[];
}

const HEADERS = '-isystem/usr/lib/picolibc/riscv64-unknown-elf/include';
const { compiler: riscv32, qemu: qemu32 } = TOOLCHAINS.rv32;
const { compiler: sparc, qemu: qemuV8plus } = TOOLCHAINS.v8plus;
const rv32 = { compiler: riscv32, qemu: qemu32, arch: 'riscv', libraries: ['-lgcc'] } as const;

export const FREESTANDING: Record<FreestandingMachine, Freestanding> = {
  rv32: { ...rv32, flags: ['-march=rv32imac', '-mabi=ilp32', HEADERS] },
  rv32d: { ...rv32, flags: ['-march=rv32imafdc', '-mabi=ilp32d', HEADERS] },
  rv64: { ...TOOLCHAINS.rv64, arch: 'riscv', flags: [], libraries: ['-lgcc'] },
  sparc: { compiler: sparc, qemu: 'qemu-sparc', arch: 'sparc', flags: ['-m32', '-mcpu=v8'], libraries: [] },
  v8plus: { compiler: sparc, qemu: qemuV8plus, arch: 'sparc', flags: ['-m32'], libraries: ['-lgcc'] },
};

const COMMON = [
  ...['-nostdlib', '-static', '-fno-pic', '-no-pie', '-fno-stack-protector'],
  // Otherwise memcpy and memset are turned into calls of themselves.
  '-fno-tree-loop-distribute-patterns',
];

const run = promisify(execFile);
const runtimes = new Map<string, Promise<string[]>>();

/** The runtime's objects for a machine, made once in `folder`. */
function runtimeFor(machine: FreestandingMachine, folder: string): Promise<string[]> {
  const key = join(folder, machine);
  let made = runtimes.get(key);
  if (made === undefined) {
    made = make();
    runtimes.set(key, made);
  }
  return made;

  async function make(): Promise<string[]> {
    const { compiler, arch, flags } = FREESTANDING[machine];
    const sources = [`start/${arch}.S`, 'freestanding/runtime.c'].map((name) =>
      pathOf(`test/programs/${name}`),
    );
    return Promise.all(
      sources.map(async (source, i) => {
        const object = `${key}-${i}.o`;
        const include = `-I${pathOf(`targets/runtime/${arch}`)}`;
        await run(compiler, [...flags, ...COMMON, '-O2', '-std=gnu11', include, '-c', source, '-o', object]);
        return object;
      }),
    );
  }
}

/** Compiles one file and links it with the runtime, whose objects are kept in `folder`. */
export async function compileFreestanding(
  output: string,
  machine: FreestandingMachine,
  source: string,
  more: readonly string[],
  folder: string,
): Promise<void> {
  const { compiler, flags, libraries } = FREESTANDING[machine];
  const runtime = await runtimeFor(machine, folder);
  await run(compiler, [...flags, ...COMMON, ...more, ...runtime, source, ...libraries, '-o', output]);
}
