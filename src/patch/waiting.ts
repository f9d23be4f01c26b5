/**
 * Lets a process run until somebody may have left the code that a plan forbids, without looking at every
 * instruction.
 *
 * For each thread the outermost blocking activation decides: when it has returned, all others have. Where
 * the stack walk could not tell where it returns to, every exit of the procedures it may be in is watched.
 * A thread between the instructions of a rewritten sequence only has to take a step.
 */
import type { Target, TargetStop } from '../target/index.js';
import type { Blocker } from './activeness.js';

export interface Wait {
  /** Addresses at which the process stops; without any, and not `exits`, it takes a single step. */
  addresses: number[];
  /** Whether `addresses` are exits of the procedures, rather than places they return to. */
  exits: boolean;
}

/** A jump and what stands in its delay slot. */
const STEPS_TO_LEAVE = 2;
/** A word that only looked like a return address goes away without anybody leaving: look again after so many instructions. */
const LONGEST_GUESS = 1000;

export function planWait(target: Target, blockers: readonly Blocker[]): Wait {
  const inProcedures = blockers.filter(({ range }) => range.kind === 'procedure');
  const outermost = new Map(inProcedures.map((blocker) => [blocker.thread, blocker]));
  const unknown = [...outermost.values()].filter(({ returnsTo }) => returnsTo === undefined);
  const addresses = [...outermost.values()].flatMap(({ returnsTo }) => returnsTo ?? []);
  if (unknown.length > 0) {
    const threads = new Set(unknown.map(({ thread }) => thread));
    for (const { range, thread } of inProcedures) {
      if (!threads.has(thread)) continue;
      const code = target.read(range.start, range.end - range.start);
      addresses.push(...target.isa.exits(code).map((offset) => range.start + offset));
    }
  }
  return { addresses: [...new Set(addresses)], exits: unknown.length > 0 };
}

/** Whether no instruction of the procedure could be the end of an activation. */
export function neverReturns(target: Target, { range, depth }: Blocker): boolean {
  // A word that a scan found may be no return address at all.
  if (range.kind !== 'procedure' || depth === undefined) return false;
  return target.isa.exits(target.read(range.start, range.end - range.start)).length === 0;
}

export function carryOutWait(target: Target, { addresses, exits }: Wait, deadline: number): TargetStop {
  if (!exits) return addresses.length === 0 ? step(target, deadline) : target.runTo(addresses, deadline);
  const lookAgain = Math.min(deadline, target.instructions + LONGEST_GUESS);
  let stop = target.runTo(addresses, lookAgain);
  for (let i = 0; stop === 'reached' && i < STEPS_TO_LEAVE; i++) stop = step(target, deadline);
  return stop === 'limit' && target.instructions < deadline ? 'reached' : stop;
}

function step(target: Target, deadline: number): TargetStop {
  if (target.instructions >= deadline) return 'limit';
  const stop = target.runTo([], target.instructions + 1);
  return stop === 'limit' ? 'reached' : stop;
}
