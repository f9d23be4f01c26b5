/**
 * The conservative scan: words at which execution may go on inside code that a plan forbids.
 *
 * Scanned is all writable memory but
 *
 *     stacks that were walked to their end     every return address on them is known
 *     what lies below those, down to a guard   a page that nobody may touch ends the stack; what returned
 *                                              procedures left there is no context
 *     the alternate stack for signal handlers  below the frames on it, all of it when there are none
 *
 * and, where a walk did not come to its end, the thread's registers. So the contexts of coroutines and
 * `jmp_buf`s are found wherever they are, in data, in the heap, on stacks of their own; only one that is kept in a
 * frame of a stack in use, a local variable, is not looked for: what it leads to is then active there as well,
 * unless a whole coroutine stack is a local variable.
 *
 * A word counts when a call could have left it as its return address. On a stack that could not be walked,
 * and in registers, every word in the code counts, since any pc may have been interrupted. So it does
 * everywhere when memory holds the context of a signal handler, one that has switched to another stack.
 */
import type { AddressRange } from '../isa/observer.js';
import type { CallThatReturns, StackWalk, WalkContext } from '../isa/unwind.js';
import type { Target, TargetRegion, TargetThread } from '../target/index.js';
import type { ForbiddenRange } from './plan.js';
import { readWords } from './words.js';

/** A word that may be where somebody goes on. */
export interface ResumeWord {
  /** Whose stack or register it is in; undefined for other memory. */
  thread: number | undefined;
  range: ForbiddenRange;
  address: number;
  foundAt: number | 'register';
}

interface Walked {
  thread: TargetThread;
  walk: StackWalk;
}

/** A part of a stack on which any word counts. */
interface UnknownStack extends AddressRange {
  thread: number;
}

type Read = WalkContext['read32'];

const WRITE = 2;
const EXECUTE = 1;
/** Bytes from a call, whose own address a context may hold, to where it returns. */
const LONGEST_CALL = 12;

export function scanForResumes(
  target: Target,
  walks: readonly Walked[],
  forbidden: readonly ForbiddenRange[],
  read: Read,
): ResumeWord[] {
  const regions = target.regions();
  const unknown = walks
    .filter(({ walk }) => !walk.complete)
    .map(({ thread }) => stackInUse(target, thread, regions));
  const { low, high } = reachOf(forbidden);
  const found = walks
    .filter(({ walk }) => !walk.complete)
    .flatMap(({ thread }) => wordsInRegisters(target, thread, forbidden, read, low, high));
  const pieces = scannedPieces(target, walks);
  const weak: ResumeWord[] = [];
  for (const [foundAt, address] of wordsIn(target, pieces, low, high)) {
    const stack = unknown.find(({ start, end }) => foundAt >= start && foundAt < end);
    const calls = target.isa.callsThatLeft(address, read);
    for (const range of forbidden) {
      const hit = { thread: stack?.thread, range, address, foundAt };
      const fit = couldResume(range, address, calls);
      if (fit === 'behind-call' || (stack !== undefined && fit !== 'never')) found.push(hit);
      else if (fit === 'interrupted') weak.push(hit);
    }
  }
  if (weak.length > 0 && hasSuspendedHandler(target, pieces, regions, read)) {
    found.push(...weak.filter(({ range, address }) => address > range.start));
  }
  return found;
}

/**
 * Whether it depends on where stack pointers stand what the scan finds: on a stack without a guard, what lies below
 * the frames counts and what lies in them does not, so that a word on it comes and goes as frames do. Whoever is
 * inside there leaves such words with every call.
 */
export function dependsOnStackPointers(
  target: Target,
  walks: readonly Walked[],
  forbidden: readonly ForbiddenRange[],
): boolean {
  const regions = target.regions();
  const unguarded = walks.flatMap(({ thread, walk }) => {
    const covered = ownStacks(thread, walks, regions);
    const stacks = walk.stacks.filter(({ start }) => !covered.some((s) => start >= s.start && start < s.end));
    return stacks.map((stack) => ({ stack, walk }));
  });
  if (unguarded.length === 0 || forbidden.length === 0) return false;
  const isIn = (address: number): boolean =>
    forbidden.some(({ start, end }) => address >= start && address < end);
  if (unguarded.some(({ walk }) => walk.activations.some(({ within }) => isIn(within)))) return true;
  const read = readWords(target);
  const { low, high } = reachOf(forbidden);
  return unguarded.some(({ stack }) => {
    const start = regions.find((r) => stack.start >= r.start && stack.start < r.end)?.start ?? stack.start;
    const known = knownStacks(target, walks, regions).filter(({ start }) => start !== stack.start);
    const pieces = without({ start, end: stack.end }, known);
    return [...wordsIn(target, pieces, low, high)].some(([, word]) => {
      const calls = target.isa.callsThatLeft(word, read);
      return forbidden.some((range) => couldResume(range, word, calls) !== 'never');
    });
  });
}

/**
 * Whether a word that was just stored may be one that a scan finds.
 *
 * @param walks all complete, of where the threads stood at the latest change of their stacks.
 */
export function mayBeFound(
  target: Target,
  walks: readonly Walked[],
  forbidden: readonly ForbiddenRange[],
): (address: number, word: number) => boolean {
  const regions = target.regions();
  const covered = walks.flatMap(({ thread }) => ownStacks(thread, walks, regions));
  return (address, word) => {
    if (covered.some(({ start, end }) => address >= start && address < end)) return false;
    const calls = target.isa.callsThatLeft(word, readWords(target));
    return forbidden.some((range) => couldResume(range, word, calls) !== 'never');
  };
}

/** Words outside of this cannot lead into any of the ranges. */
export const wordsThatLeadInto = ({ start, end }: AddressRange): AddressRange => ({
  start: start - LONGEST_CALL,
  end: end + LONGEST_CALL + 1,
});

/** Stacks of a thread of which the scan knows every word, wherever its stack pointer stands. */
const ownStacks = (
  thread: TargetThread,
  walks: readonly Walked[],
  regions: readonly TargetRegion[],
): AddressRange[] => [guardedStack(thread, walks, regions) ?? [], thread.alternateStack ?? []].flat();

/** No word outside of these can lead into any of the ranges. */
const reachOf = (forbidden: readonly ForbiddenRange[]): { low: number; high: number } => ({
  low: Math.min(...forbidden.map(({ start }) => start)) - LONGEST_CALL,
  high: Math.max(...forbidden.map(({ end }) => end)) + LONGEST_CALL,
});

/** Words that such a scan looks at: those of memory that was ever written. */
export function wordsToScan(target: Target, walks: readonly Walked[]): number {
  let count = 0;
  for (const piece of scannedPieces(target, walks)) {
    for (const { start, words } of target.filledPages(piece.start - (piece.start % 4096), piece.end)) {
      const end = Math.min(start + 4 * words.length, piece.end);
      count += Math.ceil((end - Math.max(start, piece.start)) / 4);
    }
  }
  return count;
}

function scannedPieces(target: Target, walks: readonly Walked[]): AddressRange[] {
  const regions = target.regions();
  const known = knownStacks(target, walks, regions);
  return regions
    .filter(({ protection }) => (protection & WRITE) !== 0)
    .flatMap((region) => without(region, known));
}

export type Fit = 'behind-call' | 'interrupted' | 'never';

/** What a word in memory or in a register can mean for a range: an interrupted pc may be any in it. */
export function couldResume(
  { start, end, kind, entryCounts }: ForbiddenRange,
  word: number,
  calls: readonly CallThatReturns[],
): Fit {
  const resumes = ({ call, returnsTo }: CallThatReturns): boolean =>
    kind === 'procedure' ? call >= start && call < end : returnsTo > start && returnsTo < end;
  if (calls.some(resumes)) return 'behind-call';
  return word < end && (word > start || (entryCounts && word === start)) ? 'interrupted' : 'never';
}

function wordsInRegisters(
  target: Target,
  thread: TargetThread,
  forbidden: readonly ForbiddenRange[],
  read: Read,
  low: number,
  high: number,
): ResumeWord[] {
  return target.isa.codeWords(thread.core).flatMap((value) => {
    const word = value >>> 0;
    if (word < low || word > high) return [];
    const calls = target.isa.callsThatLeft(word, read);
    return forbidden
      .filter((range) => couldResume(range, word, calls) !== 'never')
      .map((range) => ({ thread: thread.id, range, address: word, foundAt: 'register' as const }));
  });
}

/** The stack a thread stands on: up to its top, or as far as memory goes when it is not the one it began with. */
function stackInUse(target: Target, thread: TargetThread, regions: readonly TargetRegion[]): UnknownStack {
  const start = thread.core.get(target.isa.stackPointer) >>> 0;
  const region = regions.find((r) => start >= r.start && start < r.end);
  const own = start < thread.stackTop && thread.stackTop <= (region?.end ?? 0);
  return { thread: thread.id, start, end: own ? thread.stackTop : (region?.end ?? start) };
}

/** Memory that needs no scan. */
function knownStacks(
  target: Target,
  walks: readonly Walked[],
  regions: readonly TargetRegion[],
): AddressRange[] {
  return walks.flatMap(({ thread, walk }) => {
    const guarded = guardedStack(thread, walks, regions);
    const own = guarded && { start: guarded.start, end: thread.stackTop };
    if (!walk.complete) return unusedPart(own, [stackInUse(target, thread, regions)]);
    const alternate = unusedPart(thread.alternateStack, walk.stacks);
    // The kernel begins an alternate stack that nobody is on anew.
    const idle = alternate.length === 0 ? [thread.alternateStack ?? []].flat() : alternate;
    return [...unusedPart(own, walk.stacks), ...idle, ...walk.stacks];
  });
}

/** What lies below the frames on a stack. */
function unusedPart(stack: AddressRange | undefined, inUse: readonly AddressRange[]): AddressRange[] {
  if (stack === undefined) return [];
  const frames = inUse.filter(({ start }) => start >= stack.start && start < stack.end);
  if (frames.length === 0) return [];
  return [{ start: stack.start, end: Math.min(...frames.map(({ start }) => start)) }];
}

/** The mapping that a thread's first stack has for itself, down to a guard. */
function guardedStack(
  { stackTop }: TargetThread,
  walks: readonly Walked[],
  regions: readonly TargetRegion[],
): TargetRegion | undefined {
  const holds = ({ start, end }: TargetRegion, top: number): boolean => top > start && top <= end;
  const region = regions.find((r) => holds(r, stackTop));
  const guarded = regions.some(({ end, protection }) => end === region?.start && protection === 0);
  const tops = walks.filter(({ thread }) => region !== undefined && holds(region, thread.stackTop));
  return guarded && tops.length === 1 ? region : undefined;
}

/** What is left of a range. */
function without(range: AddressRange, holes: readonly AddressRange[]): AddressRange[] {
  let pieces: AddressRange[] = [{ start: range.start, end: range.end }];
  for (const hole of holes) {
    pieces = pieces.flatMap(({ start, end }) =>
      [
        { start, end: Math.min(end, hole.start) },
        { start: Math.max(start, hole.end), end },
      ].filter((piece) => piece.start < piece.end),
    );
  }
  return pieces;
}

/** Aligned words as wide as an address, of those from `low` to `high`: where each is, and the word. */
function* wordsIn(
  target: Target,
  pieces: readonly AddressRange[],
  low: number,
  high: number,
): Generator<readonly [foundAt: number, word: number]> {
  const step = target.isa.bits / 32;
  for (const piece of pieces) {
    for (const { start, words } of target.filledPages(piece.start - (piece.start % 4096), piece.end)) {
      const first = Math.max(0, Math.ceil((piece.start - start) / (4 * step)) * step);
      const last = Math.min(words.length, (piece.end - start) / 4);
      for (let i = first; i < last; i += step) {
        const word = words[i]! >>> 0;
        if (word < low || word > high || (step === 2 && words[i + 1] !== 0)) continue;
        yield [start + 4 * i, word];
      }
    }
  }
}

/** Whether memory holds a return address that leads to sigreturn, on the stack of a handler that is not running. */
function hasSuspendedHandler(
  target: Target,
  pieces: readonly AddressRange[],
  regions: readonly TargetRegion[],
  read: Read,
): boolean {
  return regions
    .filter(({ protection }) => (protection & EXECUTE) !== 0)
    .some(({ start, end }) =>
      [...wordsIn(target, pieces, start, end)].some(([, word]) => target.isa.returnsFromSignal(word, read)),
    );
}
