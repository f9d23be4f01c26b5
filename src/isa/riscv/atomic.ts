/**
 * The A extension. Nothing interrupts a hart within an instruction, so what one does is atomic by itself, and
 * the ordering bits ask for nothing that is not so anyway. A reservation is held for one aligned address; any
 * store-conditional ends it, and so does another hart's turn.
 *
 * Source: The RISC-V Instruction Set Manual, Volume I: "A".
 */
import { MemoryFault, type Bus } from '../core.js';
import { NO_RESERVATION, type RegisterFile } from './register-file.js';
import { Op } from './table.js';

/** @throws MemoryFault when the address is not aligned, whatever the bus throws too. */
export function atomic(file: RegisterFile, bus: Bus, op: Op, word: number): void {
  const rd = (word >>> 7) & 31;
  const rs2 = (word >>> 20) & 31;
  const reads = op === Op.lr_w || op === Op.lr_d;
  const address = addressIn(file, (word >>> 15) & 31, op >= Op.lr_d ? 8 : 4, reads ? 'read' : 'write');
  switch (op) {
    case Op.lr_w:
      file.setWord(rd, bus.load32(address));
      file.reservation = address;
      return;
    case Op.lr_d:
      file.setDoubleword(rd, loadDoubleword(bus, address));
      file.reservation = address;
      return;
    case Op.sc_w:
    case Op.sc_d: {
      const held = file.reservation === address;
      if (held && op === Op.sc_w) bus.store32(address, file.word(rs2));
      else if (held) storeDoubleword(bus, address, file.doubleword(rs2));
      file.reservation = NO_RESERVATION;
      file.setWord(rd, held ? 0 : 1);
      return;
    }
  }
  bus.checkWritable(address);
  if (op >= Op.lr_d) {
    const old = loadDoubleword(bus, address);
    storeDoubleword(bus, address, combineDoublewords(op, old, file.doubleword(rs2)));
    file.setDoubleword(rd, old);
  } else {
    const old = bus.load32(address);
    bus.store32(address, combine(op, old, file.word(rs2)));
    file.setWord(rd, old);
  }
}

function addressIn(file: RegisterFile, register: number, size: 4 | 8, access: 'read' | 'write'): number {
  const address = file.word(register);
  if (file.xlen === 64 && file.doubleword(register) >> 32n !== 0n)
    throw new MemoryFault(access, Number(file.doubleword(register)), 'unmapped');
  if ((address & (size - 1)) !== 0) throw new MemoryFault(access, address >>> 0, 'misaligned');
  return address;
}

const loadDoubleword = (bus: Bus, address: number): bigint =>
  (BigInt(bus.load32(address + 4)) << 32n) | BigInt(bus.load32(address) >>> 0);

function storeDoubleword(bus: Bus, address: number, value: bigint): void {
  bus.store32(address, Number(BigInt.asIntN(32, value)));
  bus.store32(address + 4, Number(BigInt.asIntN(32, value >> 32n)));
}

function combine(op: Op, old: number, value: number): number {
  switch (op) {
    case Op.amoswap_w:
      return value;
    case Op.amoadd_w:
      return (old + value) | 0;
    case Op.amoxor_w:
      return old ^ value;
    case Op.amoand_w:
      return old & value;
    case Op.amoor_w:
      return old | value;
    case Op.amomin_w:
      return Math.min(old, value);
    case Op.amomax_w:
      return Math.max(old, value);
    case Op.amominu_w:
      return old >>> 0 < value >>> 0 ? old : value;
    case Op.amomaxu_w:
      return old >>> 0 > value >>> 0 ? old : value;
    default:
      throw new Error(`operation ${op} is in the table but not in the core`);
  }
}

function combineDoublewords(op: Op, old: bigint, value: bigint): bigint {
  const below = BigInt.asUintN(64, old) < BigInt.asUintN(64, value);
  switch (op) {
    case Op.amoswap_d:
      return value;
    case Op.amoadd_d:
      return old + value;
    case Op.amoxor_d:
      return old ^ value;
    case Op.amoand_d:
      return old & value;
    case Op.amoor_d:
      return old | value;
    case Op.amomin_d:
      return old < value ? old : value;
    case Op.amomax_d:
      return old > value ? old : value;
    case Op.amominu_d:
      return below ? old : value;
    case Op.amomaxu_d:
      return below ? value : old;
    default:
      throw new Error(`operation ${op} is in the table but not in the core`);
  }
}
