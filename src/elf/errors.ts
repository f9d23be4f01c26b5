/** What can be wrong with a file before anything is done with it. */
export type ElfProblem =
  | 'not-elf'
  | 'truncated'
  | 'unsupported-class'
  | 'unsupported-machine'
  | 'wrong-byte-order'
  | 'unsupported-type'
  | 'bad-header'
  | 'bad-segment'
  | 'bad-section'
  | 'bad-symbol'
  | 'bad-relocation'
  | 'bad-frame-information'
  | 'bad-dwarf';

/** A file that cannot be used; the message names the file, the object, the value, and what would be right. */
export class ElfError extends Error {
  constructor(
    readonly file: string,
    readonly problem: ElfProblem,
    detail: string,
  ) {
    super(`${file}: ${detail}`);
    this.name = 'ElfError';
  }
}

export const hex = (value: number): string => (value < 0 ? `-${hex(-value)}` : `0x${value.toString(16)}`);
