/**
 * The signal frame of Linux on RISC-V:
 *
 *     sp --> siginfo_t                  128 bytes
 *            struct ucontext            flags, link, stack, blocked signals, room for more of them
 *              struct sigcontext        pc, x1..x31, then f0..f31, fcsr in the room of a quad state
 *
 * Source: Linux, arch/riscv/kernel/signal.c; arch/riscv/include/uapi/asm/ucontext.h, sigcontext.h, ptrace.h.
 */
import { MemoryFault, type Bus, type Core } from '../core.js';
import type { SignalDelivery, SignalFrames } from '../isa.js';
import { A0, RA, SP } from './abi.js';
import type { RiscvHart } from './hart.js';
import type { Xlen } from './table.js';

const INFO_SIZE = 128;
const ALIGNMENT = 16;
const GENERAL = 32;
const FLOATS = 32;
const QUAD_STATE = 528;
/** Bytes after uc_stack: 1024 signals. */
const SIGNAL_SET = 128;

/** Offsets from the stack pointer, in words of `word` bytes where structures hold longs. */
function layout(word: 4 | 8): {
  context: number;
  stack: number;
  blocked: number;
  general: number;
  floats: number;
  size: number;
} {
  const context = INFO_SIZE;
  const stack = context + 2 * word;
  const blocked = stack + 3 * word;
  const aligned = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
  const general = aligned(blocked + SIGNAL_SET);
  const floats = aligned(general + GENERAL * word);
  return { context, stack, blocked, general, floats, size: floats + QUAD_STATE };
}

/** li a7, 139 (rt_sigreturn); ecall */
const RETURN_CODE = [0x08b00893, 0x00000073] as const;

/** Whether the code at `pc` ends a signal handler. */
export function callsSigreturn(pc: number, word: (at: number) => number | undefined): boolean {
  return pc % 4 === 0 && RETURN_CODE.every((code, i) => word(pc + 4 * i) === code);
}

/** What a signal frame says was interrupted, and the address above it; undefined where it cannot be read. */
export interface InterruptedContext {
  pc: number;
  /** x0..x31; undefined where a value is no address. */
  registers: (number | undefined)[];
  frameEnd: number;
}

/**
 * The context that is restored at `pc`, when the code there calls rt_sigreturn with the frame at `sp`.
 *
 * @param word the word at an address, or undefined where nothing is mapped.
 * @param address the pointer at an address, likewise, and undefined for numbers that are no address.
 */
export function contextRestoredAt(
  pc: number,
  sp: number,
  xlen: Xlen,
  word: (at: number) => number | undefined,
  address: (at: number) => number | undefined,
): InterruptedContext | undefined {
  if (!callsSigreturn(pc, word) && !callsSigreturn(pc - 4, word)) return undefined;
  const size = xlen === 64 ? 8 : 4;
  const at = layout(size);
  const [interrupted, ...registers] = Array.from({ length: GENERAL }, (_, i) =>
    address(sp + at.general + size * i),
  );
  if (interrupted === undefined) return undefined;
  return { pc: interrupted, registers: [0, ...registers], frameEnd: sp + at.size };
}

const wordOf = (hart: RiscvHart): 4 | 8 => (hart.file.xlen === 64 ? 8 : 4);

/** Words from `at` on. */
function storeWords(bus: Bus, at: number, words: Iterable<number>): void {
  for (const word of words) {
    bus.store32(at, word);
    at += 4;
  }
}

function loadWords(bus: Bus, at: number, words: Int32Array): void {
  for (let i = 0; i < words.length; i++) words[i] = bus.load32(at + 4 * i);
}

const long = (value: number, word: 4 | 8): number[] => (word === 8 ? [value, 0] : [value]);

function push(core: Core, bus: Bus, delivery: SignalDelivery): void {
  const hart = core as RiscvHart;
  const word = wordOf(hart);
  const at = layout(word);
  const top = delivery.stackTop ?? hart.get(SP) >>> 0;
  const sp = Math.floor((top - at.size) / ALIGNMENT) * ALIGNMENT;
  if (delivery.stackStart !== undefined && sp <= delivery.stackStart) {
    throw new MemoryFault('write', sp, 'unmapped');
  }
  // Both ends first, so that a stack that is too short is left as it was.
  bus.checkWritable(sp);
  bus.checkWritable(sp + at.size - 1);
  storeWords(bus, sp, new Array<number>(at.size / 4).fill(0));
  for (const [i, byte] of delivery.info.entries()) bus.store8(sp + i, byte);
  const { start, size, flags } = delivery.alternateStack;
  storeWords(bus, sp + at.stack, [...long(start, word), ...long(flags, word), ...long(size, word)]);
  const { blocked } = delivery;
  storeWords(bus, sp + at.blocked, [Number(blocked & 0xffffffffn), Number(blocked >> 32n)]);
  storeWords(bus, sp + at.general, [
    ...long(hart.pc, word),
    ...hart.file.x.subarray(word / 4, (GENERAL * word) / 4),
  ]);
  storeWords(bus, sp + at.floats, [...hart.floats.words.subarray(0, 2 * FLOATS), hart.fcsr]);
  hart.set(A0, delivery.number);
  hart.set(A0 + 1, sp);
  hart.set(A0 + 2, sp + at.context);
  hart.set(SP, sp);
  hart.set(RA, delivery.returnPage);
  hart.pc = delivery.handler;
}

function pop(core: Core, bus: Bus): bigint {
  const hart = core as RiscvHart;
  const word = wordOf(hart);
  const at = layout(word);
  const sp = hart.get(SP) >>> 0;
  const general = new Int32Array((GENERAL * word) / 4);
  const floats = new Int32Array(2 * FLOATS);
  const blocked = new Int32Array(2);
  // Everything is read before anything changes.
  loadWords(bus, sp + at.general, general);
  loadWords(bus, sp + at.floats, floats);
  loadWords(bus, sp + at.blocked, blocked);
  const fcsr = bus.load32(sp + at.floats + 4 * floats.length);
  hart.finishSyscall();
  hart.pc = general[0]!;
  hart.file.x.set(general.subarray(word / 4), word / 4);
  hart.floats.words.set(floats);
  hart.fcsr = fcsr;
  return BigInt(blocked[0]! >>> 0) | (BigInt(blocked[1]! >>> 0) << 32n);
}

export const signalFrames: SignalFrames = {
  returnCode: Uint8Array.from(
    RETURN_CODE.flatMap((code) => [0, 8, 16, 24].map((bit) => (code >>> bit) & 0xff)),
  ),
  push,
  pop,
};
