/** Abbreviations: what entries of one kind look like. Source: DWARF 5, section 7.5.3. */
import { hex } from '../errors.js';
import { FORM } from './constants.js';
import { sizeOfForm, type AttributeSpecification } from './forms.js';
import type { DebugSections } from './sections.js';

export interface Abbreviation {
  tag: number;
  hasChildren: boolean;
  attributes: readonly AttributeSpecification[];
  /** Bytes of all attributes, when they are always the same. */
  size: number | undefined;
}

export type AbbreviationTable = ReadonlyMap<number, Abbreviation>;

/** More than any compiler writes: an entry has no more attributes. */
const MOST_ATTRIBUTES = 128;

export function readAbbreviations(sections: DebugSections, offset: number): AbbreviationTable {
  const reader = sections.reader('.debug_abbrev', offset);
  const table = new Map<number, Abbreviation>();
  for (;;) {
    sections.spend();
    const start = reader.at;
    const code = reader.uleb();
    if (code === 0) return table;
    const tag = reader.uleb();
    const hasChildren = reader.u8() !== 0;
    const attributes: AttributeSpecification[] = [];
    let size: number | undefined = 0;
    for (;;) {
      const attribute = reader.uleb();
      const form = reader.uleb();
      if (attribute === 0 && form === 0) break;
      const constant = form === FORM.implicitConst ? reader.sleb64() : 0;
      attributes.push({ attribute, form, constant });
      if (attributes.length > MOST_ATTRIBUTES) {
        throw sections.error(`the abbreviation at ${hex(start)} has more than ${MOST_ATTRIBUTES} attributes`);
      }
      const width = sizeOfForm(form, sections.addressSize);
      size = size === undefined || width === undefined ? undefined : size + width;
    }
    if (!table.has(code)) table.set(code, { tag, hasChildren, attributes, size });
  }
}
