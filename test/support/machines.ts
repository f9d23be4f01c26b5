/** A core of any instruction set and engine in a small memory, with code by mnemonic. */
import { CachingCore } from '#suture/isa/caching-core.js';
import type { Stop } from '#suture/isa/core.js';
import type { Isa } from '#suture/isa/isa.js';
import { encodeFields, type Values } from '#suture/isa/pattern.js';
import { riscv32, riscv64 } from '#suture/isa/riscv/index.js';
import { row as riscvRow } from '#suture/isa/riscv/table.js';
import { sparc } from '#suture/isa/sparc/index.js';
import { row as sparcRow, TABLE as SPARC_TABLE } from '#suture/isa/sparc/table.js';
import { createCore, type EngineName } from '#suture/machine/engine.js';
import { EXECUTE, Memory, PAGE_SIZE, pageEnd, pageStart, READ, WRITE } from '#suture/machine/memory.js';

/** Two pages each, with nothing behind them. */
export const TEXT = 0x10000;
export const DATA = 0x20000;
export const READ_ONLY = 0x30000;
export const STACK = 0x40000;
export const NOWHERE = 0x50000;
const SIZE = 2 * PAGE_SIZE;

export type Instruction = [name: string, fields?: Values];

function riscvBytes([name, fields = {}]: Instruction): number[] {
  const { pattern, size } = riscvRow(name);
  const word = encodeFields(pattern, fields);
  return [word, word >>> 8, word >>> 16, word >>> 24].slice(0, size);
}

function sparcBytes([name, fields = {}]: Instruction): number[] {
  const constant = ['simm13', 'shcnt', 'imm7'].some((field) => field in fields);
  const twoForms = SPARC_TABLE.some((row) => row.name === name && row.form !== undefined);
  const word = encodeFields(
    sparcRow(name, !twoForms ? undefined : constant ? 'immediate' : 'register').pattern,
    fields,
  );
  return [word >>> 24, word >>> 16, word >>> 8, word];
}

/** Machine code of instructions by name, or of bytes that are already. */
export function assemble(isa: Isa, program: readonly (Instruction | number[])[]): Uint8Array {
  const bytesOf = isa.name === 'riscv' ? riscvBytes : sparcBytes;
  return Uint8Array.from(
    program.flatMap((part) =>
      typeof part[0] === 'number' ? (part as number[]) : bytesOf(part as Instruction),
    ),
  );
}

export interface Setup {
  isa: Isa;
  code: Uint8Array;
  /** Where the code begins; TEXT unless given. */
  at?: number;
  registers?: Readonly<Record<number, number>>;
}

export interface Machine {
  core: CachingCore;
  memory: Memory;
}

export function machineOf(engine: EngineName, { isa, code, at = TEXT, registers = {} }: Setup): Machine {
  const memory = new Memory(isa.bigEndian);
  memory.map(TEXT, TEXT + SIZE, READ | WRITE | EXECUTE, 'text');
  memory.map(DATA, DATA + SIZE, READ | WRITE, 'data');
  memory.map(READ_ONLY, READ_ONLY + SIZE, READ, 'constants');
  memory.map(STACK, STACK + SIZE, READ | WRITE, '[ stack ]');
  if (!memory.isMapped(at, at + code.length)) {
    memory.map(pageStart(at), pageEnd(at + code.length), READ | EXECUTE, 'more text');
  }
  memory.write(at, code, true);
  const core = createCore(engine, isa, memory);
  if (!(core instanceof CachingCore)) throw new Error('not a core of this program');
  core.pc = at;
  core.set(isa.stackPointer, STACK + PAGE_SIZE);
  for (const [register, value] of Object.entries(registers)) core.set(Number(register), value);
  return { core, memory };
}

/** Everything by which two engines could differ. */
export function situation({ core, memory }: Machine, stop?: Stop): object {
  const contents: string[] = [];
  for (const start of memory.differingPages(new Memory(memory.bigEndian))) {
    for (let at = start; at < start + PAGE_SIZE; at += 4) {
      const word = Buffer.from(memory.read(at, 4)).toString('hex');
      if (word !== '00000000') contents.push(`${at.toString(16)}: ${word}`);
    }
  }
  return { stop, retired: core.retired, registers: core.registers(), state: [...core.state()], contents };
}

export { riscv32, riscv64, sparc };
