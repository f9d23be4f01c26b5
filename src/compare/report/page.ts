import type { Comparison } from '../model.js';
import type { Series } from '../series/series.js';
export function reportPage(comparison: Comparison | undefined, series: readonly Series[]): string {
  return JSON.stringify([comparison, series]);
}
