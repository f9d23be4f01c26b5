/** A section, and the strings some of them hold. */

export interface Section {
  index: number;
  name: string;
  /** `progbits`, `nobits`, `symtab`, `rela` and so on, or a number for types without a common name. */
  type: string | number;
  address: number;
  size: number;
  /** Empty for `nobits`. */
  bytes: Uint8Array;
  link: number;
  info: number;
  allocated: boolean;
  writable: boolean;
  executable: boolean;
  /** What every thread has its own copy of. */
  threadLocal: boolean;
}

/** The zero-terminated string at `offset`; what runs over the table's end is cut there. */
export function readString(table: Uint8Array, offset: number): string {
  let end = offset;
  while (end < table.length && table[end] !== 0) end++;
  return String.fromCharCode(...table.subarray(offset, Math.min(end, offset + 4096)));
}
