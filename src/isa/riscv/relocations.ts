/** Relocation numbers. Source: RISC-V ELF psABI, "Relocations"; 41 to 50 are binutils' own, left by relaxation. */
import type { Xlen } from './table.js';

export const enum R {
  NONE = 0,
  ABS32 = 1,
  ABS64 = 2,
  BRANCH = 16,
  JAL = 17,
  CALL = 18,
  CALL_PLT = 19,
  PCREL_HI20 = 23,
  PCREL_LO12_I = 24,
  PCREL_LO12_S = 25,
  HI20 = 26,
  LO12_I = 27,
  LO12_S = 28,
  ALIGN = 43,
  RVC_BRANCH = 44,
  RVC_JUMP = 45,
  RVC_LUI = 46,
  GPREL_I = 47,
  GPREL_S = 48,
  RELAX = 51,
}

// prettier-ignore
const NAMES: Record<number, string> = {
  1: '32', 2: '64', 3: 'RELATIVE', 4: 'COPY', 5: 'JUMP_SLOT', 6: 'TLS_DTPMOD32', 20: 'GOT_HI20', 21: 'TLS_GOT_HI20',
  22: 'TLS_GD_HI20', 29: 'TPREL_HI20', 30: 'TPREL_LO12_I', 31: 'TPREL_LO12_S', 32: 'TPREL_ADD', 33: 'ADD8',
  34: 'ADD16', 35: 'ADD32', 36: 'ADD64', 37: 'SUB8', 38: 'SUB16', 39: 'SUB32', 40: 'SUB64', 49: 'TPREL_I',
  50: 'TPREL_S', 52: 'SUB6', 53: 'SET6', 54: 'SET8', 55: 'SET16', 56: 'SET32', 57: '32_PCREL', 58: 'IRELATIVE',
};

export const relocationName = (type: number): string => `R_RISCV_${NAMES[type] ?? String(type)}`;

/**
 * Whether a relocation is that of a plain word of data, S + A. On RV64 the code model keeps addresses in 32 bits,
 * and jump tables are of such words.
 */
export const isDataWord = (type: number, xlen: Xlen): boolean =>
  type === R.ABS32 || (xlen === 64 && type === R.ABS64);

/** Those that only advise the linker and change nothing in a linked program. */
export const isAdvice = (type: number): boolean => type === R.NONE || type === R.RELAX || type === R.ALIGN;
