/**
 * A slow reference for who is inside what: shadow call stacks, kept by watching every instruction and what the
 * kernel does to a thread. Nothing is read from stacks, and no frame information is used.
 *
 *     call                    a frame, with where it returns and the stack pointer it returns with
 *     arrival at a return     the innermost frame that fits is over, and all within it: a return, or a longjmp;
 *                             for longjmp it is over as soon as that is called
 *     signal delivered        a frame with the interrupted pc; over when the kernel restores it
 *     switch of coroutines    the frames are put away under where they go on and with which stack pointer
 *     clone                   a thread with no frames
 *
 * A jump to a procedure's entry that links nothing is a tail call, and changes nothing here: where an
 * activation stands is pc, or the call it made last.
 */
import { MemoryFault } from '#suture/isa/core.js';
import type { SignalFrames } from '#suture/isa/isa.js';
import type { Process } from '#suture/process/process.js';
import type { Thread } from '#suture/process/thread.js';

/** Where an activation stands: `at` these addresses, or `in` a call. */
export type Position = { at: readonly number[] } | { in: number; returnsTo: number };

interface CallFrame {
  kind: 'call';
  from: number;
  /** The procedure that was called. */
  callee: number;
  returnsTo: number;
  sp: number;
}

interface SignalFrame {
  kind: 'signal';
  pc: number;
  nPc: number;
  transfer: Transfer | undefined;
}

type Frame = CallFrame | SignalFrame;

/** A control transfer that was executed: on SPARC it is over when its delay slot has been executed, too. */
interface Transfer {
  from: number;
  links: boolean;
}

/** A coroutine that is not running. */
interface Suspended {
  frames: Frame[];
  pc: number;
  sp: number;
}

/** What the instructions of an ISA do, as far as it matters here. */
interface Reader {
  sp: number;
  link: number;
  hasDelaySlots: boolean;
  /** The transfer that the instruction at `pc` is. */
  transfer(word: number, pc: number): Transfer | undefined;
  size(word: number): number;
  /** Where a call made at `from` returns to, when the link register holds `link`; undefined for a tail call. */
  returnsTo(from: number, link: number, wordAt: (at: number) => number): number | undefined;
}

const riscv: Reader = {
  sp: 2,
  link: 1,
  hasDelaySlots: false,
  size: (word) => ((word & 3) === 3 ? 4 : 2),
  transfer(word, pc) {
    const register = (word >>> 7) & 31;
    if ((word & 3) === 3) {
      const isJump = (word & 0x7f) === 0x6f || (word & 0x707f) === 0x67;
      return isJump ? { from: pc, links: register === 1 } : undefined;
    }
    const [quadrant, funct] = [word & 3, (word >>> 13) & 7];
    // c.jr and c.jalr have no second register; c.j; and c.jal, which RV64 has not, and where it is no jump.
    const throughRegister = quadrant === 2 && funct === 4 && ((word >>> 2) & 31) === 0 && register !== 0;
    if (throughRegister) return { from: pc, links: (word & 0x1000) !== 0 };
    if (quadrant === 1 && funct === 5) return { from: pc, links: false };
    return undefined;
  },
  returnsTo: (from, link) => ([2, 4].includes(link - from) ? link : undefined),
};

/** c.jal takes the place of RV64's c.addiw. */
const riscv32: Reader = {
  ...riscv,
  transfer(word, pc) {
    if ((word & 0xe003) === 0x2001) return { from: pc, links: true };
    return riscv.transfer(word, pc);
  },
};

const sparc: Reader = {
  sp: 14,
  link: 15,
  hasDelaySlots: true,
  size: () => 4,
  transfer(word, pc) {
    if (word >>> 30 === 1) return { from: pc, links: true };
    const [op3, op2] = [(word >>> 19) & 63, (word >>> 22) & 7];
    // jmpl, and return of V9.
    const jump = word >>> 30 === 2 && (op3 === 0x38 || op3 === 0x39);
    if (jump) return { from: pc, links: op3 === 0x38 && ((word >>> 25) & 31) === 15 };
    // BPcc, Bicc, BPr, FBPfcc, FBfcc.
    const branch = word >>> 30 === 0 && [1, 2, 3, 5, 6].includes(op2);
    return branch ? { from: pc, links: false } : undefined;
  },
  returnsTo(from, link, wordAt) {
    if (link !== from) return undefined;
    return from + (wordAt(from + 8) >>> 22 === 0 ? 12 : 8);
  },
};

class ShadowThread {
  frames: Frame[] = [];
  /** Of the instruction before, when the delay slot is still to be executed. */
  transfer: Transfer | undefined;
  pc: number;
  retired: number;

  constructor(readonly thread: Thread) {
    this.pc = thread.core.pc;
    this.retired = thread.core.retired;
  }
}

export interface ShadowOptions {
  /** Start of the procedure that an address lies in. */
  procedureAt: (address: number) => number;
  /** Entries of procedures that, when called, put their caller's stack away for later. */
  switches: readonly number[];
  /** Entries of procedures that never return to their callers but go on elsewhere. */
  leaves: readonly number[];
}

export class ShadowStacks {
  private threads = new Map<number, ShadowThread>();
  private suspended: Suspended[] = [];
  private readonly reader: Reader;
  /** What was seen: a test that sees none of something proves nothing about it. */
  readonly seen = { calls: 0, tailCalls: 0, jumpsOut: 0, signals: 0, switches: 0, threads: 0 };

  constructor(
    private readonly process: Process,
    private readonly options: ShadowOptions,
  ) {
    this.reader = process.isa.name === 'sparc' ? sparc : process.isa.bits === 32 ? riscv32 : riscv;
    this.watchSignals();
    this.meetThreads();
  }

  /** Executes one instruction; false when the process does not go on by itself. */
  step(): boolean {
    const stop = this.process.run(this.process.instructions + 1);
    for (const shadow of this.threads.values()) {
      if (shadow.thread.core.retired > shadow.retired) this.executed(shadow);
    }
    this.meetThreads();
    return stop.kind === 'limit';
  }

  /** Where the activations of each thread stand, innermost first, and under `undefined` those of coroutines. */
  positions(): Map<number | undefined, Position[]> {
    const all = new Map<number | undefined, Position[]>();
    for (const [id, { frames, thread }] of this.threads) {
      all.set(id, [{ at: resumesAt(thread.core.pc, this.nPc(thread)) }, ...positionsOf(frames)]);
    }
    all.set(
      undefined,
      this.suspended.flatMap(({ frames }) => positionsOf(frames)),
    );
    return all;
  }

  private meetThreads(): void {
    const living = new Set(this.process.threads.map(({ id }) => id));
    for (const id of this.threads.keys()) if (!living.has(id)) this.threads.delete(id);
    for (const thread of this.process.threads) {
      if (this.threads.has(thread.id)) continue;
      this.threads.set(thread.id, new ShadowThread(thread));
      this.seen.threads++;
    }
  }

  private nPc({ core }: Thread): number {
    return 'nPc' in core ? (core.nPc as number) : core.pc + 4;
  }

  private wordAt = (address: number): number => {
    try {
      const bytes = this.process.memory.read(address, 4);
      return new DataView(bytes.buffer).getUint32(0, !this.process.isa.bigEndian);
    } catch (error) {
      // The last instruction of a mapping may have two bytes.
      if (error instanceof MemoryFault) return this.halfAt(address);
      throw error;
    }
  };

  private halfAt(address: number): number {
    return new DataView(this.process.memory.read(address, 2).buffer).getUint16(0, true);
  }

  /** After an instruction, which stood at `shadow.pc`. */
  private executed(shadow: ShadowThread): void {
    const { core } = shadow.thread;
    const { pc: before } = shadow;
    const word = this.wordAt(before);
    const transfer = this.reader.transfer(word, before);
    const slot = shadow.transfer;
    shadow.pc = core.pc;
    shadow.retired = core.retired;
    shadow.transfer = undefined;
    if (!this.reader.hasDelaySlots) {
      if (transfer !== undefined && core.pc !== before + this.reader.size(word))
        this.arrived(shadow, transfer);
      return;
    }
    // Annulled slots are skipped, and the transfer is over at once.
    if (transfer !== undefined && core.pc === before + 4) shadow.transfer = transfer;
    else if (transfer !== undefined) this.arrived(shadow, transfer);
    if (slot !== undefined && core.pc !== before + 4) this.arrived(shadow, slot);
  }

  /** A transfer is over: the thread stands where it led. */
  private arrived(shadow: ShadowThread, { from, links }: Transfer): void {
    const { core } = shadow.thread;
    const { pc } = core;
    const sp = core.get(this.reader.sp) >>> 0;
    const link = core.get(this.reader.link) >>> 0;
    const returnsTo = links ? this.reader.returnsTo(from, link, this.wordAt) : undefined;
    if (returnsTo !== undefined) {
      shadow.frames.unshift({ kind: 'call', from, callee: pc, returnsTo, sp });
      this.seen.calls++;
      if (this.options.leaves.includes(pc)) this.foresee(shadow);
      return;
    }
    const [innermost] = shadow.frames;
    if (innermost?.kind === 'call' && innermost.returnsTo === pc && innermost.sp === sp) {
      shadow.frames.shift();
      return;
    }
    const { procedureAt } = this.options;
    if (procedureAt(from) === procedureAt(pc)) return;
    if (this.comesBackTo(shadow, pc, sp)) return;
    if (this.switched(shadow, pc, sp)) return;
    if (procedureAt(pc) !== pc) throw new Error(`nobody expected to go on at 0x${pc.toString(16)}`);
    this.seen.tailCalls++;
    if (innermost?.kind !== 'call' || this.options.switches.includes(innermost.callee)) return;
    innermost.callee = pc;
    if (this.options.leaves.includes(pc)) this.foresee(shadow);
  }

  /** Who calls longjmp leaves for good: what it jumps over is over, as a fork that goes on tells. */
  private foresee(shadow: ShadowThread): void {
    const { procedureAt } = this.options;
    const fork = this.process.fork(() => undefined);
    const ahead = fork.threads.find(({ id }) => id === shadow.thread.id)!;
    const leaving = procedureAt(ahead.core.pc);
    while (procedureAt(ahead.core.pc) === leaving) fork.run(fork.instructions + 1);
    const { pc } = ahead.core;
    const index = this.indexOfCaller(shadow, pc, ahead.core.get(this.reader.sp) >>> 0);
    // To another stack: nothing of this one is left.
    shadow.frames = index < 0 ? [] : shadow.frames.slice(index);
  }

  /** A jump over activations into one that called somebody with this stack pointer. */
  private comesBackTo(shadow: ShadowThread, pc: number, sp: number): boolean {
    const index = this.indexOfCaller(shadow, pc, sp);
    if (index < 0) return false;
    shadow.frames = shadow.frames.slice(index + 1);
    this.seen.jumpsOut++;
    return true;
  }

  /** The frame of the last call that the activation made to which `pc` and `sp` belong; -1 when none is. */
  private indexOfCaller({ frames }: ShadowThread, pc: number, sp: number): number {
    const { procedureAt } = this.options;
    if (procedureAt(pc) === pc) return -1;
    return frames.findIndex(
      (frame) => frame.kind === 'call' && frame.sp === sp && procedureAt(frame.from) === procedureAt(pc),
    );
  }

  /** A jump to another stack: to a coroutine that was put away, or to one that begins. */
  private switched(shadow: ShadowThread, pc: number, sp: number): boolean {
    const [call] = shadow.frames;
    const index = this.suspended.findIndex((coroutine) => coroutine.pc === pc && coroutine.sp === sp);
    const isSwitch = call?.kind === 'call' && call.sp !== sp && this.options.switches.includes(call.callee);
    if (index < 0 && !isSwitch) return false;
    const [next] = index < 0 ? [] : this.suspended.splice(index, 1);
    if (isSwitch) {
      // It goes on behind the call; everything that called is put away with it.
      this.suspended.push({ frames: shadow.frames, pc: call.returnsTo, sp: call.sp });
      this.seen.switches++;
    }
    shadow.frames = next === undefined ? [] : next.frames.slice(1);
    return true;
  }

  /** The kernel tells what it interrupts, and when that goes on. */
  private watchSignals(): void {
    const { isa } = this.process;
    const current = (): ShadowThread => this.threads.get(this.process.thread.id)!;
    const signalFrames: SignalFrames = {
      ...isa.signalFrames,
      push: (core, bus, delivery) => {
        const shadow = current();
        // What was executed since the last look, a system call that is interrupted, leads nowhere else.
        const frame = {
          kind: 'signal',
          pc: core.pc,
          nPc: this.nPc(shadow.thread),
          transfer: shadow.transfer,
        } as const;
        isa.signalFrames.push(core, bus, delivery);
        shadow.frames.unshift(frame);
        Object.assign(shadow, { transfer: undefined, pc: core.pc, retired: core.retired });
        this.seen.signals++;
      },
      pop: (core, bus, hasInfo) => {
        const blocked = isa.signalFrames.pop(core, bus, hasInfo);
        const shadow = current();
        const index = shadow.frames.findIndex(
          ({ kind, ...frame }) => kind === 'signal' && 'pc' in frame && frame.pc === core.pc,
        );
        const frame = shadow.frames[index];
        if (frame?.kind !== 'signal')
          throw new Error(`a signal handler returns to 0x${core.pc.toString(16)}`);
        shadow.frames = shadow.frames.slice(index + 1);
        Object.assign(shadow, { transfer: frame.transfer, pc: core.pc, retired: core.retired });
        return blocked;
      },
    };
    Object.defineProperty(this.process, 'isa', { value: { ...isa, signalFrames } });
  }
}

const resumesAt = (pc: number, nPc: number): number[] => (nPc === pc + 4 ? [pc] : [pc, nPc]);

const positionsOf = (frames: readonly Frame[]): Position[] =>
  frames.map((frame) =>
    frame.kind === 'call'
      ? { in: frame.from, returnsTo: frame.returnsTo }
      : { at: resumesAt(frame.pc, frame.nPc) },
  );
