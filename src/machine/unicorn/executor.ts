/**
 * Executes a core's instructions in the Unicorn library.
 *
 * The core stays what everybody looks at: its registers and the process's memory are the truth, and the
 * library works on copies. Whenever it stops before the end, the core's own interpreter executes the one
 * instruction it stopped at: that tells a trap as the interpreter tells it, and serves what the library cannot
 * do:
 *
 * - window traps of SPARC, which the interpreter serves as the kernel does;
 * - counters of RISC-V, which would show the host's time;
 * - instructions that the library does not have: `fence.i`, floating point of RISC-V;
 * - an instruction in a delay slot, when execution begins there.
 *
 * What remains different from the interpreter alone:
 *
 * - There is no instruction cache: what memory holds is executed, synchronized or not.
 * - Accesses are not told to an observer of memory.
 * - The library executes a few instructions that the interpreter refuses (on SPARC those with reserved bits
 *   set, such as `sllx` as `sll`, and reads of any `%asr`).
 */
import type { CachingCore, Executor } from '../../isa/caching-core.js';
import type { Bus, Stop } from '../../isa/core.js';
import type { Isa } from '../../isa/isa.js';
import { Memory } from '../memory.js';
import { architectureOf, type Architecture } from './architecture.js';
import { Cause } from './messages.js';
import { NativeMachine } from './machine.js';

/** Instructions that the library is asked for at once. */
const SLICE = 1 << 30;

/** One process for each architecture serves every core. */
const machines = new Map<string, NativeMachine>();

/** @throws EngineUnavailable */
export function nativeMachine(architecture: Architecture): NativeMachine {
  let machine = machines.get(architecture.name);
  if (machine?.failed !== false) {
    machine = new NativeMachine(architecture);
    machines.set(architecture.name, machine);
  }
  return machine;
}

export class UnicornExecutor implements Executor {
  private constructor(
    private readonly architecture: Architecture,
    private readonly memory: Memory,
  ) {}

  /** @throws EngineUnavailable at once, rather than when something is executed. */
  static create(isa: Isa, memory: Memory): UnicornExecutor {
    const architecture = architectureOf(isa);
    nativeMachine(architecture);
    return new UnicornExecutor(architecture, memory);
  }

  fork(bus: Bus): UnicornExecutor {
    if (!(bus instanceof Memory)) throw new TypeError('the unicorn engine executes in a Memory only');
    return new UnicornExecutor(this.architecture, bus);
  }

  run(core: CachingCore, limit: number): Stop {
    const breakpoints = new Set(core.breakpoints);
    // Standing on a breakpoint: it was reported when we came here, so step over it.
    let stepping = breakpoints.has(core.pc);
    while (core.retired < limit) {
      if (!stepping && breakpoints.has(core.pc)) return { kind: 'breakpoint', pc: core.pc };
      const state = core.state();
      if (stepping || !this.architecture.canBegin(state)) {
        stepping = false;
        const stop = interpretOne(core);
        if (stop.kind !== 'limit') return stop;
        continue;
      }
      const count = Math.min(limit - core.retired, SLICE);
      const machine = nativeMachine(this.architecture);
      const result = machine.run(this.memory, state, count, breakpoints);
      core.restore(result.state);
      core.retired += result.retired;
      // Stopped where it cannot go on by itself; a breakpoint is seen when we look again.
      stepping = result.cause !== Cause.limit && !breakpoints.has(core.pc);
    }
    return { kind: 'limit' };
  }
}

/** One instruction as memory holds it now. */
function interpretOne(core: CachingCore): Stop {
  core.synchronize();
  return core.interpret(core.retired + 1);
}
