/**
 * Instructions as a hart has fetched them.
 *
 * Decoding and caching are one thing here: an instruction is fetched and decoded once, and stays what it was
 * until it is synchronized, however memory changes meanwhile. The architectures allow hardware to behave
 * so; a patcher that forgets to synchronize therefore fails here.
 *
 * A decoded page holds `SLOT` words for every possible instruction start: the operation and its operands.
 * Operation 0 means not fetched. Forks share pages until one of them changes a slot.
 *
 * What stops a core (breakpoints, and instructions whose execution is observed) is no part of what was
 * fetched: it stands in copies, made of those pages in which something is to stop and dropped with it.
 */
import { Breakpoints } from './breakpoints.js';
import type { Bus } from './core.js';
import type { Observer } from './observer.js';
import { Page } from './page.js';

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
  readonly code: Int32Array;
  readonly owner: object;
  /** What it adds to a hart's state, as long as the memory under it and after it is the same. */
  state?:
    { words: Int32Array | undefined; next: Int32Array | undefined; entries: readonly number[] } | undefined;
}

const LOOKASIDE = 64;
const NOWHERE = -1;

export class InstructionCache {
  /** What was fetched. */
  private pages = new Map<number, DecodedPage>();
  private owner: object = {};
  /** Copies of pages in which something stops the core. */
  private armed = new Map<number, Int32Array>();
  private breakpoints = new Breakpoints();
  private observer: Observer | undefined;
  /** The breakpoint the hart stands on and knows: it was reported, or set when the hart stood there. */
  private standing = NOWHERE;
  /** The instruction that does not stop the core for now, and its size once it is fetched. */
  private stepping = NOWHERE;
  private steppingSize = 0;
  private recentNumber = new Int32Array(LOOKASIDE).fill(NOWHERE);
  private recentCode: Int32Array[] = [];
  private readonly align: number;

  /**
   * @param alignBits log2 of the instruction alignment (1 for compressed RISC-V, 2 for SPARC).
   * @param longest bytes of the longest instruction. Unless all are as long as their alignment, operations carry
   *   the instruction's size in bits 8 and up.
   */
  constructor(
    private readonly bus: Bus,
    private readonly decode: Decoder,
    private readonly alignBits: number,
    private readonly longest: number,
  ) {
    this.align = 1 << alignBits;
  }

  /** The decoded page that holds `pc`, after checking that it may be executed. */
  page(pc: number): Int32Array {
    const number = pc >>> Page.bits;
    const recent = number & (LOOKASIDE - 1);
    if (this.recentNumber[recent] === number) return this.recentCode[recent]!;
    this.bus.checkExecutable(pc);
    const code = this.armedPage(number) ?? this.fetchedPage(number);
    this.recentNumber[recent] = number;
    this.recentCode[recent] = code;
    return code;
  }

  /** Fetches and decodes the instruction at `pc` into its slot. Pages got earlier may be stale afterwards. */
  fetch(pc: number): void {
    const decoded = this.decode(this.bus, pc);
    this.ownPage(pc >>> Page.bits).set(decoded, this.index(pc));
    if (pc === this.stepping) this.steppingSize = this.sizeOf(decoded[0]);
    this.arm(pc);
  }

  /** Forgets the instructions that overlap `[start, end)`; everything without arguments. */
  synchronize(start?: number, end?: number): void {
    if (start === undefined || end === undefined) {
      this.pages.clear();
      this.armed.clear();
      this.mappingsChanged();
      return;
    }
    const first = start - (start % this.align) - (this.longest - this.align);
    for (const number of this.pages.keys()) {
      const page = number * Page.size;
      if (page < end && page + Page.size > first) this.forget(number, first - page, end - page);
    }
  }

  /** Permissions are looked at again on the next fetch; fetched instructions stay. */
  mappingsChanged(): void {
    this.recentNumber.fill(NOWHERE);
  }

  /** The observer that the bus has now; from here on what it watches stops the core. */
  followObserver(): Observer | undefined {
    const { observer } = this.bus;
    if (observer === this.observer) return observer;
    const same = observer !== undefined && observer.executed === this.observer?.executed;
    this.observer = observer;
    if (same) return observer;
    this.armed.clear();
    this.mappingsChanged();
    return observer;
  }

  setBreakpoint(pc: number): void {
    this.breakpoints.add(pc);
    if (this.armed.has(pc >>> Page.bits)) this.arm(pc);
    else this.forgetRecent(pc >>> Page.bits);
  }

  clearBreakpoint(pc: number): void {
    this.breakpoints.delete(pc);
    this.arm(pc);
  }

  clearBreakpoints(): void {
    this.breakpoints.clear();
    this.armed.clear();
    this.mappingsChanged();
  }

  get breakpointAddresses(): ReadonlySet<number> {
    return this.breakpoints.all;
  }

  hasBreakpoint(pc: number): boolean {
    return this.breakpoints.has(pc);
  }

  /** The hart is at `pc` and knows that a breakpoint is there. */
  standOn(pc: number): void {
    this.standing = pc;
  }

  /** Whether the hart, which is at `pc`, stands there on a breakpoint that it knows. */
  standsOn(pc: number): boolean {
    if (this.standing !== pc) this.standing = NOWHERE;
    return this.standing === pc;
  }

  /** From here on the instruction at `pc` does not stop the core. */
  beginStep(pc: number): void {
    const operation = this.pages.get(pc >>> Page.bits)?.code[this.index(pc)] ?? Reserved.notFetched;
    this.standing = NOWHERE;
    this.stepping = pc;
    this.steppingSize = operation === Reserved.notFetched ? 0 : this.sizeOf(operation);
    this.arm(pc);
  }

  /** Ends what `beginStep` began. Returns the size of the instruction in bytes, 0 when it could not be fetched. */
  endStep(): number {
    const pc = this.stepping;
    this.stepping = NOWHERE;
    this.arm(pc);
    return this.steppingSize;
  }

  /**
   * What fetched instructions add to the state of a hart: address and slot of each that counts, ascending.
   *
   * On pages that can be executed and not written, these are the ones memory would decode to something else.
   * The others are as good as not fetched: to become stale, the page must first be made writable, and whoever
   * writes to code then has to synchronize, as the architectures demand. On all other pages every fetched
   * instruction counts, because a store is enough to make it stale.
   */
  state(): Int32Array {
    const numbers = [...this.pages.keys()].sort((a, b) => a - b);
    return Int32Array.from(numbers.flatMap((number) => this.stateOf(number)));
  }

  fork(bus: Bus): InstructionCache {
    const fork = new InstructionCache(bus, this.decode, this.alignBits, this.longest);
    fork.pages = new Map(this.pages);
    fork.breakpoints = this.breakpoints.fork();
    fork.standing = this.standing;
    // Neither side owns the shared pages any longer: whoever changes one copies it first.
    this.owner = {};
    return fork;
  }

  private stateOf(number: number): readonly number[] {
    const page = this.pages.get(number)!;
    const start = number * Page.size;
    const words = this.bus.settledCode(start);
    const next = this.bus.settledCode(start + Page.size);
    if (page.state?.words !== words || page.state?.next !== next) page.state = undefined;
    if (page.state === undefined) {
      const settledEnd = start + (words === undefined ? 0 : Page.size + (next === undefined ? 0 : Page.size));
      page.state = { words, next, entries: this.entries(page.code, start, settledEnd) };
    }
    return page.state.entries;
  }

  /** The slots of a page that count; those before `settledEnd` only when memory has something else. */
  private entries(code: Int32Array, start: number, settledEnd: number): number[] {
    const entries: number[] = [];
    for (let pc = start; pc < start + Page.size; pc += this.align) {
      const index = this.index(pc);
      if (code[index] === Reserved.notFetched) continue;
      const settled = pc + this.sizeOf(code[index]!) <= settledEnd;
      if (settled && isAt(code, index, this.decode(this.bus, pc))) continue;
      entries.push(pc, ...code.subarray(index, index + SLOT));
    }
    return entries;
  }

  private sizeOf(operation: number): number {
    return this.longest === this.align ? this.longest : operation >> 8 || this.longest;
  }

  private index(pc: number): number {
    return ((pc & Page.offset) >> this.alignBits) * SLOT;
  }

  private fetchedPage(number: number): Int32Array {
    return this.pages.get(number)?.code ?? this.ownPage(number);
  }

  /** The page, to be changed. */
  private ownPage(number: number): Int32Array {
    let page = this.pages.get(number);
    if (page?.owner !== this.owner) {
      const code = page?.code.slice() ?? new Int32Array((Page.size >> this.alignBits) * SLOT);
      page = { code, owner: this.owner };
      this.pages.set(number, page);
      this.forgetRecent(number);
    }
    page.state = undefined;
    return page.code;
  }

  /** Forgets the instructions of a page that begin at the offsets from `first` up to `end`. */
  private forget(number: number, first: number, end: number): void {
    if (first <= 0 && end >= Page.size) this.pages.delete(number);
    else {
      const from = (Math.max(0, first) >> this.alignBits) * SLOT;
      const to = ((Math.min(Page.size, end) + this.align - 1) >> this.alignBits) * SLOT;
      if (
        this.pages
          .get(number)!
          .code.subarray(from, to)
          .every((word) => word === 0)
      )
        return;
      this.ownPage(number).fill(0, from, to);
    }
    this.disarm(number);
  }

  /** The copy of a page in which something stops the core, if something is to. */
  private armedPage(number: number): Int32Array | undefined {
    let armed = this.armed.get(number);
    if (armed !== undefined) return armed;
    const start = number * Page.size;
    const end = start + Page.size;
    const breakpoints = this.breakpoints.in(number);
    const watched = this.observer?.overlapping('execute', start, end + this.longest) ?? [];
    if (breakpoints.length === 0 && watched.length === 0) return undefined;
    armed = this.fetchedPage(number).slice();
    const stop = (pc: number): void => {
      if (pc !== this.stepping) armed[this.index(pc)] = Reserved.breakpoint;
    };
    for (const pc of breakpoints) stop(pc);
    for (const range of watched) {
      // From the first address at which the longest instruction would reach into the range.
      const first = Math.max(start, range.start - (range.start % this.align) - this.longest + this.align);
      for (let pc = first; pc < Math.min(end, range.end); pc += this.align) stop(pc);
    }
    this.armed.set(number, armed);
    return armed;
  }

  /** Brings the slot at `pc` up to date in the armed copy of its page, if there is one. */
  private arm(pc: number): void {
    const armed = this.armed.get(pc >>> Page.bits);
    if (armed === undefined) return;
    const k = this.index(pc);
    armed.set(this.fetchedPage(pc >>> Page.bits).subarray(k, k + SLOT), k);
    if (pc !== this.stepping && this.stops(pc)) armed[k] = Reserved.breakpoint;
  }

  private disarm(number: number): void {
    this.armed.delete(number);
    this.forgetRecent(number);
  }

  private stops(pc: number): boolean {
    return this.breakpoints.has(pc) || this.observer?.watches('execute', pc, pc + this.longest) === true;
  }

  private forgetRecent(number: number): void {
    if (this.recentNumber[number & (LOOKASIDE - 1)] === number)
      this.recentNumber[number & (LOOKASIDE - 1)] = NOWHERE;
  }
}

/** Whether a slot holds that instruction. */
function isAt(code: Int32Array, index: number, decoded: Decoded): boolean {
  for (let i = 0; i < SLOT; i++) if (code[index + i] !== decoded[i]) return false;
  return true;
}
