/** Where the fields of an ELF file lie in its two classes. Source: System V ABI, chapter 4 "Object Files". */

export interface Layout {
  bits: 32 | 64;
  header: {
    size: number;
    entry: number;
    flags: number;
    programs: TableFields;
    sections: TableFields;
  };
  /** Offset of sh_addralign in a section's entry. */
  sectionAlignment: number;
  symbol: { size: number; info: number; section: number; address: number; bytes: number };
  relocation: { size: number; info: number; addend: number };
}

/** Offsets of the fields that describe a table, and the right size of its entries. */
export interface TableFields {
  offset: number;
  entrySize: number;
  count: number;
  size: number;
}

export const LAYOUT_32: Layout = {
  bits: 32,
  header: {
    size: 52,
    entry: 24,
    flags: 36,
    programs: { offset: 28, entrySize: 42, count: 44, size: 32 },
    sections: { offset: 32, entrySize: 46, count: 48, size: 40 },
  },
  sectionAlignment: 32,
  symbol: { size: 16, info: 12, section: 14, address: 4, bytes: 8 },
  relocation: { size: 12, info: 4, addend: 8 },
};

export const LAYOUT_64: Layout = {
  bits: 64,
  header: {
    size: 64,
    entry: 24,
    flags: 48,
    programs: { offset: 32, entrySize: 54, count: 56, size: 56 },
    sections: { offset: 40, entrySize: 58, count: 60, size: 64 },
  },
  sectionAlignment: 48,
  symbol: { size: 24, info: 4, section: 6, address: 8, bytes: 16 },
  relocation: { size: 24, info: 8, addend: 16 },
};

/** Beyond every address: programs of both widths live in the first 4 GiB. */
export const ADDRESS_LIMIT = 2 ** 32;

/** For messages about an address beyond the limit. */
export const beyond = (bits: 32 | 64): string =>
  'ends beyond the 32-bit address space' +
  (bits === 64 ? '; 64-bit programs too are placed below 4 GiB, link at a lower address' : '');

/** An unsigned word of the class's width; exact below 2^53, and no smaller than that above. */
export function readWord(view: DataView, at: number, bits: 32 | 64, little: boolean): number {
  return bits === 32 ? view.getUint32(at, little) : Number(view.getBigUint64(at, little));
}

/** The same with a sign. */
export function readSignedWord(view: DataView, at: number, bits: 32 | 64, little: boolean): number {
  return bits === 32 ? view.getInt32(at, little) : Number(view.getBigInt64(at, little));
}
