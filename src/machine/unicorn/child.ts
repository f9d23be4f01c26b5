/**
 * The process of the native engine, started with the name of an architecture: executes what its parent asks
 * for, and ends with it. See messages.ts for what they say to each other.
 *
 * It has copies of those pages of the parent's memory that were needed so far. The parent says which of them
 * have changed, and they are forgotten; which of them changed here is found by comparing after every run.
 */
import { readSync, writeSync } from 'node:fs';
import type { Layout } from './layout.js';
import { Library, LibraryError, MemoryEvent, Status } from './library.js';
import { Cause, Cursor, EndOfPipe, list, message, Pipes, Tell, textMessage } from './messages.js';
import { riscv32, riscv64 } from './riscv.js';
import { sparc } from './sparc.js';

const LAYOUTS: Record<string, Layout> = { riscv32, riscv64, sparc };

const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;
const HIGHEST = 0xffff_ffffn;

/** uc_prot. */
const enum Protection {
  write = 2,
  execute = 4,
}

/** Consecutive pages, mapped as one. */
interface Block {
  first: number;
  bytes: Uint8Array;
  protection: number;
  /** What the parent has, when the pages may be written. */
  known: Uint8Array | undefined;
  /** Takes their stop points away. */
  release: (() => void)[];
}

interface Event {
  cause: Cause;
  number: number;
  address: bigint;
}

class Engine {
  private readonly library: Library;
  private readonly context: ReturnType<Library['allocateContext']>['context'];
  private readonly words: Int32Array;
  private readonly fresh: Int32Array;
  private readonly counter: BigUint64Array;
  /** By the number of their first page, and of any. */
  private readonly blocks = new Map<number, Block>();
  private readonly pages = new Map<number, Block>();
  private readonly addStopPoint: (address: number) => () => void;
  private event: Event | undefined;
  /** What the parent said of a page of code that execution waits for. */
  private wanted: Cursor | undefined;
  /** What went wrong in a callback, out of which nothing may be thrown through the library. */
  private failure: Error | undefined;
  /** Runs of instructions that follow each other: where the last one began and ends, and where the one before ended. */
  private block = -1;
  private blockEnd = -1;
  private before = -1;

  constructor(
    private readonly layout: Layout,
    private readonly pipes: Pipes,
  ) {
    this.library = new Library(layout.architecture, layout.mode);
    const { context, buffer } = this.library.allocateContext();
    this.context = context;
    this.words = new Int32Array(buffer);
    this.library.save(context);
    this.fresh = this.words.slice();
    this.recognize();
    this.counter = this.findCounter();
    const { library } = this;
    library.onInterrupt((number) => {
      this.stop({ cause: Cause.exception, number, address: 0n });
    });
    library.onMemory((type, address) => {
      try {
        return this.provide(type, address);
      } catch (error) {
        this.failure = error as Error;
        return false;
      }
    });
    if (layout.needsBlocks)
      library.onBlock((address, size) => {
        this.before = this.blockEnd;
        this.block = address;
        this.blockEnd = address + size - 4;
      });
    this.addStopPoint = library.instructionHooks(() => {
      this.stop({ cause: Cause.stopPoint, number: 0, address: 0n });
    });
  }

  get version(): string {
    return this.library.version;
  }

  /** Carries out one request. */
  serve(request: Cursor): Int32Array {
    const count = request.next();
    const breakpoints = request.list();
    for (const first of request.list()) this.forget(first);
    const changes = new Cursor(request.list());
    while (!changes.isEmpty) this.change(changes.next(), changes.take(PAGE / 4));
    const hidden = request.take(2);
    const state = request.rest();
    const release = Array.from(breakpoints, (address) => this.addBreakpoint(address >>> 0));
    const stopped = this.run(count, state, hidden);
    for (const undo of release) undo();
    return stopped;
  }

  private run(count: number, state: Int32Array, hidden: Int32Array): Int32Array {
    // A context that is put back must be a whole one.
    this.library.save(this.context);
    this.layout.load(this.words, state, hidden, this.fresh);
    this.library.restore(this.context);
    const { flags } = this.layout;
    if (flags !== undefined) this.library.writeRegister(flags.register, flags.of(state));
    let retired = 0;
    for (;;) {
      const { event, after, done } = this.start(count - retired);
      retired += done;
      const goesOn = this.keepWanted();
      if (retired === count && event.address <= HIGHEST) return this.report(LIMIT, after, retired);
      if (!goesOn) return this.report(event, after, retired);
      // There the library cannot begin by itself.
      if (!this.layout.canBegin(after)) return this.report(IN_DELAY_SLOT, after, retired);
    }
  }

  /** Executes from where it stands. */
  private start(count: number): { event: Event; after: Int32Array; done: number } {
    const { layout, library, words } = this;
    this.event = undefined;
    this.block = this.blockEnd = this.before = -1;
    const status = library.start(words[layout.pc]! >>> 0, count);
    if (this.failure !== undefined) throw this.failure;
    const started = Number(this.counter[0]!);
    library.save(this.context);

    const event = started > count ? LIMIT : this.eventOf(status);
    const fetching = event.cause === Cause.memory && isFetch(event.number);
    const advanced = event.cause === Cause.exception || event.cause === Cause.halt;
    if (advanced) words[layout.pc] = words[layout.pc]! - layout.pcAfterException;
    const after = layout.store(words, {
      flags: layout.flags === undefined ? 0 : library.readRegister(layout.flags.register),
      exact: event.cause === Cause.exception || event.cause === Cause.invalid || fetching,
      block: this.block,
      before: this.before,
      wordAt: (address) => this.wordAt(address),
    });
    // The instruction that stopped it was counted when it began; one that was not fetched did not begin.
    return { event, after, done: fetching ? started : started - 1 };
  }

  private report(event: Event, after: Int32Array, retired: number): Int32Array {
    const address = BigInt.asIntN(64, event.address);
    return message(
      Tell.stopped,
      event.cause,
      event.number,
      Number(BigInt.asIntN(32, address)),
      Number(address >> 32n),
      retired,
      ...list(after),
      ...this.writtenPages(),
    );
  }

  private eventOf(status: Status): Event {
    if (this.event !== undefined) return this.event;
    if (status === Status.invalid) return { cause: Cause.invalid, number: 0, address: 0n };
    if (status === Status.ok) return { cause: Cause.halt, number: 0, address: 0n };
    throw new LibraryError(`uc_emu_start: ${this.library.describe(status)}`);
  }

  private stop(event: Event): void {
    this.event ??= event;
    this.library.stop();
  }

  /** Gets the page that was missing; false when the access cannot be made, or not yet. */
  private provide(type: number, address: bigint): boolean {
    const number = Number(address >> BigInt(PAGE_BITS));
    this.event ??= { cause: Cause.memory, number: type, address };
    if (address > HIGHEST || this.pages.has(number)) return false;
    this.pipes.send(message(Tell.page, number));
    const answer = new Cursor(this.pipes.receive());
    if (answer.isEmpty) return false;
    if (isFetch(type)) {
      this.wanted = answer;
      return false;
    }
    this.event = undefined;
    this.keep(answer);
    return true;
  }

  /**
   * Maps the page of code that was needed. The library translates what it could not fetch at first in a way that
   * overlooks changes of the code, so it has stopped and fetches again.
   */
  private keepWanted(): boolean {
    if (this.wanted === undefined) return false;
    this.keep(this.wanted);
    this.wanted = undefined;
    return true;
  }

  /** `answer` is what the parent gives when asked for a page. */
  private keep(answer: Cursor): void {
    const [first, count, protection] = [answer.next(), answer.next(), answer.next()];
    const stopPoints = answer.list();
    const bytes = new Uint8Array(count * PAGE);
    while (!answer.isEmpty) {
      const offset = (answer.next() - first) * PAGE;
      bytes.set(bytesOf(answer.take(PAGE / 4)), offset);
    }
    this.library.map(first * PAGE, bytes, protection);
    const block = {
      first,
      bytes,
      protection,
      known: (protection & Protection.write) === 0 ? undefined : bytes.slice(),
      release: Array.from(stopPoints, (address) => this.addStopPoint(address >>> 0)),
    };
    this.blocks.set(first, block);
    for (let i = 0; i < count; i++) this.pages.set(first + i, block);
  }

  private forget(first: number): void {
    const block = this.blocks.get(first)!;
    const { bytes, release } = block;
    for (const undo of release) undo();
    if (isCode(block)) this.library.forgetTranslations(first * PAGE, bytes.length);
    this.library.unmap(first * PAGE, bytes.length);
    this.blocks.delete(first);
    for (let i = 0; i < bytes.length / PAGE; i++) this.pages.delete(first + i);
  }

  /** Takes over what the parent has in a page now. */
  private change(number: number, words: Int32Array): void {
    const block = this.pages.get(number)!;
    const offset = (number - block.first) * PAGE;
    block.bytes.set(bytesOf(words), offset);
    block.known?.set(bytesOf(words), offset);
  }

  /** Number and contents of each page that differs from what the parent has, which has it then. */
  private writtenPages(): (number | Int32Array)[] {
    const written: (number | Int32Array)[] = [];
    for (const { first, bytes, known } of this.blocks.values()) {
      if (known === undefined || Buffer.compare(bytes, known) === 0) continue;
      for (let offset = 0; offset < bytes.length; offset += PAGE) {
        const now = bytes.subarray(offset, offset + PAGE);
        if (Buffer.compare(now, known.subarray(offset, offset + PAGE)) === 0) continue;
        known.set(now, offset);
        written.push(first + offset / PAGE, new Int32Array(known.buffer, offset, PAGE / 4));
      }
    }
    return written;
  }

  private addBreakpoint(address: number): () => void {
    const number = address >>> PAGE_BITS;
    const block = this.pages.get(number);
    // What is translated already calls no new hooks.
    if (block !== undefined && isCode(block)) this.library.forgetTranslations(number * PAGE, PAGE);
    return this.addStopPoint(address);
  }

  /** A word of code, as it stands in a big-endian page. */
  private wordAt(address: number): number | undefined {
    const block = this.pages.get(address >>> PAGE_BITS);
    if (block === undefined) return undefined;
    return new DataView(block.bytes.buffer).getInt32(address - block.first * PAGE);
  }

  private recognize(): void {
    const { contextSize, fingerprint } = this.layout;
    const known =
      this.words.byteLength === contextSize &&
      fingerprint.every(([word, value]) => this.words[word] === value);
    if (!known) throw new Error(`libunicorn ${this.version} lays out registers in a way not known here`);
  }

  /**
   * The library counts the instructions it begins, when asked to stop after a number of them, but tells nobody.
   * The number asked for lies behind the count in its record of the engine.
   */
  private findCounter(): BigUint64Array {
    const record = new BigUint64Array(this.library.record(RECORD_BYTES));
    this.library.start(0, PECULIAR);
    const at = record.indexOf(BigInt(PECULIAR));
    if (at < 1 || record[at - 1] !== 0n) throw new Error('libunicorn keeps no count that is known here');
    return record.subarray(at - 1, at);
  }
}

const IN_DELAY_SLOT: Event = { cause: Cause.stopPoint, number: 0, address: 0n };
const LIMIT: Event = { cause: Cause.limit, number: 0, address: 0n };
/** Bytes that the library's record of an engine has at least. */
const RECORD_BYTES = 2048;
const PECULIAR = 0x5afe_c0de;

const bytesOf = (words: Int32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

const isCode = ({ protection }: Block): boolean => (protection & Protection.execute) !== 0;

const isFetch = (type: number): boolean =>
  type === MemoryEvent.fetchUnmapped || type === MemoryEvent.fetchProtected;

function main(architecture: string): void {
  const pipes = new Pipes({ readSync, writeSync }, 0, 1);
  let engine: Engine;
  try {
    engine = new Engine(LAYOUTS[architecture]!, pipes);
  } catch (error) {
    pipes.send(textMessage(Tell.unavailable, String(error)));
    return;
  }
  pipes.send(textMessage(Tell.ready, engine.version));
  try {
    for (;;) pipes.send(engine.serve(new Cursor(pipes.receive())));
  } catch (error) {
    if (error instanceof EndOfPipe) return;
    pipes.send(textMessage(Tell.failed, String(error)));
  }
}

main(process.argv[2] ?? '');
