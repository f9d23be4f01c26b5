/**
 * Executes RV64GC.
 *
 * A register is two words, the low one at an even index; decoded operands are these indices. Programs live
 * below 4 GiB: pc and addresses are 32 bits wide, and an address that is not is where nothing is mapped.
 *
 * Source: The RISC-V Instruction Set Manual, Volume I: "RV64I", "M", "F", "D", "C", "Zifencei".
 */
import { memoryTrap } from '../caching-core.js';
import { MemoryFault, type Access, type Bus, type Stop } from '../core.js';
import { Reserved } from '../icache.js';
import { Page } from '../page.js';
import { divide, multiply, multiplyHigh, remainder } from './doubleword.js';
import { RiscvHart } from './hart.js';
import { Op } from './table.js';

/** No page: page numbers have their low bits clear. */
const NO_PAGE = 1;

export class Riscv64Core extends RiscvHart {
  constructor(bus: Bus) {
    super(bus, 64);
  }

  fork(bus: Bus): Riscv64Core {
    return new Riscv64Core(bus).copyFrom(this);
  }

  protected execute(limit: number): Stop {
    const { bus, cache } = this;
    const { x } = this.file;
    const { words } = this.floats;
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
          case Op.lui: {
            const d = code[k + 1]!;
            const value = code[k + 2]!;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.auipc: {
            const d = code[k + 1]!;
            const sum = (pc >>> 0) + code[k + 2]!;
            x[d] = sum;
            x[d + 1] = Math.floor(sum / 2 ** 32);
            break;
          }
          case Op.jal: {
            const d = code[k + 1]!;
            x[d] = pc + (operation >> 8);
            x[d + 1] = 0;
            pc = (pc + code[k + 2]!) | 0;
            left--;
            continue;
          }
          case Op.jalr: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const low = x[a]!;
            const target = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ target) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'fetch');
            x[d] = pc + (operation >> 8);
            x[d + 1] = 0;
            pc = target & -2;
            left--;
            continue;
          }
          case Op.beq: {
            const a = code[k + 1]!;
            const b = code[k + 2]!;
            if (x[a] !== x[b] || x[a + 1] !== x[b + 1]) break;
            pc = (pc + code[k + 3]!) | 0;
            left--;
            continue;
          }
          case Op.bne: {
            const a = code[k + 1]!;
            const b = code[k + 2]!;
            if (x[a] === x[b] && x[a + 1] === x[b + 1]) break;
            pc = (pc + code[k + 3]!) | 0;
            left--;
            continue;
          }
          case Op.blt: {
            const a = code[k + 1]!;
            const b = code[k + 2]!;
            const high = x[a + 1]!;
            const other = x[b + 1]!;
            if (high === other ? x[a]! >>> 0 >= x[b]! >>> 0 : high > other) break;
            pc = (pc + code[k + 3]!) | 0;
            left--;
            continue;
          }
          case Op.bge: {
            const a = code[k + 1]!;
            const b = code[k + 2]!;
            const high = x[a + 1]!;
            const other = x[b + 1]!;
            if (high === other ? x[a]! >>> 0 < x[b]! >>> 0 : high < other) break;
            pc = (pc + code[k + 3]!) | 0;
            left--;
            continue;
          }
          case Op.bltu: {
            const a = code[k + 1]!;
            const b = code[k + 2]!;
            const high = x[a + 1]! >>> 0;
            const other = x[b + 1]! >>> 0;
            if (high === other ? x[a]! >>> 0 >= x[b]! >>> 0 : high > other) break;
            pc = (pc + code[k + 3]!) | 0;
            left--;
            continue;
          }
          case Op.bgeu: {
            const a = code[k + 1]!;
            const b = code[k + 2]!;
            const high = x[a + 1]! >>> 0;
            const other = x[b + 1]! >>> 0;
            if (high === other ? x[a]! >>> 0 < x[b]! >>> 0 : high < other) break;
            pc = (pc + code[k + 3]!) | 0;
            left--;
            continue;
          }
          case Op.lb: {
            const a = code[k + 2]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'read');
            const value = (bus.load8(address) << 24) >> 24;
            const d = code[k + 1]!;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.lh: {
            const a = code[k + 2]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'read');
            const value = (this.loadHalf(address) << 16) >> 16;
            const d = code[k + 1]!;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.lw: {
            const a = code[k + 2]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'read');
            const value = (address & 3) === 0 ? bus.load32(address) : this.loadMisaligned(address);
            const d = code[k + 1]!;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.lbu: {
            const a = code[k + 2]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'read');
            const value = bus.load8(address);
            const d = code[k + 1]!;
            x[d] = value;
            x[d + 1] = 0;
            break;
          }
          case Op.lhu: {
            const a = code[k + 2]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'read');
            const value = this.loadHalf(address);
            const d = code[k + 1]!;
            x[d] = value;
            x[d + 1] = 0;
            break;
          }
          case Op.lwu: {
            const a = code[k + 2]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'read');
            const value = (address & 3) === 0 ? bus.load32(address) : this.loadMisaligned(address);
            const d = code[k + 1]!;
            x[d] = value;
            x[d + 1] = 0;
            break;
          }
          case Op.ld: {
            const a = code[k + 2]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'read');
            const d = code[k + 1]!;
            const value = (address & 3) === 0 ? bus.load32(address) : this.loadMisaligned(address);
            const next = (address + 4) | 0;
            x[d + 1] = (next & 3) === 0 ? bus.load32(next) : this.loadMisaligned(next);
            x[d] = value;
            break;
          }
          case Op.flw: {
            const a = code[k + 2]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'read');
            const d = code[k + 1]!;
            words[d] = (address & 3) === 0 ? bus.load32(address) : this.loadMisaligned(address);
            words[d + 1] = -1;
            break;
          }
          case Op.fld: {
            const a = code[k + 2]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'read');
            const d = code[k + 1]!;
            const value = (address & 3) === 0 ? bus.load32(address) : this.loadMisaligned(address);
            const next = (address + 4) | 0;
            words[d + 1] = (next & 3) === 0 ? bus.load32(next) : this.loadMisaligned(next);
            words[d] = value;
            break;
          }
          case Op.sb: {
            const a = code[k + 1]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'write');
            bus.store8(address, x[code[k + 2]!]!);
            break;
          }
          case Op.sh: {
            const a = code[k + 1]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'write');
            if ((address & 1) === 0) bus.store16(address, x[code[k + 2]!]!);
            else this.storeMisaligned(address, 2, x[code[k + 2]!]!);
            break;
          }
          case Op.sw: {
            const a = code[k + 1]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'write');
            if ((address & 3) === 0) bus.store32(address, x[code[k + 2]!]!);
            else this.storeMisaligned(address, 4, x[code[k + 2]!]!);
            break;
          }
          case Op.sd: {
            const a = code[k + 1]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'write');
            const b = code[k + 2]!;
            if ((address & 7) === 0) {
              bus.store32(address, x[b]!);
              bus.store32(address + 4, x[b + 1]!);
            } else this.storeMisaligned(address, 8, x[b]!, x[b + 1]);
            break;
          }
          case Op.fsw: {
            const a = code[k + 1]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'write');
            const b = code[k + 2]!;
            if ((address & 3) === 0) bus.store32(address, words[b]!);
            else this.storeMisaligned(address, 4, words[b]!);
            break;
          }
          case Op.fsd: {
            const a = code[k + 1]!;
            const low = x[a]!;
            const address = (low + code[k + 3]!) | 0;
            if ((x[a + 1]! | ((low ^ address) >>> 31)) !== 0) this.checkAddress(a, code[k + 3]!, 'write');
            const b = code[k + 2]!;
            if ((address & 7) === 0) {
              bus.store32(address, words[b]!);
              bus.store32(address + 4, words[b + 1]!);
            } else this.storeMisaligned(address, 8, words[b]!, words[b + 1]);
            break;
          }
          case Op.addi: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const immediate = code[k + 3]!;
            const old = x[a]!;
            const low = (old + immediate) | 0;
            x[d + 1] = x[a + 1]! + (immediate >> 31) + (low >>> 0 < old >>> 0 ? 1 : 0);
            x[d] = low;
            break;
          }
          case Op.slti: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const immediate = code[k + 3]!;
            const high = x[a + 1]!;
            const other = immediate >> 31;
            x[d] = (high === other ? x[a]! >>> 0 < immediate >>> 0 : high < other) ? 1 : 0;
            x[d + 1] = 0;
            break;
          }
          case Op.sltiu: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const immediate = code[k + 3]!;
            const high = x[a + 1]! >>> 0;
            const other = (immediate >> 31) >>> 0;
            x[d] = (high === other ? x[a]! >>> 0 < immediate >>> 0 : high < other) ? 1 : 0;
            x[d + 1] = 0;
            break;
          }
          case Op.xori: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const immediate = code[k + 3]!;
            x[d] = x[a]! ^ immediate;
            x[d + 1] = x[a + 1]! ^ (immediate >> 31);
            break;
          }
          case Op.ori: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const immediate = code[k + 3]!;
            x[d] = x[a]! | immediate;
            x[d + 1] = x[a + 1]! | (immediate >> 31);
            break;
          }
          case Op.andi: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const immediate = code[k + 3]!;
            x[d] = x[a]! & immediate;
            x[d + 1] = x[a + 1]! & (immediate >> 31);
            break;
          }
          case Op.slli:
            shiftLeft(x, code[k + 1]!, code[k + 2]!, code[k + 3]!);
            break;
          case Op.srli:
            shiftRight(x, code[k + 1]!, code[k + 2]!, code[k + 3]!);
            break;
          case Op.srai:
            shiftRightSigned(x, code[k + 1]!, code[k + 2]!, code[k + 3]!);
            break;
          case Op.add: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const b = code[k + 3]!;
            const old = x[a]!;
            const low = (old + x[b]!) | 0;
            x[d + 1] = x[a + 1]! + x[b + 1]! + (low >>> 0 < old >>> 0 ? 1 : 0);
            x[d] = low;
            break;
          }
          case Op.sub: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const b = code[k + 3]!;
            const low = x[a]!;
            const other = x[b]!;
            x[d + 1] = x[a + 1]! - x[b + 1]! - (low >>> 0 < other >>> 0 ? 1 : 0);
            x[d] = low - other;
            break;
          }
          case Op.sll:
            shiftLeft(x, code[k + 1]!, code[k + 2]!, x[code[k + 3]!]! & 63);
            break;
          case Op.slt: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const b = code[k + 3]!;
            const high = x[a + 1]!;
            const other = x[b + 1]!;
            x[d] = (high === other ? x[a]! >>> 0 < x[b]! >>> 0 : high < other) ? 1 : 0;
            x[d + 1] = 0;
            break;
          }
          case Op.sltu: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const b = code[k + 3]!;
            const high = x[a + 1]! >>> 0;
            const other = x[b + 1]! >>> 0;
            x[d] = (high === other ? x[a]! >>> 0 < x[b]! >>> 0 : high < other) ? 1 : 0;
            x[d + 1] = 0;
            break;
          }
          case Op.xor: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const b = code[k + 3]!;
            x[d] = x[a]! ^ x[b]!;
            x[d + 1] = x[a + 1]! ^ x[b + 1]!;
            break;
          }
          case Op.srl:
            shiftRight(x, code[k + 1]!, code[k + 2]!, x[code[k + 3]!]! & 63);
            break;
          case Op.sra:
            shiftRightSigned(x, code[k + 1]!, code[k + 2]!, x[code[k + 3]!]! & 63);
            break;
          case Op.or: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const b = code[k + 3]!;
            x[d] = x[a]! | x[b]!;
            x[d + 1] = x[a + 1]! | x[b + 1]!;
            break;
          }
          case Op.and: {
            const d = code[k + 1]!;
            const a = code[k + 2]!;
            const b = code[k + 3]!;
            x[d] = x[a]! & x[b]!;
            x[d + 1] = x[a + 1]! & x[b + 1]!;
            break;
          }
          case Op.addiw: {
            const d = code[k + 1]!;
            const value = (x[code[k + 2]!]! + code[k + 3]!) | 0;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.slliw: {
            const d = code[k + 1]!;
            const value = x[code[k + 2]!]! << code[k + 3]!;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.srliw: {
            const d = code[k + 1]!;
            const value = (x[code[k + 2]!]! >>> code[k + 3]!) | 0;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.sraiw: {
            const d = code[k + 1]!;
            const value = x[code[k + 2]!]! >> code[k + 3]!;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.addw: {
            const d = code[k + 1]!;
            const value = (x[code[k + 2]!]! + x[code[k + 3]!]!) | 0;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.subw: {
            const d = code[k + 1]!;
            const value = (x[code[k + 2]!]! - x[code[k + 3]!]!) | 0;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.sllw: {
            const d = code[k + 1]!;
            const value = x[code[k + 2]!]! << x[code[k + 3]!]!;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.srlw: {
            const d = code[k + 1]!;
            const value = (x[code[k + 2]!]! >>> x[code[k + 3]!]!) | 0;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.sraw: {
            const d = code[k + 1]!;
            const value = x[code[k + 2]!]! >> x[code[k + 3]!]!;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.mul:
            multiply(x, code[k + 1]!, code[k + 2]!, code[k + 3]!);
            break;
          case Op.mulh:
            multiplyHigh(x, code[k + 1]!, code[k + 2]!, code[k + 3]!, true, true);
            break;
          case Op.mulhsu:
            multiplyHigh(x, code[k + 1]!, code[k + 2]!, code[k + 3]!, true, false);
            break;
          case Op.mulhu:
            multiplyHigh(x, code[k + 1]!, code[k + 2]!, code[k + 3]!, false, false);
            break;
          case Op.div:
            divide(x, code[k + 1]!, code[k + 2]!, code[k + 3]!, true);
            break;
          case Op.divu:
            divide(x, code[k + 1]!, code[k + 2]!, code[k + 3]!, false);
            break;
          case Op.rem:
            remainder(x, code[k + 1]!, code[k + 2]!, code[k + 3]!, true);
            break;
          case Op.remu:
            remainder(x, code[k + 1]!, code[k + 2]!, code[k + 3]!, false);
            break;
          case Op.mulw: {
            const d = code[k + 1]!;
            const value = Math.imul(x[code[k + 2]!]!, x[code[k + 3]!]!);
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.divw: {
            const d = code[k + 1]!;
            const divisor = x[code[k + 3]!]!;
            const value = divisor === 0 ? -1 : (x[code[k + 2]!]! / divisor) | 0;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.divuw: {
            const d = code[k + 1]!;
            const divisor = x[code[k + 3]!]! >>> 0;
            const value = divisor === 0 ? -1 : ((x[code[k + 2]!]! >>> 0) / divisor) | 0;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.remw: {
            const d = code[k + 1]!;
            const divisor = x[code[k + 3]!]!;
            const dividend = x[code[k + 2]!]!;
            const value = divisor === 0 ? dividend : (dividend % divisor) | 0;
            x[d] = value;
            x[d + 1] = value >> 31;
            break;
          }
          case Op.remuw: {
            const d = code[k + 1]!;
            const divisor = x[code[k + 3]!]! >>> 0;
            const dividend = x[code[k + 2]!]! >>> 0;
            const value = (divisor === 0 ? dividend : dividend % divisor) | 0;
            x[d] = value;
            x[d + 1] = value >> 31;
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
            if (this.rare(operation & 0xff, code[k + 1]!, budget - left)) break;
            stop = { kind: 'illegal', pc: pc >>> 0, word: code[k + 1]! >>> 0 };
            break loop;
        }
        pc = (pc + (operation >> 8)) | 0;
        left--;
      }
    } catch (error) {
      stop = memoryTrap(error, pc, 64);
    }
    this.nextPc = pc;
    this.retired += budget - left;
    return stop;
  }

  /** @throws MemoryFault when the register at index `a` plus `immediate` is beyond 32 bits. */
  private checkAddress(a: number, immediate: number, access: Access): void {
    const address = this.file.number(a >> 1) + immediate;
    if (address < 0 || address >= 2 ** 32) throw new MemoryFault(access, address, 'unmapped');
  }
}

function shiftLeft(x: Int32Array, d: number, a: number, count: number): void {
  const low = x[a]!;
  // JavaScript shifts by the count's lowest five bits.
  if (count < 32) {
    x[d + 1] = (x[a + 1]! << count) | ((low >>> 1) >>> (31 - count));
    x[d] = low << count;
  } else {
    x[d + 1] = low << count;
    x[d] = 0;
  }
}

function shiftRight(x: Int32Array, d: number, a: number, count: number): void {
  const high = x[a + 1]!;
  if (count < 32) {
    x[d] = (x[a]! >>> count) | ((high << 1) << (31 - count));
    x[d + 1] = high >>> count;
  } else {
    x[d] = high >>> count;
    x[d + 1] = 0;
  }
}

function shiftRightSigned(x: Int32Array, d: number, a: number, count: number): void {
  const high = x[a + 1]!;
  if (count < 32) {
    x[d] = (x[a]! >>> count) | ((high << 1) << (31 - count));
    x[d + 1] = high >> count;
  } else {
    x[d] = high >> count;
    x[d + 1] = high >> 31;
  }
}
