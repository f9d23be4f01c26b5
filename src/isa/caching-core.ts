/** What every interpreter here shares: fetched instructions, breakpoints, observers, and running in slices. */
import { MemoryFault, type Bus, type Core, type Register, type Stop } from './core.js';
import { checkCount } from './count.js';
import type { InstructionCache } from './icache.js';
import { Interruption, type Observer } from './observer.js';

/**
 * Instructions between two entries to an interpreter's inner loop: a millisecond or two. The host's compiler may
 * replace a loop while it runs, but only one that is entered anew gets its best code.
 */
const SLICE = 1 << 18;
const NOWHERE = -1;

/** Executes a core's instructions in place of its interpreter, such as a native engine does. */
export interface Executor {
  /** What `Core.run` promises. */
  run(core: CachingCore, limit: number): Stop;
  /** The one for a fork of the core on that bus. */
  fork(bus: Bus): Executor;
}

export abstract class CachingCore implements Core {
  retired = 0;
  timeBase = 0;
  idleTime = 0;
  clockSeen = false;
  /** Nobody but the interpreter when absent. */
  executor: Executor | undefined;
  /** Where an instruction trapped last, and what had retired before it: trying it again is nothing new. */
  private trappedAt = NOWHERE;
  private trappedRetired = 0;

  protected constructor(protected cache: InstructionCache) {}

  abstract get pc(): number;
  abstract set pc(value: number);
  abstract get(register: number): number;
  abstract set(register: number, value: number): void;
  abstract registers(): Register[];
  abstract state(): Int32Array;
  /** Takes over what `state` of a core of this kind gave. */
  abstract restore(state: Int32Array): void;
  abstract finishSyscall(): void;
  abstract fork(bus: Bus): CachingCore;

  /** Executes until `retired` reaches `limit`, at most `SLICE` instructions away, or something happens. */
  protected abstract execute(limit: number): Stop;

  run(limit: number): Stop {
    checkCount('the limit of instructions', limit);
    return this.executor === undefined ? this.interpret(limit) : this.executor.run(this, limit);
  }

  /** `run` by the interpreter, whatever the executor. */
  interpret(limit: number): Stop {
    const { cache } = this;
    let observer = cache.followObserver();
    let stop: Stop = { kind: 'limit' };
    while (this.retired < limit && stop.kind === 'limit') {
      stop = cache.standsOn(this.pc) ? this.step(observer) : this.runFreely(limit, observer);
      if (observer?.takeStop() === true) break;
      observer = cache.followObserver();
    }
    if (stop.kind === 'breakpoint') cache.standOn(stop.pc);
    observer?.standAt(this.retired + this.timeBase, this.pc);
    return stop;
  }

  fetchedState(): Int32Array {
    return this.cache.state();
  }

  synchronize(start?: number, end?: number): void {
    this.cache.synchronize(start, end);
  }

  mappingsChanged(): void {
    this.cache.mappingsChanged();
  }

  endReservation(): void {
    // Most ISAs have none.
  }

  /** Addresses of the breakpoints that are set. */
  get breakpoints(): ReadonlySet<number> {
    return this.cache.breakpointAddresses;
  }

  setBreakpoint(pc: number, passes = true): void {
    this.cache.setBreakpoint(pc);
    if (passes && pc === this.pc) this.cache.standOn(pc);
  }

  clearBreakpoint(pc: number): void {
    this.cache.clearBreakpoint(pc);
  }

  clearBreakpoints(): void {
    this.cache.clearBreakpoints();
  }

  private runFreely(limit: number, observer: Observer | undefined): Stop {
    const end = Math.min(limit, this.retired + SLICE);
    if (observer === undefined) return this.execute(end);
    const stop = observer.executing(() => this.execute(end));
    const watched = stop.kind === 'breakpoint' && !this.cache.hasBreakpoint(stop.pc);
    return watched || stop === INTERRUPTED ? this.step(observer) : stop;
  }

  /** Executes one instruction, whatever would stop there, and reports what is watched of it. */
  private step(observer: Observer | undefined): Stop {
    const { pc, retired } = this;
    const limit = retired + 1;
    this.cache.beginStep(pc);
    const stop = observer === undefined ? this.execute(limit) : observer.recording(() => this.execute(limit));
    const size = this.cache.endStep();
    const again = this.trappedAt === pc && this.trappedRetired === retired;
    observer?.settle(retired + this.timeBase, pc, again ? 0 : size, this.retired === limit);
    this.trappedAt = stop.kind === 'limit' ? NOWHERE : pc;
    this.trappedRetired = retired;
    return stop;
  }
}

/** What an interpreter returns when it met an access that is watched: it is to be executed by itself. */
const INTERRUPTED: Stop = { kind: 'limit' };

/**
 * What an exception that left an interpreter's loop means. `bits` is the width of an address there: one of 32
 * bits may come with a sign, which it does not have.
 *
 * @throws whatever is not a guest's doing.
 */
export function memoryTrap(error: unknown, pc: number, bits: 32 | 64 = 32): Stop {
  if (error instanceof Interruption) return INTERRUPTED;
  if (!(error instanceof MemoryFault)) throw error;
  const { access, address, cause_: cause } = error;
  return { kind: 'memory', pc: pc >>> 0, access, address: bits === 32 ? address >>> 0 : address, cause };
}
