/** Call-frame rules of a process: its program's, and those of the code that patches brought. */
import { CallFrames, type FrameRule, type Image } from '../elf/index.js';
import type { RuleSource } from './package/frames.js';
import type { PlacedProcedure } from './plan.js';

interface Overlay {
  owner: object;
  placed: PlacedProcedure;
  frames: RuleSource;
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

  /** From now on `placed` holds code of which `frames` tells, until `remove` is called with the same owner. */
  add(owner: object, placed: readonly PlacedProcedure[], frames: RuleSource): void {
    this.overlays.push(...placed.map((procedure) => ({ owner, placed: procedure, frames })));
  }

  remove(owner: object): void {
    this.overlays = this.overlays.filter((overlay) => overlay.owner !== owner);
  }

  readonly ruleAt = (pc: number): FrameRule | undefined => {
    // The latest patch that put code here is the one that is there.
    const overlay = this.overlays.findLast(
      ({ placed }) => pc >= placed.start && pc < placed.start + placed.size,
    );
    if (overlay === undefined) return this.program.ruleAt(pc);
    const { start, source } = overlay.placed;
    const item = source.offsets.findLast(([here]) => here <= pc - start);
    return item && overlay.frames.ruleAt(source.address + item[1]);
  };
}
