/**
 * Updates of a process that its own signal handler makes, as `Update` is one that the host makes.
 *
 *     begun --prepare--> prepared --signal--> applied --signal--> taken back
 *       |                  |  ^
 *    refused             busy-+      busy: the process runs on, and the signal comes again
 *
 * One update at a time is in force: what a handler has done, its own journal takes back.
 */
import type { Image } from '../../elf/index.js';
import { hex } from '../../elf/index.js';
import { checkCount } from '../../isa/count.js';
import type { EmulatedTarget } from '../../target/index.js';
import { makePlan, type PlanOptions } from '../make-plan.js';
import type { Patch } from '../patch.js';
import type { Progress } from '../pipeline.js';
import type { Plan } from '../plan.js';
import { Refusal, type RefusalReason } from '../refusal.js';
import { Running } from '../running.js';
import { HandlerExecutor, type HandlerRun } from './executor.js';
import type { HandlerPlan } from './layout.js';
import { toHandlerPlan, toInversePlan } from './translate.js';

/** Instructions from one signal to the next while somebody is inside. */
const AGAIN = 1000;

export type HandlerEvent =
  | { kind: 'prepared'; plan: Plan; run: HandlerRun }
  | { kind: 'busy'; run: HandlerRun; again: number }
  | { kind: 'applied' | 'undone'; plan: Plan; run: HandlerRun };

export interface HandlerOptions {
  /** Instruction count after which the signal is not sent again. */
  deadline: number;
  ifBusy?: 'wait' | 'refuse';
  onEvent?: (event: HandlerEvent) => void;
}

interface InForce {
  executor: HandlerExecutor;
  plan: Plan;
  translated: HandlerPlan;
}

export class HandlerSession {
  private inForce: InForce | undefined;

  /** @param handler the program targets/updater of the target's ISA. */
  constructor(
    private readonly target: EmulatedTarget,
    private readonly handler: Image,
  ) {}

  /** @throws Refusal, or RangeError for a deadline that is no whole number; nothing has changed then. */
  update(patch: Patch, options: HandlerOptions & PlanOptions): { advance(): Progress } {
    checkCount('the deadline of an update', options.deadline);
    const { target } = this;
    if (this.inForce !== undefined)
      throw new Refusal(
        'handler-cannot',
        'one update is in force, and the handler carries no other on top of it',
      );
    const plan = makePlan(target, patch, options, Running.of(target.image));
    const translated = toHandlerPlan(target, plan);
    const executor = new HandlerExecutor(target, this.handler, translated.journal, plan.reservations);
    const prepared = prepareOrRemove(executor, translated, plan);
    options.onEvent?.({ kind: 'prepared', plan, run: prepared });
    return this.attempts(executor, plan, options, {
      landed: (run) => {
        this.inForce = { executor, plan, translated };
        options.onEvent?.({ kind: 'applied', plan, run });
      },
      givenUp: () => {
        for (const { start, end } of plan.reservations) target.release(start, end);
        executor.remove();
      },
    });
  }

  /** The way back. What was reserved stays: something may still point there. */
  rollback(options: HandlerOptions): { advance(): Progress } {
    checkCount('the deadline of an update', options.deadline);
    if (this.inForce === undefined) throw new Refusal('not-applied', 'there is no update to take back');
    const { executor, plan, translated } = this.inForce;
    executor.load(toInversePlan(this.target, plan, translated));
    const prepared = executor.prepare();
    if (prepared.verdict !== 'done') throw refusalFor(prepared, plan);
    return this.attempts(executor, plan, options, {
      landed: (run) => {
        this.inForce = undefined;
        executor.remove();
        options.onEvent?.({ kind: 'undone', plan, run });
      },
      givenUp: () => undefined,
    });
  }

  private attempts(
    executor: HandlerExecutor,
    plan: Plan,
    { deadline, ifBusy, onEvent }: HandlerOptions,
    end: { landed: (run: HandlerRun) => void; givenUp: () => void },
  ): { advance(): Progress } {
    const { target } = this;
    const giveUp = (refusal: Refusal): never => {
      end.givenUp();
      throw refusal;
    };
    return {
      advance: () => {
        for (;;) {
          const run = executor.apply();
          if (run.verdict === 'done') {
            end.landed(run);
            return 'done';
          }
          if (run.verdict !== 'busy' || ifBusy === 'refuse') return giveUp(refusalFor(run, plan));
          const again = Math.min(deadline, target.instructions + AGAIN);
          onEvent?.({ kind: 'busy', run, again });
          if (target.instructions >= deadline)
            return giveUp(tooLate('deadline', run, `instruction ${deadline} came first`));
          const stop = target.runTo([], again);
          if (stop === 'waiting-for-input') return stop;
          if (stop === 'stuck') return giveUp(tooLate('never-returns', run, 'nothing will wake its thread'));
          if (stop === 'ended') return giveUp(tooLate('process-ended', run, 'the process ended first'));
        }
      },
    };
  }
}

/** @throws Refusal; the handler is out of the process then. */
function prepareOrRemove(executor: HandlerExecutor, translated: HandlerPlan, plan: Plan): HandlerRun {
  try {
    executor.load(translated);
    const prepared = executor.prepare();
    if (prepared.verdict !== 'done') throw refusalFor(prepared, plan);
    return prepared;
  } catch (error) {
    executor.remove();
    throw error;
  }
}

/** What the handler found, in words. */
export function findingText({
  reason,
  address,
  foundAt,
}: Pick<HandlerRun, 'reason' | 'address' | 'foundAt'>): string {
  switch (reason) {
    case 'active-pc':
      return `pc ${hex(address)} is in code that is replaced`;
    case 'active-return':
      return `a register or window holds ${hex(address)}, which may be a return into code that is replaced`;
    case 'active-word':
      return `the word ${hex(address)} at ${hex(foundAt)} may be a return into code that is replaced`;
    case 'other-stack':
      return `the process stands on another stack, at ${hex(address)}`;
    default:
      return `${reason} at ${hex(address)}`;
  }
}

const tooLate = (reason: RefusalReason, run: HandlerRun, why: string): Refusal =>
  new Refusal(
    reason,
    `the handler found that ${findingText(run)}, until the end: ${why}; nothing was changed`,
  );

const REASONS: Partial<Record<HandlerRun['reason'], RefusalReason>> = {
  'unexpected-bytes': 'unexpected-bytes',
  'no-room': 'no-room',
  protection: 'write-failed',
  'read-back': 'write-failed',
};

function refusalFor(run: HandlerRun, { program }: Plan): Refusal {
  const reason = run.verdict === 'busy' ? 'busy' : (REASONS[run.reason] ?? 'handler-cannot');
  const left = run.verdict === 'broken' ? 'and NOT everything could be undone' : 'nothing was changed';
  return new Refusal(reason, `the handler in ${program}: ${findingText(run)}; ${left}`);
}
