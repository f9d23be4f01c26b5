/** Hand-written code: what an assembler makes of a file. */
import type { Image } from '../elf/index.js';

/** The part of an image that assembled code is; symbols of the program it is for are undefined in it. */
export type AssembledPart = Pick<Image, 'name' | 'sections' | 'symbols' | 'relocations'>;

/** A mistake in an assembly file. */
export class AssemblyError extends Error {
  /** @param line counted from 1; undefined when it is about the file as a whole. */
  constructor(
    file: string,
    readonly line: number | undefined,
    detail: string,
  ) {
    super(line === undefined ? `${file}: ${detail}` : `${file}:${line}: ${detail}`);
    this.name = 'AssemblyError';
  }
}

/** What assembles for this instruction set is not installed; the message says what to install. */
export class AssemblerMissing extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AssemblerMissing';
  }
}

export interface AssemblySource {
  /** Name for messages. */
  name: string;
  text: string;
  /** Where the code is put together; the patch moves it later. */
  address: number;
}
