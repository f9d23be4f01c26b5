/**
 * What both versions of the architecture have: two program counters, register windows, Y, condition codes,
 * floating point, and the traps that the kernel serves so that programs do not notice.
 */
import { CachingCore } from '../caching-core.js';
import type { Bus, Register, Stop } from '../core.js';
import type { FloatUnit } from '../float/index.js';
import type { InstructionCache } from '../icache.js';
import { REGISTER_NAMES } from './abi.js';
import { addFlags } from './arithmetic.js';
import type { FloatingPoint } from './float.js';
import { Op } from './operations.js';
import type { LiveWindow, LostWindow, WindowFile } from './windows.js';

/**
 * Number of the `trap-instruction` trap of taddcctv and tsubcctv: trap type 0x0a counted, as the software
 * traps of Ticc are, from 0x80. So no Ticc has the same.
 */
export const TAG_OVERFLOW = 0x0a - 0x80;

/**
 * Software traps that do not simply end the program.
 *
 * Source: System V ABI, SPARC Processor Supplement, "Software Trap Types"; Linux, arch/sparc/kernel/ttable_32.S
 * and ttable_64.S.
 */
const enum SoftwareTrap {
  breakpoint = 1,
  divideByZero = 2,
  flushWindows = 3,
  cleanWindows = 4,
  systemCall = 0x10,
}

export abstract class SparcHart extends CachingCore {
  /** The integer condition codes: the sum of Icc.negative, Icc.zero, Icc.overflow and Icc.carry that are set. */
  abstract icc: number;
  /** The Y register, as a signed 32-bit number. */
  y = 0;
  protected nextPc = 0;
  protected afterNext = 4;
  protected abstract windows: WindowFile;

  protected constructor(
    protected readonly bus: Bus,
    cache: InstructionCache,
    protected readonly floatingPoint: FloatingPoint,
  ) {
    super(cache);
  }

  /**
   * The processor state as signal frames hold it: icc in bits 23 to 20, the current window in bits 4 to 0, and
   * what is always so in a user process. Writing takes the condition codes.
   */
  abstract psr: number;

  /** Tells the program whether its system call failed. */
  abstract setCarry(failed: boolean): void;

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

  /** The floating-point registers: f(n) is word n ^ 1, and the double register f(2k) is double k. */
  get floats(): FloatUnit {
    return this.floatingPoint.unit;
  }

  /** The floating-point state register, its low 32 bits; writing keeps to what ldfsr may change. */
  get fsr(): number {
    return this.floatingPoint.fsr;
  }

  set fsr(value: number) {
    this.floatingPoint.fsr = value;
  }

  get(register: number): number {
    return this.windows.get(register);
  }

  registers(): Register[] {
    const { windows } = this;
    const { wim, cwp } = windows;
    const { pc, nPc: npc, icc } = this;
    const special = { pc, npc, icc, wim, y: this.y >>> 0, cwp };
    const show = (name: string, value: number): Register => ({ name, value: BigInt(value >>> 0), bits: 32 });
    const general = REGISTER_NAMES.map((name, i) => show(name, windows.get(i)));
    return [
      ...Object.entries(special).map(([name, value]) => show(name, value)),
      ...general,
      ...this.floatingPoint.registers(),
    ];
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

  /** Spills every window but the current one; what its stack cannot take is returned, and in the file no more. */
  evictWindows(): LostWindow[] {
    return this.windows.evict(this.bus);
  }

  finishSyscall(): void {
    this.nextPc = this.afterNext;
    this.afterNext = (this.afterNext + 4) | 0;
    this.retired++;
  }

  /** What a fork shares with its original, but for what the version adds. */
  protected become(original: SparcHart, bus: Bus): void {
    this.retired = original.retired;
    this.timeBase = original.timeBase;
    this.idleTime = original.idleTime;
    this.clockSeen = original.clockSeen;
    this.y = original.y;
    this.nextPc = original.nextPc;
    this.afterNext = original.afterNext;
    this.windows = original.windows.fork();
    this.cache = original.cache.fork(bus);
    this.executor = original.executor?.fork(bus);
    this.floatingPoint.copyFrom(original.floatingPoint);
  }

  /** A Ticc that is taken; undefined when it is done and execution goes on. */
  protected softwareTrap(number: number, at: number): Stop | undefined {
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

  /** An operation on floating-point registers; its trap, if it does. */
  protected operateFloat(op: Op, d: number, a: number, b: number, at: number): Stop | undefined {
    const flags = this.floatingPoint.operate(op, d, a, b);
    return flags === 0 ? undefined : { kind: 'float-exception', pc: at >>> 0, flags };
  }

  /** Loads and stores of the floating-point unit; `register` as it numbers them. Aligned to words at least. */
  protected moveFloat(op: Op, register: number, address: number): void {
    const { bus, floatingPoint } = this;
    const { words } = floatingPoint.unit;
    switch (op) {
      case Op.ldf:
        words[register] = bus.load32(address);
        break;
      case Op.lddf: {
        const high = bus.load32(address);
        words[2 * register] = bus.load32((address + 4) | 0);
        words[2 * register + 1] = high;
        break;
      }
      case Op.stf:
        bus.store32(address, words[register]!);
        break;
      case Op.stdf:
        // Across pages, the second word must not fault after the first was written.
        if ((address & 4) !== 0) bus.checkWritable((address + 4) >>> 0);
        bus.store32(address, words[2 * register + 1]!);
        bus.store32((address + 4) | 0, words[2 * register]!);
        break;
      case Op.ldfsr:
        floatingPoint.fsr = bus.load32(address);
        break;
      case Op.stfsr:
        bus.store32(address, floatingPoint.fsr);
        floatingPoint.clearTrapType();
        break;
      case Op.ldxfsr: {
        const high = bus.load32(address);
        floatingPoint.fsr = bus.load32(address + 4);
        floatingPoint.fsrHigh = high;
        break;
      }
      case Op.stxfsr:
        bus.store32(address, floatingPoint.fsrHigh);
        bus.store32(address + 4, floatingPoint.fsr);
        floatingPoint.clearTrapType();
        break;
      default:
        throw new Error(`operation ${op} is in the table but not in the core`);
    }
  }

  /** One step of a multiplication: the multiplier in Y gives a bit, the partial product in `x` moves right. */
  protected multiplyStep(x: number, multiplicand: number): number {
    const { icc, y } = this;
    const sign = ((icc >> 3) ^ (icc >> 1)) & 1;
    const shifted = (sign << 31) | (x >>> 1);
    const addend = (y & 1) === 0 ? 0 : multiplicand;
    const z = (shifted + addend) | 0;
    this.icc = addFlags(shifted, addend, z);
    this.y = (x << 31) | (y >>> 1);
    return z;
  }
}
