/** How the registers of one architecture lie in what the library saves of its processor. */

/** Registers as `Core.state` gives them, and as the library keeps them. */
export interface Layout {
  /** uc_arch and uc_mode. */
  architecture: number;
  mode: number;
  /** Bytes of the library's context. Another size is another version, of which nothing is known here. */
  contextSize: number;
  /** Words of a fresh context and their values, by which the layout is recognized. */
  fingerprint: readonly (readonly [word: number, value: number])[];
  /** Word of the program counter. */
  pc: number;
  /** Bytes by which the program counter has gone on when an exception is told. */
  pcAfterException: number;
  /** Whether to be told where each run of instructions begins, see `Finished.block`. */
  needsBlocks: boolean;
  /** The flags of floating point, when they are not in the context: uc_reg, and their value in `Core.state`. */
  flags?: { register: number; of: (state: Int32Array) => number };
  /**
   * Puts what `Core.state` gave into the context, and the two words of `Architecture.hidden`. `fresh` is the
   * context as it was when the engine was opened.
   */
  load(context: Int32Array, state: Int32Array, hidden: Int32Array, fresh: Int32Array): void;
  /** Whether execution can begin with these registers, see `Architecture.canBegin`. */
  canBegin(state: Int32Array): boolean;
  /** What `Core.state` would give. */
  store(context: Int32Array, finished: Finished): Int32Array;
}

/** What is known about the end of a run beside the context. */
export interface Finished {
  /** See `Layout.flags`. */
  flags: number;
  /** Whether the library kept every register before it stopped, as it does for an exception. */
  exact: boolean;
  /** Where the last run of instructions that follow each other began. */
  block: number;
  /** The last instruction of the run before; -1 when there was none. */
  before: number;
  /** The instruction at an address, or undefined when its page was never needed. */
  wordAt: (address: number) => number | undefined;
}
