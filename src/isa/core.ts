/**
 * What executes instructions, and what it needs from the world.
 *
 * A core knows registers and instructions; it sees memory through a `Bus` and reports everything it cannot
 * do itself (a system call, a fault, an unknown instruction) as a value. Addresses are unsigned numbers.
 */
import type { Observer } from './observer.js';

export type Access = 'fetch' | 'read' | 'write';

/** Why an access failed: nothing mapped there, mapped without the permission, or not aligned. */
export type FaultCause = 'unmapped' | 'protected' | 'misaligned';

/**
 * A failed access. The bus throws it to leave the interpreter's loop; `Core.run` catches it and returns a
 * `Trap`, so it is never seen outside of a core.
 */
export class MemoryFault extends Error {
  constructor(
    readonly access: Access,
    readonly address: number,
    readonly cause_: FaultCause,
  ) {
    super(`${access} of 0x${(address >>> 0).toString(16)}: ${cause_}`);
  }
}

/** Memory as a core sees it. Every access may throw `MemoryFault`. Byte order is the bus's own business. */
export interface Bus {
  load8(address: number): number;
  load16(address: number): number;
  load32(address: number): number;
  store8(address: number, value: number): void;
  store16(address: number, value: number): void;
  store32(address: number, value: number): void;
  /** Loads 16 words into `to` from index `at` on. When one cannot be loaded, `to` is as it was. */
  loadBlock(address: number, to: Int32Array, at: number): void;
  /** Stores 16 words of `from` from index `at` on. When one cannot be stored, none is. */
  storeBlock(address: number, from: Int32Array, at: number): void;
  fetch16(address: number): number;
  fetch32(address: number): number;
  /** Throws `MemoryFault` unless the page of `address` is mapped executable. */
  checkExecutable(address: number): void;
  /** Throws `MemoryFault` unless the byte at `address` may be written; changes nothing. */
  checkWritable(address: number): void;
  /**
   * What the page of `address` holds, in an array that nobody changes any more, when the page may be executed and
   * not written; undefined for every other page.
   */
  settledCode(address: number): Int32Array | undefined;
  /** Who is told about accesses. The harts on a bus follow it when they run next. */
  readonly observer?: Observer | undefined;
}

/** What a guest did that its core cannot finish alone. `pc` still names the instruction. */
export type Trap =
  | { kind: 'syscall'; pc: number }
  | { kind: 'illegal'; pc: number; word: number }
  | { kind: 'break'; pc: number }
  | { kind: 'trap-instruction'; pc: number; number: number }
  | { kind: 'divide-by-zero'; pc: number }
  /** An exception that the program asked to be told of; `flags` are `Flag` bits of the float module. */
  | { kind: 'float-exception'; pc: number; flags: number }
  | { kind: 'memory'; pc: number; access: Access; address: number; cause: FaultCause };

/** Why `run` came back. `breakpoint` is the host's own, set with `setBreakpoint`. */
export type Stop = { kind: 'limit' } | { kind: 'breakpoint'; pc: number } | Trap;

/** A register as people read it. */
export interface Register {
  name: string;
  /** Unsigned. */
  value: bigint;
  bits: 32 | 64;
}

/** One hart. */
export interface Core {
  /** Address of the next instruction, unsigned. */
  pc: number;
  /** Instructions this hart retired since its start. */
  readonly retired: number;
  /**
   * Added to `retired` it is the count of instructions of the whole process. Whoever runs several harts sets it
   * before each turn.
   */
  timeBase: number;
  /** Instructions that could have been executed while nobody ran: the ISA's clock registers count them too. */
  idleTime: number;
  /** Whether it has executed an instruction that shows time or the count of instructions; whoever asks may reset it. */
  clockSeen: boolean;
  /**
   * Executes until `retired` reaches `limit`, or something happens. An instruction that traps has not retired.
   *
   * @throws RangeError for a limit that is no whole number.
   */
  run(limit: number): Stop;
  /** Retires the system call instruction at `pc`, after the call was served. */
  finishSyscall(): void;
  /**
   * Same state on a bus; neither sees what the other does to registers and fetched instructions afterwards.
   * On another bus that is the hart of a forked process, on its own bus a new thread.
   */
  fork(bus: Bus): Core;
  /** Forgets fetched instructions, all or those that overlap a range: what `fence.i` and `flush` do. */
  synchronize(start?: number, end?: number): void;
  /** To be called when mappings changed, so that fetch permission is looked at again. */
  mappingsChanged(): void;
  /** Lets the next store-conditional fail, as when another hart has run meanwhile. */
  endReservation(): void;
  /** @param passes whether a hart that is at `pc` now goes on from there without stopping. */
  setBreakpoint(pc: number, passes?: boolean): void;
  clearBreakpoint(pc: number): void;
  clearBreakpoints(): void;
  /**
   * The general register of this number, in the current window, as a signed number: exact for 32 bits, and for
   * 64 bits up to 2^53 in magnitude. `>>> 0` makes an address of it.
   */
  get(register: number): number;
  /** Takes signed and unsigned numbers; 64-bit registers are given the number itself, not its low 32 bits. */
  set(register: number, value: number): void;
  /** Everything a person wants to see, in the order in which the ISA's manuals list it. */
  registers(): Register[];
  /** The whole architectural state: equal arrays mean equal states. */
  state(): Int32Array;
  /** What fetched instructions add to it, where a hart may execute others than memory holds. */
  fetchedState(): Int32Array;
}
