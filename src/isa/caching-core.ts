/** What every interpreter here shares: fetched instructions, breakpoints, and running in slices. */
import { MemoryFault, type Bus, type Core, type Register, type Stop } from './core.js';
import type { InstructionCache } from './icache.js';

/** An interpreter's inner loop counts down in a small integer. */
const SLICE = 0x3fffffff;

export abstract class CachingCore implements Core {
  retired = 0;
  timeBase = 0;

  protected constructor(protected cache: InstructionCache) {}

  abstract get pc(): number;
  abstract set pc(value: number);
  abstract get(register: number): number;
  abstract set(register: number, value: number): void;
  abstract registers(): Register[];
  abstract state(): Int32Array;
  abstract finishSyscall(): void;
  abstract fork(bus: Bus): Core;

  /** Executes until `retired` reaches `limit`, at most `SLICE` instructions away, or something happens. */
  protected abstract execute(limit: number): Stop;

  run(limit: number): Stop {
    if (this.retired < limit && this.cache.hasBreakpoint(this.pc)) {
      // Standing on a breakpoint: it was reported when we came here, so step over it.
      const pc = this.pc;
      this.cache.clearBreakpoint(pc);
      const stop = this.execute(this.retired + 1);
      this.cache.setBreakpoint(pc);
      if (stop.kind !== 'limit') return stop;
    }
    let stop: Stop = { kind: 'limit' };
    while (this.retired < limit && stop.kind === 'limit') {
      stop = this.execute(Math.min(limit, this.retired + SLICE));
    }
    return stop;
  }

  synchronize(start?: number, end?: number): void {
    this.cache.synchronize(start, end);
  }

  mappingsChanged(): void {
    this.cache.mappingsChanged();
  }

  setBreakpoint(pc: number): void {
    this.cache.setBreakpoint(pc);
  }

  clearBreakpoint(pc: number): void {
    this.cache.clearBreakpoint(pc);
  }
}

/**
 * What a fault that left an interpreter's loop says to the outside. `bits` is the width of an address there:
 * one of 32 bits may come with a sign, which it does not have.
 *
 * @throws whatever is not a guest's fault.
 */
export function memoryTrap(error: unknown, pc: number, bits: 32 | 64 = 32): Stop {
  if (!(error instanceof MemoryFault)) throw error;
  const { access, address, cause_: cause } = error;
  return { kind: 'memory', pc: pc >>> 0, access, address: bits === 32 ? address >>> 0 : address, cause };
}
