/** The addresses an entry's code lies at. Source: DWARF 5, sections 2.17 and 7.25; DWARF 4, section 2.17.3. */
import { hex } from '../errors.js';
import { AT } from './constants.js';
import { address, type Entries, type Entry } from './entries.js';
import type { DebugSections } from './sections.js';
import type { Unit } from './units.js';

/** `[start, end)`. */
export interface AddressRange {
  start: number;
  end: number;
}

const DW_RLE = {
  endOfList: 0,
  offsetPair: 4,
  baseAddress: 5,
  startEnd: 6,
  startLength: 7,
} as const;

export class Ranges {
  private readonly bases = new Map<Unit, number>();

  constructor(private readonly entries: Entries) {}

  /** Those of the entry itself, as its compiler listed them; undefined when it has no addresses. */
  of(entry: Entry): AddressRange[] | undefined {
    const list = entry.attributes.get(AT.ranges);
    if (list?.kind === 'offset') return this.list(entry.unit, list.value);
    const start = address(entry.attributes.get(AT.lowPc));
    const high = entry.attributes.get(AT.highPc);
    if (start === undefined) return undefined;
    if (high?.kind === 'address') return [{ start, end: high.value }];
    return high?.kind === 'constant' ? [{ start, end: start + high.value }] : undefined;
  }

  private list(unit: Unit, offset: number): AddressRange[] {
    const { sections } = this.entries;
    const base = this.base(unit);
    return unit.version === 5
      ? readRangeList(sections, offset, base)
      : readOldRangeList(sections, offset, base);
  }

  /** What the addresses in a unit's lists count from. */
  private base(unit: Unit): number {
    let base = this.bases.get(unit);
    if (base === undefined) {
      base = address(this.entries.at(unit.first).attributes.get(AT.lowPc)) ?? 0;
      this.bases.set(unit, base);
    }
    return base;
  }
}

/** From `.debug_ranges`, of DWARF 4. */
function readOldRangeList(sections: DebugSections, offset: number, unitBase: number): AddressRange[] {
  const reader = sections.reader('.debug_ranges', offset);
  const selectsBase = sections.addressSize === 4 ? 0xffffffff : 2 ** 64;
  const ranges: AddressRange[] = [];
  let base = unitBase;
  for (;;) {
    sections.spend();
    const start = sections.address(reader);
    const end = sections.address(reader);
    if (start === 0 && end === 0) return ranges;
    if (start === selectsBase) base = end;
    else ranges.push({ start: base + start, end: base + end });
  }
}

/** From `.debug_rnglists`, of DWARF 5. */
function readRangeList(sections: DebugSections, offset: number, unitBase: number): AddressRange[] {
  const reader = sections.reader('.debug_rnglists', offset);
  const ranges: AddressRange[] = [];
  let base = unitBase;
  for (;;) {
    sections.spend();
    const kind = reader.u8();
    switch (kind) {
      case DW_RLE.endOfList:
        return ranges;
      case DW_RLE.offsetPair:
        ranges.push({ start: base + reader.uleb(), end: base + reader.uleb() });
        break;
      case DW_RLE.baseAddress:
        base = sections.address(reader);
        break;
      case DW_RLE.startEnd:
        ranges.push({ start: sections.address(reader), end: sections.address(reader) });
        break;
      case DW_RLE.startLength: {
        const start = sections.address(reader);
        ranges.push({ start, end: start + reader.uleb() });
        break;
      }
      default:
        throw sections.error(
          `the list of ranges at ${hex(offset)} has an entry of kind ${kind}, which is not read`,
        );
    }
  }
}
