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
  const callers = image.relocations.length > 0 ? knownCallers(program) : sweptCallers(program);
  const frames = CallFrames.read(image);
  const procedures = program.procedures
    .map(({ name, file, address, size }) => ({
      name,
      file,
      address,
      size,
      frames:
        frames.ruleAt(address) !== undefined && frames.ruleAt(address + Math.max(0, size - 1)) !== undefined,
      callers: callers.get(address) ?? [],
    }))
    .sort((a, b) => a.address - b.address);
  const { name, buildId, entry } = image;
  return { name, isa: isa.title, buildId, entry, segments: segmentsOf(image), procedures };
}

type Callers = Map<number, { procedure: string; offset: number }[]>;

function knownCallers(program: Program): Callers {
  const callers: Callers = new Map();
  for (const [entry, calls] of callSites(program)) {
    callers.set(
      entry,
      calls.map(({ caller, site }) => ({ procedure: caller.name, offset: site.item.offset })),
    );
  }
  return callers;
}

/** By disassembly. A jump to the own entry may be a loop and does not count. */
function sweptCallers(program: Program): Callers {
  const { isa } = program;
  const entries = new Set(program.procedures.map(({ address }) => address));
  const callers: Callers = new Map([...entries].map((entry) => [entry, []]));
  for (const { name, address, size } of program.procedures) {
    const { bytes } = program.data(address, address + size);
    for (let offset = 0; offset < bytes.length; offset += isa.instructionSize(bytes.subarray(offset))) {
      const target = isa.jumpTarget(bytes.subarray(offset), address + offset);
      if (target !== undefined && target !== address) callers.get(target)?.push({ procedure: name, offset });
    }
  }
  return callers;
}

function segmentsOf(image: Image): Inspection['segments'] {
  return image.segments.map(({ address, bytes, memorySize, readable, writable, executable }) => ({
    address,
    fileSize: bytes.length,
    memorySize,
    mode: `${readable ? 'r' : '-'}${writable ? 'w' : '-'}${executable ? 'x' : '-'}`,
  }));
}
