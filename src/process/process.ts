/**
 * A Linux user process: a program in its address space, threads that execute it, and the kernel's side of what
 * they ask for. Time is the number of retired instructions.
 *
 * A thread's life:
 *
 *     runs --system call--> waits --event, deadline, signal--> runs        exit, exit_group, a signal: ended
 *
 * One thread runs at a time. Its turn ends when it waits, ends, yields, or has used it up; who is next and for
 * how long comes from the seed. When every thread waits, time jumps to the next deadline; but input that the
 * host has not given yet is waited for first, so that its arrival does not depend on the host's clock.
 */
import type { Image } from '../elf/index.js';
import type { Core } from '../isa/core.js';
import { checkCount } from '../isa/count.js';
import { isaOf, type Isa } from '../isa/index.js';
import type { ThreadStart } from '../isa/isa.js';
import type { Memory } from '../machine/memory.js';
import type { Abi } from './abi/index.js';
import { AddressSpace, DEFAULT_MEMORY } from './address-space.js';
import { wakeOne } from './calls/futex.js';
import type { StandardStreams } from './calls/handler.js';
import type { Kernel } from './calls/kernel.js';
import { Clock, EPOCH, NEVER, SECOND } from './clock.js';
import { fault, returnFromSignal, takeSignals } from './deliver.js';
import { stateDigest } from './digest.js';
import { Descriptors, FileSystem } from './files/index.js';
import { writeInitialStack } from './initial-stack.js';
import { endNumbers, kernelState } from './kernel-state.js';
import { linuxAbi } from './linux.js';
import type { Death, ProcessOptions, ProcessStop, TraceEvent } from './options.js';
import { ProcessSignals } from './process-signals.js';
import { SeededNumbers } from './random.js';
import { DEFAULT_QUANTUM, Scheduler } from './scheduler.js';
import { SI_KERNEL, type SignalInfo } from './signals.js';
import { InputStream, type OutputSink } from './streams.js';
import { finishCall, systemCall } from './system-call.js';
import { MAIN_THREAD, ThreadGroup } from './thread-group.js';
import type { Thread } from './thread.js';
import { fired, OFF } from './timers.js';
import { UserMemory } from './user-memory.js';
import { awaitsInput, deadlineOf } from './wait.js';

export type { ProcessOptions, ProcessStop, TraceEvent };

export class Process implements Kernel {
  readonly isa: Isa;
  readonly abi: Abi;
  readonly user: UserMemory;
  readonly id = MAIN_THREAD;
  readonly epoch = EPOCH * SECOND;
  timer = OFF;
  /** Told when a turn has begun, its thread being `thread`. */
  turned: (() => void) | undefined;
  private ended: ProcessStop | undefined;
  private interrupted = false;
  private turnEnd = Infinity;
  private clockAsked = false;

  private constructor(
    readonly image: Image,
    readonly space: AddressSpace,
    readonly group: ThreadGroup,
    readonly signals: ProcessSignals,
    readonly input: InputStream,
    public output: OutputSink,
    private readonly options: ProcessOptions,
    private readonly refused: Set<string>,
    private readonly clock: Clock,
    private readonly scheduler: Scheduler,
    private readonly numbers: SeededNumbers,
    readonly files: Descriptors,
  ) {
    this.isa = isaOf(image);
    this.abi = linuxAbi(image).abi;
    this.user = new UserMemory(space.memory, image.bits);
  }

  /**
   * A process about to execute its first instruction.
   *
   * @throws ElfError when a segment does not fit the address space; RangeError for a memory limit or a quantum that
   * is none.
   *
   * @example
   * const process = Process.load(readImage(bytes, 'teller.elf'), { output: (fd, bytes) => ... });
   * process.input.end();
   * process.run(1_000_000); // { kind: 'exited', status: 0 }
   */
  static load(image: Image, options: ProcessOptions = {}): Process {
    const isa = isaOf(image);
    const { abi, stackTop } = linuxAbi(image);
    const { memoryLimit: limit = DEFAULT_MEMORY, quantum = DEFAULT_QUANTUM } = options;
    checkCount('memoryLimit', limit);
    checkCount('quantum', quantum, 1);
    const space = AddressSpace.load(image, stackTop, limit, isa.signalFrames.returnCode);
    const core = options.createCore?.(isa, space.memory) ?? isa.createCore(space.memory);
    const seed = options.seed ?? 0;
    const start = { args: options.args ?? [image.name], env: options.env ?? [], seed };
    const group = ThreadGroup.of(core, stackTop);
    const user = new UserMemory(space.memory, image.bits);
    space.initialStackPointer = writeInitialStack(user, image, stackTop, isa, start);
    core.set(isa.stackPointer, space.initialStackPointer);
    core.pc = image.entry;
    return new Process(
      image,
      space,
      group,
      ProcessSignals.of(abi.signals, group),
      new InputStream(),
      options.output ?? (() => undefined),
      options,
      new Set(),
      new Clock(),
      Scheduler.create(seed, quantum),
      new SeededNumbers(~seed),
      Descriptors.create(FileSystem.create({ epoch: { seconds: EPOCH, nanoseconds: 0 }, ...options.files })),
    );
  }

  get name(): string {
    return this.image.name;
  }

  get memory(): Memory {
    return this.space.memory;
  }

  get threads(): readonly Thread[] {
    return this.group.all;
  }

  /** Whose turn it is, or was until it ended. */
  get thread(): Thread {
    return this.group.current;
  }

  /** The hart of the thread whose turn it is. */
  get core(): Core {
    return this.thread.core;
  }

  /** Instructions retired since the start: the number of the update point the process stands at. */
  get instructions(): number {
    return this.group.instructions;
  }

  get hasEnded(): boolean {
    return this.ended !== undefined;
  }

  /** The same process once more; the two share nothing they can change. */
  fork(output: OutputSink = this.output): Process {
    const space = this.space.fork();
    const group = this.group.fork(space.memory);
    const fork = new Process(
      this.image,
      space,
      group,
      this.signals.fork(group),
      this.input.fork(),
      output,
      this.options,
      new Set(this.refused),
      this.clock.fork(),
      this.scheduler.fork(),
      this.numbers.fork(),
      this.files.fork(),
    );
    fork.ended = this.ended;
    fork.timer = this.timer;
    fork.turnEnd = this.turnEnd;
    fork.clockAsked = this.clockAsked;
    return fork;
  }

  /**
   * Whether time has mattered since `forgetClock`: a thread or the kernel has read a clock, and what the process does
   * may depend on when it does it.
   */
  get clockSeen(): boolean {
    return this.clockAsked || this.threads.some(({ core }) => core.clockSeen);
  }

  forgetClock(): void {
    this.clockAsked = false;
    for (const { core } of this.threads) core.clockSeen = false;
  }

  /** Lets `run` come back before the next instruction, as if it had reached its limit. */
  interrupt(): void {
    this.interrupted = true;
  }

  /**
   * Executes until `limit` instructions have retired since the start, or something else happens.
   *
   * @throws RangeError for a limit that is no whole number.
   */
  run(limit: number): ProcessStop {
    checkCount('the limit of instructions', limit);
    for (;;) {
      if (this.ended !== undefined) return this.ended;
      if (this.interrupted) {
        this.interrupted = false;
        return { kind: 'limit' };
      }
      const count = this.instructions;
      if (count >= limit) return { kind: 'limit' };
      this.passTime();
      if (count >= this.turnEnd || !this.canRun(this.thread)) {
        const runnable = this.threads.filter((thread) => this.canRun(thread));
        if (runnable.length > 0) this.beginTurn(runnable, count);
        else if (this.threads.some(({ wait }) => awaitsInput(wait))) return { kind: 'waiting-for-input' };
        else if (this.nextAwakening() === NEVER) return { kind: 'stuck' };
        else this.clock.skipTo(this.nextAwakening(), count);
        continue;
      }
      const stop = this.advance(limit, count);
      if (stop !== undefined) return stop;
    }
  }

  readonly streams: StandardStreams = {
    read: (count) => this.input.take(count),
    write: (stream, bytes) => {
      this.output(stream, bytes);
    },
    close: () => undefined,
  };

  /**
   * A number in hexadecimal that two processes of one program share exactly when they are in the same state:
   * memory, harts, what was fetched and is stale, and all that the kernel knows, time included.
   *
   * @param timeless leaves out the count of instructions: whoever reads no clock goes on the same from two states
   *   that differ in nothing else.
   */
  digest(timeless = false): string {
    const { threads, group, timer, space, clock } = this;
    const passed = timeless ? this.instructions : 0;
    const counters = [
      ...[this.instructions - passed, clock.idle, timer.next, timer.interval],
      ...[this.turnEnd - passed, group.waits, threads.indexOf(this.thread)],
      ...[group.nextId, space.breakBounds[0], space.breakBounds[1]],
      ...[this.scheduler.state, this.numbers.state, Number(this.input.isClosed)],
      ...endNumbers(this.ended),
    ];
    const kernel = kernelState(counters, threads, this.signals, this.files, this.input.contents());
    return stateDigest(
      this.memory,
      threads.map(({ core }) => core),
      kernel,
    );
  }

  now(): number {
    this.clockAsked = true;
    return this.clock.now(this.instructions);
  }

  random(count: number): Uint8Array {
    return this.numbers.bytes(count);
  }

  refuse(what: string): void {
    if (this.refused.has(what)) return;
    this.refused.add(what);
    this.options.log?.(`${this.name}: ${what} is not implemented and answers ENOSYS`);
  }

  stackPointer(): number {
    return this.core.get(this.isa.stackPointer) >>> 0;
  }

  synchronize(start: number, end: number): void {
    for (const { core } of this.threads) core.synchronize(start, end);
  }

  /** Lets `run` come back before any thread executes the instruction at `pc`, unless it is what comes next. */
  setBreakpoint(pc: number): void {
    for (const thread of this.threads) thread.core.setBreakpoint(pc, thread === this.thread);
  }

  clearBreakpoint(pc: number): void {
    for (const { core } of this.threads) core.clearBreakpoint(pc);
  }

  mappingsChanged(): void {
    for (const { core } of this.threads) core.mappingsChanged();
  }

  /** Sends a signal to the process, or to one thread of it. */
  send(info: SignalInfo, thread?: Thread): void {
    this.signals.send(info, thread);
  }

  returnFromSignal(hasInfo: boolean): void {
    returnFromSignal(this, hasInfo);
  }

  kill(death: Death): void {
    this.ended = death;
  }

  get trace(): ((event: TraceEvent) => void) | undefined {
    return this.options.trace;
  }

  createThread(start: Pick<ThreadStart, 'stack' | 'tls'>): Thread | undefined {
    const child = this.group.clone(this.isa, this.memory, start);
    if (child !== undefined && this.turnEnd === Infinity)
      this.turnEnd = this.instructions + this.scheduler.turnLength();
    return child;
  }

  endThread(): void {
    const { core, clearedAtExit } = this.thread;
    core.finishSyscall();
    this.clockAsked ||= core.clockSeen;
    this.group.endCurrent();
    if (clearedAtExit === 0) return;
    this.user.tryPut32(clearedAtExit, 0);
    wakeOne(this.threads, clearedAtExit);
  }

  endProcess(status: number): void {
    this.core.finishSyscall();
    this.ended = { kind: 'exited', status };
  }

  yield(): void {
    this.turnEnd = this.threads.length === 1 ? Infinity : 0;
  }

  canRun(thread: Thread): boolean {
    const { wait } = thread;
    if (thread.hasEnded) return false;
    if (wait === undefined || thread.looksAgain || (awaitsInput(wait) && this.input.isReady)) return true;
    return this.signals.interrupts(thread);
  }

  private beginTurn(runnable: readonly Thread[], count: number): void {
    const others = runnable.filter((thread) => thread !== this.thread);
    this.thread.core.endReservation();
    this.group.current = this.scheduler.choose(others.length > 0 ? others : runnable);
    this.turnEnd = this.threads.length === 1 ? Infinity : count + this.scheduler.turnLength();
    this.turned?.();
  }

  /** When time next matters, in nanoseconds since the start. */
  private nextDeadline(timer = this.timer.next): number {
    let next = timer;
    for (const { wait } of this.threads) if (wait !== undefined) next = Math.min(next, deadlineOf(wait));
    return next;
  }

  /** The next deadline that lets a thread go on, when all of them wait. */
  private nextAwakening(): number {
    return this.nextDeadline(this.signals.isHeard(this.abi.signals.SIGALRM) ? this.timer.next : NEVER);
  }

  private passTime(): void {
    const next = this.nextDeadline();
    if (next === Infinity) return;
    const now = this.now();
    if (next > now) return;
    const timer = fired(this.timer, now);
    if (timer !== undefined) {
      this.timer = timer;
      this.send({ number: this.abi.signals.SIGALRM, code: SI_KERNEL });
    }
    for (const thread of this.threads) {
      if (thread.wait !== undefined && deadlineOf(thread.wait) <= now) thread.timeOut();
    }
  }

  /** Lets the current thread go on; undefined when there is nothing to tell. */
  private advance(limit: number, count: number): ProcessStop | undefined {
    const { thread } = this;
    const { core } = thread;
    if (thread.result !== undefined) {
      finishCall(this, thread.result);
      thread.result = undefined;
      return undefined;
    }
    if (this.signals.anyFor(thread) && takeSignals(this)) return undefined;
    thread.wait = undefined;
    thread.looksAgain = false;
    core.timeBase = count - core.retired;
    core.idleTime = this.clock.idleInstructions;
    const deadline = this.nextDeadline();
    const alarm = deadline === Infinity ? Infinity : count + Clock.instructionsUntil(deadline, this.now());
    const stop = core.run(core.retired + Math.min(limit, this.turnEnd, alarm) - count);
    switch (stop.kind) {
      case 'limit':
        return undefined;
      case 'breakpoint':
        return stop;
      case 'syscall':
        systemCall(this);
        return undefined;
      default:
        fault(this, stop);
        return undefined;
    }
  }
}
