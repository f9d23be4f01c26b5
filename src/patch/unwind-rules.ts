/** Call-frame rules of a process: its program's, and those of the code that patches brought. */
import { CallFrames, type FrameRule, type Image } from '../elf/index.js';
import type { RuleSource } from './package/frames.js';
import type { PlacedProcedure, Plan } from './plan.js';

/** Code that a patch brought to `[start, end)`. */
interface Overlay extends RuleSource {
  owner: object;
  start: number;
  end: number;
}

/** Reading the frames of a program once is enough, however many processes run it. */
const framesOf = new WeakMap<Image, CallFrames>();

function readFrames(image: Image): CallFrames {
  let frames = framesOf.get(image);
  if (frames === undefined) framesOf.set(image, (frames = CallFrames.read(image)));
  return frames;
}

export class UnwindRules {
  private readonly program: CallFrames;
  private overlays: Overlay[] = [];

  constructor(image: Image) {
    this.program = readFrames(image);
  }

  /** From now on the code of `plan` is there, of which `frames` tells, until `remove` is called with the same owner. */
  add(owner: object, plan: Plan, frames: RuleSource): void {
    const jumps = plan.procedures.flatMap((procedure) => this.jumpAt(procedure, plan));
    const bodies = plan.procedures.map((procedure) => bodyAt(procedure, frames));
    this.overlays.push(...[...bodies, ...jumps].map((overlay) => ({ owner, ...overlay })));
  }

  remove(owner: object): void {
    this.overlays = this.overlays.filter((overlay) => overlay.owner !== owner);
  }

  readonly ruleAt = (pc: number): FrameRule | undefined => {
    // The latest patch that put code here is the one that is there.
    const overlay = this.overlays.findLast(({ start, end }) => pc >= start && pc < end);
    return (overlay ?? this.program).ruleAt(pc);
  };

  /** In the middle of the jump at its old entry a procedure has no frame yet, whatever the old body had by then. */
  private jumpAt({ entry, start }: PlacedProcedure, { writes }: Plan): Omit<Overlay, 'owner'>[] {
    const jump = start === entry ? undefined : writes.find(({ address }) => address === entry);
    if (jump === undefined) return [];
    const rule = this.ruleAt(entry);
    return [{ start: entry, end: entry + jump.after.length, ruleAt: () => rule }];
  }
}

function bodyAt({ start, size, source }: PlacedProcedure, frames: RuleSource): Omit<Overlay, 'owner'> {
  const ruleAt = (pc: number): FrameRule | undefined => {
    const item = source.offsets.findLast(([here]) => here <= pc - start);
    return item && frames.ruleAt(source.address + item[1]);
  };
  return { start, end: start + size, ruleAt };
}
