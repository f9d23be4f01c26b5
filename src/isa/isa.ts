/** What the rest of suture asks of an instruction set. Each folder beside this file answers it once. */
import type { Image, Relocation, SymbolEntry } from '../elf/index.js';
import type { Body, Placed, Placement } from './body.js';
import type { Bus, Core } from './core.js';
import type { CallSite, Redirection } from './redirect.js';
import type { StackWalk, WalkContext } from './unwind.js';

/** How a program asks the kernel for something. */
export interface SystemCallConvention {
  number(core: Core): number;
  /** Argument 0 to 5: unsigned for 32 bits, as `Core.get` gives it for 64. */
  argument(core: Core, index: number): number;
  succeed(core: Core, value: number): void;
  fail(core: Core, errno: number): void;
}

export interface Isa {
  name: 'riscv' | 'sparc';
  /** For people, such as `RISC-V RV32GC`. */
  title: string;
  /** e_machine of its programs. */
  machine: number;
  /** Width of an address and of a general register as programs see them. */
  bits: 32 | 64;
  bigEndian: boolean;
  systemCalls: SystemCallConvention;
  stackPointer: number;
  /** Bytes below the stack pointer's first value that the kernel leaves free for a register window. */
  windowSave: number;
  createCore(bus: Bus): Core;

  /** Bytes of the instruction that begins here. */
  instructionSize(bytes: Uint8Array): number;
  /** The instruction in words, from the ISA's own table; `.word` and its value when it is none. */
  describe(bytes: Uint8Array): string;
  /** Where a jump, call or branch goes; undefined for everything else. */
  jumpTarget(bytes: Uint8Array, address: number): number | undefined;

  /** Takes a procedure apart. @throws BodyError */
  takeApart(image: Image, symbol: SymbolEntry, bytes: Uint8Array, relocations: readonly Relocation[]): Body;
  /** Bytes a body takes at most, wherever it goes. */
  largestSize(body: Body): number;
  /** Puts a body together at another place. @throws BodyError */
  place(body: Body, placement: Placement): Placed;
  /** Whether a relocation type is a plain word of data, S + A. */
  isDataWord(type: number): boolean;
  /** For messages, such as `R_SPARC_HI22`. */
  relocationName(type: number): string;

  /** Bytes that a jump of one instruction reaches in both directions. */
  jumpReach: number;
  /** A jump to stand at a procedure's entry, or undefined when `to` cannot be reached. */
  trampoline(at: number, to: number): Redirection | undefined;
  /** A call or jump with another destination, in the same bytes, or undefined when it does not reach. */
  redirectCall(site: CallSite, to: number): Redirection | undefined;

  walk(context: WalkContext): StackWalk;
  /** Every register value that could be a code address. */
  codeWords(core: Core): number[];
  /** Offsets of the instructions in a procedure's code that may end an activation: returns and jumps out of it. */
  exits(code: Uint8Array): number[];
}
