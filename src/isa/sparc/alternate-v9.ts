/**
 * Loads and stores of V9 that name an address space: the primary one, the same without faults, and blocks.
 *
 * Source: The SPARC Architecture Manual, Version 9, appendix A; ASIs from the SPARC Joint Programming
 * Specification (JPS1): Commonality, appendix L. Faults are what Linux makes of the hardware's exceptions.
 */
import { MemoryFault, type Stop } from '../core.js';
import { checkAligned, SparcV9Hart } from './hart-v9.js';
import { Op } from './operations.js';
import { placeOf, secondOf, sourceOf } from './registers.js';

/** Address space identifiers. */
const enum Asi {
  /** The first that is not the kernel's. */
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

export abstract class AlternateSpaces extends SparcV9Hart {
  /** A load or store of the instruction `word`. */
  protected alternate(op: Op, rd: number, rs1: number, word: number, at: number): Stop | undefined {
    const { r } = this.windows;
    const constant = (word & IMMEDIATE_BIT) !== 0;
    const asi = constant ? this.asi : (word >>> 5) & 0xff;
    if (asi < Asi.primary) return { kind: 'illegal', pc: at >>> 0, word: word >>> 0 };
    if (op === Op.casa || op === Op.casxa) {
      this.compareAndSwap(op, rd, r[rs1]!, placeOf(word & 31), asi);
      return undefined;
    }
    const offset = constant ? (word << CONSTANT_BITS) >> CONSTANT_BITS : r[placeOf(word & 31)]!;
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
    if (op === Op.ldda) this.put(secondOf(rd), 0, 0);
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
      if (extended) this.storeExtended(sourceOf(rd), address);
      else bus.store32(address, r[sourceOf(rd)]!);
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
}

const loads = (op: Op): boolean => (op >= Op.lduba && op <= Op.ldda) || op === Op.ldfa || op === Op.lddfa;
