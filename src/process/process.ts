/**
 * A Linux user process: a program in its address space, a hart that executes it, and the kernel's side of
 * the few things it asks for. Time is the number of retired instructions.
 */
import type { Image } from '../elf/index.js';
import type { Core, Trap } from '../isa/core.js';
import { isaOf, type Isa } from '../isa/index.js';
import type { Memory } from '../machine/memory.js';
import { AddressSpace } from './address-space.js';
import { writeInitialStack, type Start } from './initial-stack.js';
import { linuxAbi, signalNumber, type LinuxAbi, type SignalName } from './linux.js';
import { InputStream, type OutputSink } from './streams.js';
import { serve } from './system-calls.js';

export interface ProcessOptions extends Partial<Start> {
  output?: OutputSink;
  /** Told once about each system call that is not implemented. */
  log?: (message: string) => void;
  /** Bytes the process may map in all; 512 MiB unless given. */
  memoryLimit?: number;
}

/** Why `run` came back. After `exited` and `killed` the process never runs again. */
export type ProcessStop =
  | { kind: 'limit' }
  | { kind: 'breakpoint'; pc: number }
  | { kind: 'waiting-for-input' }
  | { kind: 'exited'; status: number }
  | { kind: 'killed'; signal: SignalName; number: number; trap: Trap };

const DEFAULT_MEMORY = 512 << 20;

export class Process {
  readonly isa: Isa;
  readonly abi: LinuxAbi;
  output: OutputSink;
  private ended: ProcessStop | undefined;

  private constructor(
    readonly image: Image,
    readonly space: AddressSpace,
    readonly core: Core,
    readonly input: InputStream,
    private readonly log: (message: string) => void,
    private readonly unimplemented: Set<number>,
    output: OutputSink,
  ) {
    this.isa = isaOf(image);
    this.abi = linuxAbi(image.machine);
    this.output = output;
  }

  /**
   * A process about to execute its first instruction.
   *
   * @throws ElfError when a segment does not fit the address space.
   *
   * @example
   * const process = Process.load(readImage(bytes, 'teller.elf'), { output: (fd, bytes) => ... });
   * process.input.end();
   * process.run(1_000_000); // { kind: 'exited', status: 0 }
   */
  static load(image: Image, options: ProcessOptions = {}): Process {
    const isa = isaOf(image);
    const space = AddressSpace.load(image, linuxAbi(image.machine), options.memoryLimit ?? DEFAULT_MEMORY);
    const core = isa.createCore(space.memory);
    const start = { args: options.args ?? [image.name], env: options.env ?? [], seed: options.seed ?? 0 };
    const sp = writeInitialStack(space.memory, image, space.stackTop, isa.windowSave, start);
    core.set(isa.stackPointer, sp);
    core.pc = image.entry;
    const log = options.log ?? (() => undefined);
    return new Process(
      image,
      space,
      core,
      new InputStream(),
      log,
      new Set(),
      options.output ?? (() => undefined),
    );
  }

  get memory(): Memory {
    return this.space.memory;
  }

  /** Instructions retired since the start: the number of the update point the process stands at. */
  get instructions(): number {
    return this.core.retired;
  }

  get hasEnded(): boolean {
    return this.ended !== undefined;
  }

  /** The same process once more; the two share nothing they can change. */
  fork(output: OutputSink = this.output): Process {
    const space = this.space.fork();
    const core = this.core.fork(space.memory);
    const fork = new Process(
      this.image,
      space,
      core,
      this.input.fork(),
      this.log,
      new Set(this.unimplemented),
      output,
    );
    fork.ended = this.ended;
    return fork;
  }

  /** Executes until `limit` instructions have retired since the start, or something else happens. */
  run(limit: number): ProcessStop {
    while (this.ended === undefined) {
      const stop = this.core.run(limit);
      if (stop.kind === 'limit' || stop.kind === 'breakpoint') return stop;
      if (stop.kind !== 'syscall') this.ended = this.kill(stop);
      else if (!this.systemCall()) return { kind: 'waiting-for-input' };
    }
    return this.ended;
  }

  /** Bytes from `address` on that are mapped, `wanted` at most. */
  contiguous(address: number, wanted: number): number {
    let at = address;
    while (at < address + wanted) {
      const region = this.memory.find(at);
      if (region === undefined) break;
      at = region.end;
    }
    return Math.min(wanted, at - address);
  }

  noteUnimplemented(number: number): void {
    if (this.unimplemented.has(number)) return;
    this.unimplemented.add(number);
    this.log(`${this.image.name}: system call ${number} is not implemented and answers ENOSYS`);
  }

  /** Serves the call at pc; false when it has to wait and will be made again. */
  private systemCall(): boolean {
    const { systemCalls } = this.isa;
    const number = systemCalls.number(this.core);
    const args = [0, 1, 2, 3, 4, 5].map((i) => systemCalls.argument(this.core, i));
    const outcome = serve(this, number, args);
    if (outcome === 'retry') return false;
    if ('exit' in outcome) {
      this.core.finishSyscall();
      this.ended = { kind: 'exited', status: outcome.exit };
      return true;
    }
    if ('errno' in outcome) systemCalls.fail(this.core, outcome.errno);
    else systemCalls.succeed(this.core, outcome.value);
    this.core.finishSyscall();
    return true;
  }

  private kill(trap: Trap): ProcessStop {
    const signal = signalOf(trap);
    return { kind: 'killed', signal, number: signalNumber(this.image.machine, signal), trap };
  }
}

function signalOf(trap: Trap): SignalName {
  switch (trap.kind) {
    case 'memory':
      return trap.cause === 'misaligned' ? 'SIGBUS' : 'SIGSEGV';
    case 'break':
      return 'SIGTRAP';
    case 'divide-by-zero':
    case 'float-exception':
      return 'SIGFPE';
    default:
      return 'SIGILL';
  }
}
