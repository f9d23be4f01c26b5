/**
 * Whether anything in a process could still lead to a range of memory.
 *
 * Conservative: every aligned word of live stack and of writable memory, and every register, counts as a
 * pointer. No word in the range proves that nothing leads there; a word may be a coincidence.
 */
import type { Target } from '../target/index.js';

const WRITE = 2;
const WORD = 4;

export function isReferenced(target: Target, start: number, end: number): boolean {
  const inRange = (word: number): boolean => word >= start && word < end;
  if (target.threads.some(({ core }) => target.isa.codeWords(core).some((word) => inRange(word >>> 0))))
    return true;
  return target.regions().some((region) => {
    if ((region.protection & WRITE) === 0 || (region.start < end && region.end > start)) return false;
    // Below the stack pointer lies what returned procedures left.
    const thread = target.threads.find(({ stackTop }) => stackTop > region.start && stackTop <= region.end);
    const sp = thread && thread.core.get(target.isa.stackPointer) >>> 0;
    const from = sp !== undefined && sp >= region.start && sp < region.end ? sp - (sp % WORD) : region.start;
    const bytes = target.read(from, region.end - from);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + WORD <= bytes.length; at += WORD) {
      if (inRange(view.getUint32(at, !target.isa.bigEndian))) return true;
    }
    return false;
  });
}
