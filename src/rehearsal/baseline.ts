/** The old program, running by itself, stopped wherever something happens that matters to an update. */
import { Observer, type AddressRange, type ObservedAccess } from '../isa/observer.js';
import type { ProcessStop } from '../process/process.js';
import type { Doubts, Footprint } from './footprint.js';
import type { Conflict } from './model.js';
import type { Accesses } from './recording-target.js';
import type { Session } from './workload.js';

/**
 * What is watched for: the footprint; while somebody is inside only whether they may leave, by a jump out of the
 * procedure, and where there are several threads also whether another one comes in. Places of doubt always are.
 */
export type Watch = 'footprint' | 'exits' | 'entrances and exits';

/** System calls after which another thread, or another stack, may be the one that counts. */
const TURNS: ReadonlySet<string> = new Set(['clone', 'exit', 'sigaltstack', 'rt_sigreturn', 'sigreturn']);

const REMAPS = 'changes what is mapped, and so where memory can be reserved';
const TURNS_OVER =
  'belongs to another thread than the one before, by whose registers procedures of the package go';
const WRITES = 'writes output, and the judge minds what was written before the update';

export interface Touch {
  conflict: Conflict;
  /** Whether it matters to what is prepared: mappings changed, or bytes that the plan expects or writes. */
  rebuilds: boolean;
}

/** What is asked while the program runs. */
export interface Concerns {
  /** When another thread's turn begins: whether that matters. */
  turn: () => boolean;
  /** When a word was stored that may be a return into code that nobody may be inside: whether that matters. */
  word: (address: number, word: number) => boolean;
}

export interface BaselineStop {
  stop: ProcessStop;
  /** The first thing that touched the footprint. */
  touch: Touch | undefined;
}

export class Baseline {
  private observers: Partial<Record<Watch, Observer>> = {};
  /** Addresses at which the process stops for `run`; it does at places of doubt as well. */
  private readonly armed = new Set<number>();
  private readonly unwalkable: ReadonlySet<number>;
  /** Where instructions begin after which another look may be needed. */
  private readonly changes: ReadonlySet<number>;
  private touch: Touch | undefined;
  private mindsWord: Concerns['word'] = () => false;
  /** The latest instruction of which it is known where it stood. */
  executed = { instruction: -1, pc: 0 };
  private footprint: Footprint | undefined;
  /** Whether nothing is watched but the footprint. */
  private isFootprintAlone = false;
  /** What is read and written for the verdict, and where signal frames are. */
  private accesses: Accesses = { read: [], written: [] };
  private signalFrames: readonly AddressRange[] = [];

  constructor(
    readonly session: Session,
    private readonly doubts: Doubts,
  ) {
    this.unwalkable = new Set(doubts.unwalkable);
    this.changes = new Set(doubts.changes.map(({ start }) => start));
    for (const address of doubts.unwalkable) session.process.setBreakpoint(address);
  }

  /**
   * What touches from now on, until it is said anew.
   *
   * @param called what procedures of the package have used.
   * @param words in memory that decide whether somebody is inside.
   */
  watchFor(footprint: Footprint, called: Accesses, words: readonly AddressRange[]): void {
    const isFootprintAlone = called.read.length + called.written.length + words.length === 0;
    if (this.footprint === footprint && this.isFootprintAlone && isFootprintAlone) return;
    this.isFootprintAlone = isFootprintAlone;
    this.accesses = {
      read: [...footprint.read, ...called.written],
      written: [...footprint.written, ...called.written, ...called.read, ...words],
    };
    if (this.footprint !== footprint) {
      this.footprint = footprint;
      const observe = (execute: readonly AddressRange[]): Observer =>
        new Observer(
          {
            execute: [...execute, ...this.doubts.changes],
            unmapped: footprint.reserved,
            word: footprint.words,
          },
          this.accessed,
        );
      this.observers = {
        footprint: observe(footprint.fetched),
        exits: observe(footprint.exits),
        'entrances and exits': observe([...footprint.entrances, ...footprint.exits]),
      };
    }
    this.watchAccesses();
  }

  /** Who writes there changes where a thread goes on when its signal handler returns. */
  watchSignalFrames(frames: readonly AddressRange[]): void {
    if (JSON.stringify(frames) === JSON.stringify(this.signalFrames)) return;
    this.signalFrames = frames;
    this.watchAccesses();
  }

  private watchAccesses(): void {
    const { read, written } = this.accesses;
    for (const [watch, observer] of Object.entries(this.observers) as [Watch, Observer][])
      this.observers[watch] = observer.withAccesses(read, [...written, ...this.signalFrames]);
  }

  /**
   * Runs until something that is watched has happened, a thread is about to execute one of `addresses`, or `limit`
   * instructions have retired.
   *
   * @param hearsOutput whether it also stops when the program has written something.
   */
  run(
    limit: number,
    watch: Watch,
    addresses: ReadonlySet<number>,
    hearsOutput: boolean,
    concerns: Concerns,
  ): BaselineStop {
    const { session } = this;
    const { process, written } = session;
    this.arm(addresses);
    this.touch = undefined;
    this.mindsWord = concerns.word;
    const { regions } = process.memory;
    process.memory.observer = this.observers[watch];
    const { instructions, core } = process;
    const { pc } = core;
    process.turned = () => {
      if (concerns.turn()) this.happened(TURNS_OVER, false);
    };
    const stop = session.run(limit, (event) => {
      if (process.memory.regions !== regions) this.happened(REMAPS, true);
      if (hearsOutput && session.written !== written) this.happened(WRITES, false);
      if (event.kind === 'signal' || TURNS.has(event.name)) process.interrupt();
    });
    process.memory.observer = undefined;
    if (process.instructions === instructions + 1) this.executed = { instruction: instructions, pc };
    process.turned = undefined;
    return { stop, touch: this.touch };
  }

  /** The same process without anything that stops it. */
  fork(): Session {
    const fork = this.session.fork();
    for (const { core } of fork.process.threads) core.clearBreakpoints();
    return fork;
  }

  private arm(addresses: ReadonlySet<number>): void {
    const { process } = this.session;
    for (const address of this.armed) {
      if (addresses.has(address)) continue;
      this.armed.delete(address);
      if (this.unwalkable.has(address)) continue;
      process.clearBreakpoint(address);
    }
    for (const address of addresses) {
      if (this.armed.has(address)) continue;
      this.armed.add(address);
      process.setBreakpoint(address);
    }
  }

  /** A system call has done something that matters. */
  private happened(why: string, rebuilds: boolean): void {
    const { process } = this.session;
    const conflict = { instruction: process.instructions, pc: process.core.pc, why };
    this.touch = {
      conflict: this.touch?.conflict ?? conflict,
      rebuilds: rebuilds || this.touch?.rebuilds === true,
    };
    process.interrupt();
  }

  private readonly accessed = ({ instruction, pc, kind, address, size }: ObservedAccess): void => {
    const { process } = this.session;
    const overlaps = ({ start, end }: AddressRange): boolean => address < end && address + size > start;
    const { footprint } = this;
    this.executed = { instruction, pc };
    const isWord = kind === 'word';
    if (isWord && !this.mindsWord(address, process.memory.load32(address) >>> 0)) return;
    const doubt = isWord || (kind === 'execute' && !(footprint?.fetched.some(overlaps) ?? false));
    // Half of another instruction only looks like one of doubt.
    if (doubt && !isWord && !this.changes.has(address) && !(footprint?.exits.some(overlaps) ?? false)) return;
    if (footprint !== undefined && !doubt) {
      const conflict = this.touch?.conflict ?? { instruction, pc, why: footprint.why(kind, address, size) };
      const rebuilds = kind === 'unmapped' || (kind === 'write' && footprint.written.some(overlaps));
      this.touch = { conflict, rebuilds: rebuilds || this.touch?.rebuilds === true };
    }
    process.memory.observer?.stop();
    process.interrupt();
  };
}
