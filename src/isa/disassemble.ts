/** Disassembly for people, by Capstone; where Capstone does not know an instruction, by the ISA's own table. */
import MCapstone, { type Capstone, type Disassembler as Engine } from '@alexaltea/capstone-js';
import type { Isa } from './isa.js';

export interface DisassembledLine {
  address: number;
  bytes: Uint8Array;
  text: string;
}

let library: Promise<Capstone> | undefined;

export class Disassembler {
  private constructor(
    private readonly engine: Engine,
    private readonly isa: Isa,
  ) {}

  /** Loads Capstone once per program run. */
  static async create(isa: Isa): Promise<Disassembler> {
    library ??= MCapstone();
    const capstone = await library;
    const [arch, mode] =
      isa.name === 'riscv'
        ? [
            capstone.ARCH_RISCV,
            (isa.bits === 64 ? capstone.MODE_RISCV64 : capstone.MODE_RISCV32) | capstone.MODE_RISCVC,
          ]
        : [capstone.ARCH_SPARC, capstone.MODE_BIG_ENDIAN];
    return new Disassembler(new capstone.Capstone(arch, mode), isa);
  }

  /** One line an instruction; what nobody knows is shown as data. */
  lines(bytes: Uint8Array, address: number): DisassembledLine[] {
    const lines: DisassembledLine[] = [];
    for (let offset = 0; offset < bytes.length;) {
      const at = address + offset;
      const size = Math.min(this.isa.instructionSize(bytes.subarray(offset)), bytes.length - offset);
      const own = bytes.subarray(offset, offset + size);
      lines.push({ address: at, bytes: own, text: this.text(own, at) });
      offset += size;
    }
    return lines;
  }

  close(): void {
    this.engine.close();
  }

  private text(bytes: Uint8Array, address: number): string {
    if (this.isa.misread?.(bytes) === true) return this.isa.describe(bytes, address);
    const [instruction] = tryDisassemble(this.engine, bytes, address);
    if (instruction === undefined) return this.isa.describe(bytes, address);
    const text = `${instruction.mnemonic} ${instruction.op_str}`.trim();
    const target = this.isa.jumpTarget(bytes, address);
    // For RISC-V Capstone prints the distance; people think in addresses.
    return target === undefined ? text : text.replace(/-?(0x)?[0-9a-f]+$/, `0x${target.toString(16)}`);
  }
}

/** Capstone throws where it finds nothing to decode. */
function tryDisassemble(engine: Engine, bytes: Uint8Array, address: number): ReturnType<Engine['disasm']> {
  try {
    return engine.disasm(bytes, address, 1);
  } catch {
    return [];
  }
}
