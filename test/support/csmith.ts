/**
 * Random C programs of Csmith (Yang, Chen, Eide, Regehr: "Finding and Understanding Bugs in C Compilers", PLDI 2011),
 * which compute without undefined behaviour and print a checksum of all their variables: under qemu-user and here it
 * must be the same.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compileFreestanding, FREESTANDING, type FreestandingMachine } from './freestanding.js';
import type { Level } from './compile.js';
import { pathOf } from './programs.js';
import { runCommand, type Ended } from './run-command.js';

export interface GeneratedCase {
  machine: FreestandingMachine;
  level: Level;
  seed: number;
}

export type Verdict =
  | { kind: 'same'; output: string }
  /** The program is no use: it cannot be linked, or does not end in time, or crashes, under qemu too. */
  | { kind: 'skipped'; why: string }
  | { kind: 'different'; message: string };

/** Milliseconds. */
const GENERATE_LIMIT = 20_000;
const SUTURE_LIMIT = 600_000;
/** More instructions than qemu-user retires in a millisecond; in short loops it comes to some millions. */
const PER_MILLISECOND = 10_000_000;
const AT_LEAST = 50_000_000;

/** One of the generator's builtin functions is of x86 alone. */
const COMPILE = ['-w', '-I/usr/include/csmith', '-D__builtin_ia32_crc32qi(a,b)=((a)*33^(b))'];

/** What the generator is asked for: every seed one of a few kinds of programs. */
export function generatorOptions({ machine, seed }: GeneratedCase): string[] {
  const hasLibgcc = machine !== 'sparc';
  const kinds = [
    [],
    hasLibgcc ? ['--float'] : ['--max-pointer-depth', '4'],
    hasLibgcc ? ['--builtins'] : ['--no-volatiles'],
    ['--max-funcs', '20', '--max-block-depth', '3'],
    ['--max-array-dim', '2', '--max-expr-complexity', '20'],
  ];
  const { arch } = FREESTANDING[machine];
  // A pointer to a member of a packed structure is not aligned: SPARC traps, as it should, and qemu does not.
  return [...kinds[seed % kinds.length]!, ...(arch === 'sparc' ? ['--no-packed-struct'] : [])];
}

/** What GNU ld says of some programs whose small data it first takes to be near gp, and then places elsewhere. */
const UNLINKABLE = 'relocation truncated to fit: R_RISCV_GPREL_';

/** Files go to `folder` and are removed, but for the objects of the runtime. */
export async function judge(which: GeneratedCase, folder: string, qemuLimit: number): Promise<Verdict> {
  const { machine, level, seed } = which;
  const { qemu } = FREESTANDING[machine];
  const name = `seed-${seed}${level}.${machine}`;
  const source = join(folder, `${name}.c`);
  const file = join(folder, name);
  const env = { PATH: process.env.PATH ?? '' };
  try {
    const options = ['--seed', String(seed), '--output', source, ...generatorOptions(which)];
    // It leaves a file of its own in the working directory.
    const generated = await runCommand('csmith', options, { cwd: folder, env, limit: GENERATE_LIMIT });
    if (generated.status !== 0) return { kind: 'skipped', why: 'csmith gave up' };
    try {
      await compileFreestanding(file, machine, source, [level, ...COMPILE], folder);
    } catch (error) {
      if (error instanceof Error && error.message.includes(UNLINKABLE))
        return { kind: 'skipped', why: 'the linker relaxes more than it can reach' };
      throw error;
    }

    const theirs = await runCommand(qemu, [file], { env, limit: qemuLimit });
    if (theirs.timedOut) return { kind: 'skipped', why: 'it takes too long' };
    if (theirs.status === null) return { kind: 'skipped', why: `it is killed by ${theirs.signal}` };
    const most = AT_LEAST + Math.round(theirs.took) * PER_MILLISECOND;
    const ours = await suture(file, most);
    if (agree(theirs, ours)) return { kind: 'same', output: theirs.stdout };
    return { kind: 'different', message: await explain(which, file, theirs, ours, most) };
  } finally {
    rmSync(source, { force: true });
    rmSync(file, { force: true });
  }
}

const agree = (theirs: Ended, ours: Ended): boolean =>
  theirs.status === ours.status && theirs.stdout === ours.stdout && ours.stderr === '';

const suture = (file: string, most: number, ...args: string[]): Promise<Ended> =>
  runCommand(
    process.execPath,
    [pathOf('dist/cli/main.js'), 'run', '--max-instructions', String(most), file, '--', ...args],
    {
      limit: SUTURE_LIMIT,
    },
  );

/** Both once more, with a line for each variable: the first that differs. */
async function explain(
  { machine, level, seed }: GeneratedCase,
  file: string,
  theirs: Ended,
  ours: Ended,
  most: number,
): Promise<string> {
  const tell = ({ stdout, status, signal, stderr }: Ended): string =>
    `${stdout.trim()}, status ${status ?? signal}${stderr === '' ? '' : `: ${stderr.split('\n')[0]}`}`;
  const [long, ourLong] = await Promise.all([
    runCommand(FREESTANDING[machine].qemu, [file, '1'], { limit: 60_000 }),
    suture(file, most, '1'),
  ]);
  const ourLines = ourLong.stdout.split('\n');
  const first = long.stdout.split('\n').findIndex((line, i) => line !== ourLines[i]);
  return [
    `${machine} ${level} seed ${seed}: qemu ${tell(theirs)}; suture ${tell(ours)}`,
    ...(first < 0
      ? []
      : [`  first of the variables: '${long.stdout.split('\n')[first]}', not '${ourLines[first] ?? ''}'`]),
    `  again: node scripts/csmith.js --machine ${machine} --level ${level} --seed ${seed} --count 1`,
  ].join('\n');
}
