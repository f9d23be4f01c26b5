/**
 * Who is inside the code that a plan forbids.
 *
 * A thread is inside a procedure when pc, nPC or a return address lies in its body; standing at the entry
 * is not inside. Its stack is walked, through signal frames, by rules that tell where each caller is. A stack
 * for which they do not suffice is scanned instead, see `resume-scan.ts`, and so is all other memory that
 * can hold a context: one that a coroutine or a `jmp_buf` has put away.
 */
import type { FrameRule } from '../elf/index.js';
import type { Activation, StackWalk } from '../isa/unwind.js';
import type { Target, TargetThread } from '../target/index.js';
import type { ForbiddenRange } from './plan.js';
import { scanForResumes } from './resume-scan.js';
import { readWords } from './words.js';

export interface Blocker {
  /** Undefined when the word that was found is on no thread's stack. */
  thread: number | undefined;
  range: ForbiddenRange;
  /** Depth of the activation, 0 the innermost; undefined when only a conservative scan found it. */
  depth: number | undefined;
  /** pc, the return address, or the word that was found. */
  address: number;
  /** Where the word was found, in a conservative scan: an address, or `register`. */
  foundAt?: number | 'register';
  /** Where the activation will return to, when that is known; nPC when it comes in only there. */
  returnsTo: number | undefined;
  /** Whether it stands in the delay slot of a jump, which has been executed. */
  inDelaySlot: boolean;
  /** Whether rules led here from pc, so that it certainly is an activation; else it is a word that looks like one. */
  reliable: boolean;
  /** Whether it is the activation the thread began with, which has nowhere to return to. */
  outermost: boolean;
}

export type RuleLookup = (pc: number) => FrameRule | undefined;

export function walkThread(target: Target, thread: TargetThread, ruleAt: RuleLookup): StackWalk {
  return target.isa.walk({ core: thread.core, read32: readWords(target), ruleAt, stackTop: thread.stackTop });
}

/**
 * Everybody who is inside, threads in order, innermost activation first, then what only scans found. Empty:
 * nobody is.
 *
 * @param walkOf for whoever has walked the stacks already.
 */
export function findBlockers(
  target: Target,
  forbidden: readonly ForbiddenRange[],
  ruleAt: RuleLookup,
  walkOf = (thread: TargetThread): StackWalk => walkThread(target, thread, ruleAt),
): Blocker[] {
  if (forbidden.length === 0) return [];
  const walks = target.threads.map((thread) => ({ thread, walk: walkOf(thread) }));
  const walked = walks.flatMap(({ thread, walk }) =>
    walk.activations.flatMap((activation, depth) =>
      forbidden
        .filter((range) => isInside(activation, range))
        .map((range) => {
          // In a delay slot before the range it has yet to come in: it is not for its own return to end that.
          const comesIn = activation.stands === 'at' && !liesIn(activation.resume[0]!, range);
          return {
            thread: thread.id,
            range,
            depth,
            address: activation.resume[0]!,
            returnsTo: comesIn ? activation.resume[1] : activation.returnsTo,
            inDelaySlot: activation.stands === 'at' && activation.resume.length > 1,
            reliable: walk.complete || depth === 0,
            outermost: !comesIn && walk.complete && depth === walk.activations.length - 1,
          };
        }),
    ),
  );
  const found = scanForResumes(target, walks, forbidden, readWords(target));
  return [
    ...walked,
    ...found.map((hit) => ({
      ...hit,
      depth: undefined,
      returnsTo: undefined,
      inDelaySlot: false,
      reliable: false,
      outermost: false,
    })),
  ];
}

const liesIn = (address: number, { start, end, entryCounts }: ForbiddenRange): boolean =>
  (entryCounts ? address >= start : address > start) && address < end;

function isInside({ resume, within, stands }: Activation, range: ForbiddenRange): boolean {
  // A return address just behind a procedure's end belongs to the procedure that called, not to what follows.
  if (range.kind === 'procedure' && stands === 'behind-call')
    return within >= range.start && within < range.end;
  return resume.some((address) => liesIn(address, range));
}
