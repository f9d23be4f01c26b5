/** The constants of a series, in words. */
import type { Series } from './series.js';

const known = (value: number | undefined): string => (value === undefined ? 'none' : value.toFixed(1));

/** @example constantsText(series); // guest instructions of the pause: 210.0 fixed, 4.0 per word scanned, ... */
export function constantsText({ constants }: Series): string {
  if (constants === undefined) return 'guest instructions of the pause: not measured';
  const { fixed, perWordScanned, perFrame, perWordWritten, largestError } = constants;
  return (
    `guest instructions of the pause: ${known(fixed)} fixed, ${known(perWordScanned)} per word scanned, ` +
    `${known(perFrame)} per frame, ${known(perWordWritten)} per word written; off by ${known(largestError)} at most`
  );
}
