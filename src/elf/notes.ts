/** Notes; so far the one that says which build a program is. */
import type { Section } from './section.js';

const NT_GNU_BUILD_ID = 3;
const LONGEST_BUILD_ID = 64;

/** The build id as hexadecimal digits, or undefined when the program has none. */
export function readBuildId(sections: readonly Section[], bigEndian: boolean): string | undefined {
  const bytes = sections.find((s) => s.name === '.note.gnu.build-id')?.bytes;
  if (bytes === undefined || bytes.length < 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nameSize = view.getUint32(0, !bigEndian);
  const size = view.getUint32(4, !bigEndian);
  const start = 12 + ((nameSize + 3) & ~3);
  const known = view.getUint32(8, !bigEndian) === NT_GNU_BUILD_ID && nameSize === 4;
  if (!known || size > LONGEST_BUILD_ID || start + size > bytes.length) return undefined;
  return [...bytes.subarray(start, start + size)].map((b) => b.toString(16).padStart(2, '0')).join('');
}
