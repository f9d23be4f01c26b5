/**
 * The real-time signal frame of Linux on 32-bit SPARC:
 *
 *     sp --> struct sparc_stackf        96 bytes: save area of a window, room for arguments
 *            siginfo_t                  128 bytes
 *            struct pt_regs             psr, pc, npc, y, g0..g7, o0..o7
 *            blocked signals, pointers, instructions, stack_t
 *            __siginfo_fpu_t            f0..f31, fsr and an empty queue
 *            upper halves of the registers of V9
 *
 * The window of the interrupted procedure stays the current one: the handler's `save` and `restore` bring it
 * back with its locals and ins, so that the frame holds globals and outs only.
 *
 * Source: Linux, arch/sparc/kernel/signal_32.c and signal32.c; arch/sparc/include/uapi/asm/ptrace.h.
 */
import type { Bus, Core } from '../core.js';
import type { SignalDelivery, SignalFrames } from '../isa.js';
import { L0, O0, O7, SP, WINDOW_SAVE_BYTES } from './abi.js';
import type { SparcCore } from './execute.js';

const STACK_FRAME = 96;
const INFO = STACK_FRAME;
const INFO_SIZE = 128;
const REGISTERS = INFO + INFO_SIZE;
const REGISTERS_SIZE = 80;
const BLOCKED = REGISTERS + REGISTERS_SIZE;
const FLOAT_POINTER = BLOCKED + 8;
const INSTRUCTIONS = FLOAT_POINTER + 4;
const STACK = INSTRUCTIONS + 8;
/** After stack_t, the size of what follows, and a pointer to saved windows. */
const FLOATS = STACK + 12 + 8 + 4;
const FLOATS_SIZE = 32 * 4 + 8;
const UPPER_HALVES = FLOATS + FLOATS_SIZE;
/** Globals, outs, locals and ins, then f32..f62. */
const UPPER_SIZE = 32 * 4 + 32 * 4;
const SIZE = UPPER_HALVES + UPPER_SIZE;
const ALIGNMENT = 8;

const ICC_SHIFT = 20;
/** psr of a process that uses floating point. */
const PSR_EF = 0x1000;
/** g0..g7 and o0..o7. */
const GENERAL = 16;

function storeWords(bus: Bus, at: number, words: Iterable<number>): void {
  for (const word of words) {
    bus.store32(at, word);
    at += 4;
  }
}

function loadWords(bus: Bus, at: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => bus.load32(at + 4 * i));
}

const registersFrom = (core: SparcCore, first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => core.get(first + i));

function push(core: Core, bus: Bus, delivery: SignalDelivery): void {
  const sparc = core as SparcCore;
  // Who looks at the stack from the handler finds every window there.
  sparc.flushWindows();
  const top = delivery.stackTop ?? sparc.get(SP) >>> 0;
  const sp = Math.floor((top - SIZE) / ALIGNMENT) * ALIGNMENT;
  bus.checkWritable(sp);
  bus.checkWritable(sp + SIZE - 1);
  storeWords(bus, sp, new Array<number>(SIZE / 4).fill(0));
  storeWords(bus, sp, registersFrom(sparc, L0, WINDOW_SAVE_BYTES / 4));
  for (const [i, byte] of delivery.info.entries()) bus.store8(sp + INFO + i, byte);
  const psr = (sparc.icc << ICC_SHIFT) | PSR_EF;
  storeWords(bus, sp + REGISTERS, [psr, sparc.pc, sparc.nPc, sparc.y, ...registersFrom(sparc, 0, GENERAL)]);
  const { blocked } = delivery;
  storeWords(bus, sp + BLOCKED, [Number(blocked & 0xffffffffn), Number(blocked >> 32n), sp + FLOATS]);
  const { start, size, flags } = delivery.alternateStack;
  storeWords(bus, sp + STACK, [start, flags, size]);
  storeWords(bus, sp + FLOATS, sparc.floatState());
  storeWords(bus, sp + UPPER_HALVES, sparc.upperHalves());
  sparc.set(O0, delivery.number);
  sparc.set(O0 + 1, sp + INFO);
  sparc.set(O0 + 2, sp + REGISTERS);
  sparc.set(SP, sp);
  // A procedure returns to eight bytes behind its call, and sigaction is given an address to match.
  sparc.set(O7, delivery.restorer === 0 ? delivery.returnPage - 8 : delivery.restorer);
  sparc.pc = delivery.handler;
}

function pop(core: Core, bus: Bus): bigint {
  const sparc = core as SparcCore;
  const sp = sparc.get(SP) >>> 0;
  const [psr, pc, nPc, y, ...general] = loadWords(bus, sp + REGISTERS, REGISTERS_SIZE / 4);
  const [low, high, floats] = loadWords(bus, sp + BLOCKED, 3);
  const floatState = floats === 0 ? undefined : loadWords(bus, floats! >>> 0, FLOATS_SIZE / 4);
  const upperHalves = loadWords(bus, sp + UPPER_HALVES, UPPER_SIZE / 4);
  for (const [i, value] of general.entries()) sparc.set(i, value);
  sparc.icc = (psr! >>> ICC_SHIFT) & 15;
  sparc.y = y!;
  sparc.pc = pc! >>> 0;
  sparc.nPc = nPc! >>> 0;
  if (floatState !== undefined) sparc.setFloatState(floatState);
  sparc.setUpperHalves(upperHalves);
  return BigInt(low! >>> 0) | (BigInt(high! >>> 0) << 32n);
}

export const signalFrames: SignalFrames = {
  // mov 101, %g1 (rt_sigreturn); ta 0x10
  returnCode: Uint8Array.of(0x82, 0x10, 0x20, 0x65, 0x91, 0xd0, 0x20, 0x10),
  push,
  pop,
};
