/** What a program offers to a patch: its segments, procedures, and who calls whom. */
import { CallFrames, type Image } from '../elf/index.js';
import { callSites } from './call-sites.js';
import type { Program } from './program.js';

export interface InspectedProcedure {
  name: string;
  /** The source file, for local procedures. */
  file: string | undefined;
  address: number;
  /** Bytes; 0 when the symbol has no size. */
  size: number;
  /** Whether call-frame information covers all of it, so that stack walks through it are exact. */
  frames: boolean;
  /** Direct calls and jumps to its entry. */
  callers: { procedure: string; offset: number }[];
}

export interface Inspection {
  name: string;
  isa: string;
  buildId: string | undefined;
  entry: number;
  segments: { address: number; fileSize: number; memorySize: number; mode: string }[];
  /** In ascending order of address. */
  procedures: InspectedProcedure[];
}

/** Looks at a program without running it. */
export function inspect(program: Program): Inspection {
  const { image, isa } = program;
  const sites = callSites(program);
  const frames = CallFrames.read(image);
  const procedures = program.procedures
    .map(({ name, file, address, size }) => ({
      name,
      file,
      address,
      size,
      frames:
        frames.ruleAt(address) !== undefined && frames.ruleAt(address + Math.max(0, size - 1)) !== undefined,
      callers: (sites.get(address) ?? []).map(({ caller, site }) => ({
        procedure: caller.name,
        offset: site.item.offset,
      })),
    }))
    .sort((a, b) => a.address - b.address);
  const { name, buildId, entry } = image;
  return { name, isa: isa.title, buildId, entry, segments: segmentsOf(image), procedures };
}

function segmentsOf(image: Image): Inspection['segments'] {
  return image.segments.map(({ address, bytes, memorySize, readable, writable, executable }) => ({
    address,
    fileSize: bytes.length,
    memorySize,
    mode: `${readable ? 'r' : '-'}${writable ? 'w' : '-'}${executable ? 'x' : '-'}`,
  }));
}
