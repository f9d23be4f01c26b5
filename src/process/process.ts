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
import { MemoryFault, type Core } from '../isa/core.js';
import { isaOf, type Isa } from '../isa/index.js';
import type { ThreadStart } from '../isa/isa.js';
import type { Memory } from '../machine/memory.js';
import type { Abi } from './abi/index.js';
import { defaultAction } from './abi/signals.js';
import { AddressSpace } from './address-space.js';
import type { Arguments, StandardStreams } from './calls/handler.js';
import type { Kernel } from './calls/kernel.js';
import { serve } from './calls/serve.js';
import { Clock, EPOCH, NEVER, SECOND } from './clock.js';
import { fault, returnFromSignal, takeSignals, type Death } from './deliver.js';
import { stateDigest } from './digest.js';
import { Descriptors, FileSystem } from './files/index.js';
import { writeInitialStack } from './initial-stack.js';
import { endNumbers, kernelState } from './kernel-state.js';
import { linuxAbi } from './linux.js';
import type { ProcessOptions, ProcessStop, TraceEvent } from './options.js';
import { SeededNumbers } from './random.js';
import { DEFAULT_QUANTUM, Scheduler } from './scheduler.js';
import {
  bitOf,
  DEFAULT_ACTION,
  PendingSignals,
  SIG_DFL,
  SIG_IGN,
  SI_KERNEL,
  type SignalAction,
  type SignalInfo,
} from './signals.js';
import { InputStream, type OutputSink } from './streams.js';
import { Thread, type Result } from './thread.js';
import { fired, OFF } from './timers.js';
import { UserMemory } from './user-memory.js';
import { awaitsEvent, awaitsInput } from './wait.js';

export type { ProcessOptions, ProcessStop, TraceEvent };

const DEFAULT_MEMORY = 1 << 30;
const MAIN_THREAD = 1000;
const MOST_THREADS = 1000;

export class Process implements Kernel {
  readonly isa: Isa;
  readonly abi: Abi;
  readonly user: UserMemory;
  readonly id = MAIN_THREAD;
  readonly epoch = EPOCH * SECOND;
  timer = OFF;
  /** Told when a turn has begun, its thread being `thread`. */
  turned: (() => void) | undefined;
  thread: Thread;
  threads: readonly Thread[];
  private ended: ProcessStop | undefined;
  private interrupted = false;
  private turnEnd = Infinity;
  private waits = 0;
  private nextThreadId = MAIN_THREAD + 1;
  /** Retired by threads that are no more. */
  private retiredBefore = 0;
  private clockAsked = false;
  private readonly actions = new Map<number, SignalAction>();

  private constructor(
    readonly image: Image,
    readonly space: AddressSpace,
    threads: readonly Thread[],
    /** Whose turn it is, or was until it ended. */
    current: Thread,
    readonly input: InputStream,
    public output: OutputSink,
    private readonly options: ProcessOptions,
    private readonly refused: Set<string>,
    private readonly clock: Clock,
    private readonly scheduler: Scheduler,
    private readonly numbers: SeededNumbers,
    private readonly pending: PendingSignals,
    readonly files: Descriptors,
  ) {
    this.isa = isaOf(image);
    this.abi = linuxAbi(image).abi;
    this.user = new UserMemory(space.memory, image.bits);
    this.threads = threads;
    this.thread = current;
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
    const { stackTop } = linuxAbi(image);
    const limit = options.memoryLimit ?? DEFAULT_MEMORY;
    const space = AddressSpace.load(image, stackTop, limit, isa.signalFrames.returnCode);
    const core = options.createCore?.(isa, space.memory) ?? isa.createCore(space.memory);
    const seed = options.seed ?? 0;
    const start = { args: options.args ?? [image.name], env: options.env ?? [], seed };
    const main = new Thread(MAIN_THREAD, core, stackTop, new PendingSignals(), 0);
    const user = new UserMemory(space.memory, image.bits);
    space.initialStackPointer = writeInitialStack(user, image, stackTop, isa, start);
    core.set(isa.stackPointer, space.initialStackPointer);
    core.pc = image.entry;
    return new Process(
      image,
      space,
      [main],
      main,
      new InputStream(),
      options.output ?? (() => undefined),
      options,
      new Set(),
      new Clock(),
      Scheduler.create(seed, options.quantum ?? DEFAULT_QUANTUM),
      new SeededNumbers(~seed),
      new PendingSignals(),
      Descriptors.create(FileSystem.create({ epoch: { seconds: EPOCH, nanoseconds: 0 }, ...options.files })),
    );
  }

  get name(): string {
    return this.image.name;
  }

  get memory(): Memory {
    return this.space.memory;
  }

  /** The hart of the thread whose turn it is. */
  get core(): Core {
    return this.thread.core;
  }

  /** Instructions retired since the start: the number of the update point the process stands at. */
  get instructions(): number {
    return this.threads.reduce((sum, thread) => sum + thread.instructions, this.retiredBefore);
  }

  get hasEnded(): boolean {
    return this.ended !== undefined;
  }

  /** The same process once more; the two share nothing they can change. */
  fork(output: OutputSink = this.output): Process {
    const space = this.space.fork();
    const threads = this.threads.map((thread) => thread.fork(space.memory));
    const fork = new Process(
      this.image,
      space,
      threads,
      threads[this.threads.indexOf(this.thread)] ?? this.thread.fork(space.memory),
      this.input.fork(),
      output,
      this.options,
      new Set(this.refused),
      this.clock.fork(),
      this.scheduler.fork(),
      this.numbers.fork(),
      this.pending.fork(),
      this.files.fork(),
    );
    fork.ended = this.ended;
    fork.timer = this.timer;
    fork.turnEnd = this.turnEnd;
    fork.waits = this.waits;
    fork.nextThreadId = this.nextThreadId;
    fork.retiredBefore = this.retiredBefore;
    fork.clockAsked = this.clockAsked;
    for (const [signal, action] of this.actions) fork.actions.set(signal, action);
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

  /** Executes until `limit` instructions have retired since the start, or something else happens. */
  run(limit: number): ProcessStop {
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
    const current = this.threads.indexOf(this.thread);
    const { timer, space, clock } = this;
    const passed = timeless ? this.instructions : 0;
    const counters = [
      ...[this.instructions - passed, clock.idle, timer.next, timer.interval],
      ...[this.turnEnd - passed, this.waits, current],
      ...[this.nextThreadId, space.breakBounds[0], space.breakBounds[1]],
      ...[this.scheduler.state, this.numbers.state, Number(this.input.isClosed)],
      ...endNumbers(this.ended),
    ];
    const { threads, actions, files } = this;
    const kernel = kernelState(
      counters,
      threads,
      actions,
      this.pending.describe(),
      files,
      this.input.contents(),
    );
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

  mappingsChanged(): void {
    for (const { core } of this.threads) core.mappingsChanged();
  }

  action(signal: number): SignalAction {
    return this.actions.get(signal) ?? DEFAULT_ACTION;
  }

  setAction(signal: number, action: SignalAction): void {
    this.actions.set(signal, action);
    if (!this.isIgnored(signal)) return;
    this.pending.discard(signal);
    for (const thread of this.threads) thread.pending.discard(signal);
  }

  send(info: SignalInfo, thread?: Thread): void {
    const receivers = thread === undefined ? this.threads : [thread];
    const blocked = receivers.every((receiver) => (receiver.blocked & bitOf(info.number)) !== 0n);
    const awaited = receivers.some(
      ({ wait }) => wait?.kind === 'signal' && (wait.accepted & bitOf(info.number)) !== 0n,
    );
    // What is ignored and not even looked at leaves no trace.
    if (this.isIgnored(info.number) && !blocked && !awaited) return;
    (thread?.pending ?? this.pending).add(info);
  }

  pendingMask(): bigint {
    return this.pending.mask | this.thread.pending.mask;
  }

  takePending(mask: bigint): SignalInfo | undefined {
    return this.thread.pending.take(mask) ?? this.pending.take(mask);
  }

  returnFromSignal(hasInfo: boolean): void {
    returnFromSignal(this, hasInfo);
  }

  kill(death: Death): void {
    this.ended = death;
  }

  tell(event: TraceEvent): void {
    this.options.trace?.(event);
  }

  createThread(start: Pick<ThreadStart, 'stack' | 'tls'>): Thread | undefined {
    if (this.threads.length >= MOST_THREADS) return undefined;
    const childId = this.nextThreadId++;
    const parent = this.thread;
    const ids = { parentId: parent.id, childId };
    const core = this.isa.systemCalls.clone(parent.core, this.memory, { ...start, ...ids });
    const stackTop = start.stack ?? parent.stackTop;
    const child = new Thread(childId, core, stackTop, new PendingSignals(), core.retired);
    child.blocked = parent.blocked;
    child.name = parent.name;
    this.threads = [...this.threads, child];
    if (this.turnEnd === Infinity) this.turnEnd = this.instructions + this.scheduler.turnLength();
    return child;
  }

  endThread(): void {
    const { thread } = this;
    thread.core.finishSyscall();
    thread.hasEnded = true;
    this.clockAsked ||= thread.core.clockSeen;
    this.retiredBefore += thread.instructions;
    this.threads = this.threads.filter((other) => other !== thread);
    if (thread.clearedAtExit === 0) return;
    try {
      this.user.put32(thread.clearedAtExit, 0);
    } catch (error) {
      // The kernel does not mind when the word is gone.
      if (!(error instanceof MemoryFault)) throw error;
    }
    this.wake(thread.clearedAtExit, 1, 0xffffffff);
  }

  endProcess(status: number): void {
    this.core.finishSyscall();
    this.ended = { kind: 'exited', status };
  }

  wake(address: number, count: number, bitset: number, moved?: { count: number; to: number }): number {
    const waiting = this.threads
      .filter(
        ({ wait }) => wait?.kind === 'futex' && wait.address === address && (wait.bitset & bitset) !== 0,
      )
      .sort((a, b) => a.waitingSince - b.waitingSince);
    const woken = waiting.slice(0, Math.max(0, count));
    for (const thread of woken) thread.endWait({ value: 0 });
    const others = moved === undefined ? [] : waiting.slice(woken.length).slice(0, Math.max(0, moved.count));
    for (const thread of others) {
      if (thread.wait?.kind === 'futex') thread.wait = { ...thread.wait, address: moved!.to };
    }
    return woken.length + others.length;
  }

  yield(): void {
    this.turnEnd = this.threads.length === 1 ? Infinity : 0;
  }

  get untouchable(): bigint {
    return bitOf(this.abi.signals.SIGKILL) | bitOf(this.abi.signals.SIGSTOP);
  }

  isIgnored(signal: number): boolean {
    const { handler } = this.action(signal);
    if (handler !== SIG_DFL) return handler === SIG_IGN;
    return ['ignore', 'continue'].includes(defaultAction(this.abi.signals, signal));
  }

  canRun(thread: Thread): boolean {
    const { wait } = thread;
    if (thread.hasEnded) return false;
    if (wait === undefined || thread.looksAgain || (awaitsInput(wait) && this.input.isReady)) return true;
    if (this.pending.isEmpty && thread.pending.isEmpty) return false;
    const accepted = wait.kind === 'signal' ? wait.accepted : 0n;
    return ((this.pending.mask | thread.pending.mask) & (~thread.blocked | accepted)) !== 0n;
  }

  private beginTurn(runnable: readonly Thread[], count: number): void {
    const others = runnable.filter((thread) => thread !== this.thread);
    this.thread.core.endReservation();
    this.thread = this.scheduler.choose(others.length > 0 ? others : runnable);
    this.turnEnd = this.threads.length === 1 ? Infinity : count + this.scheduler.turnLength();
    this.turned?.();
  }

  /** When time next matters, in nanoseconds since the start. */
  private nextDeadline(timer = this.timer.next): number {
    let next = timer;
    for (const { wait } of this.threads) {
      if (wait !== undefined && 'deadline' in wait) next = Math.min(next, wait.deadline);
    }
    return next;
  }

  /** The next deadline that lets a thread go on, when all of them wait. */
  private nextAwakening(): number {
    const alarm = bitOf(this.abi.signals.SIGALRM);
    const heard = this.threads.some(({ wait, blocked }) => {
      const accepts = wait?.kind === 'signal' && (wait.accepted & alarm) !== 0n;
      return accepts || (!this.isIgnored(this.abi.signals.SIGALRM) && (blocked & alarm) === 0n);
    });
    return this.nextDeadline(heard ? this.timer.next : NEVER);
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
      const { wait } = thread;
      if (wait === undefined || !('deadline' in wait) || wait.deadline > now) continue;
      if (wait.kind === 'poll') thread.looksAgain = true;
      else if (wait.kind === 'sleep') thread.endWait({ value: 0 });
      else thread.endWait({ errno: wait.kind === 'futex' ? 'ETIMEDOUT' : 'EAGAIN' });
    }
  }

  /** Lets the current thread go on; undefined when there is nothing to tell. */
  private advance(limit: number, count: number): ProcessStop | undefined {
    const { thread } = this;
    const { core } = thread;
    if (thread.result !== undefined) {
      this.finishCall(thread.result);
      thread.result = undefined;
      return undefined;
    }
    if (!this.pending.isEmpty || !thread.pending.isEmpty) {
      if (takeSignals(this)) return undefined;
    }
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
        this.systemCall();
        return undefined;
      default:
        fault(this, stop);
        return undefined;
    }
  }

  private systemCall(): void {
    const { thread } = this;
    const { number, args } = this.callAtPc();
    const outcome = serve(this, number, args);
    if (outcome === 'done') {
      this.traceCall(number, args, '?');
      return;
    }
    if ('wait' in outcome) {
      thread.wait = outcome.wait;
      thread.waitingSince = ++this.waits;
      return;
    }
    thread.endCall();
    this.finishCall(outcome);
    if ('signal' in outcome) {
      this.send({ number: this.abi.signals[outcome.signal], code: 0, sender: this.id }, thread);
    }
    // Something happened: who waits for that looks again.
    for (const other of this.threads) if (awaitsEvent(other.wait)) other.looksAgain = true;
  }

  /** Retires the call at pc of the current thread. */
  finishCall(result: Result): void {
    const { core } = this.thread;
    if (this.options.trace !== undefined) {
      const { number, args } = this.callAtPc();
      this.traceCall(number, args, 'errno' in result ? result.errno : result.value);
    }
    if ('errno' in result) this.isa.systemCalls.fail(core, this.abi.errors[result.errno]);
    else this.isa.systemCalls.succeed(core, result.value, result.second);
    core.finishSyscall();
  }

  private callAtPc(): { number: number; args: Arguments } {
    const { systemCalls } = this.isa;
    const { core } = this.thread;
    const argument = (i: number): number => systemCalls.argument(core, i);
    const args: Arguments = [argument(0), argument(1), argument(2), argument(3), argument(4), argument(5)];
    return { number: systemCalls.number(core), args };
  }

  private traceCall(number: number, args: Arguments, result: number | string): void {
    const name = this.abi.calls.get(number) ?? `call ${number}`;
    this.options.trace?.({ kind: 'call', thread: this.thread.id, name, args, result });
  }
}
