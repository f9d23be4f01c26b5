/**
 * Executes the SPARC V8 integer unit as a Linux process sees it.
 *
 * An instruction leaves two addresses behind: pc, the next one, and nPC, the one after. A control transfer
 * chooses what follows nPC, so the instruction at nPC (the delay slot) still executes, unless it is annulled:
 * then it is skipped and does not count as retired. Transfers in delay slots need nothing more.
 *
 * Window traps are served here as the kernel serves them, see windows.ts. Misaligned accesses trap, as the
 * bus reports them. A write to Y is seen at once, although the manual lets it take three instructions.
 *
 * Source: The SPARC Architecture Manual, Version 8, chapter 5 "Instructions" and appendices B and C.
 */
import { CachingCore, memoryTrap } from '../caching-core.js';
import { MemoryFault, type Bus, type Register, type Stop } from '../core.js';
import { InstructionCache, Page, Reserved } from '../icache.js';
import { highSigned, highUnsigned } from '../multiply.js';
import { O7, REGISTER_NAMES } from './abi.js';
import { addFlags, divide, Icc, logicFlags, subFlags } from './arithmetic.js';
import { decodeAt } from './decode.js';
import { IMMEDIATE, Op } from './table.js';
import { WindowFile, type LiveWindow } from './windows.js';

/**
 * Number of the `trap-instruction` trap of taddcctv and tsubcctv: trap type 0x0a counted, as the software
 * traps of Ticc are, from 0x80. So no Ticc has the same.
 */
export const TAG_OVERFLOW = 0x0a - 0x80;

/**
 * Software traps that do not simply end the program.
 *
 * Source: System V ABI, SPARC Processor Supplement, "Software Trap Types"; Linux, arch/sparc/kernel/ttable_32.S.
 */
const enum SoftwareTrap {
  breakpoint = 1,
  divideByZero = 2,
  flushWindows = 3,
  cleanWindows = 4,
  systemCall = 0x10,
}

/** No page: bit 2 is masked out of what is compared. */
const NO_PAGE = 4;

export class SparcCore extends CachingCore {
  /** The integer condition codes: the sum of NEGATIVE, ZERO, Icc.overflow and Icc.carry that are set. */
  icc = 0;
  /** The Y register, as a signed 32-bit number. */
  y = 0;
  private nextPc = 0;
  private afterNext = 4;
  private windows = new WindowFile();

  constructor(private readonly bus: Bus) {
    super(new InstructionCache(bus, decodeAt, 2, 4));
  }

  get pc(): number {
    return this.nextPc >>> 0;
  }

  /** Execution goes on here and after it; to stand in a delay slot, set `nPc` afterwards. */
  set pc(value: number) {
    this.nextPc = value | 0;
    this.afterNext = (value + 4) | 0;
  }

  /** Address of the instruction after the next, unsigned. */
  get nPc(): number {
    return this.afterNext >>> 0;
  }

  set nPc(value: number) {
    this.afterNext = value | 0;
  }

  get(register: number): number {
    return this.windows.r[register]!;
  }

  set(register: number, value: number): void {
    if (register !== 0) this.windows.r[register] = value;
  }

  registers(): Register[] {
    const { r, wim, cwp } = this.windows;
    const { pc, nPc: npc, icc } = this;
    const special = { pc, npc, icc, wim, y: this.y >>> 0, cwp };
    const show = (name: string, value: number): Register => ({ name, value: BigInt(value >>> 0), bits: 32 });
    const general = REGISTER_NAMES.map((name, i) => show(name, r[i]!));
    return [...Object.entries(special).map(([name, value]) => show(name, value)), ...general];
  }

  state(): Int32Array {
    return Int32Array.of(this.nextPc, this.afterNext, this.icc, this.y, ...this.windows.state());
  }

  restore(state: Int32Array): void {
    const [pc, nPc, icc, y] = state;
    this.nextPc = pc!;
    this.afterNext = nPc!;
    this.icc = icc!;
    this.y = y!;
    this.windows.restoreState(state.subarray(4));
  }

  /** The windows still in the file, from the current one outwards. */
  liveWindows(): LiveWindow[] {
    return this.windows.liveWindows();
  }

  /**
   * Spills every window but the current one, as the kernel does before it looks at a stack.
   *
   * @throws MemoryFault when a window cannot be spilled; nothing changed then.
   */
  flushWindows(): void {
    this.windows.flush(this.bus);
  }

  finishSyscall(): void {
    this.nextPc = this.afterNext;
    this.afterNext = (this.afterNext + 4) | 0;
    this.retired++;
  }

  fork(bus: Bus): SparcCore {
    const core = new SparcCore(bus);
    core.retired = this.retired;
    core.timeBase = this.timeBase;
    core.icc = this.icc;
    core.y = this.y;
    core.nextPc = this.nextPc;
    core.afterNext = this.afterNext;
    core.windows = this.windows.fork();
    core.cache = this.cache.fork(bus);
    core.executor = this.executor?.fork(bus);
    return core;
  }

  protected execute(limit: number): Stop {
    const { bus, cache, windows } = this;
    const { r } = windows;
    const budget = (limit - this.retired) | 0;
    let left = budget;
    let pc = this.nextPc | 0;
    let npc = this.afterNext | 0;
    let icc = this.icc;
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
            r[O7] = pc;
            after = (pc + code[k + 1]!) | 0;
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
            icc = addFlags(x, y, z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.addcci: {
            const x = r[code[k + 2]!]!;
            const y = code[k + 3]!;
            const z = (x + y) | 0;
            icc = addFlags(x, y, z);
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
            icc = subFlags(x, y, z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.subcci: {
            const x = r[code[k + 2]!]!;
            const y = code[k + 3]!;
            const z = (x - y) | 0;
            icc = subFlags(x, y, z);
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
            icc = logicFlags(z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.andcci: {
            const z = r[code[k + 2]!]! & code[k + 3]!;
            icc = logicFlags(z);
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
            icc = logicFlags(z);
            r[code[k + 1]!] = z;
            break;
          }
          case Op.orcci: {
            const z = r[code[k + 2]!]! | code[k + 3]!;
            icc = logicFlags(z);
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
            r[code[k + 1]!] = value;
            break;
          }
          case Op.savei: {
            const value = r[code[k + 2]!]! + code[k + 3]!;
            windows.save(bus);
            r[code[k + 1]!] = value;
            break;
          }
          case Op.restore: {
            const value = r[code[k + 2]!]! + r[code[k + 3]!]!;
            windows.restore(bus);
            r[code[k + 1]!] = value;
            break;
          }
          case Op.restorei: {
            const value = r[code[k + 2]!]! + code[k + 3]!;
            windows.restore(bus);
            r[code[k + 1]!] = value;
            break;
          }
          case Op.rdy:
            r[code[k + 1]!] = this.y;
            break;
          case Op.stbar:
            break;
          case Op.illegal:
            stop = { kind: 'illegal', pc: pc >>> 0, word: code[k + 1]! >>> 0 };
            break loop;
          default: {
            const operand = operation < IMMEDIATE ? r[code[k + 3]!]! : code[k + 3]!;
            this.icc = icc;
            const trap = this.uncommon(operation & ~IMMEDIATE, code[k + 1]!, r[code[k + 2]!]!, operand, pc);
            if (trap !== undefined) {
              stop = trap;
              break loop;
            }
            icc = this.icc;
            // It may have been a flush.
            page = NO_PAGE;
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

  /** A Ticc that is taken; undefined when it is done and execution goes on. */
  private softwareTrap(number: number, at: number): Stop | undefined {
    const pc = at >>> 0;
    switch (number) {
      case SoftwareTrap.systemCall:
        return { kind: 'syscall', pc };
      case SoftwareTrap.breakpoint:
        return { kind: 'break', pc };
      case SoftwareTrap.divideByZero:
        return { kind: 'divide-by-zero', pc };
      case SoftwareTrap.flushWindows:
        this.flushWindows();
        return undefined;
      case SoftwareTrap.cleanWindows:
        // It asks for windows without another process's data, and these never hold any.
        return undefined;
      default:
        return { kind: 'trap-instruction', pc, number };
    }
  }

  /** What programs rarely do; `rd` is a register number, `x` and `y` are the values of the operands. */
  private uncommon(op: Op, rd: number, x: number, y: number, at: number): Stop | undefined {
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
        // With rd = g0 it is the sink that takes the old word, and zero that is stored.
        this.bus.store32(address, r[rd & 31]!);
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
      default:
        throw new Error(`operation ${op} is in the table but not in the core`);
    }
  }

  private divide(op: Op, rd: number, x: number, divisor: number): void {
    const signed = op === Op.sdiv || op === Op.sdivcc;
    const { quotient, overflow } = divide(signed, this.y, x, divisor);
    if (op === Op.udivcc || op === Op.sdivcc)
      this.icc = logicFlags(quotient | 0) | (overflow ? Icc.overflow : 0);
    this.windows.r[rd] = quotient;
  }

  /** One step of a multiplication: the multiplier in Y gives a bit, the partial product in `x` moves right. */
  private multiplyStep(x: number, multiplicand: number): number {
    const sign = ((this.icc >> 3) ^ (this.icc >> 1)) & 1;
    const shifted = (sign << 31) | (x >>> 1);
    const addend = (this.y & 1) === 0 ? 0 : multiplicand;
    const z = (shifted + addend) | 0;
    this.icc = addFlags(shifted, addend, z);
    this.y = (x << 31) | (this.y >>> 1);
    return z;
  }

  private loadDouble(rd: number, address: number): void {
    if ((address & 7) !== 0) throw new MemoryFault('read', address, 'misaligned');
    const { r } = this.windows;
    const first = this.bus.load32(address);
    const second = this.bus.load32(address + 4);
    r[rd] = first;
    // g1 when rd is g0, whose place the sink has taken.
    r[(rd + 1) & 31] = second;
  }

  private storeDouble(rd: number, address: number): void {
    // Aligned, both words are on one page, so the second cannot fault after the first.
    if ((address & 7) !== 0) throw new MemoryFault('write', address, 'misaligned');
    const { r } = this.windows;
    this.bus.store32(address, r[rd]!);
    this.bus.store32(address + 4, r[rd + 1]!);
  }
}
