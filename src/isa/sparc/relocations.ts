/** Relocation numbers. Source: System V ABI SPARC Processor Supplement, "Relocation"; V9 numbers from the SPARC Compliance Definition. */
export const enum R {
  NONE = 0,
  ABS32 = 3,
  WDISP30 = 7,
  WDISP22 = 8,
  HI22 = 9,
  ABS13 = 11,
  LO10 = 12,
  UA32 = 23,
  WDISP16 = 40,
  WDISP19 = 41,
}

// prettier-ignore
const NAMES: Record<number, string> = {
  1: '8', 2: '16', 3: '32', 4: 'DISP8', 5: 'DISP16', 6: 'DISP32', 7: 'WDISP30', 8: 'WDISP22', 9: 'HI22', 10: '22',
  11: '13', 12: 'LO10', 13: 'GOT10', 14: 'GOT13', 15: 'GOT22', 16: 'PC10', 17: 'PC22', 18: 'WPLT30', 19: 'COPY',
  20: 'GLOB_DAT', 21: 'JMP_SLOT', 22: 'RELATIVE', 23: 'UA32', 24: 'PLT32', 30: '10', 31: '11', 39: '7',
  40: 'WDISP16', 41: 'WDISP19', 43: '7', 48: 'HIX22', 49: 'LOX10', 55: 'UA16', 72: 'TLS_LE_HIX22',
  73: 'TLS_LE_LOX10',
};

export const relocationName = (type: number): string => `R_SPARC_${NAMES[type] ?? String(type)}`;

/** S + A in a word of data, aligned or not. */
export const isDataWord = (type: number): boolean => type === R.ABS32 || type === R.UA32;
