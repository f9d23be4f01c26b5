/** A target that tells what an update reads of a process, and what the procedures of its package read and write. */
import { Observer, type AddressRange } from '../isa/observer.js';
import type { CallOutcome, OutsideCall, Target } from '../target/index.js';

export interface Accesses {
  read: AddressRange[];
  written: AddressRange[];
}

const EVERYTHING: readonly AddressRange[] = [{ start: 0, end: 2 ** 32 }];

/** Adds to `accesses`, without what the calls do on their own stack. */
export function recordCalls(target: Target, accesses: Accesses): Target {
  const call = target.call.bind(target);
  target.call = (outside: OutsideCall): CallOutcome => {
    const observer = new Observer(
      { read: EVERYTHING, write: EVERYTHING },
      ({ kind, address: start, size }) => {
        const end = start + size;
        if (start >= outside.stack.start && end <= outside.stack.end) return;
        accesses[kind === 'read' ? 'read' : 'written'].push({ start, end });
      },
    );
    return call({ ...outside, observer });
  };
  return target;
}

/** Adds what the patch engine reads of a target during `action`. */
export function recordingReads<T>(target: Target, reads: AddressRange[], action: () => T): T {
  const read = target.read.bind(target);
  target.read = (address, length) => {
    reads.push({ start: address, end: address + length });
    return read(address, length);
  };
  try {
    return action();
  } finally {
    target.read = read;
  }
}
