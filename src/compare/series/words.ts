/** The constants of a series, in words. */
import type { Series } from './series.js';

const known = (value: number | undefined): string => (value === undefined ? 'none' : value.toFixed(2));

/** A line for each law. */
export function constantsText({ constants }: Series): string[] {
  if (constants.length === 0) return ['guest instructions of the pause: not measured'];
  return constants.map(
    ({ strategies, fixed, perWordScanned, perFrame, perWordWritten, largestError }) =>
      `guest instructions of the pause, ${strategies.join(', ')}: ${known(fixed)} fixed, ` +
      `${known(perWordScanned)} per word scanned, ${known(perFrame)} per frame, ` +
      `${known(perWordWritten)} per word written; off by ${known(largestError)} at most`,
  );
}
