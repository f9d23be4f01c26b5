/** A RISC-V core in a small memory, programmed by mnemonic. */
import { encodeFields, type Values } from '#suture/isa/pattern.js';
import { RiscvCore } from '#suture/isa/riscv/execute.js';
import { Riscv64Core } from '#suture/isa/riscv/execute64.js';
import type { RiscvHart } from '#suture/isa/riscv/hart.js';
import { row, type Xlen } from '#suture/isa/riscv/table.js';
import { EXECUTE, Memory, READ, WRITE } from '#suture/machine/memory.js';

export const TEXT = 0x10000;
export const DATA = 0x20000;

export const WIDTHS = [32, 64] as const;

export type Program = readonly [string, Values?][];

export function assemble(program: Program): Uint8Array {
  const bytes: number[] = [];
  for (const [name, values] of program) {
    const { pattern, size } = row(name);
    const word = encodeFields(pattern, values ?? {});
    for (let i = 0; i < size; i++) bytes.push((word >>> (8 * i)) & 0xff);
  }
  return Uint8Array.from(bytes);
}

export function machine(program: Program, xlen: Xlen = 32): { core: RiscvHart; memory: Memory } {
  const memory = new Memory(false);
  memory.map(TEXT, TEXT + 0x2000, READ | WRITE | EXECUTE, 'text');
  memory.map(DATA, DATA + 0x1000, READ | WRITE, 'data');
  memory.write(TEXT, assemble(program), true);
  const core = xlen === 64 ? new Riscv64Core(memory) : new RiscvCore(memory);
  core.pc = TEXT;
  return { core, memory };
}

/** Executes the whole program and returns the value of a register. */
export function result(program: Program, register: number): number {
  const { core } = machine(program);
  const stop = core.run(program.length);
  if (stop.kind !== 'limit') throw new Error(`stopped with ${JSON.stringify(stop)}`);
  return core.get(register);
}

/** Sets a register of either width to the lower bits of `value`. */
export function setRegister(core: RiscvHart, register: number, value: bigint): void {
  if (core.file.xlen === 64) core.file.setDoubleword(register, value);
  else core.set(register, Number(BigInt.asIntN(32, value)));
}

/** A register of either width, as a signed number. */
export function getRegister(core: RiscvHart, register: number): bigint {
  return core.file.xlen === 64 ? core.file.doubleword(register) : BigInt(core.get(register));
}
