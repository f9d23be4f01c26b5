/** Units: what one compilation left behind. Source: DWARF 5, section 7.5.1. */
import { hex } from '../errors.js';
import { readAbbreviations, type AbbreviationTable } from './abbreviations.js';
import type { DebugSections } from './sections.js';

export interface Unit {
  /** Where it begins in `.debug_info`, where its first entry is, and where it ends. */
  offset: number;
  first: number;
  end: number;
  version: 4 | 5;
  abbreviations: AbbreviationTable;
}

export interface Units {
  /** In the order of the section. */
  units: Unit[];
  /** What is there and not read, in words. */
  notes: string[];
}

const UNIT_TYPE = { compile: 1, type: 2, partial: 3, skeleton: 4, splitCompile: 5, splitType: 6 } as const;
const TYPE_UNITS = 'type units are not read; compile without -fdebug-types-section';
const MOST_UNITS = 1_000_000;

/**
 * Finds the units of a program.
 *
 * @throws ElfError when a header is cut short or says what cannot be.
 */
export function readUnits(sections: DebugSections): Units {
  const reader = sections.reader('.debug_info');
  const tables = new Map<number, AbbreviationTable>();
  const units: Unit[] = [];
  const notes = new Set<string>();
  // DWARF 4 keeps them in a section of their own.
  if (sections.bytes('.debug_types').length > 0) notes.add(TYPE_UNITS);
  while (reader.left > 0) {
    const offset = reader.at;
    const fail = (detail: string): Error => sections.error(`the unit at ${hex(offset)} ${detail}`);
    const length = reader.u32();
    if (length === 0xffffffff) throw fail('is in the 64-bit DWARF format; compile without -gdwarf64');
    if (length < 7 || length > reader.left) {
      const advice = 'cut short, or compressed (then link with -Wl,--compress-debug-sections=none)';
      throw fail(`has ${length} bytes, ${reader.left} are left: the section is ${advice}`);
    }
    const end = reader.at + length;
    const header = reader.part(length);
    reader.at = end;
    const version = header.u16();
    if (version !== 4 && version !== 5) {
      notes.add(`debug information of DWARF ${version} is not read; compile with -gdwarf-4 or -gdwarf-5`);
      continue;
    }
    const type = version === 5 ? header.u8() : UNIT_TYPE.compile;
    const early = version === 5 ? header.u8() : undefined;
    const table = header.u32();
    const addressSize = early ?? header.u8();
    if (addressSize !== sections.addressSize) {
      throw fail(`has addresses of ${addressSize} bytes; ${sections.addressSize} are right`);
    }
    if (type !== UNIT_TYPE.compile && type !== UNIT_TYPE.partial) {
      notes.add(
        type === UNIT_TYPE.type
          ? TYPE_UNITS
          : 'split debug information is not read; compile without -gsplit-dwarf',
      );
      continue;
    }
    let abbreviations = tables.get(table);
    if (abbreviations === undefined) tables.set(table, (abbreviations = readAbbreviations(sections, table)));
    units.push({ offset, first: end - header.left, end, version, abbreviations });
    if (units.length > MOST_UNITS) throw sections.error(`more than ${MOST_UNITS} units`);
  }
  return { units, notes: [...notes] };
}
