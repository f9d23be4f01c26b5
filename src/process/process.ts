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
import { MemoryFault, type Core, type Trap } from '../isa/core.js';
import { isaOf, type Isa } from '../isa/index.js';
import type { ThreadStart } from '../isa/isa.js';
import type { Memory } from '../machine/memory.js';
import { abiOf, type Abi } from './abi/index.js';
import { defaultAction, signalName, type SignalName } from './abi/signals.js';
import { AddressSpace } from './address-space.js';
import type { Arguments, Kernel, Outcome } from './calls/kernel.js';
import { untouchable } from './calls/signals.js';
import { writeTimespec } from './calls/time.js';
import { Clock, EPOCH, NEVER, SECOND } from './clock.js';
import { writeInitialStack, type Start } from './initial-stack.js';
import { SeededNumbers } from './random.js';
import { DEFAULT_QUANTUM, Scheduler } from './scheduler.js';
import { signalAbi } from './signal-abi.js';
import { faultSignal } from './faults.js';
import {
  bitOf,
  DEFAULT_ACTION,
  encodeSignalInfo,
  PendingSignals,
  SIG_DFL,
  SIG_IGN,
  type SignalAction,
  type SignalInfo,
} from './signals.js';
import { InputStream, type OutputSink } from './streams.js';
import { serve } from './system-calls.js';
import { Thread, type Result } from './thread.js';
import { fired, OFF, type IntervalTimer } from './timers.js';
import { UserMemory } from './user-memory.js';
