/**
 * Assembles RISC-V with GNU as, and links with GNU ld what it made: the linker applies and checks relocations,
 * and keeps them, as it does for every program suture reads.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ElfError, readImage, type Image } from '../elf/index.js';
import { AssemblerMissing, AssemblyError, type AssembledPart, type AssemblySource } from '../isa/assembly.js';

const PREFIXES = ['riscv64-unknown-elf-', 'riscv64-linux-gnu-'];
/** For a file that makes the assembler run away. */
const PATIENCE = { timeout: 20_000, maxBuffer: 16 << 20, encoding: 'utf8' } as const;

/**
 * @param image the program the code is for: its symbols can be referred to.
 * @throws AssemblyError for what the assembler or the linker finds wrong, AssemblerMissing.
 */
export function assembleWithGnu(source: AssemblySource, image: Image): AssembledPart {
  const prefix = PREFIXES.find((name) => spawnSync(`${name}as`, ['--version'], PATIENCE).status === 0);
  if (prefix === undefined) {
    throw new AssemblerMissing(
      'assembling RISC-V needs GNU as; install the Debian package binutils-riscv64-unknown-elf',
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'suture-as-'));
  try {
    const [code, object, script, linked] = ['code.s', 'code.o', 'link.ld', 'code.elf'].map((name) =>
      join(folder, name),
    ) as [string, string, string, string];
    writeFileSync(code, source.text);
    const { bits } = image;
    const abi = [`-march=rv${bits}gc_zicsr_zifencei`, `-mabi=${bits === 64 ? 'lp64d' : 'ilp32d'}`];
    check(
      source,
      image,
      code,
      spawnSync(`${prefix}as`, [...abi, '-mno-relax', '-o', object, code], PATIENCE),
    );
    writeFileSync(script, linkerScript(source.address, image));
    const emulation = bits === 64 ? 'elf64lriscv' : 'elf32lriscv';
    const options = ['-m', emulation, '-static', '--no-relax', '--emit-relocs'];
    check(
      source,
      image,
      code,
      spawnSync(`${prefix}ld`, [...options, '-T', script, '-o', linked, object], PATIENCE),
    );
    return readPart(readFileSync(linked), source.name);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Symbols of the program are known, but give way to those of the file. */
function linkerScript(address: number, { symbols }: Image): string {
  const known = symbols.filter(
    ({ kind, name, defined }) =>
      defined && kind !== 'section' && kind !== 'file' && /^[\w.$]+$/.test(name) && !name.startsWith('$'),
  );
  const values = new Map(known.map((symbol) => [symbol.name, symbol.address]));
  return [
    'ENTRY(suture_nowhere)',
    ...[...values].map(([name, value]) => `PROVIDE("${name}" = 0x${value.toString(16)});`),
    'SECTIONS {',
    `  . = 0x${address.toString(16)};`,
    '  .assembled : { *(.text .text.*) }',
    '  .rodata : { *(.rodata .rodata.* .srodata .srodata.*) }',
    '  .eh_frame : { KEEP(*(.eh_frame)) }',
    '  .data : { *(.data .data.* .sdata .sdata.*) }',
    '  .bss : { *(.bss .bss.* .sbss .sbss.* COMMON) }',
    '  /DISCARD/ : { *(.comment .riscv.attributes .note.*) }',
    '}',
  ].join('\n');
}

function check(
  { name, text }: AssemblySource,
  image: Image,
  code: string,
  { status, stderr, error }: { status: number | null; stderr: string; error?: Error },
): void {
  if (status === 0) return;
  // The first error; what follows is often its consequence.
  const found = stderr.split('\n').find((line) => line.includes('rror:') || line.includes('undefined'));
  const numbered = /:(\d+): (?:Error: )?(.*)/.exec(found ?? '');
  const missing = /undefined reference to `(.*)'/.exec(found ?? '')?.[1];
  if (missing !== undefined) throw undefinedName(missing, name, text, image);
  const detail = found?.replace(/^.*?(?:Error|error): /, '').replace(/^.*?ld: /, '');
  throw numbered === null
    ? new AssemblyError(name, undefined, (detail ?? error?.message ?? stderr.trim()).replaceAll(code, name))
    : new AssemblyError(name, Number(numbered[1]), numbered[2]!.replaceAll(code, name));
}

function undefinedName(symbol: string, name: string, text: string, image: Image): AssemblyError {
  const line = text.split('\n').findIndex((code) => code.split(/[^\w.$]+/).includes(symbol)) + 1;
  const detail = `${symbol} is not defined here nor in ${image.name}`;
  return new AssemblyError(name, line === 0 ? undefined : line, detail);
}

function readPart(bytes: Uint8Array, name: string): AssembledPart {
  try {
    const { sections, symbols, relocations } = readImage(bytes, name);
    const kept = sections.filter(({ allocated, size }) => allocated && size > 0);
    return { name, sections: kept, symbols, relocations };
  } catch (error) {
    // The linker makes no segment of nothing.
    if (error instanceof ElfError && error.problem === 'bad-segment') {
      throw new AssemblyError(name, undefined, 'there is no code in it');
    }
    throw error;
  }
}
