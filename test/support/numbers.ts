import { SeededNumbers } from '#suture/process/random.js';

/** A generator of unsigned 32-bit numbers. */
export function seededNumbers(seed: number): () => number {
  const numbers = new SeededNumbers(seed);
  return () => numbers.next();
}
