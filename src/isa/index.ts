import type { Image } from '../elf/index.js';
import type { Isa } from './isa.js';
import { riscv32, riscv64 } from './riscv/index.js';
import { sparc, sparcV8plus } from './sparc/index.js';

const ISAS: readonly Isa[] = [riscv32, riscv64, sparc, sparcV8plus];

/** e_machine and class belong to no instruction set that is known; `readImage` lets no such file through. */
export class UnknownIsa extends Error {
  constructor({ machine, bits }: Pick<Image, 'machine' | 'bits'>) {
    super(`no instruction set for e_machine ${machine} with ${bits} bits`);
    this.name = 'UnknownIsa';
  }
}

/** The instruction set of a program. @throws UnknownIsa */
export function isaOf(image: Image): Isa {
  const isa = ISAS.find(({ machine, bits }) => machine === image.machine && bits === image.bits);
  if (isa === undefined) throw new UnknownIsa(image);
  return isa;
}

export type { Isa };
