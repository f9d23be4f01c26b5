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
  GOT_HI20 = 20,
  TLS_GOT_HI20 = 21,
  PCREL_HI20 = 23,
  PCREL_LO12_I = 24,
  PCREL_LO12_S = 25,
  HI20 = 26,
  LO12_I = 27,
  LO12_S = 28,
  TPREL_HI20 = 29,
  TPREL_LO12_I = 30,
  TPREL_LO12_S = 31,
  TPREL_ADD = 32,
  ALIGN = 43,
  RVC_BRANCH = 44,
  RVC_JUMP = 45,
  RVC_LUI = 46,
  GPREL_I = 47,
  GPREL_S = 48,
  TPREL_I = 49,
  TPREL_S = 50,
  RELAX = 51,
}

// prettier-ignore
const NAMES: Record<number, string> = {
  0: 'NONE', 1: '32', 2: '64', 3: 'RELATIVE', 4: 'COPY', 5: 'JUMP_SLOT', 6: 'TLS_DTPMOD32', 7: 'TLS_DTPMOD64',
  8: 'TLS_DTPREL32', 9: 'TLS_DTPREL64', 10: 'TLS_TPREL32', 11: 'TLS_TPREL64', 12: 'TLSDESC', 16: 'BRANCH', 17: 'JAL',
  18: 'CALL', 19: 'CALL_PLT', 20: 'GOT_HI20', 21: 'TLS_GOT_HI20', 22: 'TLS_GD_HI20', 23: 'PCREL_HI20',
  24: 'PCREL_LO12_I', 25: 'PCREL_LO12_S', 26: 'HI20', 27: 'LO12_I', 28: 'LO12_S', 29: 'TPREL_HI20',
  30: 'TPREL_LO12_I', 31: 'TPREL_LO12_S', 32: 'TPREL_ADD', 33: 'ADD8', 34: 'ADD16', 35: 'ADD32', 36: 'ADD64',
  37: 'SUB8', 38: 'SUB16', 39: 'SUB32', 40: 'SUB64', 41: 'GOT32_PCREL', 43: 'ALIGN', 44: 'RVC_BRANCH', 45: 'RVC_JUMP',
  46: 'RVC_LUI', 47: 'GPREL_I', 48: 'GPREL_S', 49: 'TPREL_I', 50: 'TPREL_S', 51: 'RELAX', 52: 'SUB6', 53: 'SET6',
  54: 'SET8', 55: 'SET16', 56: 'SET32', 57: '32_PCREL', 58: 'IRELATIVE', 59: 'PLT32', 60: 'SET_ULEB128',
  61: 'SUB_ULEB128', 62: 'TLSDESC_HI20', 63: 'TLSDESC_LOAD_LO12', 64: 'TLSDESC_ADD_LO12', 65: 'TLSDESC_CALL',
};

/** Bytes of data that a relocation fills, where they are not four. */
// prettier-ignore
const FIELD_SIZES: Record<number, number> = {
  0: 0, 2: 8, 33: 1, 34: 2, 36: 8, 37: 1, 38: 2, 40: 8, 43: 0, 51: 0, 52: 1, 53: 1, 54: 1, 55: 2, 60: 1, 61: 1,
};

export const relocationName = (type: number): string => `R_RISCV_${NAMES[type] ?? String(type)}`;

export const fieldSize = (type: number): number => FIELD_SIZES[type] ?? 4;

/**
 * Whether a relocation is that of a plain word of data, S + A. On RV64 the code model keeps addresses in 32 bits,
 * and jump tables are of such words.
 */
export const isDataWord = (type: number, xlen: Xlen): boolean =>
  type === R.ABS32 || (xlen === 64 && type === R.ABS64);

/** Those that only advise the linker and change nothing in a linked program. */
export const isAdvice = (type: number): boolean => type === R.NONE || type === R.RELAX || type === R.ALIGN;

/** What marks alignment: the linker, when it has chosen how many nops there are, leaves NONE of it. */
export const mayAlign = (type: number): boolean => type === R.NONE || type === R.ALIGN;
