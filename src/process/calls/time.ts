/**
 * System calls about time, which is virtual: see clock.ts.
 *
 * Source: clock_gettime(2), nanosleep(2), setitimer(2), gettimeofday(2), times(2), getrusage(2).
 */
import { EPOCH, NEVER, SECOND } from '../clock.js';
import { OFF } from '../timers.js';
import type { UserMemory } from '../user-memory.js';
import type { Handlers, Kernel, Outcome } from './kernel.js';

const CLOCK_REALTIME = 0;
const CLOCK_REALTIME_COARSE = 5;
const LAST_CLOCK = 11;
const TIMER_ABSTIME = 1;
const ITIMER_REAL = 0;
const MICROSECOND = 1000;
const TICK = SECOND / 100;

/** Nanoseconds; null when the structure holds no valid time. @throws MemoryFault */
export function readTimespec(user: UserMemory, at: number, wide: boolean): number | null {
  const seconds = wide ? user.signed64(at) : user.signed32(at);
  // Where long has 32 bits, the upper half of a 64-bit tv_nsec is padding.
  const nanoseconds = !wide
    ? user.signed32(at + 4)
    : user.wordSize === 8
      ? user.signed64(at + 8)
      : low(user, at + 8);
  if (seconds < 0 || nanoseconds < 0 || nanoseconds >= SECOND) return null;
  return seconds * SECOND + nanoseconds;
}

const low = (user: UserMemory, at: number): number => user.signed32(user.memory.bigEndian ? at + 4 : at);

/** @throws MemoryFault */
export function writeTimespec(user: UserMemory, at: number, time: number, wide: boolean): void {
  writePair(user, at, Math.floor(time / SECOND), time % SECOND, wide);
}

function writePair(user: UserMemory, at: number, first: number, second: number, wide: boolean): void {
  if (wide) {
    user.put64(at, first);
    user.put64(at + 8, second);
  } else {
    user.put32(at, first);
    user.put32(at + 4, second);
  }
}

const isWide = (kernel: Kernel): boolean => kernel.user.wordSize === 8;

function timeOf(kernel: Kernel, clock: number): number | undefined {
  // Negative numbers are processor time clocks, and ours only passes with the processor.
  if ((clock | 0) > LAST_CLOCK) return undefined;
  const real = clock === CLOCK_REALTIME || clock === CLOCK_REALTIME_COARSE;
  return kernel.now() + (real ? EPOCH * SECOND : 0);
}

function getTime(kernel: Kernel, clock: number, at: number, wide: boolean): Outcome {
  const time = timeOf(kernel, clock);
  if (time === undefined) return { errno: 'EINVAL' };
  writeTimespec(kernel.user, at, time, wide);
  return { value: 0 };
}

function getResolution(kernel: Kernel, clock: number, at: number, wide: boolean): Outcome {
  if (timeOf(kernel, clock) === undefined) return { errno: 'EINVAL' };
  if (at !== 0) writeTimespec(kernel.user, at, 1, wide);
  return { value: 0 };
}

function sleep(
  kernel: Kernel,
  clock: number,
  flags: number,
  request: number,
  remaining: number,
  wide: boolean,
): Outcome {
  const time = readTimespec(kernel.user, request, wide);
  const now = timeOf(kernel, clock);
  if (time === null || now === undefined) return { errno: 'EINVAL' };
  const absolute = (flags & TIMER_ABSTIME) !== 0;
  const deadline = kernel.now() + (absolute ? time - now : time);
  if (deadline <= kernel.now()) return { value: 0 };
  const report = remaining === 0 || absolute ? undefined : { address: remaining, wide };
  return { wait: { kind: 'sleep', deadline, report } };
}

const CLOCK_MONOTONIC = 1;

/** struct itimerval of interval and time left, in timeval. */
function writeTimer(kernel: Kernel, at: number): void {
  const { next, interval } = kernel.timer;
  const left = next === NEVER ? 0 : Math.max(MICROSECOND, next - kernel.now());
  const pair = isWide(kernel) ? 16 : 8;
  writeTimeval(kernel, at, interval);
  writeTimeval(kernel, at + pair, left);
}

function writeTimeval(kernel: Kernel, at: number, time: number): void {
  writePair(
    kernel.user,
    at,
    Math.floor(time / SECOND),
    Math.floor((time % SECOND) / MICROSECOND),
    isWide(kernel),
  );
}

/** Nanoseconds; undefined when it holds no valid time. */
function readTimeval({ user }: Kernel, at: number): number | undefined {
  const seconds = user.wordSize === 8 ? user.signed64(at) : user.signed32(at);
  const microseconds = user.wordSize === 8 ? user.signed64(at + 8) : user.signed32(at + 4);
  if (seconds < 0 || microseconds < 0 || microseconds >= SECOND / MICROSECOND) return undefined;
  return seconds * SECOND + microseconds * MICROSECOND;
}

export const timeCalls: Handlers = {
  clock_gettime: (kernel, [clock, at]) => getTime(kernel, clock, at, isWide(kernel)),
  clock_gettime64: (kernel, [clock, at]) => getTime(kernel, clock, at, true),
  clock_getres: (kernel, [clock, at]) => getResolution(kernel, clock, at, isWide(kernel)),
  clock_getres_time64: (kernel, [clock, at]) => getResolution(kernel, clock, at, true),

  nanosleep: (kernel, [request, remaining]) =>
    sleep(kernel, CLOCK_MONOTONIC, 0, request, remaining, isWide(kernel)),
  clock_nanosleep: (kernel, [clock, flags, request, remaining]) =>
    sleep(kernel, clock, flags, request, remaining, isWide(kernel)),
  clock_nanosleep_time64: (kernel, [clock, flags, request, remaining]) =>
    sleep(kernel, clock, flags, request, remaining, true),

  gettimeofday(kernel, [time, zone]) {
    if (time !== 0) writeTimeval(kernel, time, kernel.now() + EPOCH * SECOND);
    if (zone !== 0) writePair(kernel.user, zone, 0, 0, false);
    return { value: 0 };
  },
  time(kernel, [at]) {
    const seconds = EPOCH + Math.floor(kernel.now() / SECOND);
    if (at !== 0) kernel.user.putWord(at, seconds);
    return { value: seconds };
  },
  times(kernel, [at]) {
    const ticks = Math.floor(kernel.now() / TICK);
    const word = kernel.user.wordSize;
    if (at !== 0) for (const i of [0, 1, 2, 3]) kernel.user.putWord(at + i * word, i === 0 ? ticks : 0);
    return { value: ticks };
  },
  getrusage(kernel, [, at]) {
    const words = 18;
    kernel.user.write(at, new Uint8Array(words * kernel.user.wordSize));
    writeTimeval(kernel, at, kernel.now());
    return { value: 0 };
  },

  getitimer(kernel, [which, at]) {
    if (which !== ITIMER_REAL) return { errno: 'EINVAL' };
    writeTimer(kernel, at);
    return { value: 0 };
  },
  setitimer(kernel, [which, wanted, old]) {
    if (which !== ITIMER_REAL) return { errno: 'EINVAL' };
    const pair = isWide(kernel) ? 16 : 8;
    const interval = wanted === 0 ? 0 : readTimeval(kernel, wanted);
    const value = wanted === 0 ? 0 : readTimeval(kernel, wanted + pair);
    if (interval === undefined || value === undefined) return { errno: 'EINVAL' };
    if (old !== 0) writeTimer(kernel, old);
    kernel.timer = value === 0 ? OFF : { next: kernel.now() + value, interval };
    return { value: 0 };
  },
  /** In seconds, and answers the seconds that were left. */
  alarm(kernel, [seconds]) {
    const { next } = kernel.timer;
    const left = next === NEVER ? 0 : Math.max(1, Math.round((next - kernel.now()) / SECOND));
    kernel.timer = seconds === 0 ? OFF : { next: kernel.now() + seconds * SECOND, interval: 0 };
    return { value: left };
  },
};
