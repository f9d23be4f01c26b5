/** Procedures of made-up programs in SPARC V8 code. */
import { EM_SPARC } from '../../elf/index.js';
import type { MadeProcedure, Maker } from './code.js';

const G1 = 1;
const O0 = 8;
const SP = 14;
const O7 = 15;
const I0 = 24;
const SYS_EXIT = 1;
const R_SPARC_WDISP30 = 7;
/** Room for a window and what a callee may store there. */
const FRAME = 96;

/** op3 of the format with a signed constant of 13 bits. */
const ADD = 0x00;
const SUBCC = 0x14;
const JMPL = 0x38;
const SAVE = 0x3c;
const RESTORE = 0x3d;

const immediate = (op3: number, rd: number, rs1: number, constant: number): number =>
  ((2 << 30) | (rd << 25) | (op3 << 19) | (rs1 << 14) | (1 << 13) | (constant & 0x1fff)) >>> 0;
const mov = (rd: number, constant: number): number => immediate(ADD, rd, 0, constant);
const NOP = 0x01000000;
/** ta 0x10, the system call. */
const TRAP = 0x91d02010;
const CALL = 0x40000000;
/** jmpl %i7 + 8 and jmpl %o7 + 8. */
const RET = immediate(JMPL, 0, 31, 8);
const RETL = immediate(JMPL, 0, O7, 8);
/** bne and ba, over a distance in words. */
const bne = (words: number): number => 0x12800000 | words;
const ba = (words: number): number => 0x10800000 | words;

const enter = [immediate(SAVE, SP, SP, -FRAME)];
const leave = [RET, immediate(RESTORE, 0, 0, 0)];
const frame = { kind: 'window' } as const;

export const sparcMaker: Maker = {
  machine: EM_SPARC,
  bits: 32,
  bigEndian: true,
  callRelocation: R_SPARC_WDISP30,
  call: (word, distance) => (word | ((distance >>> 2) & 0x3fffffff)) >>> 0,
  stackPointer: SP,
  returnRegister: O7,
  start(callee, argument): MadeProcedure {
    const words = [immediate(ADD, SP, SP, -FRAME), CALL, mov(O0, argument), mov(O0, 0), mov(G1, SYS_EXIT)];
    return {
      name: '_start',
      words: [...words, TRAP, NOP],
      calls: [{ index: 1, callee }],
      frame: { kind: 'outermost' },
    };
  },
  descend(name, callee): MadeProcedure {
    const branch = [immediate(SUBCC, 0, I0, 0), bne(6), NOP];
    const words = [...enter, ...branch, CALL, NOP, ba(4), NOP, CALL, immediate(ADD, O0, I0, -1), ...leave];
    return {
      name,
      words,
      calls: [
        { index: 4, callee },
        { index: 8, callee: name },
      ],
      frame,
    };
  },
  caller(name, callees): MadeProcedure {
    const words = [...enter, ...callees.flatMap(() => [CALL, NOP]), ...leave];
    return {
      name,
      words,
      calls: callees.map((callee, i) => ({ index: 2 * i + enter.length, callee })),
      frame,
    };
  },
  leaf(name, instructions, version): MadeProcedure {
    const body = Array.from({ length: instructions }, (_, i) => immediate(ADD, O0, O0, version + i));
    return { name, words: [...body, RETL, NOP], calls: [], frame: { kind: 'none' } };
  },
};
