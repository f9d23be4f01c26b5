/** binutils reads the same files: the prebuilt ones, and whole C libraries linked in. Needs the cross compilers. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CallFrames, readImage, type RegisterRule } from '#suture/elf/index.js';
import { pathOf } from '../support/programs.js';

const scratch = mkdtempSync(join(tmpdir(), 'suture-readelf-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

/** Has threads, thread-local variables, constructors and indirect functions. */
const SOURCE = `
#include <pthread.h>
#include <stdio.h>
#include <string.h>
static __thread int local = 5;
__attribute__((constructor)) static void first(void) { local++; }
static void *run(void *text) { local += (int)strlen(text); return &local; }
int main(int argc, char **argv)
{
    pthread_t thread;
    pthread_create(&thread, NULL, run, argv[argc - 1]);
    pthread_join(thread, NULL);
    return printf("%d %f\\n", local, argc * 1.5) < 0;
}
`;
const BARE = `
#include <stdio.h>
#include <stdlib.h>
static __thread int local = 5;
int main(int argc, char **argv)
{
    return argv == NULL ? printf("%d %f\\n", local, argc * 1.5) : atoi(argv[0]);
}
`;

const GLIBC = ['-O2', '-static', '-no-pie', '-pthread'];
const PICOLIBC = ['-O2', '--specs=picolibc.specs', '--oslib=semihost'];
const RELOCS = '-Wl,--emit-relocs';
const RISCV = 'riscv64-linux-gnu-gcc';
const SPARC = 'sparc64-linux-gnu-gcc';
const ELF = 'riscv64-unknown-elf-gcc';
const RV32 = ['-march=rv32imac', '-mabi=ilp32'];
const RV64 = ['-march=rv64gc', '-mabi=lp64d', '-mcmodel=medany'];

const BUILDS: [string, string, string, string[]][] = [
  ['glibc for RV64', RISCV, SOURCE, GLIBC],
  ['glibc for RV64 with relocations', RISCV, SOURCE, [...GLIBC, RELOCS]],
  ['glibc for RV64, stripped', RISCV, SOURCE, [...GLIBC, '-s']],
  ['glibc for v8plus', SPARC, SOURCE, ['-m32', ...GLIBC]],
  ['glibc for v8plus with relocations', SPARC, SOURCE, ['-m32', ...GLIBC, RELOCS]],
  ['glibc for v8plus, stripped', SPARC, SOURCE, ['-m32', ...GLIBC, '-s']],
  ['picolibc for RV32', ELF, BARE, [...PICOLIBC, ...RV32]],
  ['picolibc for RV32 with relocations', ELF, BARE, [...PICOLIBC, ...RV32, RELOCS]],
  ['picolibc for RV64', ELF, BARE, [...PICOLIBC, ...RV64]],
  ['picolibc for RV64 with relocations', ELF, BARE, [...PICOLIBC, ...RV64, RELOCS]],
];

function run(command: string, args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'latin1',
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) throw new Error(`${command} cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const subjects: [string, () => string][] = [
  ...['rv32', 'rv64', 'sparc'].map((isa): [string, () => string] => [
    `teller for ${isa}`,
    () => pathOf(`targets/teller/teller.${isa}.elf`),
  ]),
  ...BUILDS.map(([name, compiler, source, options], i): [string, () => string] => [
    name,
    () => {
      const file = join(scratch, String(i));
      writeFileSync(`${file}.c`, source);
      run(compiler, [`${file}.c`, '-o', file, ...options]);
      return file;
    },
  ]),
];

const FIRST_NAMES =
  'zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6';
/** DWARF number of a register under the name readelf prints. */
const registerNumber = (name: string, riscv: boolean): number =>
  riscv ? FIRST_NAMES.split(' ').indexOf(name) : /^r\d+$/.test(name) ? Number(name.slice(1)) : -1;

function ruleText(rule: RegisterRule | undefined): string {
  if (rule?.kind === 'memory') return `c${rule.offset < 0 ? '' : '+'}${rule.offset}`;
  if (rule?.kind === 'register') return `r${rule.register}`;
  return rule?.kind === 'same' ? 's' : 'u';
}

describe.each(subjects)('%s', (name, build) => {
  const file = build();
  const readelf = (...options: string[]): string =>
    run('riscv64-linux-gnu-readelf', ['--wide', ...options, file]);
  const image = readImage(new Uint8Array(readFileSync(file)), 'subject');
  const digits = image.bits / 4;
  const address = (value: number): string => value.toString(16).padStart(digits, '0');

  test('has the sections of readelf', () => {
    const theirs = readelf('--section-headers')
      .split('\n')
      .map((line) => /^ +\[ *\d+\] (\S*) +[A-Z_0-9]+ +([0-9a-f]{8,16}) [0-9a-f]+ ([0-9a-f]+)/.exec(line))
      .flatMap((match) => (match === null ? [] : [match.slice(1).join(' ')]));
    const ours = image.sections.map(
      (s) => `${s.name} ${address(s.address)} ${s.size.toString(16).padStart(6, '0')}`,
    );
    expect(ours.length).toBeGreaterThan(10);
    expect(ours.slice(1)).toEqual(theirs.slice(-ours.length + 1));
  });

  test('has the symbols of readelf', () => {
    const theirs = readelf('--symbols')
      .split('\n')
      .map((line) =>
        /^ *\d+: ([0-9a-f]{8,16}) +(0x[0-9a-f]+|\d+) (FUNC|OBJECT) +(\S+) +\S+ +\S+ ?(.*)$/.exec(line),
      )
      .flatMap((m) => (m === null ? [] : [`${m[1]} ${Number(m[2])} ${m[3]} ${m[4]} ${m[5]}`]));
    const ours = image.symbols
      .filter(({ kind }) => kind === 'procedure' || kind === 'object')
      .map((s) => {
        const type = s.kind === 'procedure' ? 'FUNC' : 'OBJECT';
        return `${address(s.address)} ${s.size} ${type} ${s.binding.toUpperCase()} ${s.name}`;
      });
    expect(ours.length > 40).toBe(!name.endsWith('stripped'));
    expect(ours).toEqual(theirs);
  });

  test('has the relocations of readelf', () => {
    const theirs: string[] = [];
    let counts = false;
    for (const line of readelf('--relocs').split('\n')) {
      const table = /^Relocation section '\.rela(.*)' at/.exec(line)?.[1];
      if (table !== undefined) counts = image.sections.some((s) => s.name === table && s.allocated);
      const match = /^([0-9a-f]{8,16}) +([0-9a-f]{8,16}) +R_/.exec(line);
      if (match !== null && counts) theirs.push(`${match[1]} ${match[2]}`);
    }
    const ours = image.relocations.map(({ address: at, type, symbol }) => {
      const index = BigInt(image.symbols.indexOf(symbol));
      const info = (index << (image.bits === 64 ? 32n : 8n)) | BigInt(type);
      return `${address(at)} ${info.toString(16).padStart(digits, '0')}`;
    });
    expect(ours.length > 200).toBe(/relocations|teller/.test(name));
    expect(ours.sort()).toEqual(theirs.sort());
  });

  test('has the call frames of readelf', () => {
    const frames = CallFrames.read(image);
    const riscv = image.machine === 243;
    let end = 0;
    let columns: string[] = [];
    let compared = 0;
    for (const line of readelf('--debug-dump=frames-interp').split('\n')) {
      const range = / pc=[0-9a-f]+\.\.([0-9a-f]+)$/.exec(line);
      if (range !== null) end = Number.parseInt(range[1]!, 16);
      else if (line.includes(' CIE ')) end = 0;
      if (/^ +LOC/.test(line)) columns = line.trim().split(/ +/).slice(2);
      const row = /^([0-9a-f]{8,16}) ([a-z]\w*)([+-]\d+) +(.*)$/.exec(line);
      const pc = Number.parseInt(row?.[1] ?? '', 16);
      if (row === null || !(pc < end)) continue;
      const rule = frames.ruleAt(pc);
      const values = row[4]!.trim().split(/ +/);
      const known = columns.flatMap((name, i) =>
        registerNumber(name, riscv) < 0 ? [] : [[name, values[i]!]],
      );
      const ours = known.map(([register]) => [
        register,
        ruleText(rule?.registers.get(registerNumber(register!, riscv))),
      ]);
      expect([rule?.cfaRegister, rule?.cfaOffset, ours], line).toEqual([
        registerNumber(row[2]!, riscv),
        Number(row[3]),
        known,
      ]);
      compared++;
    }
    expect(compared).toBeGreaterThan(20);
  });
});
