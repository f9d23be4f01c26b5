/** What the rest of suture asks of an instruction set. Each folder beside this file answers it once. */
import type { FrameRule, Image, Relocation, SymbolEntry } from '../elf/index.js';
import type { AssembledPart, AssemblySource } from './assembly.js';
import type { Body, Item, Placed, Placement, RegistersWritten } from './body.js';
import type { Bus, Core } from './core.js';
import type { CallSite, Redirection } from './redirect.js';
import type { CallThatReturns, StackWalk, WalkContext } from './unwind.js';

/** How a program asks the kernel for something. */
export interface SystemCallConvention {
  number(core: Core): number;
  /** Argument 0 to 5: unsigned for 32 bits, as `Core.get` gives it for 64. */
  argument(core: Core, index: number): number;
  /** Some old calls of SPARC return a second result. */
  succeed(core: Core, value: number, second?: number): void;
  fail(core: Core, errno: number): void;
  /**
   * Prepares a parent in clone, and returns its child's hart; both have made the call and returned from it.
   *
   * @throws MemoryFault when the parent's stack cannot take what the call writes there.
   */
  clone(parent: Core, bus: Bus, start: ThreadStart): Core;
}

/** What a signal handler is started with. */
export interface SignalDelivery {
  number: number;
  /** Address of its first instruction. */
  handler: number;
  /** Whether it takes information and context as arguments (SA_SIGINFO). */
  wantsInfo: boolean;
  /** siginfo_t. */
  info: Uint8Array;
  /** Signals blocked again when it returns: bit n - 1 for signal n. */
  blocked: bigint;
  /** First address above the stack the frame goes on; undefined for the stack in use. */
  stackTop: number | undefined;
  /** Below this the stack in use, an alternate one, has ended; undefined where memory says so. */
  stackStart: number | undefined;
  /** uc_stack. */
  alternateStack: { start: number; size: number; flags: number };
  /** What it returns to, as sigaction was given it; 0 where the program names nothing. */
  restorer: number;
  /** Address of `SignalFrames.returnCode`. */
  returnPage: number;
}

/** How the kernel interrupts a thread for a signal handler, and lets it go on afterwards. */
export interface SignalFrames {
  /** Instructions that call rt_sigreturn, for programs that bring none. */
  returnCode: Uint8Array;
  /** Pushes a frame and lets the handler begin. @throws MemoryFault when the stack cannot take it. */
  push(core: Core, bus: Bus, delivery: SignalDelivery): void;
  /**
   * Retires the system call at pc, restores what the frame at the stack pointer holds and returns `blocked`.
   *
   * @param hasInfo the frame is one of a handler that took information, as rt_sigreturn says.
   * @throws MemoryFault when the frame cannot be read.
   */
  pop(core: Core, bus: Bus, hasInfo: boolean): bigint;
}

/** What a new thread begins with; undefined is the same as its parent's. */
export interface ThreadStart {
  stack: number | undefined;
  tls: number | undefined;
  parentId: number;
  childId: number;
}

/** A call of a procedure from outside of the program, on a hart of its own. */
export interface ProcedureCall {
  /** Address of its first instruction. */
  address: number;
  /** Up to six integers or addresses. */
  args: readonly number[];
  /** First address above the stack. */
  stackTop: number;
  /** Where it returns to. */
  returnsTo: number;
}

/**
 * What an instruction does to the stack pointer beyond adding a constant to it: it is `computed` from frames and
 * constants, which mostly keeps to one stack; or `replaced` by what is in memory or in a register that is no frame's,
 * as whoever resumes a context must.
 */
export type StackChange = 'computed' | 'replaced';

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
  signalFrames: SignalFrames;
  /** Lets a fresh hart begin a procedure, with the registers that every procedure expects taken from a thread's. */
  beginCall(core: Core, thread: Core, call: ProcedureCall): void;
  /** Those of them that are set for good by whoever starts a thread: its thread pointer, a global pointer. */
  fixedRegisters: readonly number[];
  /** Whether an instruction may set one of those. */
  setsFixedRegister(bytes: Uint8Array): boolean;
  /** What a procedure that returned an `int` returned. */
  callResult(core: Core): number;
  /** AT_HWCAP of the auxiliary vector, by which programs choose among their own variants of a procedure. */
  hardwareCapabilities: number;
  stackPointer: number;
  /** Bytes below the stack pointer's first value that the kernel leaves free for a register window. */
  windowSave: number;
  createCore(bus: Bus): Core;

  /** Bytes of the instruction that begins here. */
  instructionSize(bytes: Uint8Array): number;
  /** The instruction in words, from the ISA's own table; `.word` and its value when it is none. */
  describe(bytes: Uint8Array, address: number): string;
  /** Whether Capstone, asked first otherwise, gets this instruction wrong. */
  misread?(bytes: Uint8Array): boolean;
  /** Where a jump, call or branch goes; undefined for everything else. */
  jumpTarget(bytes: Uint8Array, address: number): number | undefined;

  /**
   * Assembles hand-written code; undefined where only programs outside of suture can.
   *
   * @throws AssemblyError, AssemblerMissing
   */
  assemble?(source: AssemblySource): Promise<AssembledPart>;
  /** Symbols of the linker that `takeApart` and `place` look up in an image. */
  linkerSymbols: readonly string[];
  /** Takes a procedure apart. @throws BodyError */
  takeApart(image: Image, symbol: SymbolEntry, bytes: Uint8Array, relocations: readonly Relocation[]): Body;
  /** An item's text, given that of its first instruction, with a name for the address it refers to or jumps to. */
  spell(item: Item, text: string, name: string): string;
  /** Token of the instruction that does nothing, with which gaps in code are filled. */
  nopToken: string;
  /** Bytes a body takes at most, wherever it goes. */
  largestSize(body: Body): number;
  /** What the body itself writes, without what it calls. */
  registersWritten(body: Body): RegistersWritten;
  /** Puts a body together at another place. @throws BodyError */
  place(body: Body, placement: Placement): Placed;
  /** Whether a relocation type is a plain word of data, S + A. */
  isDataWord(type: number): boolean;
  /** Bytes of data that a relocation of this type fills; 0 for advice to the linker. */
  fieldSize(type: number): number;
  /** For messages, such as `R_SPARC_HI22`. */
  relocationName(type: number): string;

  /** Bytes that a jump of one instruction reaches in both directions. */
  jumpReach: number;
  /** The register that a jump of several instructions takes, by its name in `registersWritten`. */
  jumpRegister: string;
  /** A jump to stand at a procedure's entry, or undefined when `to` cannot be reached. */
  trampoline(at: number, to: number): Redirection | undefined;
  /** A call or jump with another destination, in the same bytes, or undefined when it does not reach. */
  redirectCall(site: CallSite, to: number): Redirection | undefined;

  /** A jump to where a word of a table points. Only the register of long jumps is used for it. */
  tableJump(at: number, table: number): Redirection;

  /** What an instruction does to the stack pointer; undefined for bytes that are none. */
  stackChange(bytes: Uint8Array): StackChange | undefined;
  walk(context: WalkContext): StackWalk;
  /** Every register value that could be a code address. */
  codeWords(core: Core): number[];
  /**
   * The calls that may have left `word` as their return address: in the form in which the ISA keeps it, or as the
   * address at which execution goes on. None when no call could have.
   */
  callsThatLeft(word: number, read32: WalkContext['read32']): CallThatReturns[];
  /** Whether a return register holds the address of the call, rather than where it returns to. */
  returnRegisterHoldsCall: boolean;
  /** Whether a signal handler that returns with `word` as return address goes on in code that calls sigreturn. */
  returnsFromSignal(word: number, read32: WalkContext['read32']): boolean;
  /**
   * Offsets of the instructions in a procedure's code that may end an activation: returns and jumps out of it.
   *
   * @param ruleAt the frame rule at an offset: where it says that the frame is still held, a jump through a register
   *   is one of a jump table.
   */
  exits(code: Uint8Array, ruleAt?: (offset: number) => FrameRule | undefined): number[];
}
