/** How much a rehearsal may cost. */
import type { PointClass } from '../rehearsal/index.js';
import { CliError, ExitCode } from './exit-codes.js';

export interface Budget {
  milliseconds?: number;
  /** Runs in which the update lands. */
  runs?: number;
}

const SECOND = 1000;
/** Timers count milliseconds in 31 bits. */
const LONGEST = 2 ** 31 - 1;
const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: 60 * SECOND, h: 3600 * SECOND };

/** `90s`, `5m`, `2h`, or `1000runs`. @throws CliError */
export function parseBudget(text: string): Budget {
  const [, number, unit] = /^(\d+)(s|m|h|runs)$/.exec(text) ?? [];
  const amount = Number(number);
  if (unit === undefined || !Number.isSafeInteger(amount) || amount === 0) {
    throw new CliError(
      ExitCode.usage,
      `--budget ${text}: it must be a time such as 90s, 5m or 2h, or runs such as 1000runs`,
    );
  }
  if (unit === 'runs') return { runs: amount };
  const milliseconds = amount * UNITS[unit]!;
  if (milliseconds <= LONGEST) return { milliseconds };
  const most = Math.floor(LONGEST / UNITS[unit]!);
  throw new CliError(ExitCode.usage, `--budget ${text}: a time may be ${most}${unit} at most`);
}

/**
 * Takes what is found in the order of the parts, until the update has landed in so many runs. So a budget ends at
 * the same class however many workers there are, and whoever of them is faster.
 */
export class RunBudget {
  /** By part, what was found and is not its turn yet. */
  private readonly held = new Map<number, PointClass[]>();
  private readonly finished = new Set<number>();
  private part = 0;

  /** @param take is given what the budget pays for. Returns false when that was enough. */
  constructor(
    private left: number,
    private readonly take: (found: readonly PointClass[]) => boolean,
  ) {}

  /** What a part has found, in its order. Returns false when the budget is used up. */
  tell(found: readonly PointClass[], part: number): boolean {
    this.held.set(part, (this.held.get(part) ?? []).concat(found));
    return this.takeInTurn();
  }

  /** Nothing more comes of a part. Returns false when the budget is used up. */
  finish(part: number): boolean {
    this.finished.add(part);
    return this.takeInTurn();
  }

  /** What is held, as far as the budget goes, for whoever ends early and has no use for the order any more. */
  takeHeld(): void {
    for (const part of [...this.held.keys()].sort((a, b) => a - b)) this.takeOf(part);
  }

  private takeInTurn(): boolean {
    while (this.takeOf(this.part)) {
      if (!this.finished.has(this.part)) return true;
      this.part++;
    }
    return false;
  }

  private takeOf(part: number): boolean {
    if (this.left === 0) return false;
    const found = this.held.get(part) ?? [];
    this.held.delete(part);
    const last = found.findIndex((each) => isLanding(each) && --this.left === 0);
    const paid = last < 0 ? found : found.slice(0, last + 1);
    return (paid.length === 0 || this.take(paid)) && this.left > 0;
  }
}

/** Whether a run of its own was made for a class, with the update in it. */
export const isLanding = ({ decision, ranInstructions }: PointClass): boolean =>
  ranInstructions > 0 && decision !== 'refused';
