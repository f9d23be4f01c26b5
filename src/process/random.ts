/** Numbers and bytes that depend on a seed alone: splitmix32. */
export class SeededNumbers {
  constructor(public state: number) {
    this.state |= 0;
  }

  /** An unsigned 32-bit number. */
  next(): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.next() & 0xff);
  }

  fork(): SeededNumbers {
    return new SeededNumbers(this.state);
  }
}
