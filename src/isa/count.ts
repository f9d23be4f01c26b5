/**
 * Refuses what is no count, before it makes a loop that never comes to its end.
 *
 * @param what names the count, for whoever gave it.
 * @throws RangeError unless it is a whole number, `least` or more, or Infinity.
 *
 * @example
 * checkCount('the limit of instructions', 1.5);
 * // RangeError: the limit of instructions is 1.5; it must be a whole number, 0 or more, or Infinity
 */
export function checkCount(what: string, count: number, least = 0): void {
  if (count >= least && (Number.isInteger(count) || count === Infinity)) return;
  throw new RangeError(
    `${what} is ${String(count)}; it must be a whole number, ${least} or more, or Infinity`,
  );
}
