/**
 * Plans that are made anew only where another one would come out.
 *
 * A plan says where everything goes; that depends on what runs, the patch, how it is asked for, and the gaps of the
 * address space. Whether memory holds the bytes that a plan expects is another question, asked at every attempt.
 */
import { makePlan, type Patch, type Plan, type Running } from '../patch/index.js';

interface Known {
  gaps: string;
  running: Running;
  plan: Plan;
}

/** @returns `makePlan` for whoever always asks with the same options. */
export function rememberingPlans(): typeof makePlan {
  const latest = new Map<Patch, Known>();
  return (target, patch, options, running) => {
    const gaps = target
      .gaps()
      .map(({ start, end }) => `${start}-${end}`)
      .join();
    const known = latest.get(patch);
    if (known?.gaps === gaps && running?.isLike(known.running) === true) return known.plan;
    const plan = makePlan(target, patch, options, running);
    if (running !== undefined) latest.set(patch, { gaps, running, plan });
    return plan;
  };
}
