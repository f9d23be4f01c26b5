/** `suture inspect`: what a program offers to a patch, as a table or as JSON. */
import { hex } from '../elf/index.js';
import type { Inspection } from '../patch/index.js';

const MOST_CALLERS = 4;

export function inspectionLines({ name, isa, buildId, entry, segments, procedures }: Inspection): string[] {
  const exact = procedures.filter(({ frames }) => frames).length;
  return [
    `${name}: ${isa}, entry ${hex(entry)}, build id ${buildId ?? 'none'}`,
    '',
    'address   in file   in memory  mode  segment',
    ...segments.map(({ address, fileSize, memorySize, mode }, i) =>
      [hex8(address), String(fileSize).padStart(9), String(memorySize).padStart(11), ` ${mode} `, i].join(
        ' ',
      ),
    ),
    '',
    `${procedures.length} procedures, ${exact} with call-frame information`,
    'address      size  frames  callers  procedure',
    ...procedures.map(({ name: procedure, address, size, frames, callers }) => {
      const names = callers.map((caller) => `${caller.procedure}+${hex(caller.offset)}`);
      const shown = names.slice(0, MOST_CALLERS).join(', ') + (names.length > MOST_CALLERS ? ', ...' : '');
      const row = [hex8(address), String(size).padStart(8), frames ? '  yes ' : '  no  '];
      const calls = String(callers.length).padStart(8);
      return [...row, calls, ` ${procedure}${shown === '' ? '' : `  <- ${shown}`}`].join(' ');
    }),
  ];
}

const hex8 = (value: number): string => value.toString(16).padStart(8, '0');
