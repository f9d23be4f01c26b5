/** An emulated process as a target of patches. */
import { checkCount } from '../isa/count.js';
import { EXECUTE, PAGE_SIZE, WRITE } from '../machine/memory.js';
import { LOWEST_ADDRESS } from '../process/address-space.js';
import { runHandler, type HandlerOutcome, type HandlerStart } from '../process/handler-run.js';
import { callProcedure } from '../process/procedure-call.js';
import type { Process } from '../process/process.js';
import type { CallOutcome, OutsideCall, Target, TargetStop, TargetThread } from './target.js';

export class EmulatedTarget implements Target {
  constructor(readonly process: Process) {}

  get isa(): Target['isa'] {
    return this.process.isa;
  }

  get image(): Target['image'] {
    return this.process.image;
  }

  get instructions(): number {
    return this.process.instructions;
  }

  get ended(): boolean {
    return this.process.hasEnded;
  }

  get threads(): TargetThread[] {
    const { space } = this.process;
    return this.process.threads.map(({ id, core, stackTop, alternateStack: alternate }) => ({
      id,
      core,
      stackTop,
      framesTop: stackTop === space.stackTop ? space.initialStackPointer : stackTop,
      ...(alternate && { alternateStack: { start: alternate.start, end: alternate.start + alternate.size } }),
    }));
  }

  get currentThread(): number {
    return this.process.thread.id;
  }

  regions(): Process['memory']['regions'] {
    return this.process.memory.regions;
  }

  gaps(): { start: number; end: number }[] {
    const gaps = [];
    let start = LOWEST_ADDRESS;
    for (const region of this.regions()) {
      if (region.start > start) gaps.push({ start, end: region.start });
      start = Math.max(start, region.end);
    }
    return gaps;
  }

  read(address: number, length: number): Uint8Array {
    return this.process.memory.read(address, length);
  }

  filledPages(start: number, end: number): ReturnType<Target['filledPages']> {
    return this.process.memory.filledPages(start, end);
  }

  write(address: number, bytes: Uint8Array): void {
    this.process.memory.write(address, bytes);
  }

  protect(start: number, end: number, protection: number): void {
    refuseWritableCode(protection);
    this.process.memory.protect(start, end, protection);
    this.process.mappingsChanged();
  }

  reserve(start: number, end: number, protection: number, name: string): void {
    refuseWritableCode(protection);
    if (!this.process.memory.isFree(start, end)) throw new RangeError(`0x${start.toString(16)} is not free`);
    this.process.memory.map(start, end, protection, name);
    this.process.mappingsChanged();
  }

  release(start: number, end: number): void {
    this.process.memory.unmap(start, end);
    this.process.synchronize(start, end);
    this.process.mappingsChanged();
  }

  synchronize(start: number, end: number): void {
    this.process.synchronize(start, end);
  }

  call(call: OutsideCall): CallOutcome {
    return callProcedure(this.process, call);
  }

  print(stream: 1 | 2, bytes: Uint8Array): void {
    this.process.output(stream, bytes);
  }

  /** Lets the one thread run a signal handler where it stands, as if that signal had come. */
  interrupt(start: HandlerStart): HandlerOutcome {
    return runHandler(this.process, start);
  }

  runTo(addresses: readonly number[], limit: number): TargetStop {
    checkCount('the limit of instructions', limit);
    for (const address of addresses) this.process.setBreakpoint(address);
    const stop = this.process.run(limit);
    // Threads that began meanwhile have their parent's breakpoints.
    for (const address of addresses) this.process.clearBreakpoint(address);
    switch (stop.kind) {
      case 'breakpoint':
        return 'reached';
      case 'limit':
      case 'waiting-for-input':
      case 'stuck':
        return stop.kind;
      default:
        return 'ended';
    }
  }
}

function refuseWritableCode(protection: number): void {
  if ((protection & WRITE) !== 0 && (protection & EXECUTE) !== 0) {
    throw new RangeError(`a page of ${PAGE_SIZE} bytes must not be writable and executable at once`);
  }
}
