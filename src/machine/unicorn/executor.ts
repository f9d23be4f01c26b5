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
 * - of RISC-V `fence.i`, which the library has not, and what it gets wrong: operations on singles, minima and
 *   maxima of doubles, atomic ones of words on RV64; of SPARC addxcc and subxcc;
 * - an instruction in a delay slot, when execution begins there;
 * - everything, while somebody observes memory.
 *
 * What remains different from the interpreter alone:
 *
 * - There is no instruction cache: what memory holds is executed, synchronized or not.
 * - The library executes a few instructions that the interpreter refuses (on SPARC those with reserved bits
 *   set, such as `sllx` as `sll`, and reads of any `%asr`).
 * - On SPARC it has other rules for NaNs: which of two is the result, what integer one becomes, and when fstod
 *   tells that it was a signalling one.
 * - A SPARC V8 program that runs on version 9 (v8plus) it does not execute at all.
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
    // Of single accesses only the interpreter tells.
    if (this.memory.observer !== undefined) return core.interpret(limit);
    let stop: Stop = { kind: 'limit' };
    while (core.retired < limit && stop.kind === 'limit') {
      const state = core.state();
      // Whether a breakpoint is to be reported or passed only the core knows.
      const must = core.breakpoints.has(core.pc) || !this.architecture.canBegin(state);
      if (must || !this.runNative(core, state, limit)) stop = interpretOne(core);
    }
    return stop;
  }

  /** Returns whether it did all it could; if not, the interpreter is to execute the next instruction. */
  private runNative(core: CachingCore, state: Int32Array, limit: number): boolean {
    const machine = nativeMachine(this.architecture);
    const count = Math.min(limit - core.retired, SLICE);
    const result = machine.run(this.memory, state, count, core.breakpoints);
    core.restore(result.state);
    core.retired += result.retired;
    return result.cause === Cause.limit;
  }
}

/** One instruction as memory holds it now. */
function interpretOne(core: CachingCore): Stop {
  core.synchronize();
  return core.interpret(core.retired + 1);
}
