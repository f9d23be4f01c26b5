/**
 * What a linked program says about itself: segments, sections, symbols, relocations, build id.
 *
 * An image is read once, checked throughout, and never changed. It knows nothing of instructions.
 */
import elfy, { type RawSection } from 'elfy';
import { ElfError, hex } from './errors.js';
import { checkHeader } from './header.js';
import { ADDRESS_LIMIT, beyond } from './layout.js';
import { readBuildId } from './notes.js';
import { readRelocations, type Relocation } from './relocations.js';
import { readString, type Section } from './section.js';
import { readSymbols, type SymbolEntry } from './symbols.js';

export interface Segment {
  address: number;
  /** Bytes from the file; the rest up to `memorySize` is zero. */
  bytes: Uint8Array;
  memorySize: number;
  readable: boolean;
  writable: boolean;
  executable: boolean;
}

/** The block of variables that every thread has its own copy of: where it begins, and how large the copies are. */
export interface ThreadStorage {
  address: number;
  size: number;
  /** A power of two. */
  alignment: number;
}

export interface Image {
  /** Name for messages: the file's base name. */
  name: string;
  machine: number;
  /** ELF class: width of an address. */
  bits: 32 | 64;
  bigEndian: boolean;
  /** How procedures take arguments, in words, where the header tells. */
  callingConvention?: string | undefined;
  /** An unlinked object at made-up addresses: nothing of it can run, and what it does not define is known by name. */
  relocatable: boolean;
  entry: number;
  segments: Segment[];
  sections: Section[];
  symbols: SymbolEntry[];
  /** Sorted by address; only those of allocated sections. */
  relocations: Relocation[];
  /** Undefined when the program has no thread-local variables. */
  threadStorage: ThreadStorage | undefined;
  buildId: string | undefined;
  /** The program header table where it is mapped, for the auxiliary vector. */
  programHeaders: { address: number; count: number };
}

/** More than any real program, small enough to bound the work on a hostile file. */
const MOST_SECTIONS = 65_535;

/**
 * Reads an executable.
 *
 * @throws ElfError when anything in the file is not as the ABI demands.
 *
 * @example
 * const image = readImage(await readFile('teller.elf'), 'teller.elf');
 * image.symbols.find((s) => s.name === 'main')?.address;
 */
export function readImage(bytes: Uint8Array, name: string): Image {
  const { machine, bits, bigEndian, layout, callingConvention } = checkHeader(bytes, name, 'executable');
  const parser = new elfy.Parser();
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = parser.parseHeader(buffer);
  const segments: Segment[] = [];
  let threadStorage: ThreadStorage | undefined;
  const programHeaders = { address: 0, count: header.phnum };
  for (const [index, program] of parser.parsePrograms(buffer, header).entries()) {
    if (program.type === 'interp') throw dynamicallyLinked(program, bytes, name);
    if (program.type === 'tls') threadStorage = threadStorageOf(program, name);
    if (program.type !== 'load' || program.memsz === 0) continue;
    checkSegment(program, index, bytes.length, bits, name);
    const { offset, filesz } = program;
    if (header.phoff >= offset && header.phoff < offset + filesz) {
      programHeaders.address = program.vaddr + header.phoff - offset;
    }
    segments.push({
      address: program.vaddr,
      bytes: bytes.subarray(offset, offset + filesz),
      memorySize: program.memsz,
      readable: 'r' in program.flags,
      writable: 'w' in program.flags,
      executable: 'x' in program.flags,
    });
  }
  if (segments.length === 0)
    throw new ElfError(name, 'bad-segment', 'no segment to load: not a linked program');
  checkOverlap(segments, name);
  const sections = readSections(parser.parseSections(buffer, header), header.shstrndx, bytes, bits, name);
  const symbols = readSymbols(sections, layout, bigEndian, name);
  return {
    name,
    machine,
    bits,
    bigEndian,
    callingConvention,
    relocatable: false,
    entry: header.entry,
    segments,
    sections,
    symbols,
    relocations: readRelocations(sections, symbols, layout, bigEndian, name),
    threadStorage,
    buildId: readBuildId(sections, bigEndian),
    programHeaders,
  };
}

function threadStorageOf(
  { vaddr, memsz, align }: { vaddr: number; memsz: number; align: number },
  file: string,
): ThreadStorage {
  const alignment = Math.max(1, align);
  if (vaddr + memsz > ADDRESS_LIMIT || alignment > ADDRESS_LIMIT || !Number.isInteger(Math.log2(alignment))) {
    const detail = `the thread-local segment at ${hex(vaddr)} has ${hex(memsz)} bytes aligned to ${hex(align)}`;
    throw new ElfError(file, 'bad-segment', detail);
  }
  return { address: vaddr, size: memsz, alignment };
}

function dynamicallyLinked(
  { offset, filesz }: { offset: number; filesz: number },
  bytes: Uint8Array,
  file: string,
): ElfError {
  const path = readString(bytes.subarray(offset, offset + filesz), 0);
  const loader = /^[!-~]+$/.test(path) ? path : 'a loader';
  const detail = `a dynamically linked program, which needs ${loader}; link with -static -no-pie`;
  return new ElfError(file, 'unsupported-type', detail);
}

function checkSegment(
  { offset, filesz, memsz, vaddr }: { offset: number; filesz: number; memsz: number; vaddr: number },
  index: number,
  fileSize: number,
  bits: 32 | 64,
  file: string,
): void {
  const what = `segment ${index} (address ${hex(vaddr)})`;
  if (offset + filesz > fileSize) {
    const detail = `${what} takes bytes ${hex(offset)}..${hex(offset + filesz)} of a file of ${hex(fileSize)} bytes: the file is cut short`;
    throw new ElfError(file, 'truncated', detail);
  }
  if (filesz > memsz) {
    const detail = `${what} has ${hex(filesz)} bytes in the file and only ${hex(memsz)} in memory`;
    throw new ElfError(file, 'bad-segment', detail);
  }
  if (vaddr + memsz > ADDRESS_LIMIT) {
    throw new ElfError(file, 'bad-segment', `${what} of ${hex(memsz)} bytes ${beyond(bits)}`);
  }
}

function checkOverlap(segments: Segment[], file: string): void {
  const sorted = [...segments].sort((a, b) => a.address - b.address);
  for (const [i, segment] of sorted.entries()) {
    const before = sorted[i - 1];
    if (before !== undefined && before.address + before.memorySize > segment.address) {
      const detail = `the segments at ${hex(before.address)} and ${hex(segment.address)} overlap`;
      throw new ElfError(file, 'bad-segment', detail);
    }
  }
}

export function readSections(
  raw: RawSection[],
  namesIndex: number,
  bytes: Uint8Array,
  bits: 32 | 64,
  file: string,
): Section[] {
  if (raw.length === 0) return [];
  if (raw.length > MOST_SECTIONS)
    throw new ElfError(file, 'bad-section', `${raw.length} sections are too many`);
  const names = raw[namesIndex];
  if (names === undefined) {
    const detail = `section name table ${namesIndex} does not exist; there are ${raw.length} sections`;
    throw new ElfError(file, 'bad-section', detail);
  }
  const contents = raw.map((section, index) => {
    if (section.addr + section.size > ADDRESS_LIMIT) {
      const detail = `section ${index} (${hex(section.addr)}, ${hex(section.size)} bytes) ${beyond(bits)}`;
      throw new ElfError(file, 'bad-section', detail);
    }
    if (section.type === 'nobits' || section.type === 'undef' || section.type === 'null')
      return new Uint8Array();
    if (section.off + section.size > bytes.length) {
      const detail =
        `section ${index} takes bytes ${hex(section.off)}..${hex(section.off + section.size)} ` +
        `of a file of ${hex(bytes.length)} bytes: the file is cut short`;
      throw new ElfError(file, 'truncated', detail);
    }
    return bytes.subarray(section.off, section.off + section.size);
  });
  return raw.map((section, index) => ({
    index,
    name: readString(contents[namesIndex]!, section.name),
    type: section.type,
    address: section.addr,
    size: section.size,
    bytes: contents[index]!,
    link: section.link,
    info: section.info,
    allocated: 'alloc' in section.flags,
    writable: 'write' in section.flags,
    executable: 'execinstr' in section.flags,
    threadLocal: 'tls' in section.flags,
  }));
}
