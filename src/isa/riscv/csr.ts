/**
 * Control and status registers as user programs have them. Every other one is illegal to touch, and so is
 * writing a counter.
 *
 * Source: The RISC-V Instruction Set Manual, Volume I: "Zicsr", "Zicntr", "F".
 */
import type { RegisterFile } from './register-file.js';
import { Op } from './table.js';

const enum Csr {
  fflags = 0x001,
  frm = 0x002,
  fcsr = 0x003,
  cycle = 0xc00,
  time = 0xc01,
  instret = 0xc02,
  cycleh = 0xc80,
  timeh = 0xc81,
  instreth = 0xc82,
}

/** What the counters show, in instructions. */
export interface Counters {
  retired: number;
  time: number;
}

/** Whether the instruction in `word`, which accesses a register, shows a counter. */
export const showsCounter = (word: number): boolean => word >>> 20 > Csr.fcsr;

/** @returns false when the instruction is illegal. */
export function accessCsr(file: RegisterFile, op: Op, word: number, counters: Counters): boolean {
  const rd = (word >>> 7) & 31;
  const source = (word >>> 15) & 31;
  const csr: Csr = word >>> 20;
  const old = read(file, csr, counters);
  if (old === undefined) return false;
  if (op === Op.csrrw || op === Op.csrrwi || source !== 0) {
    if (csr > Csr.fcsr) return false;
    const operand = op >= Op.csrrwi ? source : file.word(source);
    write(file, csr, combine(op, old, operand));
  }
  file.setNumber(rd, old);
  return true;
}

function read(file: RegisterFile, csr: Csr, { retired, time }: Counters): number | undefined {
  const upper = (count: number): number | undefined =>
    file.xlen === 32 ? Math.floor(count / 2 ** 32) : undefined;
  switch (csr) {
    case Csr.fflags:
      return file.floats.flags;
    case Csr.frm:
      return file.frm;
    case Csr.fcsr:
      return file.fcsr;
    case Csr.cycle:
    case Csr.instret:
      return retired;
    case Csr.time:
      return time;
    case Csr.cycleh:
    case Csr.instreth:
      return upper(retired);
    case Csr.timeh:
      return upper(time);
    default:
      return undefined;
  }
}

function combine(op: Op, old: number, operand: number): number {
  if (op === Op.csrrs || op === Op.csrrsi) return old | operand;
  if (op === Op.csrrc || op === Op.csrrci) return old & ~operand;
  return operand;
}

function write(file: RegisterFile, csr: Csr, value: number): void {
  if (csr === Csr.fflags) file.floats.flags = value & 31;
  else if (csr === Csr.frm) file.frm = value & 7;
  else file.fcsr = value;
}
