/**
 * RISC-V as the library keeps it. It begins in machine mode with floating point off; here it is in user mode,
 * and floating point is on.
 *
 * Source: Unicorn 2.0.1, qemu/target/riscv/cpu.h, struct CPURISCVState, behind a header of 16 bytes.
 */
import type { Layout } from './layout.js';

const REGISTERS = 32;
const FLOAT_WORDS = 64;
/** Words of `state`: pc, reservation, x0..x31, f0..f31, fcsr. */
const X = 2;

/** Words in the context. */
interface Places {
  x: number;
  floats: number;
  pc: number;
  loadReserved: number;
  loadValue: number;
  frm: number;
  privilege: number;
  mstatus: number;
}

/** FS of mstatus: floating point is on, and its registers have been written. */
const FLOAT_ON = 3 << 13;
const FLAGS = 31;
const FRM_SHIFT = 5;
/** UC_RISCV_REG_FFLAGS: not in the context. */
const FLAGS_REGISTER = 41;

/** `wide` is the number of words in a register. */
function layout(
  wide: 1 | 2,
  recognizing: Pick<Layout, 'mode' | 'contextSize' | 'fingerprint'>,
  at: Places,
): Layout {
  const floats = X + REGISTERS * wide;
  const fcsr = floats + FLOAT_WORDS;
  return {
    ...recognizing,
    architecture: 8,
    pcAfterException: 4,
    needsBlocks: false,
    pc: at.pc,
    flags: { register: FLAGS_REGISTER, of: (state) => state[fcsr]! & FLAGS },
    load(context, state, hidden, fresh) {
      const [address, reservation] = state as unknown as [number, number];
      context[at.pc] = address;
      context[at.loadReserved] = reservation;
      if (wide === 2) {
        context[at.pc + 1] = 0;
        context[at.loadReserved + 1] = reservation === -1 ? -1 : 0;
      }
      context.set(hidden.subarray(0, wide), at.loadValue);
      context[at.privilege] = 0;
      context[at.mstatus] = fresh[at.mstatus]! | FLOAT_ON;
      context.set(state.subarray(X, floats), at.x);
      context.set(state.subarray(floats, fcsr), at.floats);
      context[at.frm] = state[fcsr]! >> FRM_SHIFT;
    },
    canBegin: () => true,
    store(context, { flags }) {
      const state = new Int32Array(fcsr + 1);
      state[0] = context[at.pc]!;
      state[1] = context[at.loadReserved]!;
      state.set(context.subarray(at.x, at.x + REGISTERS * wide), X);
      state.set(context.subarray(at.floats, at.floats + FLOAT_WORDS), floats);
      state[fcsr] = (context[at.frm]! << FRM_SHIFT) | flags;
      return state;
    },
  };
}

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
  { x: 4, floats: 36, pc: 100, loadReserved: 101, loadValue: 102, frm: 103, privilege: 110, mstatus: 114 },
);

export const riscv64 = layout(
  2,
  {
    mode: 8,
    contextSize: 1544,
    fingerprint: [
      [132, 0x1000],
      [134, -1],
      [146, 0x0014112d],
      [147, -0x80000000],
      [152, 3],
    ],
  },
  { x: 4, floats: 68, pc: 132, loadReserved: 134, loadValue: 136, frm: 138, privilege: 152, mstatus: 160 },
);
