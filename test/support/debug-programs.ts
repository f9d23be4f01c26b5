import { ISAS } from './programs.js';

/** The instruction set and the version of DWARF of each program with debug information. */
export const DWARF_VERSIONS = ISAS.flatMap((isa) =>
  [4, 5].map((version): [string, number] => [isa, version]),
);
