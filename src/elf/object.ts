/**
 * A relocatable object, what a compiler makes of one source file, read as if it were a linked program.
 *
 * Its allocated sections are laid out at made-up addresses: code, then read-only, then writable data, each in the
 * order of the file, with gaps between them so that the end of one is never the start of another. Symbols and
 * relocations count from these. Bytes of code and data stay as they are, with their relocations unapplied; frame
 * and debug information is relocated, as nobody compares it. What the object does not define stays undefined.
 */
import elfy from 'elfy';
import { ElfError, hex } from './errors.js';
import { withFieldsFilled } from './field-relocations.js';
import { checkHeader } from './header.js';
import { readSections, type Image, type ThreadStorage } from './image.js';
import { ADDRESS_LIMIT, readWord } from './layout.js';
import { readBuildId } from './notes.js';
import {
  MOST_RELOCATIONS,
  readTable,
  sortedByAddress,
  tooManyRelocations,
  type Relocation,
} from './relocations.js';
import type { Section } from './section.js';
import { readSymbols } from './symbols.js';

/** Where an object is laid out. */
export interface ObjectPlace {
  /** The address of its first section. */
  from: number;
  /** The block from which thread-local variables count, when it is another program's. */
  threadStorage?: ThreadStorage | undefined;
}

const FIRST_PLACE: ObjectPlace = { from: 0x10000 };
const PAGE = 4096;
/** Between sections, in bytes. */
const GAP = 16;
/** More than any section needs; keeps a hostile file from taking the address space by it. */
const LARGEST_ALIGNMENT = 1 << 20;

/**
 * Reads a relocatable object (ELF type 1).
 *
 * @throws ElfError when anything in the file is not as the ABI demands.
 *
 * @example
 * const image = readObject(await readFile('teller.o'), 'teller.o');
 * image.relocations[0]?.symbol.name;
 */
export function readObject(bytes: Uint8Array, name: string, place = FIRST_PLACE): Image {
  const { machine, bits, bigEndian, layout, callingConvention } = checkHeader(bytes, name, 'relocatable');
  const parser = new elfy.Parser();
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = parser.parseHeader(buffer);
  const unplaced = readSections(parser.parseSections(buffer, header), header.shstrndx, bytes, bits, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const alignmentOf = ({ index }: Section): number =>
    readWord(
      view,
      header.shoff + index * layout.header.sections.size + layout.sectionAlignment,
      layout.bits,
      !bigEndian,
    );
  const space = new Space(name, place.from);
  const { sections, threadStorage } = placeSections(unplaced, alignmentOf, space);
  const threadBase = place.threadStorage?.address ?? threadStorage?.address ?? 0;
  const commons: Section[] = [];
  const symbols = readSymbols(sections, layout, bigEndian, name, {
    origin: (section, kind) => section.address - (kind === 'thread-local' ? threadBase : 0),
    common: (size, alignment) => {
      const address = space.take(size, alignment, 'a common symbol');
      const index = sections.length + commons.length;
      commons.push(commonSection(index, address, size));
      return { address, section: index };
    },
  });
  const relocations: Relocation[] = [];
  const filled = new Map<Section, Uint8Array>();
  let work = 0;
  for (const table of sections) {
    const target = sections[table.info];
    if (table.type === 'rel') {
      const detail = `${table.name} has relocations without addends; the ABI of this processor has them with addends`;
      throw new ElfError(name, 'bad-section', detail);
    }
    if (table.type !== 'rela' || target === undefined) continue;
    work += table.bytes.length / layout.relocation.size;
    if (work > MOST_RELOCATIONS) throw tooManyRelocations(name);
    const own = readTable(table, target, target.address, symbols, layout, bigEndian, name);
    if (isInformation(target)) {
      if (filled.has(target)) throw new ElfError(name, 'bad-section', `${target.name} is relocated twice`);
      filled.set(target, withFieldsFilled(target, own, machine, bigEndian, name));
    } else if (target.allocated) for (const relocation of own) relocations.push(relocation);
  }
  return {
    name,
    machine,
    bits,
    bigEndian,
    callingConvention,
    relocatable: true,
    entry: 0,
    segments: [],
    sections: [...sections.map((s) => ({ ...s, bytes: filled.get(s) ?? s.bytes })), ...commons],
    symbols,
    relocations: sortedByAddress(relocations),
    threadStorage: place.threadStorage ?? threadStorage,
    buildId: readBuildId(sections, bigEndian),
    programHeaders: { address: 0, count: 0 },
  };
}

/** What is read for what it says, not compared. */
const isInformation = ({ name, allocated }: Section): boolean =>
  name === '.eh_frame' || (!allocated && name.startsWith('.debug_'));

/** Addresses given out one after another. */
class Space {
  constructor(
    private readonly file: string,
    private next: number,
  ) {}

  /** @throws ElfError when there are no more, or the alignment is none. */
  take(size: number, alignment: number, what: string): number {
    const aligned = Math.max(1, alignment);
    if (aligned > LARGEST_ALIGNMENT || !Number.isInteger(Math.log2(aligned))) {
      const detail = `${what} is aligned to ${alignment}; a power of two up to ${LARGEST_ALIGNMENT} is right`;
      throw new ElfError(this.file, 'bad-section', detail);
    }
    const address = Math.ceil(this.next / aligned) * aligned;
    this.next = address + size + GAP;
    if (this.next <= ADDRESS_LIMIT) return address;
    const detail = `${what} (${hex(size)} bytes) does not fit into 4 GiB with what comes before it`;
    throw new ElfError(this.file, 'bad-section', detail);
  }

  startPage(): void {
    this.next = Math.ceil(this.next / PAGE) * PAGE;
  }
}

/** The groups of sections in the order they are laid out; the last two are the block of a thread. */
const GROUPS: readonly ((section: Section) => boolean)[] = [
  ({ threadLocal, executable }) => !threadLocal && executable,
  ({ threadLocal, executable, writable }) => !threadLocal && !executable && !writable,
  ({ threadLocal, executable, writable }) => !threadLocal && !executable && writable,
  ({ threadLocal, type }) => threadLocal && type !== 'nobits',
  ({ threadLocal, type }) => threadLocal && type === 'nobits',
];

function placeSections(
  sections: readonly Section[],
  alignmentOf: (section: Section) => number,
  space: Space,
): { sections: Section[]; threadStorage: ThreadStorage | undefined } {
  const placed = sections.map((section) => ({ ...section, address: 0 }));
  for (const belongs of GROUPS) {
    space.startPage();
    for (const section of placed) {
      if (section.allocated && belongs(section))
        section.address = space.take(section.size, alignmentOf(section), section.name);
    }
  }
  const block = placed.filter(({ allocated, threadLocal }) => allocated && threadLocal);
  if (block.length === 0) return { sections: placed, threadStorage: undefined };
  const address = Math.min(...block.map((section) => section.address));
  const end = Math.max(...block.map((section) => section.address + section.size));
  const alignment = Math.max(1, ...block.map(alignmentOf));
  return { sections: placed, threadStorage: { address, size: end - address, alignment } };
}

const commonSection = (index: number, address: number, size: number): Section => ({
  index,
  name: 'COMMON',
  type: 'nobits',
  address,
  size,
  bytes: new Uint8Array(),
  link: 0,
  info: 0,
  allocated: true,
  writable: true,
  executable: false,
  threadLocal: false,
});
