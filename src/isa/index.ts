import type { Image } from '../elf/index.js';
import type { Isa } from './isa.js';
import { riscv } from './riscv/index.js';
import { sparc } from './sparc/index.js';

const ISAS: readonly Isa[] = [riscv, sparc];

/** The instruction set of a program. */
export function isaOf(image: Image): Isa {
  const isa = ISAS.find((candidate) => candidate.machine === image.machine);
  if (isa === undefined) throw new Error(`no instruction set for e_machine ${image.machine}`);
  return isa;
}

export type { Isa };
