/** A teller with somebody inside of what the patches change. */
import type { Process } from '#suture/process/process.js';
import { Approach, parseWhen } from '#suture/update/index.js';
import { Collected, imageOf, PLENTY, start, tellerName, type IsaName } from './programs.js';

export const FORECASTS = 'forecast 2 6\nforecast 2 12\nquit\n';

/** It makes forecasts, and is three activations deep in compound. */
export function insideCompound(isa: IsaName, output = new Collected()): Process {
  const image = imageOf(tellerName(isa));
  const process = start(image, FORECASTS, output);
  new Approach(process, parseWhen('entry:compound#4', image)).advance(PLENTY);
  return process;
}
