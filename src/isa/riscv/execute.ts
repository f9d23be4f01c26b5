/**
 * Executes RV32GC.
 *
 * Source: The RISC-V Instruction Set Manual, Volume I: "RV32I", "M", "F", "D", "C", "Zifencei".
 */
import { memoryTrap } from '../caching-core.js';
import type { Bus, Stop } from '../core.js';
import { Reserved } from '../icache.js';
import { Page } from '../page.js';
import { highSigned, highSignedUnsigned, highUnsigned } from '../multiply.js';
import { RiscvHart } from './hart.js';
import { Op } from './table.js';

/** No page: page numbers have their low bits clear. */
const NO_PAGE = 1;

export class RiscvCore extends RiscvHart {
  constructor(bus: Bus) {
    super(bus, 32);
  }

  fork(bus: Bus): RiscvCore {
    return new RiscvCore(bus).copyFrom(this);
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
          case Op.flw: {
            const address = (x[code[k + 2]!]! + code[k + 3]!) | 0;
            const d = code[k + 1]!;
            words[d] = (address & 3) === 0 ? bus.load32(address) : this.loadMisaligned(address);
            words[d + 1] = -1;
            break;
          }
          case Op.fld: {
            const address = (x[code[k + 2]!]! + code[k + 3]!) | 0;
            const d = code[k + 1]!;
            const low = (address & 3) === 0 ? bus.load32(address) : this.loadMisaligned(address);
            const next = (address + 4) | 0;
            words[d + 1] = (next & 3) === 0 ? bus.load32(next) : this.loadMisaligned(next);
            words[d] = low;
            break;
          }
          case Op.sb:
            bus.store8((x[code[k + 1]!]! + code[k + 3]!) | 0, x[code[k + 2]!]!);
            break;
          case Op.sh: {
            const address = (x[code[k + 1]!]! + code[k + 3]!) | 0;
            if ((address & 1) === 0) bus.store16(address, x[code[k + 2]!]!);
            else this.storeMisaligned(address, 2, x[code[k + 2]!]!);
            break;
          }
          case Op.sw: {
            const address = (x[code[k + 1]!]! + code[k + 3]!) | 0;
            if ((address & 3) === 0) bus.store32(address, x[code[k + 2]!]!);
            else this.storeMisaligned(address, 4, x[code[k + 2]!]!);
            break;
          }
          case Op.fsw: {
            const address = (x[code[k + 1]!]! + code[k + 3]!) | 0;
            if ((address & 3) === 0) bus.store32(address, words[code[k + 2]!]!);
            else this.storeMisaligned(address, 4, words[code[k + 2]!]!);
            break;
          }
          case Op.fsd: {
            const address = (x[code[k + 1]!]! + code[k + 3]!) | 0;
            const b = code[k + 2]!;
            if ((address & 7) === 0) {
              bus.store32(address, words[b]!);
              bus.store32(address + 4, words[b + 1]!);
            } else this.storeMisaligned(address, 8, words[b]!, words[b + 1]);
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
            if (this.rare(operation & 0xff, code[k + 1]!, budget - left)) break;
            stop = { kind: 'illegal', pc: pc >>> 0, word: code[k + 1]! >>> 0 };
            break loop;
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
}
