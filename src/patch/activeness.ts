/**
 * Who is inside the code that a plan forbids.
 *
 * A thread is inside a procedure when pc, nPC or a return address lies in its body; standing at the entry
 * is not inside. Where a stack cannot be walked to its end, every aligned word of the rest and every
 * register that could be an address in that code counts as one.
 */
import type { FrameRule } from '../elf/index.js';
import { MemoryFault } from '../isa/core.js';
import type { Activation, StackWalk } from '../isa/unwind.js';
import type { Target, TargetThread } from '../target/index.js';
import type { ForbiddenRange } from './plan.js';

export interface Blocker {
  thread: number;
  range: ForbiddenRange;
  /** Depth of the activation, 0 the innermost; undefined when only a conservative scan found it. */
  depth: number | undefined;
  /** pc, the return address, or the word that was found. */
  address: number;
  /** Where the word was found, in a conservative scan: an address, or `register`. */
  foundAt?: number | 'register';
  /** Where the activation will return to, when that is known. */
  returnsTo: number | undefined;
  /** Whether it is the activation the thread began with, which has nowhere to return to. */
  outermost: boolean;
}

export type RuleLookup = (pc: number) => FrameRule | undefined;

export function walkThread(target: Target, thread: TargetThread, ruleAt: RuleLookup): StackWalk {
  const read32 = (address: number): number | undefined => {
    try {
      const bytes = target.read(address, 4);
      return new DataView(bytes.buffer).getUint32(0, !target.isa.bigEndian);
    } catch (error) {
      if (error instanceof MemoryFault) return undefined;
      throw error;
    }
  };
  return target.isa.walk({ core: thread.core, read32, ruleAt, stackTop: thread.stackTop });
}

/** Everybody who is inside, threads in order, innermost activation first. Empty: nobody is. */
export function findBlockers(
  target: Target,
  forbidden: readonly ForbiddenRange[],
  ruleAt: RuleLookup,
): Blocker[] {
  return target.threads.flatMap((thread) => {
    const walk = walkThread(target, thread, ruleAt);
    const blockers = walk.activations.flatMap((activation, depth) =>
      forbidden
        .filter((range) => isInside(activation, depth, range))
        .map((range) => ({
          thread: thread.id,
          range,
          depth,
          address: activation.resume[0]!,
          returnsTo: activation.returnsTo,
          outermost: walk.complete && depth === walk.activations.length - 1,
        })),
    );
    return walk.complete ? blockers : [...blockers, ...scan(target, thread, walk.scanFrom, forbidden)];
  });
}

const within = (address: number, { start, end, entryCounts }: ForbiddenRange): boolean =>
  (entryCounts ? address >= start : address > start) && address < end;

function isInside({ resume, within: code }: Activation, depth: number, range: ForbiddenRange): boolean {
  // A return address just behind a procedure's end belongs to the procedure that called, not to what follows.
  if (range.kind === 'procedure' && depth > 0) return code >= range.start && code < range.end;
  return resume.some((address) => within(address, range));
}

function scan(
  target: Target,
  thread: TargetThread,
  from: number,
  forbidden: readonly ForbiddenRange[],
): Blocker[] {
  const blockers: Blocker[] = [];
  const consider = (word: number, foundAt: number | 'register'): void => {
    for (const range of forbidden) {
      // A return address may be the byte behind the procedure's last call.
      if (within(word, range) || word === range.end) {
        blockers.push({
          thread: thread.id,
          range,
          depth: undefined,
          address: word,
          foundAt,
          returnsTo: undefined,
          outermost: false,
        });
      }
    }
  };
  for (const word of target.isa.codeWords(thread.core)) consider(word >>> 0, 'register');
  const start = Math.ceil(from / 4) * 4;
  if (start < thread.stackTop) {
    const bytes = target.read(start, thread.stackTop - start);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + 4 <= bytes.length; at += 4)
      consider(view.getUint32(at, !target.isa.bigEndian), start + at);
  }
  return blockers;
}
