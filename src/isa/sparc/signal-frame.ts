/**
 * The signal frames of Linux on 32-bit SPARC. A handler that asked for information gets the first, others the
 * second, and what they return to knows which:
 *
 *     sp --> struct sparc_stackf      96 bytes: save area of a window, room for arguments    the same
 *            siginfo_t                128 bytes                                              --
 *            struct pt_regs           psr, pc, npc, y, g0..g7, o0..o7                        the same
 *            blocked signals          64 bits                                                its low 32 bits
 *            pointer to floating-point state, room for two instructions                      the same
 *            stack_t                                                                         its high 32 bits
 *            bytes of, and the upper halves of globals and outs (V9 only)                    the same
 *            pointer to windows that could not be spilled, or null                           the same
 *
 * The window of the interrupted procedure stays the current one: the handler's `save` and `restore` bring it
 * back with its locals and ins, so the frame holds globals and outs only.
 *
 * Source: Linux, arch/sparc/kernel/signal_32.c, signal32.c and sigutil.h; arch/sparc/include/uapi/asm/ptrace.h.
 */
import { MemoryFault, type Bus, type Core } from '../core.js';
import type { SignalDelivery, SignalFrames } from '../isa.js';
import { L0, O0, O7, SP, WINDOW_SAVE_BYTES } from './abi.js';
import type { SparcHart } from './hart.js';
import { SparcV9Hart } from './hart-v9.js';
import { NWINDOWS } from './registers.js';
import type { LostWindow } from './windows.js';

const WORD = 4;
const INFO = 96;
/** g0..g7, o0..o7, and the four words before them. */
const GENERAL = 16;
const REGISTERS = 4 + GENERAL;
const UPPER_HALVES_MAGIC = 0x130e269;
/** Magic, g1..g7, o0..o7, asi. */
const UPPER_HALVES = 17;
const ALIGNMENT = 16;
/** Bytes of a call and its delay slot, behind which a procedure returns. */
const CALL = 8;

interface Layout {
  registers: number;
  blocked: readonly [number, number];
  floatPointer: number;
  stack: number | undefined;
  /** Its size comes in the word before. */
  upperHalves: number;
  lostPointer: number;
  /** Floating-point state follows. */
  size: number;
}

function layout(wantsInfo: boolean, wide: boolean): Layout {
  const upper = wide ? UPPER_HALVES * WORD : 0;
  return wantsInfo
    ? {
        registers: 224,
        blocked: [304, 308],
        floatPointer: 312,
        stack: 324,
        upperHalves: 340,
        lostPointer: 340 + upper,
        size: round(344 + upper),
      }
    : {
        registers: 96,
        blocked: [176, 192],
        floatPointer: 180,
        stack: undefined,
        upperHalves: 200,
        lostPointer: 200 + upper,
        size: round(204 + upper),
      };
}

const round = (size: number): number => Math.ceil(size / CALL) * CALL;

/** __siginfo_fpu_t in bytes: registers, fsr, and on V8 an empty queue, on V9 gsr and fprs. */
const floatSize = (wide: boolean): number => (wide ? 280 : 264);

function storeWords(bus: Bus, at: number, words: Iterable<number>): void {
  for (const word of words) {
    bus.store32(at, word);
    at += WORD;
  }
}

const loadWords = (bus: Bus, at: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => bus.load32((at + WORD * i) >>> 0));

const registersFrom = (core: SparcHart, first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => core.get(first + i));

/** Registers in memory order: f0 first. */
function floatWords(sparc: SparcHart): number[] {
  const wide = sparc instanceof SparcV9Hart;
  const { words } = sparc.floats;
  const registers = Array.from({ length: wide ? 64 : 32 }, (_, n) => words[n ^ 1]!);
  return wide ? [...registers, sparc.fsrHigh, sparc.fsr, 0, sparc.gsr] : [...registers, sparc.fsr];
}

function setFloatWords(sparc: SparcHart, saved: readonly number[]): void {
  const wide = sparc instanceof SparcV9Hart;
  const count = wide ? 64 : 32;
  for (let n = 0; n < count; n++) sparc.floats.words[n ^ 1] = saved[n]!;
  if (wide) {
    sparc.fsrHigh = saved[count]!;
    sparc.fsr = saved[count + 1]!;
    sparc.gsr = saved[count + 3]!;
  } else sparc.fsr = saved[count]!;
}

const FLOAT_WORDS = { v8: 33, v9: 68 };

/** __siginfo_rwin_t: how many, the windows, their stack pointers. */
const MOST_LOST = NWINDOWS - 1;
const LOST_STACKS = WORD + MOST_LOST * WINDOW_SAVE_BYTES;
const LOST_SIZE = LOST_STACKS + MOST_LOST * WORD;

/** Those of an overflowed stack: they travel in the frame and are spilled when the handler returns. */
function storeLost(bus: Bus, at: number, lost: readonly LostWindow[]): void {
  bus.store32(at, lost.length);
  for (const [i, { sp, words }] of lost.entries()) {
    storeWords(bus, at + WORD + i * WINDOW_SAVE_BYTES, words);
    bus.store32(at + LOST_STACKS + i * WORD, sp);
  }
}

/** @throws MemoryFault when the stack still cannot take them. */
function spillLost(bus: Bus, at: number): void {
  const count = Math.min(bus.load32(at) >>> 0, MOST_LOST);
  for (let i = 0; i < count; i++) {
    const sp = bus.load32(at + LOST_STACKS + i * WORD) >>> 0;
    storeWords(bus, sp, loadWords(bus, at + WORD + i * WINDOW_SAVE_BYTES, WINDOW_SAVE_BYTES / WORD));
  }
}

/** So that whoever walks the stack from the handler finds the interrupted procedure's window in its place. */
function spillCurrent(bus: Bus, sp: number, window: readonly number[]): void {
  try {
    bus.checkWritable(sp);
    bus.checkWritable(sp + WINDOW_SAVE_BYTES - 1);
    storeWords(bus, sp, window);
  } catch (error) {
    if (!(error instanceof MemoryFault)) throw error;
  }
}

function push(core: Core, bus: Bus, delivery: SignalDelivery): void {
  const sparc = core as SparcHart;
  const wide = sparc instanceof SparcV9Hart;
  const at = layout(delivery.wantsInfo, wide);
  const interrupted = sparc.get(SP) >>> 0;
  const top = delivery.stackTop ?? interrupted;
  const lost = sparc.evictWindows();
  const lostAt = at.size + floatSize(wide);
  const total = lostAt + (lost.length === 0 ? 0 : LOST_SIZE);
  const sp = Math.floor((top - total) / ALIGNMENT) * ALIGNMENT;
  if (delivery.stackStart !== undefined && sp <= delivery.stackStart) {
    throw new MemoryFault('write', sp, 'unmapped');
  }
  bus.checkWritable(sp);
  bus.checkWritable(sp + total - 1);
  const window = registersFrom(sparc, L0, WINDOW_SAVE_BYTES / WORD);
  spillCurrent(bus, interrupted, window);
  storeWords(bus, sp, new Array<number>(total / WORD).fill(0));
  storeWords(bus, sp, window);
  if (delivery.wantsInfo) for (const [i, byte] of delivery.info.entries()) bus.store8(sp + INFO + i, byte);
  storeWords(bus, sp + at.registers, [
    sparc.psr,
    sparc.pc,
    sparc.nPc,
    sparc.y,
    ...registersFrom(sparc, 0, GENERAL),
  ]);
  const [low, high] = at.blocked;
  bus.store32(sp + low, Number(delivery.blocked & 0xffffffffn));
  bus.store32(sp + high, Number(delivery.blocked >> 32n));
  bus.store32(sp + at.floatPointer, sp + at.size);
  storeWords(bus, sp + at.size, floatWords(sparc));
  if (lost.length > 0) {
    bus.store32(sp + at.lostPointer, sp + lostAt);
    storeLost(bus, sp + lostAt, lost);
  }
  if (at.stack !== undefined) {
    const { start, size, flags } = delivery.alternateStack;
    storeWords(bus, sp + at.stack, [start, flags, size]);
  }
  if (wide) {
    const halves = Array.from({ length: GENERAL }, (_, i) => sparc.getHigh(i));
    halves[0] = UPPER_HALVES_MAGIC;
    storeWords(bus, sp + at.upperHalves - WORD, [UPPER_HALVES * WORD, ...halves, sparc.asi]);
  }
  sparc.set(O0, delivery.number);
  sparc.set(O0 + 1, sp + (delivery.wantsInfo ? INFO : at.registers));
  sparc.set(O0 + 2, sp + at.registers);
  sparc.set(SP, sp);
  const ownReturn = delivery.returnPage + (delivery.wantsInfo ? 0 : PLAIN_RETURN);
  // sigaction is given an address to which a return fits, which goes behind a call.
  sparc.set(O7, delivery.restorer === 0 ? ownReturn - CALL : delivery.restorer);
  sparc.pc = delivery.handler;
}

function pop(core: Core, bus: Bus, hasInfo: boolean): bigint {
  const sparc = core as SparcHart;
  const wide = sparc instanceof SparcV9Hart;
  const sp = sparc.get(SP) >>> 0;
  const at = layout(hasInfo, wide);
  const [psr, pc, nPc, y, ...general] = loadWords(bus, sp + at.registers, REGISTERS);
  const [low, high] = at.blocked.map((offset) => bus.load32(sp + offset)) as [number, number];
  const floats = bus.load32(sp + at.floatPointer) >>> 0;
  const lostAt = bus.load32(sp + at.lostPointer) >>> 0;
  const saved = floats === 0 ? undefined : loadWords(bus, floats, wide ? FLOAT_WORDS.v9 : FLOAT_WORDS.v8);
  const halves = wide ? loadWords(bus, sp + at.upperHalves, UPPER_HALVES) : [];
  sparc.finishSyscall();
  for (const [i, value] of general.entries()) sparc.set(i, value);
  if (sparc instanceof SparcV9Hart && halves[0] === UPPER_HALVES_MAGIC) {
    for (let i = 1; i < GENERAL; i++) sparc.setHigh(i, halves[i]!);
    sparc.asi = halves[GENERAL]! & 0xff;
  }
  sparc.psr = psr!;
  sparc.y = y!;
  sparc.pc = pc! >>> 0;
  sparc.nPc = nPc! >>> 0;
  if (saved !== undefined) setFloatWords(sparc, saved);
  if (lostAt !== 0) spillLost(bus, lostAt);
  return BigInt(low >>> 0) | (BigInt(high >>> 0) << 32n);
}

/** mov 101, %g1 (rt_sigreturn); mov 216, %g1 (sigreturn); and behind either of them, ta 0x10. */
const RT_SIGRETURN = 0x82102065;
const SIGRETURN = 0x821020d8;
const SYSTEM_TRAP = 0x91d02010;
/** Where the second of the two sequences begins. */
const PLAIN_RETURN = 8;

/** Which frame the code at `pc` gives to the kernel; undefined when it does not end a signal handler. */
function frameReturnedFrom(
  pc: number,
  word: (at: number) => number | undefined,
): 'info' | 'plain' | undefined {
  if (word(pc + WORD) !== SYSTEM_TRAP) return undefined;
  const first = word(pc);
  return first === RT_SIGRETURN ? 'info' : first === SIGRETURN ? 'plain' : undefined;
}

/** Whether the code at `pc` ends a signal handler. */
export const callsSigreturn = (pc: number, word: (at: number) => number | undefined): boolean =>
  frameReturnedFrom(pc, word) !== undefined;

/** What a signal frame says was interrupted, and the address above it. */
export interface InterruptedContext {
  pc: number;
  nPc: number;
  g1: number | undefined;
  /** o0..o7; locals and ins are still those of the current window. */
  outs: readonly (number | undefined)[];
  frameEnd: number;
}

/**
 * The context that is restored at `pc`, when the code there calls sigreturn with the frame at `sp`; undefined
 * otherwise.
 *
 * @param word the word at an address, unsigned, or undefined where nothing is mapped.
 */
export function contextRestoredAt(
  pc: number,
  sp: number,
  wide: boolean,
  word: (at: number) => number | undefined,
): InterruptedContext | undefined {
  const kind = frameReturnedFrom(pc, word) ?? frameReturnedFrom(pc - WORD, word);
  if (kind === undefined) return undefined;
  const at = layout(kind === 'info', wide);
  const registers = Array.from({ length: REGISTERS }, (_, i) => word(sp + at.registers + WORD * i));
  const [, interrupted, nPc] = registers;
  if (interrupted === undefined || nPc === undefined) return undefined;
  const general = registers.slice(REGISTERS - GENERAL);
  const lost = (word(sp + at.lostPointer) ?? 0) === 0 ? 0 : LOST_SIZE;
  const frameEnd = sp + at.size + floatSize(wide) + lost;
  return { pc: interrupted, nPc, g1: general[1], outs: general.slice(O0), frameEnd };
}

export const signalFrames: SignalFrames = {
  returnCode: Uint8Array.from(
    [RT_SIGRETURN, SYSTEM_TRAP, SIGRETURN, SYSTEM_TRAP].flatMap((code) =>
      [24, 16, 8, 0].map((bit) => (code >>> bit) & 0xff),
    ),
  ),
  push,
  pop,
};
