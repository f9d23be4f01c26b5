/** A RISC-V core in a small memory, programmed by mnemonic. */
import { encodeFields, type Values } from '#suture/isa/pattern.js';
import { RiscvCore } from '#suture/isa/riscv/execute.js';
import { row } from '#suture/isa/riscv/table.js';
import { EXECUTE, Memory, READ, WRITE } from '#suture/machine/memory.js';

export const TEXT = 0x10000;
export const DATA = 0x20000;

export function assemble(program: readonly [string, Values?][]): Uint8Array {
  const bytes: number[] = [];
  for (const [name, values] of program) {
    const { pattern, size } = row(name);
    const word = encodeFields(pattern, values ?? {});
    for (let i = 0; i < size; i++) bytes.push((word >>> (8 * i)) & 0xff);
  }
  return Uint8Array.from(bytes);
}

export function machine(program: readonly [string, Values?][]): { core: RiscvCore; memory: Memory } {
  const memory = new Memory(false);
  memory.map(TEXT, TEXT + 0x2000, READ | WRITE | EXECUTE, 'text');
  memory.map(DATA, DATA + 0x1000, READ | WRITE, 'data');
  memory.write(TEXT, assemble(program), true);
  const core = new RiscvCore(memory);
  core.pc = TEXT;
  return { core, memory };
}

/** Executes the whole program and returns the value of a register. */
export function result(program: readonly [string, Values?][], register: number): number {
  const { core } = machine(program);
  const stop = core.run(program.length);
  if (stop.kind !== 'limit') throw new Error(`stopped with ${JSON.stringify(stop)}`);
  return core.get(register);
}
