/** Patch engines that each make one mistake: what they leave undone is what the sound engine is needed for. */
import { findBlockers, walkThread, type ApplyOptions, type RuleLookup } from '#suture/patch/index.js';
import type { Process } from '#suture/process/process.js';
import { EmulatedTarget, type CallOutcome, type OutsideCall, type Target } from '#suture/target/index.js';

type Check = NonNullable<ApplyOptions['check']>;

/** How one differs from the engine. */
export interface Mistake {
  check?: Check;
  makeTarget?: (process: Process) => Target;
}

const INSTRUCTION = 4;

/** After a call into the process, it goes on behind pc, as if no branch were under way. */
class WithoutNextPc extends EmulatedTarget {
  override call(outside: OutsideCall): CallOutcome {
    const outcome = super.call(outside);
    const { core } = this.process;
    if ('nPc' in core) core.nPc = core.pc + INSTRUCTION;
    return outcome;
  }
}

class WithoutSynchronization extends EmulatedTarget {
  override synchronize(): void {
    // What this one is about.
  }
}

/** Takes the one instruction that it writes first for the whole sequence. */
const withoutSecondInstruction: Check = (target, forbidden, ruleAt) =>
  findBlockers(
    target,
    forbidden.filter(({ kind }) => kind !== 'sequence'),
    ruleAt,
  );

/** Where code that calls sigreturn stands on a thread's stack: what was interrupted lies behind it. */
function signalFrameOf(target: Target, thread: number | undefined, ruleAt: RuleLookup): number {
  const own = target.threads.find(({ id }) => id === thread);
  if (own === undefined) return Infinity;
  const { activations } = walkThread(target, own, ruleAt);
  const at = activations.findIndex(({ stands }, depth) => depth > 0 && stands === 'at');
  return at < 0 ? Infinity : at;
}

/** Takes the frame that the kernel made for a signal for the end of the stack. */
const withoutSignalFrames: Check = (target, forbidden, ruleAt) =>
  findBlockers(target, forbidden, ruleAt).filter(
    ({ depth, thread }) => depth === undefined || depth < signalFrameOf(target, thread, ruleAt),
  );

/** Whether the innermost activation still has its return address where the call left it. */
function isUnsaved(target: Target, thread: number | undefined, ruleAt: RuleLookup): boolean {
  const own = target.threads.find(({ id }) => id === thread);
  const rule = own && ruleAt(own.core.pc);
  if (rule === undefined) return false;
  return !rule.windowSaved && rule.registers.get(rule.returnRegister)?.kind !== 'memory';
}

/** Looks for return addresses in frames alone: the caller of a leaf is not seen. */
const withoutUnsavedReturns: Check = (target, forbidden, ruleAt) =>
  findBlockers(target, forbidden, ruleAt).filter(
    ({ depth, thread }) => depth !== 1 || !isUnsaved(target, thread, ruleAt),
  );

export const MISTAKES = {
  'forgets nPC when it calls': { makeTarget: (process: Process) => new WithoutNextPc(process) },
  'forgets the second instruction of a pair': { check: withoutSecondInstruction },
  'skips synchronization': { makeTarget: (process: Process) => new WithoutSynchronization(process) },
  'ignores signal frames': { check: withoutSignalFrames },
  'misses an unsaved return address': { check: withoutUnsavedReturns },
} as const satisfies Record<string, Mistake>;
