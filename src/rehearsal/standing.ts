/** Where a process stands, for as long as it stands there: whoever asks, its stacks are walked once. */
import type { StackWalk } from '../isa/unwind.js';
import { walkThread, type RuleLookup } from '../patch/index.js';
import type { Process } from '../process/process.js';
import type { Target, TargetThread } from '../target/index.js';

export class Standing {
  private readonly known = new Map<number, StackWalk>();

  constructor(
    readonly process: Process,
    readonly target: Target,
    private readonly ruleAt: RuleLookup,
  ) {}

  readonly walkOf = (thread: TargetThread): StackWalk => {
    let walk = this.known.get(thread.id);
    if (walk === undefined) {
      walk = walkThread(this.target, thread, this.ruleAt);
      this.known.set(thread.id, walk);
    }
    return walk;
  };

  get walks(): { thread: TargetThread; walk: StackWalk }[] {
    return this.target.threads.map((thread) => ({ thread, walk: this.walkOf(thread) }));
  }
}
