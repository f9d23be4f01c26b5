import type { SymbolEntry } from '#suture/elf/index.js';

/** A procedure that a linker would know. */
export const symbolAt = (name: string, address: number, size: number): SymbolEntry => ({
  name,
  kind: 'procedure',
  binding: 'global',
  address,
  size,
  section: 1,
  defined: true,
  file: undefined,
});
