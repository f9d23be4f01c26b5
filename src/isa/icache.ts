/**
 * Instructions as a hart has fetched them.
 *
 * Decoding and caching are one thing here: an instruction is fetched and decoded once, and stays what it was
 * until it is synchronized, however memory changes meanwhile. The architectures allow hardware to behave
 * so; a patcher that forgets to synchronize therefore fails here.
 *
 * A decoded page holds `SLOT` words for every possible instruction start: the operation and its operands.
 * Operation 0 means not fetched. Forks share pages until one of them changes a slot.
 */
import type { Bus } from './core.js';

/** The page, as literals: these stand in loops that a constant imported from another module would slow. */
export const enum Page {
  bits = 12,
  size = 4096,
  offset = 4095,
  base = -4096,
}

/** Words a decoded instruction takes: operation, three operands. */
const SLOT = 4;
/** Operations that mean the same in every ISA. An enum, so that a core's switch sees literals. */
export const enum Reserved {
  notFetched = 0,
  breakpoint = 1,
}

/** An instruction ready to execute: `[operation, a, b, c]`. */
export type Decoded = readonly [number, number, number, number];

/** Decodes the instruction at `pc`, fetching through the bus. */
export type Decoder = (bus: Bus, pc: number) => Decoded;

const MEMO_LIMIT = 1 << 16;

/** `decode` by instruction word, remembering what it has seen: programs use few distinct words. */
export function remembering(decode: (word: number) => Decoded): (word: number) => Decoded {
  const memo = new Map<number, Decoded>();
  return (word) => {
    let decoded = memo.get(word);
    if (decoded === undefined) {
      decoded = decode(word);
      if (memo.size >= MEMO_LIMIT) memo.clear();
      memo.set(word, decoded);
    }
    return decoded;
  };
}

interface DecodedPage {
  code: Int32Array;
  owner: object;
}

const LOOKASIDE = 64;
const FORGOTTEN: Decoded = [Reserved.notFetched, 0, 0, 0];
const ARMED: Decoded = [Reserved.breakpoint, 0, 0, 0];

export class InstructionCache {
  private pages = new Map<number, DecodedPage>();
  private owner: object = {};
  private breakpoints = new Map<number, Decoded>();
  private recentNumber = new Int32Array(LOOKASIDE).fill(-1);
  private recentCode: Int32Array[] = [];

  /**
   * @param alignBits log2 of the instruction alignment (1 for compressed RISC-V, 2 for SPARC).
   * @param longest bytes of the longest instruction.
   */
  constructor(
    private readonly bus: Bus,
    private readonly decode: Decoder,
    private readonly alignBits: number,
    private readonly longest: number,
  ) {}

  /** The decoded page that holds `pc`, after checking that it may be executed. */
  page(pc: number): Int32Array {
    const number = pc >>> Page.bits;
    const recent = number & (LOOKASIDE - 1);
    if (this.recentNumber[recent] === number) return this.recentCode[recent]!;
    this.bus.checkExecutable(pc);
    let page = this.pages.get(number);
    if (page === undefined) {
      page = { code: new Int32Array((Page.size >> this.alignBits) * SLOT), owner: this.owner };
      this.pages.set(number, page);
    }
    this.recentNumber[recent] = number;
    this.recentCode[recent] = page.code;
    return page.code;
  }

  /** Fetches and decodes the instruction at `pc` into its slot. Pages got earlier may be stale afterwards. */
  fetch(pc: number): void {
    this.put(pc, this.decode(this.bus, pc));
  }

  /** Forgets the instructions that overlap `[start, end)`; everything without arguments. */
  synchronize(start?: number, end?: number): void {
    if (start === undefined || end === undefined) {
      this.pages.clear();
      this.mappingsChanged();
      for (const pc of this.breakpoints.keys()) {
        this.breakpoints.set(pc, FORGOTTEN);
        this.put(pc, ARMED);
      }
      return;
    }
    const align = 1 << this.alignBits;
    for (let pc = start - (start % align) - (this.longest - align); pc < end; pc += align) {
      if (this.breakpoints.has(pc)) this.breakpoints.set(pc, FORGOTTEN);
      else if (this.pages.has(pc >>> Page.bits)) this.put(pc, FORGOTTEN);
    }
  }

  /** Permissions are looked at again on the next fetch; fetched instructions stay. */
  mappingsChanged(): void {
    this.recentNumber.fill(-1);
  }

  setBreakpoint(pc: number): void {
    if (this.breakpoints.has(pc)) return;
    this.breakpoints.set(pc, this.slot(pc));
    this.put(pc, ARMED);
  }

  clearBreakpoint(pc: number): void {
    const fetched = this.breakpoints.get(pc);
    if (fetched === undefined) return;
    this.breakpoints.delete(pc);
    this.put(pc, fetched);
  }

  hasBreakpoint(pc: number): boolean {
    return this.breakpoints.has(pc);
  }

  breakpointAddresses(): Iterable<number> {
    return this.breakpoints.keys();
  }

  fork(bus: Bus): InstructionCache {
    const fork = new InstructionCache(bus, this.decode, this.alignBits, this.longest);
    fork.pages = new Map(this.pages);
    fork.breakpoints = new Map(this.breakpoints);
    // Neither side owns the shared pages any longer: whoever changes one copies it first.
    this.owner = {};
    return fork;
  }

  private index(pc: number): number {
    return ((pc & Page.offset) >> this.alignBits) * SLOT;
  }

  private slot(pc: number): Decoded {
    const code = this.pages.get(pc >>> Page.bits)?.code;
    if (code === undefined) return FORGOTTEN;
    const k = this.index(pc);
    return [code[k]!, code[k + 1]!, code[k + 2]!, code[k + 3]!];
  }

  private put(pc: number, decoded: Decoded): void {
    const number = pc >>> Page.bits;
    let page = this.pages.get(number);
    if (page?.owner !== this.owner) {
      const code = page?.code.slice() ?? new Int32Array((Page.size >> this.alignBits) * SLOT);
      page = { code, owner: this.owner };
      this.pages.set(number, page);
      const recent = number & (LOOKASIDE - 1);
      if (this.recentNumber[recent] === number) this.recentCode[recent] = code;
    }
    page.code.set(decoded, this.index(pc));
  }
}
