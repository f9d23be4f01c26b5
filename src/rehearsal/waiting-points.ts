/**
 * Update points at which somebody is inside, until it is known where the update lands.
 *
 * Points that wait for the same form a group. When what a group waits for has come, the update looks again: nobody
 * inside, and it lands there for all of them; else they wait for what is to be waited for from there, with the
 * points that are there.
 */
import { nextLookOf, type Wait } from '../patch/index.js';
import type { Conflict, Place } from './model.js';
import type { Session } from './workload.js';

/** Points next to each other that wait for one reason. */
export interface WaitingRange {
  first: number;
  last: number;
  place: Place;
  reason: string;
  /** A fork of the process that stands at `first`. */
  beginning: Session;
  /** What ended it; undefined while it goes on, and where it was cut. */
  conflict?: Conflict | undefined;
}

interface Group {
  ranges: WaitingRange[];
  key: string;
  addresses: ReadonlySet<number>;
  /** When it is looked again whatever happens. */
  lookAt: number;
  /** The look is after a single step. */
  stepAt: number | undefined;
}

/** Ranges for which the update looks again, and whether the last thing before was a single step. */
export interface Hit {
  ranges: WaitingRange[];
  byStep: boolean;
}

export class WaitingPoints {
  private groups: Group[] = [];
  private current: Group | undefined;

  get isEmpty(): boolean {
    return this.groups.length === 0;
  }

  /** Addresses at which somebody may be awaited. */
  get addresses(): Set<number> {
    return new Set(
      this.groups.flatMap(({ addresses, stepAt }) => (stepAt === undefined ? [...addresses] : [])),
    );
  }

  /** The next instruction count at which a group looks. */
  get nextLook(): number {
    return Math.min(...this.groups.map(({ stepAt, lookAt }) => stepAt ?? lookAt));
  }

  /**
   * The groups for which something has come; they are none any more.
   *
   * @param breakpoint the address at which a thread was stopped, if one was.
   */
  take(now: number, breakpoint: number | undefined): Hit[] {
    const hits: { group: Group; byStep: boolean }[] = [];
    for (const group of this.groups) {
      const { stepAt, lookAt, addresses } = group;
      if (stepAt !== undefined ? now >= stepAt : now >= lookAt) {
        hits.push({ group, byStep: stepAt !== undefined });
      } else if (stepAt === undefined && breakpoint !== undefined && addresses.has(breakpoint)) {
        hits.push({ group, byStep: false });
      }
    }
    return this.remove(hits);
  }

  /** All of them, whatever they wait for. */
  takeAll(): Hit[] {
    return this.remove(this.groups.map((group) => ({ group, byStep: false })));
  }

  /** Ranges of which every point is before `point`. */
  takeBefore(point: number): Hit[] {
    const late = this.groups.filter(({ ranges }) => ranges.every(({ last }) => last < point));
    return this.remove(late.map((group) => ({ group, byStep: false })));
  }

  /** Whether whoever comes next waits as the latest that was added. */
  get goesOn(): boolean {
    return this.current !== undefined;
  }

  /** The points up to `last` are like the latest that was added. */
  extend(last: number): void {
    const range = this.latest;
    if (range !== undefined) range.last = Math.max(range.last, last);
  }

  /** The latest range, unless somebody looks again for its points. */
  get latest(): WaitingRange | undefined {
    return this.current?.ranges.at(-1);
  }

  /** Whoever comes next does not wait. */
  leave(): void {
    this.current = undefined;
  }

  /**
   * Another point waits, if one is given, and all points of `hits` with it. The wait is undefined where a check objected, and will be
   * asked again at `lookAt`.
   */
  add(
    now: number,
    point: WaitingRange | undefined,
    wait: Wait | undefined,
    hits: readonly Hit[],
    lookAt?: number,
  ): void {
    const points = point === undefined ? [] : [point];
    const key = JSON.stringify(wait ?? 'objection');
    const earlier = hits.flatMap(({ ranges }) => ranges);
    const { current } = this;
    const step = wait !== undefined && !wait.exits && wait.addresses.length === 0;
    if (current?.key === key && !step) {
      current.ranges = joined([...current.ranges, ...earlier, ...points]);
      return;
    }
    // Of two looks at one point the later counts.
    if (current !== undefined) current.ranges = before(now, current.ranges);
    const group: Group = {
      ranges: [],
      key,
      addresses: new Set(wait?.addresses ?? []),
      lookAt: lookAt ?? (wait === undefined ? now : nextLookOf(wait, now)),
      stepAt: step ? now + 1 : undefined,
    };
    group.ranges = joined([...earlier, ...points]);
    this.groups.push(group);
    this.current = point === undefined ? undefined : group;
  }

  private remove(hits: readonly { group: Group; byStep: boolean }[]): Hit[] {
    const gone = new Set(hits.map(({ group }) => group));
    this.groups = this.groups.filter((group) => !gone.has(group));
    if (this.current !== undefined && gone.has(this.current)) this.current = undefined;
    return hits.map(({ group: { ranges }, byStep }) => ({ ranges, byStep }));
  }
}

/** Ranges in order; one that goes on with the same reason becomes longer. */
function joined(ranges: readonly WaitingRange[]): WaitingRange[] {
  const result: WaitingRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const last = result.at(-1);
    if (last !== undefined && last.last + 1 >= range.first && last.reason === range.reason) {
      if (range.last >= last.last) last.conflict = range.conflict;
      last.last = Math.max(last.last, range.last);
    } else result.push({ ...range });
  }
  return result;
}

/** What of the ranges lies before a point. */
const before = (point: number, ranges: readonly WaitingRange[]): WaitingRange[] =>
  ranges
    .filter(({ first }) => first < point)
    .map((range) => ({ ...range, last: Math.min(range.last, point - 1) }));
