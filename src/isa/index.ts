import type { Image } from '../elf/index.js';
import type { Isa } from './isa.js';
import { riscv32, riscv64 } from './riscv/index.js';
import { sparc, sparcV8plus } from './sparc/index.js';

const ISAS: readonly Isa[] = [riscv32, riscv64, sparc, sparcV8plus];

/** The instruction set of a program. */
export function isaOf(image: Image): Isa {
  const isa = ISAS.find(({ machine, bits }) => machine === image.machine && bits === image.bits);
  if (isa === undefined)
    throw new Error(`no instruction set for e_machine ${image.machine} with ${image.bits} bits`);
  return isa;
}

export type { Isa };
