/**
 * Lets a process run until somebody may have left the code that a plan forbids, without looking at every
 * instruction.
 *
 * For each thread the outermost blocking activation decides: when it has returned, all others have. Where
 * the stack walk could not tell where it returns to, and for contexts that lie in memory, every exit of the
 * procedures they may be in is watched. A thread at such an exit, or between the instructions of a rewritten sequence,
 * only has to take a step.
 */
import type { Target, TargetStop } from '../target/index.js';
import type { Blocker, RuleLookup } from './activeness.js';
import type { ForbiddenRange } from './plan.js';

export interface Wait {
  /** Addresses at which the process stops; without any, and not `exits`, it takes a single step. */
  addresses: number[];
  /** Whether `addresses` are exits of the procedures, rather than places they return to. */
  exits: boolean;
}

const ENDLESS =
  'no instruction of it returns. Put what its loop repeats into a procedure of its own, which does return, ' +
  'in a release that is restarted; changes of that one can be applied while it runs';
/** When a check said that it is not the moment, it is asked again at the next multiple of so many instructions. */
const ASK_AGAIN = 1000;
/** A word that only looked like a return address goes away without anybody leaving: look again so often. */
const LONGEST_GUESS = 1000;
/** An activation may be left by a longjmp, and never return: look again so often. */
const LONGEST_RETURN = 100_000;

const STEP: Wait = { addresses: [], exits: false };

export function planWait(target: Target, blockers: readonly Blocker[]): Wait {
  const inProcedures = blockers.filter(({ range }) => range.kind === 'procedure');
  const outermost = new Map(inProcedures.map((blocker) => [blocker.thread, blocker]));
  const unknown = [...outermost.values()].filter(({ returnsTo }) => returnsTo === undefined);
  const addresses = [...outermost.values()].flatMap(({ returnsTo }) => returnsTo ?? []);
  if (unknown.length > 0) {
    const threads = new Set(unknown.map(({ thread }) => thread));
    for (const { range, thread, depth, address, inDelaySlot } of inProcedures) {
      if (!threads.has(thread)) continue;
      const code = target.read(range.start, range.end - range.start);
      const exits = target.isa.exits(code).map((offset) => range.start + offset);
      if (thread === target.currentThread && depth === 0 && (inDelaySlot || exits.includes(address)))
        return STEP;
      addresses.push(...exits);
    }
  }
  const guessed = blockers.some(({ depth }) => depth === undefined);
  return { addresses: [...new Set(addresses)], exits: guessed || unknown.length > 0 };
}

/** Whether a procedure has an instruction by which an activation of it can end. */
function canReturn(target: Target, { start, end }: ForbiddenRange, ruleAt: RuleLookup): boolean {
  const code = target.read(start, end - start);
  return target.isa.exits(code, (offset) => ruleAt(start + offset)).length > 0;
}

export function carryOutWait(target: Target, { addresses, exits }: Wait, deadline: number): TargetStop {
  if (!exits && addresses.length === 0) return step(target, deadline);
  const lookAgain = Math.min(deadline, nextLookOf({ addresses, exits }, target.instructions));
  const stop = target.runTo(addresses, lookAgain);
  return stop === 'limit' && target.instructions < deadline ? 'reached' : stop;
}

/** A multiple of the interval: where an update lands must not depend on when it was asked for. */
export const nextLook = (now: number, interval: number): number =>
  (Math.floor(now / interval) + 1) * interval;

/** The instruction count at which whoever waits like this from now on looks again, wherever threads are. */
export const nextLookOf = ({ exits }: Wait, now: number): number =>
  nextLook(now, exits ? LONGEST_GUESS : LONGEST_RETURN);

/** When a check that objected is asked again. */
export const nextConsent = (now: number): number => nextLook(now, ASK_AGAIN);

/** Those of the blockers for whom there is no use in waiting, and why: no place to return to, or no way to return. */
export function neverReturns(
  target: Target,
  blockers: readonly Blocker[],
  ruleAt: RuleLookup,
): { blockers: Blocker[]; why: string } | undefined {
  const first = blockers.filter(({ outermost }) => outermost);
  if (first.length > 0) return { blockers: first, why: 'its thread began there and never leaves it' };
  const endless = blockers.filter(
    ({ depth, range }) =>
      depth !== undefined && range.kind === 'procedure' && !canReturn(target, range, ruleAt),
  );
  return endless.length > 0 ? { blockers: endless, why: ENDLESS } : undefined;
}

function step(target: Target, deadline: number): TargetStop {
  if (target.instructions >= deadline) return 'limit';
  const stop = target.runTo([], target.instructions + 1);
  return stop === 'limit' ? 'reached' : stop;
}
