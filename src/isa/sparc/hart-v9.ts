/**
 * What V9 adds to the state of a hart.
 *
 * Registers have 64 bits, of which the high halves lie in `windows.high`. Condition codes come in pairs, icc of
 * the low half and xcc of the whole. In a 32-bit process (PSTATE.AM is set) addresses are the low halves.
 *
 * Source: The SPARC Architecture Manual, Version 9, chapter 5 "Registers"; Linux,
 * arch/sparc/include/uapi/asm/psrcompat.h.
 */
import { MemoryFault, type Bus } from '../core.js';
import { InstructionCache } from '../icache.js';
import { Icc } from './arithmetic.js';
import { Selector, Sign } from './conditions.js';
import { decodeAtV9 } from './decode.js';
import { FloatingPoint } from './float.js';
import { SparcHart } from './hart.js';
import { placeOf, secondOf, sourceOf } from './registers.js';
import { WideWindowFile } from './windows.js';

/** %asi as the kernel starts programs: the address space in which loads do not fault. */
const FIRST_ASI = 0x82;

/** Of the PSR in signal frames: the version that says there is an xcc, and seen from the kernel. */
const PSR_V8PLUS = 0xff000000 | 0;
const PSR_FROM_KERNEL = 0x80;
const PSR_ICC = 20;
const PSR_XCC = 16;

export abstract class SparcV9Hart extends SparcHart {
  /** The condition codes register: icc in the low four bits, xcc in the next. */
  ccr = 0;
  /** The address space that instructions with a constant use. */
  asi = FIRST_ASI;
  gsr = 0;
  protected windows = new WideWindowFile();

  constructor(bus: Bus) {
    super(bus, new InstructionCache(bus, decodeAtV9, 2, 4), new FloatingPoint('v9'));
  }

  get icc(): number {
    return this.ccr & 15;
  }

  set icc(value: number) {
    this.ccr = (this.ccr & ~15) | value;
  }

  /** With xcc in bits 19 to 16. */
  get psr(): number {
    const codes = (this.icc << PSR_ICC) | ((this.ccr >> 4) << PSR_XCC);
    return PSR_V8PLUS | PSR_FROM_KERNEL | codes | this.windows.cwp;
  }

  set psr(value: number) {
    const xcc = (value & PSR_V8PLUS) === PSR_V8PLUS ? (value >>> PSR_XCC) & 15 : 0;
    this.ccr = ((value >>> PSR_ICC) & 15) | (xcc << 4);
  }

  /** The high 32 bits of the floating-point state register. */
  get fsrHigh(): number {
    return this.floatingPoint.fsrHigh;
  }

  set fsrHigh(value: number) {
    this.floatingPoint.fsrHigh = value;
  }

  /** All 64 bits. */
  set(register: number, value: number): void {
    if (register === 0) return;
    this.windows.set(register, value);
    this.windows.high[placeOf(register)] = Math.floor(value / 2 ** 32);
  }

  /** The high half of a register of the current window. */
  getHigh(register: number): number {
    return this.windows.high[placeOf(register)]!;
  }

  setHigh(register: number, value: number): void {
    if (register !== 0) this.windows.high[placeOf(register)] = value;
  }

  setCarry(failed: boolean): void {
    const both = Icc.carry | (Icc.carry << 4);
    this.ccr = (this.ccr & ~both) | (failed ? both : 0);
  }

  state(): Int32Array {
    const { nextPc, afterNext, ccr, y, asi, gsr, windows, floatingPoint } = this;
    return Int32Array.of(nextPc, afterNext, ccr, y, asi, gsr, ...windows.state(), ...floatingPoint.state());
  }

  restore(state: Int32Array): void {
    const [pc, nPc, ccr, y, asi, gsr] = state;
    this.nextPc = pc!;
    this.afterNext = nPc!;
    this.ccr = ccr!;
    this.y = y!;
    this.asi = asi!;
    this.gsr = gsr!;
    this.floatingPoint.restoreState(this.windows.restoreState(state.subarray(6)));
  }

  protected override become(original: SparcV9Hart, bus: Bus): void {
    super.become(original, bus);
    this.ccr = original.ccr;
    this.asi = original.asi;
    this.gsr = original.gsr;
  }

  /** Whether a packed condition on condition codes holds. */
  protected holds(condition: number): boolean {
    const selector = condition >> 16;
    const value =
      selector >= Selector.float
        ? (this.floatingPoint.fcc >>> (selector - Selector.float)) & 3
        : (this.ccr >>> selector) & 15;
    return ((condition >>> value) & 1) !== 0;
  }

  /** Whether a packed condition on a register holds. */
  protected registerHolds(condition: number): boolean {
    return ((condition >>> this.signOf(condition >> 16)) & 1) !== 0;
  }

  protected signOf(register: number): Sign {
    const { r, high } = this.windows;
    if (high[register]! < 0) return Sign.negative;
    return (r[register]! | high[register]!) === 0 ? Sign.zero : Sign.positive;
  }

  protected put(rd: number, low: number, high: number): void {
    this.windows.r[rd] = low;
    this.windows.high[rd] = high;
  }

  protected exchangeByte(rd: number, address: number): void {
    const old = this.bus.load8(address);
    this.bus.store8(address, 0xff);
    this.put(rd, old, 0);
  }

  protected exchangeWord(rd: number, address: number): void {
    const old = this.bus.load32(address);
    this.bus.store32(address, this.windows.r[sourceOf(rd)]!);
    this.put(rd, old, 0);
  }

  /** Aligned, both words are on one page, so the second cannot fault after the first. */
  protected loadExtended(rd: number, address: number): void {
    checkAligned('read', address);
    const upper = this.bus.load32(address);
    this.put(rd, this.bus.load32((address + 4) | 0), upper);
  }

  protected storeExtended(rd: number, address: number): void {
    checkAligned('write', address);
    const { r, high } = this.windows;
    this.bus.store32(address, high[rd]!);
    this.bus.store32((address + 4) | 0, r[rd]!);
  }

  protected loadPair(rd: number, address: number): void {
    checkAligned('read', address);
    const first = this.bus.load32(address);
    const second = this.bus.load32((address + 4) | 0);
    this.put(rd, first, 0);
    this.put(secondOf(rd), second, 0);
  }

  protected storePair(rd: number, address: number): void {
    checkAligned('write', address);
    const { r } = this.windows;
    this.bus.store32(address, r[rd]!);
    this.bus.store32((address + 4) | 0, r[rd + 1]!);
  }
}

/** @throws MemoryFault unless `address` is that of a doubleword. */
export function checkAligned(access: 'read' | 'write', address: number): void {
  if ((address & 7) !== 0) throw new MemoryFault(access, address, 'misaligned');
}
