/** The engines that execute instructions. */
import { CachingCore } from '../isa/caching-core.js';
import type { Core } from '../isa/core.js';
import type { Isa } from '../isa/isa.js';
import { Lockstep } from './lockstep.js';
import type { Memory } from './memory.js';
import { UnicornExecutor } from './unicorn/executor.js';

/**
 * A core that both engines execute and compare, see lockstep.ts; the other result knows what was not compared.
 *
 * @throws EngineUnavailable
 */
export function createLockstep(isa: Isa, memory: Memory): { core: Core; lockstep: Lockstep } {
  const core = interpreter(isa, memory);
  const lockstep = Lockstep.create(isa, memory);
  core.executor = lockstep;
  return { core, lockstep };
}

function interpreter(isa: Isa, memory: Memory): CachingCore {
  const core = isa.createCore(memory);
  if (!(core instanceof CachingCore)) throw new TypeError(`${isa.title} has a core of another kind`);
  return core;
}

export { EngineUnavailable } from './unicorn/helper.js';

/** `builtin` is the interpreter that comes with suture; `unicorn` is the native library of that name. */
export type EngineName = 'builtin' | 'unicorn';

/**
 * A core whose instructions the engine executes.
 *
 * @throws EngineUnavailable when what the engine needs is not installed, or it does not know the instruction set.
 */
export function createCore(engine: EngineName, isa: Isa, memory: Memory): Core {
  const core = interpreter(isa, memory);
  if (engine === 'unicorn') core.executor = UnicornExecutor.create(isa, memory);
  return core;
}
