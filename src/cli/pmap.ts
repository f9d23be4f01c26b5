/** The memory map of a process as pmap(1) prints it, and what updates have made of it. */
import { showProtection, type Region } from '../machine/memory.js';
import type { Applied } from '../patch/index.js';

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

/** What each update did to a region: added it, or wrote so many bytes of it; undefined when none did anything. */
export function updateMark({ start, end }: Region, updates: readonly Applied[]): string | undefined {
  const marks = updates.flatMap(({ plan, patch }) => {
    const { title } = patch.package.metadata;
    if (plan.reservations.some((r) => r.start < end && r.end > start)) return [`added by "${title}"`];
    const written = plan.writes.filter(
      (write) => write.phase === 'commit' && write.address >= start && write.address < end,
    );
    const bytes = written.reduce((sum, { after }) => sum + after.length, 0);
    return bytes === 0 ? [] : [`${bytes} bytes in ${written.length} places patched by "${title}"`];
  });
  return marks.length === 0 ? undefined : marks.join('; ');
}
