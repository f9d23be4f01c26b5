/** Who runs next and for how long: as a kernel would decide, but from a seed, so every run is the same. */
import { SeededNumbers } from './random.js';

/** Instructions of a turn on average, unless the user says otherwise. */
export const DEFAULT_QUANTUM = 10_000;

export class Scheduler {
  private constructor(
    private readonly quantum: number,
    private readonly numbers: SeededNumbers,
  ) {}

  /** @param quantum instructions of a turn on average, at least 1. */
  static create(seed: number, quantum: number): Scheduler {
    return new Scheduler(quantum, new SeededNumbers(seed));
  }

  /** Turns vary between half and one and a half quanta, so that threads do not fall into step. */
  turnLength(): number {
    return Math.max(1, Math.ceil(this.quantum / 2) + (this.numbers.next() % this.quantum));
  }

  /** One of them, with equal chances. */
  choose<T>(candidates: readonly T[]): T {
    return candidates.length === 1 ? candidates[0]! : candidates[this.numbers.next() % candidates.length]!;
  }

  fork(): Scheduler {
    return new Scheduler(this.quantum, this.numbers.fork());
  }

  get state(): number {
    return this.numbers.state;
  }
}
