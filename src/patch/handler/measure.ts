/** What the pause of an update costs, in the process's own instructions. */
import type { Image } from '../../elf/index.js';
import type { Process } from '../../process/process.js';
import { EmulatedTarget } from '../../target/index.js';
import type { Plan } from '../plan.js';
import { HandlerExecutor } from './executor.js';
import type { HandlerStatus } from './status.js';
import { toHandlerPlan } from './translate.js';

export interface HandlerPause extends Pick<
  HandlerStatus,
  'verdict' | 'reason' | 'address' | 'foundAt' | 'wordsScanned' | 'framesWalked' | 'wordsWritten'
> {
  /** Guest instructions from the handler's entry to sigreturn, both included. */
  instructions: number;
  /** The same for what happens before the pause. */
  preparation: number;
}

/**
 * Lets the in-process handler make an update where a process stands; in a copy, so that the process itself stays as it
 * is. A verdict `busy` costs what looking costs.
 *
 * @param handler the program targets/updater of the process's ISA.
 * @throws Refusal `handler-cannot` for a plan or a process that a handler is no match for.
 *
 * @example
 * const handler = readImage(bytes, 'updater.rv64.elf');
 * measureHandlerPause(process, makePlan(new EmulatedTarget(process), patch), handler).instructions; // 341
 */
export function measureHandlerPause(process: Process, plan: Plan, handler: Image): HandlerPause {
  const target = new EmulatedTarget(process.fork(() => undefined));
  const translated = toHandlerPlan(target, plan);
  const executor = new HandlerExecutor(target, handler, translated.journal, plan.reservations);
  executor.load(translated);
  const prepared = executor.prepare();
  const run = prepared.verdict === 'done' ? executor.apply() : prepared;
  const { verdict, reason, address, foundAt, wordsScanned, framesWalked, wordsWritten, instructions } = run;
  return {
    ...{ verdict, reason, address, foundAt, wordsScanned, framesWalked, wordsWritten, instructions },
    preparation: prepared.instructions,
  };
}
