/**
 * What programs do rarely on V9.
 *
 * Source: The SPARC Architecture Manual, Version 9, appendix A.
 */
import { MemoryFault, type Stop } from '../core.js';
import { highSigned, highUnsigned } from '../multiply.js';
import { AlternateSpaces } from './alternate-v9.js';
import { addFlags, borrowOf, carryOf, divide, Icc, joinFlags, logicFlags, subFlags } from './arithmetic.js';
import { TAG_OVERFLOW } from './hart.js';
import { Op, Operand } from './operations.js';
import { operateVis } from './vis.js';

/** FPRS: enabled, and both halves of the registers written. The kernel enables it whenever it is needed. */
const FPRS_IN_USE = 7;
/** GSR of the first VIS: offset of faligndata in bits 2 to 0, scale in bits 6 to 3. */
const GSR_MASK = 0x7f;

const join = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0);

export abstract class UncommonV9 extends AlternateSpaces {
  /** A decoded instruction but for branches, what is common, and what FSR is about. */
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
}

function bitCount(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}
