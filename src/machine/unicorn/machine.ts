/**
 * One native processor, as the parent of its process sees it. It has no memory of its own: before each run it
 * is told what changed in the memory that the run is about, and afterwards what it wrote is written there.
 */
import { EXECUTE, PAGE_SIZE, READ, WRITE, type Memory, type Region } from '../memory.js';
import type { Architecture } from './architecture.js';
import { EngineFailure, Helper } from './helper.js';
import { Cause, list, message, Tell, textOf, type Cursor } from './messages.js';

/** How a run ended. */
export interface NativeStop {
  cause: Cause;
  /** Of the exception, or the type of memory access, as the library numbers them. */
  number: number;
  /** Of a memory access. */
  address: bigint;
  /** Instructions completed in this run. */
  retired: number;
  /** As `Core.state` gives it. */
  state: Int32Array;
}

export class NativeMachine {
  /** Whether its process is of no use any more. */
  failed = false;
  private readonly helper: Helper;
  /** What memory held after the last run. */
  private known: Memory | undefined;
  private knownRegions: readonly Region[] = [];
  /** Pages the native processor has, by number, and with which permission. */
  private readonly given = new Map<number, number>();

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
    const changed = Int32Array.from(this.changedPages(memory));
    for (const number of changed) this.given.delete(number);
    this.helper.send(message(count, ...list(Int32Array.from(breakpoints)), ...list(changed), state));
    let answer = this.helper.receive();
    let kind = answer.next();
    for (; kind === Tell.page; kind = answer.next()) {
      this.helper.send(this.page(memory, answer.next()));
      answer = this.helper.receive();
    }
    if (kind !== Tell.stopped) throw new EngineFailure(`the unicorn engine failed: ${textOf(answer.rest())}`);
    return this.finish(memory, answer);
  }

  private finish(memory: Memory, answer: Cursor): NativeStop {
    const [cause, number, low, high, retired] = answer.take(5) as unknown as [Cause, number, number, number, number];
    const address = BigInt.asUintN(64, (BigInt(high) << 32n) | BigInt(low >>> 0));
    const state = answer.list().slice();
    for (let rest = answer.rest(); rest.length > 0; rest = answer.rest()) {
      const start = answer.next() * PAGE_SIZE;
      const words = answer.take(PAGE_SIZE / 4);
      memory.write(start, new Uint8Array(words.buffer, words.byteOffset, PAGE_SIZE), true);
    }
    this.known = memory.fork();
    this.knownRegions = memory.regions;
    return { cause, number, address, retired, state };
  }

  /** What the native processor is given for a page it needs: its permission, stop points and contents. */
  private page(memory: Memory, number: number): Int32Array {
    const start = number * PAGE_SIZE;
    const protection = protectionOf(memory, start);
    if (protection === 0) return message(0);
    this.given.set(number, protection);
    const bytes = memory.read(start, PAGE_SIZE);
    const nextExecutable = (protectionOf(memory, start + PAGE_SIZE) & EXECUTE) !== 0;
    const stops = (protection & EXECUTE) === 0 ? [] : this.architecture.stopPoints(start, bytes, nextExecutable);
    return message(nativeProtection(protection), ...list(Int32Array.from(stops)), new Int32Array(bytes.buffer));
  }

  /** Numbers of the given pages that the native processor must not use any more. */
  private changedPages(memory: Memory): Set<number> {
    const changed = new Set<number>();
    if (this.known === undefined) return changed;
    for (const start of memory.differingPages(this.known)) {
      const number = start / PAGE_SIZE;
      if (this.given.has(number)) changed.add(number);
    }
    if (memory.regions === this.knownRegions) return changed;
    for (const [number, protection] of this.given) {
      // The stop points of code depend on the next page too.
      const same = protectionOf(memory, number * PAGE_SIZE) === protection && (protection & EXECUTE) === 0;
      if (!same) changed.add(number);
    }
    return changed;
  }
}

const protectionOf = (memory: Memory, address: number): number => memory.find(address)?.protection ?? 0;

/** The library's numbers: 1 (read), 2 (write), 4 (execute). */
const nativeProtection = (protection: number): number =>
  ((protection & READ) !== 0 ? 1 : 0) |
  ((protection & WRITE) !== 0 ? 2 : 0) |
  ((protection & EXECUTE) !== 0 ? 4 : 0);
