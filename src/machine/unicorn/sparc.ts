/**
 * SPARC version 8 as the library keeps it, a LEON3 in user mode.
 *
 * - It begins without an invalid window, so `wim` is set; window traps then come as exceptions.
 * - `uc_emu_start` sets nPC to pc + 4, so it cannot begin in a delay slot.
 * - nPC is kept only where a run of instructions begins and where an instruction may trap; in between it is
 *   found here, from the transfer that was executed last.
 * - The condition codes are kept as the operands they follow from.
 *
 * Source: Unicorn 2.0.1, qemu/target/sparc/cpu.h, struct CPUSPARCState, behind a header of 16 bytes.
 */
import type { Finished, Layout } from './layout.js';

const WINDOWS = 8;
const HALF = 8;

/** Words in the context. */
const enum At {
  globals = 4,
  /** Address of the current window's registers, two words. */
  window = 12,
  pc = 14,
  npc = 15,
  y = 16,
  source1 = 17,
  source2 = 18,
  result = 19,
  /** How the condition codes follow from source and result. */
  operation = 20,
  /** Whether the last conditional branch is taken. */
  taken = 21,
  psr = 22,
  fsr = 23,
  /** Pairs of words, the odd register first. */
  floats = 24,
  cwp = 56,
  wim = 57,
  floatEnabled = 64,
  /** Outs and locals of each window; the outs of the first once more behind the last when that is current. */
  file = 66,
  windows = 587,
  /** Rounding mode of the floating-point unit in its second byte. */
  rounding = 668,
}

/** The `operation` that says: psr has the condition codes themselves. */
const FLAGS_IN_PSR = 1;
const ICC_SHIFT = 20;
const BYTES_PER_WINDOW = 64;

/**
 * Words of `state`: pc, nPC, icc, y, cwp, number of the invalid window, globals, locals and ins of every window,
 * fsr, fcc, floating-point registers.
 */
const enum State {
  pc,
  npc,
  icc,
  y,
  cwp,
  invalid,
  globals,
  file = globals + HALF,
  fsr = file + 2 * HALF * 8,
  fcc,
  floats,
  words = floats + 32,
}

/** Of fsr, by its two bits; the library numbers the modes in another order. */
const ROUNDING_SHIFT = 30;
const ROUNDINGS = [0, 3, 2, 1];
const FCC_SHIFT = 10;
/** Where window w's outs are in the context, which are the ins of the next lower one. */
const outsOf = (window: number): number => At.file + 2 * HALF * window;
const localsOf = (window: number): number => outsOf(window) + HALF;
/** Where window w's ins are in `state`; its locals are before them. */
const insIn = (window: number): number => State.file + 2 * HALF * window + HALF;
const localsIn = (window: number): number => insIn(window) - HALF;
const below = (window: number): number => (window + WINDOWS - 1) % WINDOWS;

export const sparc: Layout = {
  architecture: 6,
  mode: 4 + 2 ** 30,
  contextSize: 2744,
  fingerprint: [
    [At.pc, 0],
    [At.cwp, 0],
    [At.windows, WINDOWS],
  ],
  pc: At.pc,
  pcAfterException: 0,
  needsBlocks: true,

  load(context, state, _hidden, fresh) {
    const cwp = state[State.cwp]!;
    context[At.pc] = state[State.pc]!;
    context[At.npc] = state[State.npc]!;
    context[At.y] = state[State.y]!;
    context[At.psr] = state[State.icc]! << ICC_SHIFT;
    context[At.operation] = FLAGS_IN_PSR;
    context[At.cwp] = cwp;
    context[At.wim] = 1 << state[State.invalid]!;
    context[At.floatEnabled] = 1;
    const fsr = state[State.fsr]!;
    context[At.fsr] = fsr;
    context[At.rounding] = (fresh[At.rounding]! & ~0xff00) | (ROUNDINGS[fsr >>> ROUNDING_SHIFT]! << 8);
    context.set(state.subarray(State.floats, State.words), At.floats);
    context.set(state.subarray(State.globals, State.globals + HALF), At.globals);
    for (let w = 0; w < WINDOWS; w++) {
      context.set(state.subarray(insIn(w), insIn(w) + HALF), outsOf((w + 1) % WINDOWS));
      context.set(state.subarray(localsIn(w), localsIn(w) + HALF), localsOf(w));
    }
    if (cwp === WINDOWS - 1) context.copyWithin(outsOf(WINDOWS), outsOf(0), outsOf(0) + HALF);
    setPointer(context, At.window, pointer(fresh, At.window) + BigInt(BYTES_PER_WINDOW * cwp));
  },

  canBegin: (state) => state[State.npc] === ((state[State.pc]! + 4) | 0),

  store(context, finished) {
    const cwp = context[At.cwp]!;
    if (cwp === WINDOWS - 1) context.copyWithin(outsOf(0), outsOf(WINDOWS), outsOf(WINDOWS) + HALF);
    const state = new Int32Array(State.words);
    state[State.pc] = context[At.pc]!;
    state[State.npc] = nextPc(context, finished);
    state[State.icc] = conditionCodes(context);
    state[State.y] = context[At.y]!;
    state[State.cwp] = cwp;
    state[State.invalid] = 31 - Math.clz32(context[At.wim]!);
    state.set(context.subarray(At.globals, At.globals + HALF), State.globals);
    state[State.fsr] = context[At.fsr]!;
    state[State.fcc] = (context[At.fsr]! >>> FCC_SHIFT) & 3;
    state.set(context.subarray(At.floats, At.floats + 32), State.floats);
    for (let w = 0; w < WINDOWS; w++) {
      state.set(context.subarray(outsOf(w), outsOf(w) + HALF), insIn(below(w)));
      state.set(context.subarray(localsOf(w), localsOf(w) + HALF), localsIn(w));
    }
    return state;
  },
};

const pointer = (words: Int32Array, at: number): bigint =>
  (BigInt(words[at + 1]!) << 32n) | BigInt(words[at]! >>> 0);

function setPointer(words: Int32Array, at: number, value: bigint): void {
  words[at] = Number(BigInt.asIntN(32, value));
  words[at + 1] = Number(value >> 32n);
}

/**
 * nPC. The library keeps it only where it expects a trap; otherwise what was executed last says it, which is the
 * end of the run before when this one has just begun.
 */
function nextPc(context: Int32Array, { exact, block, before, wordAt }: Finished): number {
  if (exact) return context[At.npc]!;
  const pc = context[At.pc]!;
  const sequential = (pc + 4) | 0;
  const last = pc >>> 0 === block ? before : pc - 4;
  const word = wordAt(last >>> 0);
  if (word === undefined) return sequential;
  switch (word >>> 30) {
    case Format.call:
      return (last + (word << 2)) | 0;
    case Format.branch: {
      if (!BRANCHES.has((word >>> 22) & 7)) return sequential;
      const condition = (word >>> 25) & 7;
      const always = condition === NEVER ? (word >>> 28) & 1 : undefined;
      const annuls = ((word >>> 29) & 1) !== 0;
      // Annulled is the delay slot of an untaken branch, and of one that is always taken.
      const inSlot = !annuls || (always === undefined && pc === ((last + 4) | 0));
      const taken = always === undefined ? context[At.taken] !== 0 : always === 1;
      return inSlot && taken ? (last + ((word << 10) >> 8)) | 0 : sequential;
    }
    case Format.arithmetic:
      return ((word >>> 19) & 0x3f) === JMPL ? context[At.npc]! : sequential;
    default:
      return sequential;
  }
}

/** op. */
const enum Format {
  branch,
  call,
  arithmetic,
}
/** op2 of Bicc and FBfcc. */
const BRANCHES = new Set([2, 6]);
/** op3. */
const JMPL = 0x38;
/** Of cond without its highest bit: bn, and ba. */
const NEVER = 0;

/** What the condition codes follow from. */
const enum Operation {
  divide = 2,
  add,
  addExtended,
  taggedAdd,
  taggedAddTrapping,
  subtract,
  subtractExtended,
  taggedSubtract,
  taggedSubtractTrapping,
}

/** The condition codes: the sum of 8 (negative), 4 (zero), 2 (overflow) and 1 (carry). */
function conditionCodes(context: Int32Array): number {
  const operation = context[At.operation]!;
  if (operation === FLAGS_IN_PSR) return (context[At.psr]! >>> ICC_SHIFT) & 15;
  const x = context[At.source1]!;
  const y = context[At.source2]!;
  const z = context[At.result]!;
  const result = ((z >>> 31) << 3) | (z === 0 ? 4 : 0);
  const tagged = ((x | y) & 3) !== 0 ? 2 : 0;
  const add = ((((x ^ z) & (y ^ z)) >>> 31) << 1) | (((x & y) | ((x | y) & ~z)) >>> 31);
  const subtract = ((((x ^ y) & (x ^ z)) >>> 31) << 1) | (((~x & y) | ((~x | y) & z)) >>> 31);
  switch (operation) {
    case Operation.divide:
      return result | (y !== 0 ? 2 : 0);
    case Operation.add:
    case Operation.addExtended:
    case Operation.taggedAddTrapping:
      return result | add;
    case Operation.taggedAdd:
      return result | add | tagged;
    case Operation.subtract:
    case Operation.subtractExtended:
    case Operation.taggedSubtractTrapping:
      return result | subtract;
    case Operation.taggedSubtract:
      return result | subtract | tagged;
    default:
      return result;
  }
}
