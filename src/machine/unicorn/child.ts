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
import { riscv32 } from './riscv.js';
import { sparc } from './sparc.js';

const LAYOUTS: Record<string, Layout> = { riscv32, sparc };

const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;
const HIGHEST = 0xffff_ffffn;

interface Page {
  bytes: Uint8Array;
  /** What the parent has, when the page may be written. */
  known: Uint8Array | undefined;
  /** Takes its stop points away. */
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
  private readonly pages = new Map<number, Page>();
  private readonly addStopPoint: (address: number) => () => void;
  private event: Event | undefined;
  /** What went wrong in a callback, out of which nothing may be thrown through the library. */
  private failure: unknown;
  private block = -1;

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
        this.failure = error;
        return false;
      }
    });
    if (layout.needsBlocks) library.onBlock((address) => (this.block = address));
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
    for (const number of request.list()) this.forget(number);
    const state = request.rest();
    const release = Array.from(breakpoints, (address) => this.addStopPoint(address >>> 0));
    const stopped = this.run(count, state);
    for (const undo of release) undo();
    return stopped;
  }

  private run(count: number, state: Int32Array): Int32Array {
    const { layout, library, words } = this;
    // A context that is put back must be a whole one.
    library.save(this.context);
    layout.load(words, state, this.fresh);
    library.restore(this.context);
    this.event = undefined;
    this.block = -1;
    const status = library.start(words[layout.pc]! >>> 0, count);
    if (this.failure !== undefined) throw this.failure;
    const started = Number(this.counter[0]!);
    library.save(this.context);

    const event = started > count ? LIMIT : this.eventOf(status);
    const fetching = event.cause === Cause.memory && isFetch(event.number);
    const advanced = event.cause === Cause.exception || event.cause === Cause.halt;
    if (advanced) words[layout.pc] = words[layout.pc]! - layout.pcAfterException;
    // The instruction that stopped it was counted when it began; one that was not fetched did not begin.
    const retired = fetching ? started : started - 1;
    const after = layout.store(words, {
      exact: event.cause === Cause.exception || event.cause === Cause.invalid || fetching,
      block: this.block,
      wordAt: (address) => this.wordAt(address),
    });
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

  /** Gets the page that was missing; false when there is none, or it does not permit the access. */
  private provide(type: number, address: bigint): boolean {
    const number = Number(address >> BigInt(PAGE_BITS));
    if (address <= HIGHEST && !this.pages.has(number)) {
      this.pipes.send(message(Tell.page, number));
      const answer = new Cursor(this.pipes.receive());
      const protection = answer.next();
      if (protection !== 0) {
        this.keep(number, protection, answer.list(), answer.rest());
        return true;
      }
    }
    this.event ??= { cause: Cause.memory, number: type, address };
    return false;
  }

  private keep(number: number, protection: number, stopPoints: Int32Array, words: Int32Array): void {
    const bytes = new Uint8Array(new Uint8Array(words.buffer, words.byteOffset, PAGE));
    this.library.map(number * PAGE, bytes, protection);
    this.pages.set(number, {
      bytes,
      known: (protection & 2) === 0 ? undefined : bytes.slice(),
      release: Array.from(stopPoints, (address) => this.addStopPoint(address >>> 0)),
    });
  }

  private forget(number: number): void {
    const page = this.pages.get(number);
    if (page === undefined) return;
    for (const undo of page.release) undo();
    this.library.unmap(number * PAGE, PAGE);
    this.pages.delete(number);
  }

  /** Number and contents of each page that differs from what the parent has, which has it then. */
  private writtenPages(): (number | Int32Array)[] {
    const written: (number | Int32Array)[] = [];
    for (const [number, { bytes, known }] of this.pages) {
      if (known === undefined || Buffer.compare(bytes, known) === 0) continue;
      known.set(bytes);
      written.push(number, new Int32Array(known.buffer));
    }
    return written;
  }

  /** A word of code, as it stands in a big-endian page. */
  private wordAt(address: number): number | undefined {
    const page = this.pages.get(address >>> PAGE_BITS);
    return page === undefined ? undefined : new DataView(page.bytes.buffer).getInt32(address & (PAGE - 1));
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

const LIMIT: Event = { cause: Cause.limit, number: 0, address: 0n };
/** Bytes that the library's record of an engine has at least. */
const RECORD_BYTES = 2048;
const PECULIAR = 0x5afe_c0de;

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
