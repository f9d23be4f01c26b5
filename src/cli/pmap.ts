/** The memory map of a process as pmap(1) prints it. */
import { showProtection, type Region } from '../machine/memory.js';

/** Lines for a title, each mapping, and the total; `mark` may colour a line. */
export function pmapLines(
  title: string,
  regions: readonly Region[],
  mark: (line: string, region: Region) => string = (line) => line,
): string[] {
  const lines = regions.map((region) => {
    const size = `${(region.end - region.start) / 1024}K`.padStart(8);
    const address = region.start.toString(16).padStart(8, '0');
    return mark(`${address} ${size} ${showProtection(region.protection)} ${region.name}`, region);
  });
  const total = regions.reduce((sum, region) => sum + region.end - region.start, 0) / 1024;
  return [title, ...lines, ` total   ${`${total}K`.padStart(8)}`];
}
