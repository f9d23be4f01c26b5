/** A stack as names of procedures, cut in the middle where it is deep. */
import type { StackWalk } from '../isa/unwind.js';

const INNERMOST = 40;
/** As many as the map shows. */
const OUTERMOST = 24;

/** What stands at the end of a stack that was not walked to its end. */
const UNKNOWN = '(unknown)';

/**
 * The innermost first; of a deep stack both ends, with `(936 more)` between them.
 *
 * @param nameOf the procedure an address is in.
 */
export function stackNames(
  { activations, complete }: StackWalk,
  nameOf: (address: number) => string,
): string[] {
  const named = (some: StackWalk['activations']): string[] => some.map(({ within }) => nameOf(within));
  const left = activations.length - INNERMOST - OUTERMOST;
  const names =
    left <= 1
      ? named(activations)
      : [
          ...named(activations.slice(0, INNERMOST)),
          `(${left} more)`,
          ...named(activations.slice(-OUTERMOST)),
        ];
  return complete ? names : [...names, UNKNOWN];
}
