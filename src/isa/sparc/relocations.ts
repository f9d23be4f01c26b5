/** Relocation numbers. Source: System V ABI SPARC Processor Supplement, "Relocation"; V9 numbers from the SPARC Compliance Definition; 80 to 88 from binutils. */
export const enum R {
  NONE = 0,
  ABS32 = 3,
  WDISP30 = 7,
  WDISP22 = 8,
  HI22 = 9,
  ABS13 = 11,
  LO10 = 12,
  GOT10 = 13,
  GOT22 = 15,
  PC10 = 16,
  PC22 = 17,
  WPLT30 = 18,
  UA32 = 23,
  WDISP16 = 40,
  WDISP19 = 41,
  TLS_GD_HI22 = 56,
  TLS_GD_LO10 = 57,
  TLS_GD_ADD = 58,
  TLS_GD_CALL = 59,
  TLS_LDM_HI22 = 60,
  TLS_LDM_LO10 = 61,
  TLS_LDM_ADD = 62,
  TLS_LDM_CALL = 63,
  TLS_LDO_HIX22 = 64,
  TLS_LDO_LOX10 = 65,
  TLS_LDO_ADD = 66,
  TLS_IE_HI22 = 67,
  TLS_IE_LO10 = 68,
  TLS_IE_LD = 69,
  TLS_IE_ADD = 71,
  TLS_LE_HIX22 = 72,
  TLS_LE_LOX10 = 73,
  GOTDATA_HIX22 = 80,
  GOTDATA_LOX10 = 81,
  GOTDATA_OP_HIX22 = 82,
  GOTDATA_OP_LOX10 = 83,
  GOTDATA_OP = 84,
}

// prettier-ignore
const NAMES = [
  'NONE', '8', '16', '32', 'DISP8', 'DISP16', 'DISP32', 'WDISP30', 'WDISP22', 'HI22', '22', '13', 'LO10', 'GOT10',
  'GOT13', 'GOT22', 'PC10', 'PC22', 'WPLT30', 'COPY', 'GLOB_DAT', 'JMP_SLOT', 'RELATIVE', 'UA32', 'PLT32', 'HIPLT22',
  'LOPLT10', 'PCPLT32', 'PCPLT22', 'PCPLT10', '10', '11', '64', 'OLO10', 'HH22', 'HM10', 'LM22', 'PC_HH22', 'PC_HM10',
  'PC_LM22', 'WDISP16', 'WDISP19', 'GLOB_JMP', '7', '5', '6', 'DISP64', 'PLT64', 'HIX22', 'LOX10', 'H44', 'M44', 'L44',
  'REGISTER', 'UA64', 'UA16', 'TLS_GD_HI22', 'TLS_GD_LO10', 'TLS_GD_ADD', 'TLS_GD_CALL', 'TLS_LDM_HI22',
  'TLS_LDM_LO10', 'TLS_LDM_ADD', 'TLS_LDM_CALL', 'TLS_LDO_HIX22', 'TLS_LDO_LOX10', 'TLS_LDO_ADD', 'TLS_IE_HI22',
  'TLS_IE_LO10', 'TLS_IE_LD', 'TLS_IE_LDX', 'TLS_IE_ADD', 'TLS_LE_HIX22', 'TLS_LE_LOX10', 'TLS_DTPMOD32',
  'TLS_DTPMOD64', 'TLS_DTPOFF32', 'TLS_DTPOFF64', 'TLS_TPOFF32', 'TLS_TPOFF64', 'GOTDATA_HIX22', 'GOTDATA_LOX10',
  'GOTDATA_OP_HIX22', 'GOTDATA_OP_LOX10', 'GOTDATA_OP', 'H34', 'SIZE32', 'SIZE64', 'WDISP10',
];

export const relocationName = (type: number): string => `R_SPARC_${NAMES[type] ?? String(type)}`;

/** S + A in a word of data, aligned or not. */
export const isDataWord = (type: number): boolean => type === R.ABS32 || type === R.UA32;

/** Bytes of data that a relocation fills, where they are not four. */
const FIELD_SIZES: Record<number, number> = { 0: 0, 1: 1, 2: 2, 4: 1, 5: 2, 32: 8, 46: 8, 54: 8, 55: 2 };

export const fieldSize = (type: number): number => FIELD_SIZES[type] ?? 4;
