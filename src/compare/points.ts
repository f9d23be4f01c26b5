/** Update points of a comparison, drawn from a seed. */
import { SeededNumbers } from '../process/random.js';

const WORD = 4;

/**
 * Different points of `[0, instructions)`, ascending; all of them when there are no more than `count`.
 *
 * @example
 * seededPoints(1000, 3, 7); // always the same three
 */
export function seededPoints(instructions: number, count: number, seed: number): number[] {
  if (instructions <= count) return Array.from({ length: instructions }, (_, point) => point);
  const numbers = new SeededNumbers(seed);
  const points = new Set<number>();
  while (points.size < count) {
    const fraction = new DataView(numbers.bytes(WORD).buffer).getUint32(0) / 2 ** 32;
    points.add(Math.floor(fraction * instructions));
  }
  return [...points].sort((a, b) => a - b);
}
