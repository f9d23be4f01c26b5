/** The constants of a series, in words. */
import type { Series } from './series.js';

const known = (value: number | undefined): string => (value === undefined ? 'none' : value.toFixed(2));

/** RV64 stacks do not end with a whole round. */
const left = (price: number | undefined): string =>
  price === undefined ? '' : ` (and ${known(price)} for each left of rounds of four)`;

/** A line for each law. */
export function constantsText({ constants }: Series): string[] {
  if (constants.length === 0) return ['guest instructions of the pause: not measured'];
  return constants.map(
    ({ strategies, fixed, perWordScanned, perWordLeft, perFrame, perWordWritten, largestError }) =>
      `guest instructions of the pause, ${strategies.join(', ')}: ${known(fixed)} fixed, ` +
      `${known(perWordScanned)} per word scanned${left(perWordLeft)}, ${known(perFrame)} per frame, ` +
      `${known(perWordWritten)} per word written; off by ${known(largestError)} at most`,
  );
}
