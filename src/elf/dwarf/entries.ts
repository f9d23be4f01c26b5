/** Debugging information entries: a tree of things with attributes. Source: DWARF 5, section 2. */
import { hex } from '../errors.js';
import { countUpTo } from '../symbol-index.js';
import { AT } from './constants.js';
import { readValue, skipValues, type Value } from './forms.js';
import type { DebugSections } from './sections.js';
import { readUnits, type Unit } from './units.js';

export interface Entry {
  /** In `.debug_info`. */
  offset: number;
  tag: number;
  unit: Unit;
  hasChildren: boolean;
  attributes: ReadonlyMap<number, Value>;
  /** Where its first child or next sibling is. */
  next: number;
}

/** How deep entries may be nested. */
const DEEPEST = 500;
/** An entry refers to its origin, that to its declaration; more steps are a circle. */
const LONGEST_ORIGIN = 8;

export class Entries {
  readonly units: readonly Unit[];
  readonly notes: readonly string[];
  /** Those that something referred to, by offset: to ask for one again costs nothing. */
  private readonly known = new Map<number, Entry>();

  constructor(readonly sections: DebugSections) {
    const { units, notes } = readUnits(sections);
    this.units = units;
    this.notes = notes;
  }

  /** The entry at an offset of `.debug_info`, to which something refers. */
  at(offset: number): Entry {
    let entry = this.known.get(offset);
    if (entry !== undefined) return entry;
    const unit = this.units[countUpTo(this.units, offset, (u) => u.offset) - 1];
    entry = unit && offset >= unit.first && offset < unit.end ? this.read(unit, offset) : undefined;
    if (entry === undefined) {
      throw this.sections.error(`something refers to an entry at ${hex(offset)}, where none is`);
    }
    this.known.set(offset, entry);
    return entry;
  }

  /**
   * Visits the entries of a unit in order. Those that `wanted` does not name by tag are passed over, not so
   * their children.
   *
   * @param visit is told how deep the entry lies.
   */
  walk(unit: Unit, wanted: ReadonlySet<number>, visit: (entry: Entry, depth: number) => void): void {
    this.scan(unit, unit.first, (tag, depth, read) => {
      if (wanted.has(tag)) visit(read(), depth);
      return true;
    });
  }

  /** The direct children, those that `wanted` names by tag. */
  children(entry: Entry, wanted: ReadonlySet<number>): Entry[] {
    const children: Entry[] = [];
    if (!entry.hasChildren) return children;
    this.scan(entry.unit, entry.next, (tag, depth, read) => {
      if (depth < 0) return false;
      if (depth === 0 && wanted.has(tag)) children.push(read());
      return true;
    });
    return children;
  }

  /** An attribute of the entry, or of the one it is an instance or the definition of. */
  find(entry: Entry, attribute: number): Value | undefined {
    for (const step of this.origins(entry)) {
      const value = step.attributes.get(attribute);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** The entry, what it is an instance of, and what that is declared by. */
  origins(entry: Entry): Entry[] {
    const steps = [entry];
    for (;;) {
      const last = steps[steps.length - 1]!;
      const origin =
        reference(last.attributes.get(AT.abstractOrigin)) ?? reference(last.attributes.get(AT.specification));
      if (origin === undefined) return steps;
      if (steps.length > LONGEST_ORIGIN) {
        throw this.sections.error(`the entry at ${hex(entry.offset)} is its own origin`);
      }
      steps.push(this.at(origin));
    }
  }

  name(entry: Entry): string | undefined {
    return this.text(this.find(entry, AT.name));
  }

  text(value: Value | undefined): string | undefined {
    return value?.kind === 'string' ? this.sections.string(value.section, value.offset) : undefined;
  }

  private read(unit: Unit, offset: number): Entry | undefined {
    let found: Entry | undefined;
    this.scan(unit, offset, (_tag, depth, read) => {
      if (depth === 0) found = read();
      return false;
    });
    return found;
  }

  /**
   * Goes over entries one after another until `step` has enough or the unit ends. The depth is -1 where the
   * list in which the scan began has ended.
   */
  private scan(
    unit: Unit,
    start: number,
    step: (tag: number, depth: number, read: () => Entry) => boolean,
  ): void {
    const { sections } = this;
    const reader = sections.reader('.debug_info', start, unit.end);
    let depth = 0;
    while (reader.left > 0) {
      sections.spend();
      const offset = reader.at;
      const code = reader.uleb();
      if (code === 0) {
        depth--;
        // After the unit's only tree there may be padding.
        if (depth < 0) {
          step(0, depth, noEntry);
          return;
        }
        continue;
      }
      const abbreviation = unit.abbreviations.get(code);
      if (abbreviation === undefined) {
        throw sections.error(`the entry at ${hex(offset)} has abbreviation ${code}, which its unit has not`);
      }
      const { tag, hasChildren, attributes, size } = abbreviation;
      const values = reader.at;
      let after: number | undefined;
      const read = (): Entry => {
        reader.at = values;
        const found = new Map<number, Value>();
        for (const specification of attributes) {
          found.set(specification.attribute, readValue(reader, specification, unit.offset, sections));
        }
        after = reader.at;
        return { offset, tag, unit, hasChildren, attributes: found, next: after };
      };
      if (!step(tag, depth, read)) return;
      if (after !== undefined) reader.at = after;
      else if (size !== undefined) reader.skip(size);
      else skipValues(reader, attributes, sections);
      if (hasChildren) depth++;
      if (depth > DEEPEST) {
        throw sections.error(`the entry at ${hex(offset)} lies more than ${DEEPEST} levels deep`);
      }
    }
  }
}

const noEntry = (): never => {
  throw new Error('a list has ended here');
};

export const reference = (value: Value | undefined): number | undefined =>
  value?.kind === 'reference' ? value.value : undefined;

export const constant = (value: Value | undefined): number | undefined =>
  value?.kind === 'constant' ? value.value : undefined;

export const address = (value: Value | undefined): number | undefined =>
  value?.kind === 'address' ? value.value : undefined;
