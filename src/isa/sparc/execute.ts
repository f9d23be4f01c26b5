/**
 * Executes the SPARC V8 integer unit as a Linux process sees it.
 *
 * An instruction leaves two addresses behind: pc, the next one, and nPC, the one after. A control transfer
 * chooses what follows nPC, so the instruction at nPC (the delay slot) still executes, unless it is annulled:
 * then it is skipped and does not count as retired. Transfers in delay slots need nothing more.
 *
 * The condition codes of the commonest instructions are spelled out: they are those of arithmetic.ts, which as calls
 * cost as much again.
 *
 * Window traps are served here as the kernel serves them, see windows.ts. Misaligned accesses trap, as the
 * bus reports them. A write to Y is seen at once, although the manual lets it take three instructions.
 *
 * Source: The SPARC Architecture Manual, Version 8, chapter 5 "Instructions" and appendices B and C.
 */
import { memoryTrap } from '../caching-core.js';
import { MemoryFault, type Bus, type Stop } from '../core.js';
import { InstructionCache, Reserved } from '../icache.js';
import { Page } from '../page.js';
import { highSigned, highUnsigned } from '../multiply.js';
import { addFlags, divide, Icc, logicFlags, subFlags } from './arithmetic.js';
import { decodeAt } from './decode.js';
import { FloatingPoint } from './float.js';
import { SparcHart, TAG_OVERFLOW } from './hart.js';
import { Op, Operand } from './operations.js';
import { Place, secondOf, sourceOf } from './registers.js';
import { WindowFile } from './windows.js';

/** No page: bit 2 is masked out of what is compared. */
const NO_PAGE = 4;

/** Of the PSR, what is always so in a user process: floating point and traps enabled, seen from the kernel. */
const PSR_USER = 0x10e0;
const PSR_ICC = 20;

export class SparcCore extends SparcHart {
  icc = 0;
  protected windows = new WindowFile();

  constructor(bus: Bus) {
    super(bus, new InstructionCache(bus, decodeAt, 2, 4), new FloatingPoint('v8'));
  }

  get psr(): number {
    return (this.icc << PSR_ICC) | PSR_USER | this.windows.cwp;
  }

  set psr(value: number) {
    this.icc = (value >>> PSR_ICC) & 15;
  }

  set(register: number, value: number): void {
    this.windows.set(register, value);
  }

  setCarry(failed: boolean): void {
    this.icc = (this.icc & ~Icc.carry) | (failed ? Icc.carry : 0);
  }

  state(): Int32Array {
    const { nextPc, afterNext, icc, y, windows, floatingPoint } = this;
    return Int32Array.of(nextPc, afterNext, icc, y, ...windows.state(), ...floatingPoint.state());
  }

  restore(state: Int32Array): void {
    const [pc, nPc, icc, y] = state;
    this.nextPc = pc!;
    this.afterNext = nPc!;
    this.icc = icc!;
    this.y = y!;
    this.floatingPoint.restoreState(this.windows.restoreState(state.subarray(4)));
  }

  fork(bus: Bus): SparcCore {
    const core = new SparcCore(bus);
    core.become(this, bus);
    core.icc = this.icc;
    return core;
  }

  protected execute(limit: number): Stop {
    const { bus, cache, windows, floatingPoint: float } = this;
    let { r } = windows;
    const budget = (limit - this.retired) | 0;
    let left = budget;
    let pc = this.nextPc | 0;
    let npc = this.afterNext | 0;
    let icc = this.icc | 0;
    let page = NO_PAGE;
    let code: Int32Array = r;
    let stop: Stop = { kind: 'limit' };
    try {
      loop: while (left > 0) {
        // A misaligned pc is on no page, so that it goes the slow way and faults there.
        if ((pc & (Page.base | 3)) !== page) {
          if ((pc & 3) !== 0) throw new MemoryFault('fetch', pc, 'misaligned');
          code = cache.page(pc >>> 0);
          page = pc & Page.base;
        }
        // Four bytes an instruction, four words a slot.
        const k = pc & Page.offset;
        const operation = code[k]!;
        let after = (npc + 4) | 0;
        switch (operation) {
          case Reserved.notFetched:
            cache.fetch(pc >>> 0);
            page = NO_PAGE;
            continue;
          case Reserved.breakpoint:
            stop = { kind: 'breakpoint', pc: pc >>> 0 };
            break loop;
          case Op.sethi:
            r[code[k + 1]!] = code[k + 2]!;
            break;
          case Op.bicc:
            if (((code[k + 1]! >>> icc) & 1) !== 0) after = (pc + code[k + 2]!) | 0;
            break;
          case Op.bicc_a:
            if (((code[k + 1]! >>> icc) & 1) !== 0) {
              after = (pc + code[k + 2]!) | 0;
            } else {
              npc = after;
              after = (npc + 4) | 0;
            }
            break;
          case Op.ba_a:
            npc = (pc + code[k + 2]!) | 0;
            after = (npc + 4) | 0;
            break;
          case Op.call:
            r[Place.o7] = pc;
            after = (pc + code[k + 1]!) | 0;
            break;
          case Op.fb:
            if (((code[k + 1]! >>> float.fcc) & 1) !== 0) after = (pc + code[k + 2]!) | 0;
            break;
          case Op.fb_a:
            if (((code[k + 1]! >>> float.fcc) & 1) !== 0) {
              after = (pc + code[k + 2]!) | 0;
            } else {
              npc = after;
              after = (npc + 4) | 0;
            }
            break;
          case Op.jmpl: {
            const target = (r[code[k + 2]!]! + r[code[k + 3]!]!) | 0;
            if ((target & 3) !== 0) throw new MemoryFault('fetch', target, 'misaligned');
            r[code[k + 1]!] = pc;
            after = target;
            break;
          }
          case Op.jmpli: {
            const target = (r[code[k + 2]!]! + code[k + 3]!) | 0;
            if ((target & 3) !== 0) throw new MemoryFault('fetch', target, 'misaligned');
            r[code[k + 1]!] = pc;
            after = target;
            break;
          }
          case Op.ticc: {
            if (((code[k + 1]! >>> icc) & 1) === 0) break;
            const trap = this.softwareTrap((r[code[k + 2]!]! + r[code[k + 3]!]!) & 0x7f, pc);
            if (trap === undefined) break;
            stop = trap;
            break loop;
          }
          case Op.ticci: {
            if (((code[k + 1]! >>> icc) & 1) === 0) break;
            const trap = this.softwareTrap((r[code[k + 2]!]! + code[k + 3]!) & 0x7f, pc);
            if (trap === undefined) break;
            stop = trap;
            break loop;
          }
          case Op.ld:
            r[code[k + 1]!] = bus.load32((r[code[k + 2]!]! + r[code[k + 3]!]!) | 0);
            break;
          case Op.ldi:
            r[code[k + 1]!] = bus.load32((r[code[k + 2]!]! + code[k + 3]!) | 0);
            break;
          case Op.ldsb:
            r[code[k + 1]!] = (bus.load8((r[code[k + 2]!]! + r[code[k + 3]!]!) | 0) << 24) >> 24;
            break;
          case Op.ldsbi:
            r[code[k + 1]!] = (bus.load8((r[code[k + 2]!]! + code[k + 3]!) | 0) << 24) >> 24;
            break;
          case Op.ldsh:
            r[code[k + 1]!] = (bus.load16((r[code[k + 2]!]! + r[code[k + 3]!]!) | 0) << 16) >> 16;
            break;
          case Op.ldshi:
            r[code[k + 1]!] = (bus.load16((r[code[k + 2]!]! + code[k + 3]!) | 0) << 16) >> 16;
            break;
          case Op.ldub:
            r[code[k + 1]!] = bus.load8((r[code[k + 2]!]! + r[code[k + 3]!]!) | 0);
            break;
          case Op.ldubi:
            r[code[k + 1]!] = bus.load8((r[code[k + 2]!]! + code[k + 3]!) | 0);
            break;
          case Op.lduh:
            r[code[k + 1]!] = bus.load16((r[code[k + 2]!]! + r[code[k + 3]!]!) | 0);
            break;
          case Op.lduhi:
            r[code[k + 1]!] = bus.load16((r[code[k + 2]!]! + code[k + 3]!) | 0);
            break;
          case Op.ldd:
            this.loadDouble(code[k + 1]!, (r[code[k + 2]!]! + r[code[k + 3]!]!) | 0);
            break;
          case Op.lddi:
            this.loadDouble(code[k + 1]!, (r[code[k + 2]!]! + code[k + 3]!) | 0);
            break;
          case Op.st:
            bus.store32((r[code[k + 2]!]! + r[code[k + 3]!]!) | 0, r[code[k + 1]!]!);
            break;
          case Op.sti:
            bus.store32((r[code[k + 2]!]! + code[k + 3]!) | 0, r[code[k + 1]!]!);
            break;
          case Op.stb:
            bus.store8((r[code[k + 2]!]! + r[code[k + 3]!]!) | 0, r[code[k + 1]!]!);
            break;
          case Op.stbi:
            bus.store8((r[code[k + 2]!]! + code[k + 3]!) | 0, r[code[k + 1]!]!);
            break;
          case Op.sth:
            bus.store16((r[code[k + 2]!]! + r[code[k + 3]!]!) | 0, r[code[k + 1]!]!);
            break;
          case Op.sthi:
            bus.store16((r[code[k + 2]!]! + code[k + 3]!) | 0, r[code[k + 1]!]!);
            break;
          case Op.std:
            this.storeDouble(code[k + 1]!, (r[code[k + 2]!]! + r[code[k + 3]!]!) | 0);
            break;
          case Op.stdi:
            this.storeDouble(code[k + 1]!, (r[code[k + 2]!]! + code[k + 3]!) | 0);
            break;
          case Op.add:
            r[code[k + 1]!] = r[code[k + 2]!]! + r[code[k + 3]!]!;
            break;
          case Op.addi:
            r[code[k + 1]!] = r[code[k + 2]!]! + code[k + 3]!;
            break;
          case Op.addcc: {
            const x = r[code[k + 2]!]!;
            const y = r[code[k + 3]!]!;
            const z = (x + y) | 0;
            icc =
              ((z >> 28) & Icc.negative) |
              ((~(z | -z) >>> 29) & Icc.zero) |
              ((((x ^ z) & (y ^ z)) >> 30) & Icc.overflow) |
              (((x & y) | ((x | y) & ~z)) >>> 31);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.addcci: {
            const x = r[code[k + 2]!]!;
            const y = code[k + 3]!;
            const z = (x + y) | 0;
            icc =
              ((z >> 28) & Icc.negative) |
              ((~(z | -z) >>> 29) & Icc.zero) |
              ((((x ^ z) & (y ^ z)) >> 30) & Icc.overflow) |
              (((x & y) | ((x | y) & ~z)) >>> 31);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.addx:
            r[code[k + 1]!] = r[code[k + 2]!]! + r[code[k + 3]!]! + (icc & Icc.carry);
            break;
          case Op.addxi:
            r[code[k + 1]!] = r[code[k + 2]!]! + code[k + 3]! + (icc & Icc.carry);
            break;
          case Op.addxcc: {
            const x = r[code[k + 2]!]!;
            const y = r[code[k + 3]!]!;
            const z = (x + y + (icc & Icc.carry)) | 0;
            icc = addFlags(x, y, z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.addxcci: {
            const x = r[code[k + 2]!]!;
            const y = code[k + 3]!;
            const z = (x + y + (icc & Icc.carry)) | 0;
            icc = addFlags(x, y, z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.sub:
            r[code[k + 1]!] = r[code[k + 2]!]! - r[code[k + 3]!]!;
            break;
          case Op.subi:
            r[code[k + 1]!] = r[code[k + 2]!]! - code[k + 3]!;
            break;
          case Op.subcc: {
            const x = r[code[k + 2]!]!;
            const y = r[code[k + 3]!]!;
            const z = (x - y) | 0;
            icc =
              ((z >> 28) & Icc.negative) |
              ((~(z | -z) >>> 29) & Icc.zero) |
              ((((x ^ y) & (x ^ z)) >> 30) & Icc.overflow) |
              (((~x & y) | ((~x | y) & z)) >>> 31);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.subcci: {
            const x = r[code[k + 2]!]!;
            const y = code[k + 3]!;
            const z = (x - y) | 0;
            icc =
              ((z >> 28) & Icc.negative) |
              ((~(z | -z) >>> 29) & Icc.zero) |
              ((((x ^ y) & (x ^ z)) >> 30) & Icc.overflow) |
              (((~x & y) | ((~x | y) & z)) >>> 31);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.subx:
            r[code[k + 1]!] = r[code[k + 2]!]! - r[code[k + 3]!]! - (icc & Icc.carry);
            break;
          case Op.subxi:
            r[code[k + 1]!] = r[code[k + 2]!]! - code[k + 3]! - (icc & Icc.carry);
            break;
          case Op.subxcc: {
            const x = r[code[k + 2]!]!;
            const y = r[code[k + 3]!]!;
            const z = (x - y - (icc & Icc.carry)) | 0;
            icc = subFlags(x, y, z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.subxcci: {
            const x = r[code[k + 2]!]!;
            const y = code[k + 3]!;
            const z = (x - y - (icc & Icc.carry)) | 0;
            icc = subFlags(x, y, z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.and:
            r[code[k + 1]!] = r[code[k + 2]!]! & r[code[k + 3]!]!;
            break;
          case Op.andi:
            r[code[k + 1]!] = r[code[k + 2]!]! & code[k + 3]!;
            break;
          case Op.andcc: {
            const z = r[code[k + 2]!]! & r[code[k + 3]!]!;
            icc = ((z >> 28) & Icc.negative) | ((~(z | -z) >>> 29) & Icc.zero);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.andcci: {
            const z = r[code[k + 2]!]! & code[k + 3]!;
            icc = ((z >> 28) & Icc.negative) | ((~(z | -z) >>> 29) & Icc.zero);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.andn:
            r[code[k + 1]!] = r[code[k + 2]!]! & ~r[code[k + 3]!]!;
            break;
          case Op.andni:
            r[code[k + 1]!] = r[code[k + 2]!]! & ~code[k + 3]!;
            break;
          case Op.andncc: {
            const z = r[code[k + 2]!]! & ~r[code[k + 3]!]!;
            icc = logicFlags(z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.andncci: {
            const z = r[code[k + 2]!]! & ~code[k + 3]!;
            icc = logicFlags(z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.or:
            r[code[k + 1]!] = r[code[k + 2]!]! | r[code[k + 3]!]!;
            break;
          case Op.ori:
            r[code[k + 1]!] = r[code[k + 2]!]! | code[k + 3]!;
            break;
          case Op.orcc: {
            const z = r[code[k + 2]!]! | r[code[k + 3]!]!;
            icc = ((z >> 28) & Icc.negative) | ((~(z | -z) >>> 29) & Icc.zero);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.orcci: {
            const z = r[code[k + 2]!]! | code[k + 3]!;
            icc = ((z >> 28) & Icc.negative) | ((~(z | -z) >>> 29) & Icc.zero);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.orn:
            r[code[k + 1]!] = r[code[k + 2]!]! | ~r[code[k + 3]!]!;
            break;
          case Op.orni:
            r[code[k + 1]!] = r[code[k + 2]!]! | ~code[k + 3]!;
            break;
          case Op.orncc: {
            const z = r[code[k + 2]!]! | ~r[code[k + 3]!]!;
            icc = logicFlags(z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.orncci: {
            const z = r[code[k + 2]!]! | ~code[k + 3]!;
            icc = logicFlags(z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.xor:
            r[code[k + 1]!] = r[code[k + 2]!]! ^ r[code[k + 3]!]!;
            break;
          case Op.xori:
            r[code[k + 1]!] = r[code[k + 2]!]! ^ code[k + 3]!;
            break;
          case Op.xorcc: {
            const z = r[code[k + 2]!]! ^ r[code[k + 3]!]!;
            icc = logicFlags(z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.xorcci: {
            const z = r[code[k + 2]!]! ^ code[k + 3]!;
            icc = logicFlags(z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.xnor:
            r[code[k + 1]!] = ~(r[code[k + 2]!]! ^ r[code[k + 3]!]!);
            break;
          case Op.xnori:
            r[code[k + 1]!] = ~(r[code[k + 2]!]! ^ code[k + 3]!);
            break;
          case Op.xnorcc: {
            const z = ~(r[code[k + 2]!]! ^ r[code[k + 3]!]!);
            icc = logicFlags(z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.xnorcci: {
            const z = ~(r[code[k + 2]!]! ^ code[k + 3]!);
            icc = logicFlags(z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.sll:
            r[code[k + 1]!] = r[code[k + 2]!]! << r[code[k + 3]!]!;
            break;
          case Op.slli:
            r[code[k + 1]!] = r[code[k + 2]!]! << code[k + 3]!;
            break;
          case Op.srl:
            r[code[k + 1]!] = r[code[k + 2]!]! >>> r[code[k + 3]!]!;
            break;
          case Op.srli:
            r[code[k + 1]!] = r[code[k + 2]!]! >>> code[k + 3]!;
            break;
          case Op.sra:
            r[code[k + 1]!] = r[code[k + 2]!]! >> r[code[k + 3]!]!;
            break;
          case Op.srai:
            r[code[k + 1]!] = r[code[k + 2]!]! >> code[k + 3]!;
            break;
          case Op.umul: {
            const x = r[code[k + 2]!]!;
            const y = r[code[k + 3]!]!;
            this.y = highUnsigned(x, y);
            r[code[k + 1]!] = Math.imul(x, y);
            break;
          }
          case Op.umuli: {
            const x = r[code[k + 2]!]!;
            const y = code[k + 3]!;
            this.y = highUnsigned(x, y);
            r[code[k + 1]!] = Math.imul(x, y);
            break;
          }
          case Op.smul: {
            const x = r[code[k + 2]!]!;
            const y = r[code[k + 3]!]!;
            this.y = highSigned(x, y);
            r[code[k + 1]!] = Math.imul(x, y);
            break;
          }
          case Op.smuli: {
            const x = r[code[k + 2]!]!;
            const y = code[k + 3]!;
            this.y = highSigned(x, y);
            r[code[k + 1]!] = Math.imul(x, y);
            break;
          }
          case Op.save: {
            const value = r[code[k + 2]!]! + r[code[k + 3]!]!;
            windows.save(bus);
            r = windows.r;
            r[code[k + 1]!] = value;
            break;
          }
          case Op.savei: {
            const value = r[code[k + 2]!]! + code[k + 3]!;
            windows.save(bus);
            r = windows.r;
            r[code[k + 1]!] = value;
            break;
          }
          case Op.restore: {
            const value = r[code[k + 2]!]! + r[code[k + 3]!]!;
            windows.restore(bus);
            r = windows.r;
            r[code[k + 1]!] = value;
            break;
          }
          case Op.restorei: {
            const value = r[code[k + 2]!]! + code[k + 3]!;
            windows.restore(bus);
            r = windows.r;
            r[code[k + 1]!] = value;
            break;
          }
          case Op.rdy:
            r[code[k + 1]!] = this.y;
            break;
          case Op.nothing:
            break;
          case Op.illegal:
            stop = { kind: 'illegal', pc: pc >>> 0, word: code[k + 1]! >>> 0 };
            break loop;
          default: {
            let trap: Stop | undefined;
            if (operation >= Op.firstFloat && operation < Operand.immediate) {
              trap = this.operateFloat(operation, code[k + 1]!, code[k + 2]!, code[k + 3]!, pc);
            } else {
              const operand = operation < Operand.immediate ? r[code[k + 3]!]! : code[k + 3]!;
              const base = r[code[k + 2]!]!;
              this.icc = icc;
              trap = this.uncommon(operation & ~Operand.immediate, code[k + 1]!, base, operand, pc);
              icc = this.icc | 0;
              // It may have been a flush.
              page = NO_PAGE;
            }
            if (trap !== undefined) {
              stop = trap;
              break loop;
            }
          }
        }
        pc = npc;
        npc = after;
        left--;
      }
    } catch (error) {
      stop = memoryTrap(error, pc);
    }
    this.nextPc = pc;
    this.afterNext = npc;
    this.icc = icc;
    this.retired += budget - left;
    return stop;
  }

  /** What programs rarely do; `rd` is a register number, `x` and `y` are the values of the operands. */
  private uncommon(op: number, rd: number, x: number, y: number, at: number): Stop | undefined {
    const { r } = this.windows;
    switch (op) {
      case Op.ldstub: {
        const address = (x + y) | 0;
        const old = this.bus.load8(address);
        this.bus.store8(address, 0xff);
        r[rd] = old;
        return undefined;
      }
      case Op.swap: {
        const address = (x + y) | 0;
        const old = this.bus.load32(address);
        this.bus.store32(address, r[sourceOf(rd)]!);
        r[rd] = old;
        return undefined;
      }
      case Op.wry:
        this.y = x ^ y;
        return undefined;
      case Op.flush: {
        const doubleword = ((x + y) & -8) >>> 0;
        this.cache.synchronize(doubleword, doubleword + 8);
        return undefined;
      }
      case Op.umulcc:
      case Op.smulcc: {
        const low = Math.imul(x, y);
        this.y = op === Op.umulcc ? highUnsigned(x, y) : highSigned(x, y);
        this.icc = logicFlags(low);
        r[rd] = low;
        return undefined;
      }
      case Op.udiv:
      case Op.sdiv:
      case Op.udivcc:
      case Op.sdivcc:
        if (y === 0) return { kind: 'divide-by-zero', pc: at >>> 0 };
        this.divide(op, rd, x, y);
        return undefined;
      case Op.mulscc:
        r[rd] = this.multiplyStep(x, y);
        return undefined;
      case Op.taddcc:
      case Op.tsubcc:
      case Op.taddcctv:
      case Op.tsubcctv: {
        const adds = op === Op.taddcc || op === Op.taddcctv;
        const z = (adds ? x + y : x - y) | 0;
        const flags =
          (adds ? addFlags(x, y, z) : subFlags(x, y, z)) | (((x | y) & 3) !== 0 ? Icc.overflow : 0);
        const traps = op === Op.taddcctv || op === Op.tsubcctv;
        if (traps && (flags & Icc.overflow) !== 0) {
          return { kind: 'trap-instruction', pc: at >>> 0, number: TAG_OVERFLOW };
        }
        this.icc = flags;
        r[rd] = z;
        return undefined;
      }
      case Op.lddf:
      case Op.stdf: {
        const address = (x + y) | 0;
        if ((address & 7) !== 0)
          throw new MemoryFault(op === Op.lddf ? 'read' : 'write', address, 'misaligned');
        this.moveFloat(op, rd, address);
        return undefined;
      }
      default:
        this.moveFloat(op, rd, (x + y) | 0);
        return undefined;
    }
  }

  private divide(op: Op, rd: number, x: number, divisor: number): void {
    const signed = op === Op.sdiv || op === Op.sdivcc;
    const { quotient, overflow } = divide(signed, this.y, x, divisor);
    if (op === Op.udivcc || op === Op.sdivcc)
      this.icc = logicFlags(quotient | 0) | (overflow ? Icc.overflow : 0);
    this.windows.r[rd] = quotient;
  }

  private loadDouble(rd: number, address: number): void {
    if ((address & 7) !== 0) throw new MemoryFault('read', address, 'misaligned');
    const { r } = this.windows;
    const first = this.bus.load32(address);
    const second = this.bus.load32(address + 4);
    r[rd] = first;
    r[secondOf(rd)] = second;
  }

  private storeDouble(rd: number, address: number): void {
    // Aligned, both words are on one page, so the second cannot fault after the first.
    if ((address & 7) !== 0) throw new MemoryFault('write', address, 'misaligned');
    const { r } = this.windows;
    this.bus.store32(address, r[rd]!);
    this.bus.store32(address + 4, r[rd + 1]!);
  }
}
