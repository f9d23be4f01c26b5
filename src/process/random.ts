/** Bytes that depend on a seed alone: splitmix32, one byte of each output. */
export function seededBytes(seed: number, count: number): Uint8Array {
  const next = seededNumbers(seed);
  return Uint8Array.from({ length: count }, () => next() & 0xff);
}

/** A generator of unsigned 32-bit numbers. */
export function seededNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}
