/** The sections debug information is in, and the limit on the work it may cause. */
import { ByteReader } from '../byte-reader.js';
import { ElfError, hex } from '../errors.js';
import type { Image } from '../image.js';
import { readString } from '../section.js';

export type DebugSection =
  | '.debug_info'
  | '.debug_abbrev'
  | '.debug_str'
  | '.debug_types'
  | '.debug_line'
  | '.debug_line_str'
  | '.debug_ranges'
  | '.debug_rnglists';

/**
 * Entries, lines and ranges read per byte of debug information, all questions together. An honest file needs
 * a small part of it; one whose references make the reader run in circles is stopped here.
 */
const WORK_PER_BYTE = 2;
const LEAST_WORK = 100_000;

export class DebugSections {
  readonly addressSize: 4 | 8;
  private readonly contents = new Map<string, Uint8Array>();
  private work: number;

  constructor(readonly image: Image) {
    this.addressSize = image.bits === 64 ? 8 : 4;
    let size = 0;
    for (const { name, allocated, bytes } of image.sections) {
      if (allocated || !name.startsWith('.debug_') || this.contents.has(name)) continue;
      this.contents.set(name, bytes);
      size += bytes.length;
    }
    this.work = Math.max(size * WORK_PER_BYTE, LEAST_WORK);
  }

  /** Empty when the program has no such section. */
  bytes(section: DebugSection): Uint8Array {
    return this.contents.get(section) ?? new Uint8Array();
  }

  /** A reader of `[start, end)`, which must lie in the section. */
  reader(section: DebugSection, start = 0, end = this.bytes(section).length): ByteReader {
    const bytes = this.bytes(section);
    if (!(start >= 0 && start <= end && end <= bytes.length)) {
      throw this.error(`${section} has ${hex(bytes.length)} bytes; ${hex(start)} lies beyond`);
    }
    return new ByteReader(
      bytes.subarray(0, end),
      this.image.bigEndian,
      (detail) => this.error(`${section}: ${detail}`),
      start,
    );
  }

  string(section: DebugSection, offset: number): string {
    const bytes = this.bytes(section);
    if (offset >= bytes.length) {
      throw this.error(`a name lies at ${hex(offset)} of ${section}, which has ${hex(bytes.length)} bytes`);
    }
    return readString(bytes, offset);
  }

  address(reader: ByteReader): number {
    return this.addressSize === 8 ? reader.u64() : reader.u32();
  }

  /** Counts one more piece of work. @throws ElfError when there has been too much. */
  spend(pieces = 1): void {
    this.work -= pieces;
    if (this.work < 0) {
      throw this.error('the debug information refers to itself over and over; compile again with -g');
    }
  }

  error(detail: string): ElfError {
    const advice = 'objcopy --strip-debug makes a program without debug information';
    return new ElfError(this.image.name, 'bad-dwarf', `${detail} (${advice})`);
  }
}
