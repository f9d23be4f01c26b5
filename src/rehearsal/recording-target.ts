/** A target that tells what the procedures of a package read and write while they are called. */
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
