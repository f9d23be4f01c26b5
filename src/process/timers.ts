/** Interval timers, see setitimer(2). They count the process's own time, see clock.ts. */
import { NEVER } from './clock.js';

export interface IntervalTimer {
  /** When it fires next, in nanoseconds since the start; NEVER when it is off. */
  next: number;
  /** Nanoseconds between two firings; 0 for one only. */
  interval: number;
}

export const OFF: IntervalTimer = { next: NEVER, interval: 0 };

/** The timer after everything up to `now` has fired, or undefined when nothing did. */
export function fired(timer: IntervalTimer, now: number): IntervalTimer | undefined {
  if (timer.next > now) return undefined;
  if (timer.interval === 0) return OFF;
  const missed = Math.floor((now - timer.next) / timer.interval);
  return { next: timer.next + (missed + 1) * timer.interval, interval: timer.interval };
}
