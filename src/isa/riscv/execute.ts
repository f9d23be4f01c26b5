/**
 * Executes RV32IMAC.
 *
 * Misaligned loads and stores are carried out, as Linux on RISC-V does; misaligned atomics fault. A
 * reservation (lr.w) is held for one aligned word and ends with any store-conditional.
 *
 * Source: The RISC-V Instruction Set Manual, Volume I: "RV32I", "M", "A", "C", "Zifencei".
 */
import { CachingCore, memoryTrap } from '../caching-core.js';
import { MemoryFault, type Bus, type Register, type Stop } from '../core.js';
import { InstructionCache, Page, Reserved } from '../icache.js';
import { highSigned, highSignedUnsigned, highUnsigned } from '../multiply.js';
import { REGISTER_NAMES } from './abi.js';
import { decodeAt } from './decode.js';
import { Op } from './table.js';

/** No page: page numbers have their low bits clear. */
const NO_PAGE = 1;
const NO_RESERVATION = -1;

export class RiscvCore extends CachingCore {
  /** x0..x31, and one more that takes what is written to x0. */
  private readonly x = new Int32Array(33);
  private nextPc = 0;
  private reservation = NO_RESERVATION;

  constructor(private readonly bus: Bus) {
    super(new InstructionCache(bus, decodeAt, 1, 4));
  }

  get pc(): number {
    return this.nextPc >>> 0;
  }

  set pc(value: number) {
    this.nextPc = value | 0;
  }

  get(register: number): number {
    return this.x[register]!;
  }

  set(register: number, value: number): void {
    if (register !== 0) this.x[register] = value;
  }

  registers(): Register[] {
    const general = REGISTER_NAMES.map((name, i) => ({
      name,
      value: BigInt(this.x[i]! >>> 0),
      bits: 32 as const,
    }));
    return [{ name: 'pc', value: BigInt(this.pc), bits: 32 }, ...general];
  }

  state(): Int32Array {
    return Int32Array.of(this.nextPc, this.reservation, ...this.x.subarray(0, 32));
  }

  restore(state: Int32Array): void {
    this.nextPc = state[0]!;
    this.reservation = state[1]!;
    this.x.set(state.subarray(2));
  }

  finishSyscall(): void {
    this.nextPc = (this.nextPc + 4) | 0;
    this.retired++;
  }

  fork(bus: Bus): RiscvCore {
    const core = new RiscvCore(bus);
    core.x.set(this.x);
    core.nextPc = this.nextPc;
    core.retired = this.retired;
    core.timeBase = this.timeBase;
    core.reservation = this.reservation;
    core.cache = this.cache.fork(bus);
    core.executor = this.executor?.fork(bus);
    return core;
  }

  protected execute(limit: number): Stop {
    const { x, bus, cache } = this;
    const budget = (limit - this.retired) | 0;
    let left = budget;
    let pc = this.nextPc | 0;
    let page = NO_PAGE;
    let code: Int32Array = x;
    let stop: Stop = { kind: 'limit' };
    try {
      loop: while (left > 0) {
        if ((pc & Page.base) !== page) {
          code = cache.page(pc >>> 0);
          page = pc & Page.base;
        }
        const k = (pc & (Page.offset - 1)) << 1;
        const operation = code[k]!;
        switch (operation & 0xff) {
          case Reserved.notFetched:
            cache.fetch(pc >>> 0);
            page = NO_PAGE;
            continue;
          case Reserved.breakpoint:
            stop = { kind: 'breakpoint', pc: pc >>> 0 };
            break loop;
          case Op.lui:
            x[code[k + 1]!] = code[k + 2]!;
            break;
          case Op.auipc:
            x[code[k + 1]!] = pc + code[k + 2]!;
            break;
          case Op.jal:
            x[code[k + 1]!] = pc + (operation >> 8);
            pc = (pc + code[k + 2]!) | 0;
            left--;
            continue;
          case Op.jalr: {
            const target = (x[code[k + 2]!]! + code[k + 3]!) & -2;
            x[code[k + 1]!] = pc + (operation >> 8);
            pc = target;
            left--;
            continue;
          }
          case Op.beq:
            if (x[code[k + 1]!] !== x[code[k + 2]!]) break;
            pc = (pc + code[k + 3]!) | 0;
            left--;
            continue;
          case Op.bne:
            if (x[code[k + 1]!] === x[code[k + 2]!]) break;
            pc = (pc + code[k + 3]!) | 0;
            left--;
            continue;
          case Op.blt:
            if (x[code[k + 1]!]! >= x[code[k + 2]!]!) break;
            pc = (pc + code[k + 3]!) | 0;
            left--;
            continue;
          case Op.bge:
            if (x[code[k + 1]!]! < x[code[k + 2]!]!) break;
            pc = (pc + code[k + 3]!) | 0;
            left--;
            continue;
          case Op.bltu:
            if (x[code[k + 1]!]! >>> 0 >= x[code[k + 2]!]! >>> 0) break;
            pc = (pc + code[k + 3]!) | 0;
            left--;
            continue;
          case Op.bgeu:
            if (x[code[k + 1]!]! >>> 0 < x[code[k + 2]!]! >>> 0) break;
            pc = (pc + code[k + 3]!) | 0;
            left--;
            continue;
          case Op.lb:
            x[code[k + 1]!] = (bus.load8((x[code[k + 2]!]! + code[k + 3]!) | 0) << 24) >> 24;
            break;
          case Op.lh:
            x[code[k + 1]!] = (this.loadHalf((x[code[k + 2]!]! + code[k + 3]!) | 0) << 16) >> 16;
            break;
          case Op.lw: {
            const address = (x[code[k + 2]!]! + code[k + 3]!) | 0;
            x[code[k + 1]!] = (address & 3) === 0 ? bus.load32(address) : this.loadMisaligned(address);
            break;
          }
          case Op.lbu:
            x[code[k + 1]!] = bus.load8((x[code[k + 2]!]! + code[k + 3]!) | 0);
            break;
          case Op.lhu:
            x[code[k + 1]!] = this.loadHalf((x[code[k + 2]!]! + code[k + 3]!) | 0);
            break;
          case Op.sb:
            bus.store8((x[code[k + 1]!]! + code[k + 3]!) | 0, x[code[k + 2]!]!);
            break;
          case Op.sh: {
            const address = (x[code[k + 1]!]! + code[k + 3]!) | 0;
            if ((address & 1) === 0) bus.store16(address, x[code[k + 2]!]!);
            else this.storeMisaligned(address, x[code[k + 2]!]!, 2);
            break;
          }
          case Op.sw: {
            const address = (x[code[k + 1]!]! + code[k + 3]!) | 0;
            if ((address & 3) === 0) bus.store32(address, x[code[k + 2]!]!);
            else this.storeMisaligned(address, x[code[k + 2]!]!, 4);
            break;
          }
          case Op.addi:
            x[code[k + 1]!] = x[code[k + 2]!]! + code[k + 3]!;
            break;
          case Op.slti:
            x[code[k + 1]!] = x[code[k + 2]!]! < code[k + 3]! ? 1 : 0;
            break;
          case Op.sltiu:
            x[code[k + 1]!] = x[code[k + 2]!]! >>> 0 < code[k + 3]! >>> 0 ? 1 : 0;
            break;
          case Op.xori:
            x[code[k + 1]!] = x[code[k + 2]!]! ^ code[k + 3]!;
            break;
          case Op.ori:
            x[code[k + 1]!] = x[code[k + 2]!]! | code[k + 3]!;
            break;
          case Op.andi:
            x[code[k + 1]!] = x[code[k + 2]!]! & code[k + 3]!;
            break;
          case Op.slli:
            x[code[k + 1]!] = x[code[k + 2]!]! << code[k + 3]!;
            break;
          case Op.srli:
            x[code[k + 1]!] = x[code[k + 2]!]! >>> code[k + 3]!;
            break;
          case Op.srai:
            x[code[k + 1]!] = x[code[k + 2]!]! >> code[k + 3]!;
            break;
          case Op.add:
            x[code[k + 1]!] = x[code[k + 2]!]! + x[code[k + 3]!]!;
            break;
          case Op.sub:
            x[code[k + 1]!] = x[code[k + 2]!]! - x[code[k + 3]!]!;
            break;
          case Op.sll:
            x[code[k + 1]!] = x[code[k + 2]!]! << x[code[k + 3]!]!;
            break;
          case Op.slt:
            x[code[k + 1]!] = x[code[k + 2]!]! < x[code[k + 3]!]! ? 1 : 0;
            break;
          case Op.sltu:
            x[code[k + 1]!] = x[code[k + 2]!]! >>> 0 < x[code[k + 3]!]! >>> 0 ? 1 : 0;
            break;
          case Op.xor:
            x[code[k + 1]!] = x[code[k + 2]!]! ^ x[code[k + 3]!]!;
            break;
          case Op.srl:
            x[code[k + 1]!] = x[code[k + 2]!]! >>> x[code[k + 3]!]!;
            break;
          case Op.sra:
            x[code[k + 1]!] = x[code[k + 2]!]! >> x[code[k + 3]!]!;
            break;
          case Op.or:
            x[code[k + 1]!] = x[code[k + 2]!]! | x[code[k + 3]!]!;
            break;
          case Op.and:
            x[code[k + 1]!] = x[code[k + 2]!]! & x[code[k + 3]!]!;
            break;
          case Op.mul:
            x[code[k + 1]!] = Math.imul(x[code[k + 2]!]!, x[code[k + 3]!]!);
            break;
          case Op.mulh:
            x[code[k + 1]!] = highSigned(x[code[k + 2]!]!, x[code[k + 3]!]!);
            break;
          case Op.mulhsu:
            x[code[k + 1]!] = highSignedUnsigned(x[code[k + 2]!]!, x[code[k + 3]!]!);
            break;
          case Op.mulhu:
            x[code[k + 1]!] = highUnsigned(x[code[k + 2]!]!, x[code[k + 3]!]!);
            break;
          case Op.div: {
            const divisor = x[code[k + 3]!]!;
            x[code[k + 1]!] = divisor === 0 ? -1 : (x[code[k + 2]!]! / divisor) | 0;
            break;
          }
          case Op.divu: {
            const divisor = x[code[k + 3]!]! >>> 0;
            x[code[k + 1]!] = divisor === 0 ? -1 : (x[code[k + 2]!]! >>> 0) / divisor;
            break;
          }
          case Op.rem: {
            const divisor = x[code[k + 3]!]!;
            const dividend = x[code[k + 2]!]!;
            x[code[k + 1]!] = divisor === 0 ? dividend : dividend % divisor;
            break;
          }
          case Op.remu: {
            const divisor = x[code[k + 3]!]! >>> 0;
            const dividend = x[code[k + 2]!]! >>> 0;
            x[code[k + 1]!] = divisor === 0 ? dividend : dividend % divisor;
            break;
          }
          case Op.fence:
            break;
          case Op.fence_i:
            cache.synchronize();
            page = NO_PAGE;
            break;
          case Op.ecall:
            stop = { kind: 'syscall', pc: pc >>> 0 };
            break loop;
          case Op.ebreak:
            stop = { kind: 'break', pc: pc >>> 0 };
            break loop;
          case Op.illegal:
            stop = { kind: 'illegal', pc: pc >>> 0, word: code[k + 1]! >>> 0 };
            break loop;
          default:
            this.atomic(operation & 0xff, code[k + 1]!, x[code[k + 2]!]!, x[code[k + 3]!]!);
        }
        pc = (pc + (operation >> 8)) | 0;
        left--;
      }
    } catch (error) {
      stop = memoryTrap(error, pc);
    }
    this.nextPc = pc;
    this.retired += budget - left;
    return stop;
  }

  /** The A extension; `rd` is a register number, the others are values. */
  private atomic(op: Op, rd: number, address: number, value: number): void {
    const { x, bus } = this;
    if ((address & 3) !== 0) throw new MemoryFault(op === Op.lr_w ? 'read' : 'write', address, 'misaligned');
    if (op === Op.lr_w) {
      x[rd] = bus.load32(address);
      this.reservation = address;
      return;
    }
    if (op === Op.sc_w) {
      const held = this.reservation === address;
      if (held) bus.store32(address, value);
      this.reservation = NO_RESERVATION;
      x[rd] = held ? 0 : 1;
      return;
    }
    const old = bus.load32(address);
    bus.store32(address, combine(op, old, value));
    x[rd] = old;
  }

  private loadHalf(address: number): number {
    if ((address & 1) === 0) return this.bus.load16(address);
    return this.bus.load8(address) | (this.bus.load8((address + 1) | 0) << 8);
  }

  private loadMisaligned(address: number): number {
    return this.loadHalf(address) | (this.loadHalf((address + 2) | 0) << 16);
  }

  private storeMisaligned(address: number, value: number, bytes: 2 | 4): void {
    // Both pages are tried before anything changes, so that a fault leaves memory as it was.
    this.bus.checkWritable(address);
    const last = (address + bytes - 1) & Page.base;
    if (last !== (address & Page.base)) this.bus.checkWritable(last);
    for (let i = 0; i < bytes; i++) this.bus.store8((address + i) | 0, value >> (8 * i));
  }
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
