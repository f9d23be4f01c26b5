/**
 * What V9 adds to the state of a hart, and what programs do rarely with it.
 *
 * Registers have 64 bits, of which the high halves lie in `windows.high`. Condition codes come in pairs, icc of
 * the low half and xcc of the whole. In a 32-bit process (PSTATE.AM is set) addresses are the low halves.
 *
 * Source: The SPARC Architecture Manual, Version 9, chapter 5 "Registers" and appendix A; ASIs from the SPARC
 * Joint Programming Specification (JPS1): Commonality, appendix L.
 */
import { MemoryFault, type Bus, type Stop } from '../core.js';
import { InstructionCache } from '../icache.js';
import { highSigned, highUnsigned } from '../multiply.js';
import { addFlags, borrowOf, carryOf, divide, Icc, joinFlags, logicFlags, subFlags } from './arithmetic.js';
import { Selector, Sign } from './conditions.js';
import { decodeAtV9 } from './decode.js';
import { FloatingPoint } from './float.js';
import { SparcHart, TAG_OVERFLOW } from './hart.js';
import { Op, Operand } from './operations.js';
import { operateVis } from './vis.js';
import { WideWindowFile } from './windows.js';

/** Address space identifiers. */
const enum Asi {
  /** Below it they are the kernel's. */
  firstUser = 0x80,
  primary = 0x80,
  /** Loads from where nothing can be read give zero. */
  primaryNoFault = 0x82,
  /** 64 bytes from or to eight double registers. */
  block = 0xf0,
}

/** Of an instruction: the address has a constant, so %asi says which space. */
const IMMEDIATE_BIT = 0x2000;
const CONSTANT_BITS = 19;
const BLOCK_BYTES = 64;

/** Of the PSR in signal frames: what Linux puts there for a process like this, and where xcc lies. */
const PSR_V8PLUS = 0xff000080 | 0;
const PSR_ICC = 20;
const PSR_XCC = 16;

/** FPRS: enabled, and both halves of the registers written. The kernel enables it whenever it is needed. */
const FPRS_IN_USE = 7;
/** GSR of the first VIS: offset of faligndata in bits 2 to 0, scale in bits 6 to 3. */
const GSR_MASK = 0x7f;

const join = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0);

export abstract class SparcV9Hart extends SparcHart {
  /** The condition codes register: icc in the low four bits, xcc in the next. */
  ccr = 0;
  /** The address space that instructions with a constant use. */
  asi: number = Asi.primaryNoFault;
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
    return PSR_V8PLUS | (this.icc << PSR_ICC) | ((this.ccr >> 4) << PSR_XCC) | this.windows.cwp;
  }

  set psr(value: number) {
    this.ccr = ((value >>> PSR_ICC) & 15) | (((value >>> PSR_XCC) & 15) << 4);
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
    this.windows.r[register] = value;
    this.windows.high[register] = Math.floor(value / 2 ** 32);
  }

  /** The high half of a register of the current window. */
  getHigh(register: number): number {
    return this.windows.high[register]!;
  }

  setHigh(register: number, value: number): void {
    if (register !== 0) this.windows.high[register] = value;
  }

  setCarry(failed: boolean): void {
    const both = Icc.carry | (Icc.carry << 4);
    this.ccr = (this.ccr & ~both) | (failed ? both : 0);
  }

  state(): Int32Array {
    const { nextPc, afterNext, ccr, y, asi, gsr, windows, floatingPoint } = this;
    return Int32Array.of(nextPc, afterNext, ccr, y, asi, gsr, ...windows.state(), ...floatingPoint.state());
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

  /** What programs rarely do: a decoded instruction but for branches and what is common. */
  protected uncommon(
    operation: number,
    rd: number,
    rs1: number,
    second: number,
    at: number,
  ): Stop | undefined {
    const op: Op = operation & ~Operand.immediate;
    if (op >= Op.firstVis) {
      operateVis(this.floatingPoint.unit.words, op, rd, rs1, second, this.gsr & 7);
      return undefined;
    }
    if (op >= Op.firstFloat) return this.operateFloat(op, rd, rs1, second, at);
    if (op >= Op.firstFloatMove) {
      this.moveConditionally(op, rd, rs1, second);
      return undefined;
    }
    if (op >= Op.firstAlternate && op < Op.firstFloatMemory) return this.alternate(op, rd, rs1, second, at);
    const { r, high } = this.windows;
    const constant = operation !== (op as number);
    const x = r[rs1]!;
    const y = constant ? second : r[second]!;
    const yHigh = constant ? second >> 31 : high[second]!;
    if (op >= Op.firstFloatMemory) {
      this.accessFloat(op, rd, (x + y) | 0);
      return undefined;
    }
    return this.compute(op, rd, x, high[rs1]!, y, yHigh, at);
  }

  private put(rd: number, low: number, high: number): void {
    this.windows.r[rd] = low;
    this.windows.high[rd] = high;
  }

  private putWide(rd: number, value: bigint): void {
    this.put(rd, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
  }

  private compute(
    op: Op,
    rd: number,
    x: number,
    xHigh: number,
    y: number,
    yHigh: number,
    at: number,
  ): Stop | undefined {
    switch (op) {
      case Op.ldstub:
        this.exchangeByte(rd, (x + y) | 0);
        return undefined;
      case Op.swap:
        this.exchangeWord(rd, (x + y) | 0);
        return undefined;
      case Op.ldsw: {
        const value = this.bus.load32((x + y) | 0);
        this.put(rd, value, value >> 31);
        return undefined;
      }
      case Op.wry:
        this.y = x ^ y;
        return undefined;
      case Op.wrccr:
        this.ccr = (x ^ y) & 0xff;
        return undefined;
      case Op.wrasi:
        this.asi = (x ^ y) & 0xff;
        return undefined;
      case Op.wrgsr:
        this.gsr = (x ^ y) & GSR_MASK;
        return undefined;
      case Op.wrfprs:
        return undefined;
      case Op.rdccr:
        this.put(rd, this.ccr, 0);
        return undefined;
      case Op.rdasi:
        this.put(rd, this.asi, 0);
        return undefined;
      case Op.rdgsr:
        this.put(rd, this.gsr, 0);
        return undefined;
      case Op.rdfprs:
        this.put(rd, FPRS_IN_USE, 0);
        return undefined;
      case Op.rdpc:
        this.put(rd, at, 0);
        return undefined;
      case Op.alignaddr:
      case Op.alignaddrl: {
        const sum = (x + y) | 0;
        const offset = op === Op.alignaddr ? sum & 7 : -sum & 7;
        this.gsr = (this.gsr & ~7) | offset;
        this.put(rd, sum & ~7, (xHigh + yHigh + carryOf(x, y, sum)) | 0);
        return undefined;
      }
      case Op.flush: {
        const doubleword = ((x + y) & -8) >>> 0;
        this.cache.synchronize(doubleword, doubleword + 8);
        return undefined;
      }
      case Op.flushw:
        this.flushWindows();
        return undefined;
      case Op.popc:
        this.put(rd, bitCount(y) + bitCount(yHigh), 0);
        return undefined;
      case Op.mulx: {
        const upper = highUnsigned(x, y) + Math.imul(x, yHigh) + Math.imul(xHigh, y);
        this.put(rd, Math.imul(x, y), upper);
        return undefined;
      }
      case Op.udivx:
      case Op.sdivx: {
        if ((y | yHigh) === 0) return { kind: 'divide-by-zero', pc: at >>> 0 };
        const dividend = join(x, xHigh);
        const divisor = join(y, yHigh);
        const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
        this.putWide(rd, op === Op.sdivx ? dividend / divisor : unsigned(dividend) / unsigned(divisor));
        return undefined;
      }
      case Op.umulcc:
      case Op.smulcc: {
        const low = Math.imul(x, y);
        this.y = op === Op.umulcc ? highUnsigned(x, y) : highSigned(x, y);
        this.ccr = joinFlags(logicFlags(low), logicFlags(this.y));
        this.put(rd, low, this.y);
        return undefined;
      }
      case Op.udiv:
      case Op.sdiv:
      case Op.udivcc:
      case Op.sdivcc:
        if (y === 0) return { kind: 'divide-by-zero', pc: at >>> 0 };
        this.divide(op, rd, x, y);
        return undefined;
      case Op.mulscc: {
        // Beyond the manual, which leaves high half and xcc open: the sum of two words has 33 bits.
        const added = (this.y & 1) === 0 ? 0 : y;
        const low = this.multiplyStep(x, y);
        const carry = carryOf((low - added) | 0, added, low);
        this.ccr = joinFlags(this.icc, logicFlags(carry));
        this.put(rd, low, carry);
        return undefined;
      }
      default:
        return this.tagged(op, rd, x, xHigh, y, yHigh, at);
    }
  }

  private tagged(
    op: Op,
    rd: number,
    x: number,
    xHigh: number,
    y: number,
    yHigh: number,
    at: number,
  ): Stop | undefined {
    const adds = op === Op.taddcc || op === Op.taddcctv;
    if (!adds && op !== Op.tsubcc && op !== Op.tsubcctv) {
      throw new Error(`operation ${op} is in the table but not in the core`);
    }
    const z = (adds ? x + y : x - y) | 0;
    const upper = (adds ? xHigh + yHigh + carryOf(x, y, z) : xHigh - yHigh - borrowOf(x, y, z)) | 0;
    const tags = ((x | y) & 3) !== 0 ? Icc.overflow : 0;
    const low = (adds ? addFlags(x, y, z) : subFlags(x, y, z)) | tags;
    const traps = op === Op.taddcctv || op === Op.tsubcctv;
    if (traps && (low & Icc.overflow) !== 0) {
      return { kind: 'trap-instruction', pc: at >>> 0, number: TAG_OVERFLOW };
    }
    const wide = adds ? addFlags(xHigh, yHigh, upper) : subFlags(xHigh, yHigh, upper);
    this.ccr = joinFlags(low, wide);
    this.put(rd, z, upper);
    return undefined;
  }

  private divide(op: Op, rd: number, x: number, divisor: number): void {
    const signed = op === Op.sdiv || op === Op.sdivcc;
    const { quotient, overflow } = divide(signed, this.y, x, divisor);
    const low = quotient | 0;
    const upper = signed ? low >> 31 : 0;
    if (op === Op.udivcc || op === Op.sdivcc) {
      this.ccr = joinFlags(logicFlags(low) | (overflow ? Icc.overflow : 0), logicFlags(upper));
    }
    this.put(rd, low, upper);
  }

  private exchangeByte(rd: number, address: number): void {
    const old = this.bus.load8(address);
    this.bus.store8(address, 0xff);
    this.put(rd, old, 0);
  }

  private exchangeWord(rd: number, address: number): void {
    const old = this.bus.load32(address);
    // With rd = g0 it is the sink that takes the old word, and zero that is stored.
    this.bus.store32(address, this.windows.r[rd & 31]!);
    this.put(rd, old, 0);
  }

  /** FMOVcc and FMOVr. */
  private moveConditionally(op: Op, d: number, from: number, condition: number): void {
    this.floatingPoint.clearCurrent();
    const byCode = op === Op.fmovscc || op === Op.fmovdcc;
    if (!(byCode ? this.holds(condition) : this.registerHolds(condition))) return;
    const { words } = this.floatingPoint.unit;
    if (op === Op.fmovscc || op === Op.fmovsr) {
      words[d] = words[from]!;
    } else {
      words[2 * d] = words[2 * from]!;
      words[2 * d + 1] = words[2 * from + 1]!;
    }
  }

  /** Doubles need to be aligned to words only, the kernel does the rest. FSR with all its 64 bits does not. */
  private accessFloat(op: Op, register: number, address: number): void {
    if ((op === Op.ldxfsr || op === Op.stxfsr) && (address & 7) !== 0) {
      throw new MemoryFault(op === Op.ldxfsr ? 'read' : 'write', address, 'misaligned');
    }
    this.moveFloat(op, register, address);
  }

  private alternate(op: Op, rd: number, rs1: number, word: number, at: number): Stop | undefined {
    const { r } = this.windows;
    const constant = (word & IMMEDIATE_BIT) !== 0;
    const asi = constant ? this.asi : (word >>> 5) & 0xff;
    if (asi < Asi.firstUser) return { kind: 'illegal', pc: at >>> 0, word: word >>> 0 };
    if (op === Op.casa || op === Op.casxa) {
      this.compareAndSwap(op, rd, r[rs1]!, word & 31, asi);
      return undefined;
    }
    const offset = constant ? (word << CONSTANT_BITS) >> CONSTANT_BITS : r[word & 31]!;
    const address = (r[rs1]! + offset) | 0;
    if (asi === Asi.block && (op === Op.lddfa || op === Op.stdfa)) {
      return this.moveBlock(op, rd, address)
        ? undefined
        : { kind: 'illegal', pc: at >>> 0, word: word >>> 0 };
    }
    if (asi === Asi.primary) this.access(op, rd, address);
    else if (asi === Asi.primaryNoFault && loads(op)) this.loadWithoutFault(op, rd, address);
    else throw new MemoryFault(loads(op) ? 'read' : 'write', address, 'protected');
    return undefined;
  }

  private loadWithoutFault(op: Op, rd: number, address: number): void {
    try {
      this.access(op, rd, address);
    } catch (error) {
      if (!(error instanceof MemoryFault) || error.cause_ === 'misaligned') throw error;
      this.clear(op, rd);
    }
  }

  private clear(op: Op, rd: number): void {
    const { words } = this.floatingPoint.unit;
    if (op === Op.ldfa) words[rd] = 0;
    else if (op === Op.lddfa) words.fill(0, 2 * rd, 2 * rd + 2);
    else this.put(rd, 0, 0);
    if (op === Op.ldda) this.put((rd + 1) & 31, 0, 0);
  }

  private access(op: Op, rd: number, address: number): void {
    const { bus } = this;
    const { r } = this.windows;
    switch (op) {
      case Op.lduba:
        this.put(rd, bus.load8(address), 0);
        break;
      case Op.lduha:
        this.put(rd, bus.load16(address), 0);
        break;
      case Op.lduwa:
        this.put(rd, bus.load32(address), 0);
        break;
      case Op.ldsba: {
        const value = (bus.load8(address) << 24) >> 24;
        this.put(rd, value, value >> 31);
        break;
      }
      case Op.ldsha: {
        const value = (bus.load16(address) << 16) >> 16;
        this.put(rd, value, value >> 31);
        break;
      }
      case Op.ldswa: {
        const value = bus.load32(address);
        this.put(rd, value, value >> 31);
        break;
      }
      case Op.ldxa:
        this.loadExtended(rd, address);
        break;
      case Op.ldda:
        this.loadPair(rd, address);
        break;
      case Op.stba:
        bus.store8(address, r[rd]!);
        break;
      case Op.stha:
        bus.store16(address, r[rd]!);
        break;
      case Op.stwa:
        bus.store32(address, r[rd]!);
        break;
      case Op.stxa:
        this.storeExtended(rd, address);
        break;
      case Op.stda:
        this.storePair(rd, address);
        break;
      case Op.ldstuba:
        this.exchangeByte(rd, address);
        break;
      case Op.swapa:
        this.exchangeWord(rd, address);
        break;
      case Op.ldfa:
        this.moveFloat(Op.ldf, rd, address);
        break;
      case Op.lddfa:
        this.moveFloat(Op.lddf, rd, address);
        break;
      case Op.stfa:
        this.moveFloat(Op.stf, rd, address);
        break;
      case Op.stdfa:
        this.moveFloat(Op.stdf, rd, address);
        break;
      default:
        throw new Error(`operation ${op} is in the table but not in the core`);
    }
  }

  private compareAndSwap(op: Op, rd: number, address: number, rs2: number, asi: number): void {
    if (asi !== Asi.primary) throw new MemoryFault('write', address, 'protected');
    const { bus } = this;
    const { r, high } = this.windows;
    const extended = op === Op.casxa;
    if (extended) checkAligned('read', address);
    const oldHigh = extended ? bus.load32(address) : 0;
    const old = bus.load32(extended ? (address + 4) | 0 : address);
    // What is not stored is checked all the same, as the hardware does.
    bus.checkWritable(address >>> 0);
    if (old === r[rs2]! && (!extended || oldHigh === high[rs2]!)) {
      // As in swap, the place of g0 is not the sink's.
      if (extended) this.storeExtended(rd & 31, address);
      else bus.store32(address, r[rd & 31]!);
    }
    this.put(rd, old, oldHigh);
  }

  /** 64 bytes, aligned so, to or from eight doubles, of which the first is f0, f16 and so on; false otherwise. */
  private moveBlock(op: Op, first: number, address: number): boolean {
    if ((first & 7) !== 0) return false;
    const access = op === Op.lddfa ? 'read' : 'write';
    if ((address & (BLOCK_BYTES - 1)) !== 0) throw new MemoryFault(access, address, 'misaligned');
    for (let k = 0; k < 8; k++) {
      this.moveFloat(op === Op.lddfa ? Op.lddf : Op.stdf, first + k, (address + 8 * k) | 0);
    }
    return true;
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
    // g1 when rd is g0, whose place the sink has taken.
    this.put((rd + 1) & 31, second, 0);
  }

  protected storePair(rd: number, address: number): void {
    checkAligned('write', address);
    const { r } = this.windows;
    this.bus.store32(address, r[rd]!);
    this.bus.store32((address + 4) | 0, r[rd + 1]!);
  }
}

function checkAligned(access: 'read' | 'write', address: number): void {
  if ((address & 7) !== 0) throw new MemoryFault(access, address, 'misaligned');
}

const loads = (op: Op): boolean => (op >= Op.lduba && op <= Op.ldda) || op === Op.ldfa || op === Op.lddfa;

function bitCount(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}
