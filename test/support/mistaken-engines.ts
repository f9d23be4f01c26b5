/** Patch engines that each make one mistake: what they leave undone is what the sound engine is needed for. */
import { SparcHart } from '#suture/isa/sparc/hart.js';
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
/** sethi, jmpl, and what stands in the delay slot. */
const LONGEST_JUMP = 3 * INSTRUCTION;

/** After a call into the process, it goes on behind pc, as if no branch were under way. */
class WithoutNextPc extends EmulatedTarget {
  override call(outside: OutsideCall): CallOutcome {
    const outcome = super.call(outside);
    const { core } = this.process;
    if ('nPc' in core) core.nPc = core.pc + INSTRUCTION;
    return outcome;
  }
}

/**
 * Looks at pc alone, as if no thread stood in a delay slot; signal frames keep theirs. It shows only where the entry
 * counts: from elsewhere one comes into a procedure there, or behind a call of its own, which the walk finds by the
 * return address.
 */
const withoutNextPc: Check = (target, forbidden, ruleAt) => {
  const harts = target.threads.map(({ core }) => core).filter((core) => core instanceof SparcHart);
  const nextPcs = harts.map(({ nPc }) => nPc);
  for (const hart of harts) hart.nPc = hart.pc + INSTRUCTION;
  try {
    return findBlockers(target, forbidden, ruleAt);
  } finally {
    for (const [i, hart] of harts.entries()) hart.nPc = nextPcs[i]!;
  }
};

class WithoutSynchronization extends EmulatedTarget {
  override synchronize(): void {
    // What this one is about.
  }
}

/** Takes the first instruction of a call or jump that it writes for the whole of it. */
const withoutSecondInstruction: Check = (target, forbidden, ruleAt) =>
  findBlockers(
    target,
    forbidden.filter(({ start, end }) => end - start > LONGEST_JUMP),
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
  'forgets nPC when it checks': { check: withoutNextPc },
  'forgets the second instruction of a pair': { check: withoutSecondInstruction },
  'skips synchronization': { makeTarget: (process: Process) => new WithoutSynchronization(process) },
  'ignores signal frames': { check: withoutSignalFrames },
  'misses an unsaved return address': { check: withoutUnsavedReturns },
} as const satisfies Record<string, Mistake>;
