/** Which Linux ABI a program was built for, and where its stack lies. */
import { EM_RISCV, EM_SPARC, EM_SPARC32PLUS, type Image } from '../elf/index.js';
import { riscv32, riscv64, sparc32, type Abi } from './abi/index.js';

const RISCV_STACK_TOP = 0x7ffff000;
const SPARC_STACK_TOP = 0xeffff000;

/** `stackTop`: first address above the stack. @throws Error for a machine there is no ABI for. */
export function linuxAbi({ machine, bits }: Pick<Image, 'machine' | 'bits'>): { abi: Abi; stackTop: number } {
  if (machine === EM_RISCV) return { abi: bits === 32 ? riscv32 : riscv64, stackTop: RISCV_STACK_TOP };
  if (machine === EM_SPARC || machine === EM_SPARC32PLUS) return { abi: sparc32, stackTop: SPARC_STACK_TOP };
  throw new Error(`no Linux ABI for e_machine ${machine}`);
}
