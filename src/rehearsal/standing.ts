/** Where a process stands, for as long as it stands there: whoever asks, its stacks are walked once. */
import type { StackWalk } from '../isa/unwind.js';
import { walkThread, type RuleLookup } from '../patch/index.js';
import type { Process } from '../process/process.js';
import type { Target, TargetThread } from '../target/index.js';

export class Standing {
  private readonly walks = new Map<number, StackWalk>();

  constructor(
    readonly process: Process,
    readonly target: Target,
    private readonly ruleAt: RuleLookup,
  ) {}

  readonly walkOf = (thread: TargetThread): StackWalk => {
    let walk = this.walks.get(thread.id);
    if (walk === undefined) {
      walk = walkThread(this.target, thread, this.ruleAt);
      this.walks.set(thread.id, walk);
    }
    return walk;
  };

  /** Whether every stack was walked to its end, so that words in memory that only look like addresses do not count. */
  get walksAreComplete(): boolean {
    return this.target.threads.every((thread) => this.walkOf(thread).complete);
  }
}
