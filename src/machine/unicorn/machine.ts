/**
 * One native processor, as the parent of its process sees it. It has no memory of its own: before each run it
 * is told what changed in the memory that the run is about, and afterwards what it wrote is written there.
 */
import { EXECUTE, Memory, PAGE_SIZE, READ, WRITE, type Region } from '../memory.js';
import type { Architecture } from './architecture.js';
import { EngineFailure, Helper } from './helper.js';
import { Cause, list, message, Tell, textOf, type Cursor, type NativeStop } from './messages.js';

export class NativeMachine {
  /** Whether its process is of no use any more. */
  failed = false;
  private readonly helper: Helper;
  /** What memory held after the last run. */
  private known: Memory | undefined;
  private knownRegions: readonly Region[] = [];
  /** Blocks of pages the native processor has, by the number of their first page. */
  private readonly blocks = new Map<number, Block>();
  /** The block of each page. */
  private readonly given = new Map<number, Block>();
  /** Pages it wrote although its run does not count. */
  private unwelcome: number[] = [];

  /** @throws EngineUnavailable */
  constructor(private readonly architecture: Architecture) {
    this.helper = new Helper(architecture.name);
  }

  /**
   * Executes at most `count` instructions.
   *
   * @throws EngineFailure
   */
  run(memory: Memory, state: Int32Array, count: number, breakpoints: Iterable<number>): NativeStop {
    try {
      return this.attempt(memory, state, count, breakpoints);
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }

  private attempt(
    memory: Memory,
    state: Int32Array,
    count: number,
    breakpoints: Iterable<number>,
  ): NativeStop {
    const changed = this.changedPages(memory);
    const gone = this.goneBlocks(memory, changed);
    const changes = contents(
      memory,
      changed.filter((page) => this.given.has(page)),
    );
    this.helper.send(
      message(
        count,
        ...list(Int32Array.from(breakpoints)),
        ...list(Int32Array.from(gone)),
        ...list(message(...changes)),
        ...this.architecture.hidden(state, memory),
        state,
      ),
    );
    let answer = this.helper.receive();
    let kind = answer.next();
    for (; kind === Tell.page; kind = answer.next()) {
      this.helper.send(this.give(memory, answer.next()));
      answer = this.helper.receive();
    }
    if (kind !== Tell.stopped) throw new EngineFailure(`the unicorn engine failed: ${textOf(answer.rest())}`);
    const { stop, written } = resultOf(answer);
    this.unwelcome = [];
    const tooMuch = excess(stop, written);
    if (tooMuch !== undefined) {
      this.unwelcome = [...written.keys()];
      const retired = stop.retired - tooMuch;
      const before = retired === 0 ? state : this.attempt(memory, state, retired, []).state;
      return { ...stop, retired, state: before };
    }
    for (const [number, bytes] of written) memory.write(number * PAGE_SIZE, bytes, true);
    this.known = memory.fork();
    this.knownRegions = memory.regions;
    return stop;
  }

  /**
   * What the native processor is given when it needs a page: a block of pages of the same region, because it grows
   * slow with the number of mappings.
   */
  private give(memory: Memory, number: number): Int32Array {
    const region = memory.find(number * PAGE_SIZE);
    if (region === undefined || region.protection === 0) return message();
    const { protection } = region;
    const free = (page: number): boolean =>
      page >= region.start / PAGE_SIZE && page < region.end / PAGE_SIZE && !this.given.has(page);
    let first = number;
    while (first % BLOCK !== 0 && free(first - 1)) first--;
    let end = number + 1;
    while (end % BLOCK !== 0 && free(end)) end++;
    const block = { first, end, protection };
    this.blocks.set(first, block);
    for (let page = first; page < end; page++) this.given.set(page, block);

    const filled = memory
      .differingPages(new Memory(memory.bigEndian))
      .map((start) => start / PAGE_SIZE)
      .filter((page) => page >= first && page < end);
    const stopPoints = (protection & EXECUTE) === 0 ? [] : this.stopPoints(memory, filled);
    return message(
      first,
      end - first,
      nativeProtection(protection),
      ...list(Int32Array.from(stopPoints)),
      ...contents(memory, filled),
    );
  }

  private stopPoints(memory: Memory, pages: readonly number[]): number[] {
    return pages.flatMap((number) => {
      const start = number * PAGE_SIZE;
      const goesOn = (protectionOf(memory, start + PAGE_SIZE) & EXECUTE) !== 0;
      return this.architecture.stopPoints(start, memory.read(start, PAGE_SIZE + (goesOn ? 2 : 0)));
    });
  }

  /** The given pages that are not as the native processor knows them. */
  private changedPages(memory: Memory): number[] {
    if (this.known === undefined) return [];
    const changed = new Set(this.unwelcome);
    for (const start of memory.differingPages(this.known)) changed.add(start / PAGE_SIZE);
    return [...changed].filter((page) => this.given.has(page));
  }

  /** Takes blocks from the native processor; it asks for them again when it needs them. */
  private goneBlocks(memory: Memory, changed: readonly number[]): number[] {
    // This is another process.
    const anew = changed.length > MANY;
    const remapped = memory.regions !== this.knownRegions;
    const gone: number[] = [];
    for (const block of this.blocks.values()) {
      const { first, end, protection } = block;
      const region = memory.find(first * PAGE_SIZE);
      const mapped = region?.protection === protection && region.end >= end * PAGE_SIZE;
      // The stop points of code depend on what it is, and what follows it.
      const isCode = (protection & EXECUTE) !== 0;
      const changedCode = isCode && (remapped || changed.some((page) => page >= first && page < end));
      if (!anew && mapped && !changedCode) continue;
      gone.push(first);
      this.blocks.delete(first);
      for (let page = first; page < end; page++) this.given.delete(page);
    }
    return gone;
  }
}

/** Consecutive pages, from `first` up to `end`. */
interface Block {
  first: number;
  end: number;
  protection: number;
}

/** Changed pages above which it is not worth while to tell them. */
const MANY = 256;

/** Most pages in a block; blocks do not cross multiples of it. */
const BLOCK = 64;

/** Number and words of each page. */
const contents = (memory: Memory, pages: readonly number[]): (number | Int32Array)[] =>
  pages.flatMap((page) => [page, new Int32Array(memory.read(page * PAGE_SIZE, PAGE_SIZE).buffer)]);

function resultOf(answer: Cursor): { stop: NativeStop; written: Map<number, Uint8Array> } {
  const [cause, number, low, high, retired] = answer.take(5) as unknown as [
    Cause,
    number,
    number,
    number,
    number,
  ];
  const address = BigInt.asUintN(64, (BigInt(high) << 32n) | BigInt(low >>> 0));
  const state = answer.list().slice();
  const written = new Map<number, Uint8Array>();
  while (!answer.isEmpty) {
    const page = answer.next();
    const words = answer.take(PAGE_SIZE / 4);
    written.set(page, new Uint8Array(words.buffer, words.byteOffset, PAGE_SIZE));
  }
  return { stop: { cause, number, address, retired, state }, written };
}

/**
 * Whether the library has done more than it should before it noticed a fault: the run is not to count then. The
 * number is that of instructions it must not execute.
 */
function excess(
  { cause, number, address }: NativeStop,
  written: ReadonlyMap<number, unknown>,
): number | undefined {
  if (cause !== Cause.memory) return undefined;
  // A jump out of the address space faults itself, not the fetch that follows.
  if (number === FETCH_UNMAPPED && address >= ADDRESS_SPACE) return 1;
  // A store begins in one page and faults in the next: the first bytes are stored already.
  const isWrite = number === WRITE_UNMAPPED || number === WRITE_PROTECTED;
  const torn = isWrite && address % BigInt(PAGE_SIZE) === 0n && written.has(Number(address) / PAGE_SIZE - 1);
  return torn ? 0 : undefined;
}

const ADDRESS_SPACE = 1n << 32n;
/** uc_mem_type. */
const WRITE_UNMAPPED = 20;
const FETCH_UNMAPPED = 21;
const WRITE_PROTECTED = 22;

const protectionOf = (memory: Memory, address: number): number => memory.find(address)?.protection ?? 0;

/** The library's numbers: 1 (read), 2 (write), 4 (execute). */
const nativeProtection = (protection: number): number =>
  ((protection & READ) !== 0 ? 1 : 0) |
  ((protection & WRITE) !== 0 ? 2 : 0) |
  ((protection & EXECUTE) !== 0 ? 4 : 0);
