import type { IsaName } from './programs.js';

/** What runs a program of each instruction set under qemu-user. */
export const QEMU: Record<IsaName, string> = {
  rv32: 'qemu-riscv32',
  rv64: 'qemu-riscv64',
  sparc: 'qemu-sparc',
};
