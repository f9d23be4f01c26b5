declare module '@alexaltea/capstone-js' {
  export interface CapstoneInstruction {
    address: bigint;
    size: number;
    mnemonic: string;
    op_str: string;
  }

  export interface Disassembler {
    disasm(bytes: Uint8Array | number[], address: number, count?: number): CapstoneInstruction[];
    close(): void;
  }

  export interface Capstone {
    ARCH_RISCV: number;
    ARCH_SPARC: number;
    MODE_RISCV32: number;
    MODE_RISCV64: number;
    MODE_RISCVC: number;
    MODE_BIG_ENDIAN: number;
    Capstone: new (arch: number, mode: number) => Disassembler;
  }

  export default function MCapstone(): Promise<Capstone>;
}
