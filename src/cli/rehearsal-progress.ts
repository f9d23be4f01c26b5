/** A bar on a terminal that shows how far a rehearsal has come. */
import { Presets, SingleBar } from 'cli-progress';
import type { PointClass } from '../rehearsal/index.js';

export class Progress {
  private readonly bar: SingleBar | undefined;
  private decided = 0;
  private runs = 0;
  private readonly began = Date.now();

  constructor(points: number, found: readonly PointClass[]) {
    if (!process.stderr.isTTY) return;
    this.bar = new SingleBar(
      {
        format: '{bar} {percentage}% of {total} points, {runs} runs, {rate} points/s, {eta_formatted} left',
        hideCursor: true,
        clearOnComplete: true,
        stream: process.stderr,
      },
      Presets.shades_classic,
    );
    this.bar.start(points, 0, { runs: 0, rate: 0 });
    this.tell(found);
  }

  tell(found: readonly PointClass[]): void {
    for (const { first, last, ranInstructions } of found) {
      this.decided += last - first + 1;
      if (ranInstructions > 0) this.runs++;
    }
    const seconds = Math.max(0.001, (Date.now() - this.began) / 1000);
    this.bar?.update(this.decided, { runs: this.runs, rate: Math.round(this.decided / seconds) });
  }

  end(): void {
    this.bar?.stop();
  }
}
