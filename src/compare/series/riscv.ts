/** Procedures of made-up programs in RISC-V code without compressed instructions. */
import { EM_RISCV } from '../../elf/index.js';
import type { MadeProcedure, Maker } from './code.js';

const ZERO = 0;
const RA = 1;
const SP = 2;
const A0 = 10;
const A7 = 17;
const SYS_EXIT = 93;
const R_RISCV_JAL = 17;
const FRAME = 16;

const addi = (rd: number, rs1: number, immediate: number): number =>
  ((immediate << 20) | (rs1 << 15) | (rd << 7) | 0x13) >>> 0;
const RET = 0x00008067;
const ECALL = 0x00000073;
/** jal ra, with the distance to be filled in. */
const CALL = 0x000000ef;
/** jal zero, the same. */
const JUMP = 0x0000006f;

/** Distances are even and within 1 MiB. Source: unprivileged manual, "Unconditional Jumps". */
function jal(word: number, distance: number): number {
  const bits = (from: number, count: number): number => (distance >>> from) & ((1 << count) - 1);
  return (word | (bits(20, 1) << 31) | (bits(1, 10) << 21) | (bits(11, 1) << 20) | (bits(12, 8) << 12)) >>> 0;
}

/** bnez, forwards. */
const bnez = (rs1: number, distance: number): number =>
  (((distance >>> 5) << 25) | (rs1 << 15) | (1 << 12) | (((distance >>> 1) & 15) << 8) | 0x63) >>> 0;

export function riscvMaker(bits: 32 | 64): Maker {
  const width = bits / 8;
  const size = bits === 32 ? 2 : 3;
  const at = FRAME - width;
  const store = ((RA << 20) | (SP << 15) | (size << 12) | (at << 7) | 0x23) >>> 0;
  const load = ((at << 20) | (SP << 15) | (size << 12) | (RA << 7) | 0x03) >>> 0;
  const enter = [addi(SP, SP, -FRAME), store];
  const leave = [load, addi(SP, SP, FRAME), RET];
  const frame = { kind: 'held', size: FRAME } as const;
  return {
    machine: EM_RISCV,
    bits,
    bigEndian: false,
    callRelocation: R_RISCV_JAL,
    call: jal,
    stackPointer: SP,
    returnRegister: RA,
    start(callee, argument): MadeProcedure {
      const words = [
        addi(A0, ZERO, argument),
        CALL,
        addi(A0, ZERO, 0),
        addi(A7, ZERO, SYS_EXIT),
        ECALL,
        JUMP,
      ];
      return {
        name: '_start',
        words,
        calls: [{ index: 1, callee }],
        frame: { kind: 'outermost' },
      };
    },
    descend(name, callee): MadeProcedure {
      const words = [...enter, bnez(A0, 12), CALL, jal(JUMP, 12), addi(A0, A0, -1), CALL, ...leave];
      const calls = [
        { index: 3, callee },
        { index: 6, callee: name },
      ];
      return { name, words, calls, frame };
    },
    caller(name, callees): MadeProcedure {
      const words = [...enter, ...callees.map(() => CALL), ...leave];
      return { name, words, calls: callees.map((callee, i) => ({ index: i + enter.length, callee })), frame };
    },
    leaf(name, instructions, version): MadeProcedure {
      const body = Array.from({ length: instructions }, (_, i) => addi(A0, A0, version + i));
      return { name, words: [...body, RET], calls: [], frame: { kind: 'none' } };
    },
  };
}
