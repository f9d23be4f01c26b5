/** Whether two descriptions of the same things tell the same of them apart. */
import { expect } from 'vitest';

/** Holds when the first descriptions of two things are equal exactly when the second are. */
export class Agreement {
  private readonly seconds = new Map<string, string>();
  private readonly firsts = new Map<string, string>();

  add(first: string, second: string): void {
    expect(this.seconds.get(first) ?? second, 'described alike, and then differently').toBe(second);
    expect(this.firsts.get(second) ?? first, 'described differently, and then alike').toBe(first);
    this.seconds.set(first, second);
    this.firsts.set(second, first);
  }

  /** How many different things were seen. */
  get size(): number {
    return this.firsts.size;
  }
}
