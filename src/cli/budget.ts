/** How much a rehearsal may cost. */
import { CliError, ExitCode } from './exit-codes.js';

export interface Budget {
  milliseconds?: number;
  /** Patched runs. */
  runs?: number;
}

const SECOND = 1000;
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
  return unit === 'runs' ? { runs: amount } : { milliseconds: amount * UNITS[unit]! };
}
