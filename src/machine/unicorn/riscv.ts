/**
 * RISC-V as the library keeps it.
 *
 * It begins in machine mode with floating point off; here it is in user mode always.
 *
 * Source: Unicorn 2.0.1, qemu/target/riscv/cpu.h, struct CPURISCVState, behind a header of 16 bytes.
 */
import type { Layout } from './layout.js';

const ARCHITECTURE = 8;
const REGISTERS = 32;

/** Words in the context. */
interface Places {
  x: number;
  pc: number;
  loadReserved: number;
  loadValue: number;
  privilege: number;
}

/** `wide` is the number of words in a register. */
function layout(
  wide: 1 | 2,
  rest: Omit<Layout, 'pc' | 'load' | 'store' | 'canBegin' | 'continues' | Fixed>,
  places: Places,
): Layout {
  const { x, pc, loadReserved, loadValue, privilege } = places;
  return {
    ...rest,
    architecture: ARCHITECTURE,
    pcAfterException: 4,
    needsBlocks: false,
    pc,
    load(context, state, hidden) {
      context[pc] = state[0]!;
      context[loadReserved] = state[1]!;
      context.set(hidden.subarray(0, wide), loadValue);
      context[privilege] = 0;
      context.set(state.subarray(2, 2 + REGISTERS * wide), x);
    },
    canBegin: () => true,
    continues: (page) => (page[page.length - 2]! & 3) === 3,
    store: (context) =>
      Int32Array.of(context[pc]!, context[loadReserved]!, ...context.subarray(x, x + REGISTERS * wide)),
  };
}
type Fixed = 'architecture' | 'pcAfterException' | 'needsBlocks';

export const riscv32 = layout(
  1,
  {
    mode: 4,
    contextSize: 944,
    fingerprint: [
      [100, 0x1000],
      [101, -1],
      [107, 0x4014112d],
      [110, 3],
    ],
  },
  { x: 4, pc: 100, loadReserved: 101, loadValue: 102, privilege: 110 },
);
