/** Types of data as trees: what lies where in a variable. Source: DWARF 5, chapter 5. */
import { hex } from '../errors.js';
import { Completions } from './completions.js';
import { AT, ENDIANITY, TAG } from './constants.js';
import { dimensions, elementCount } from './dimensions.js';
import { constant, reference, type Entries, type Entry } from './entries.js';
import { TypeNames } from './type-names.js';

/** Sizes and offsets in bytes. Typedefs and qualifiers are looked through. */
export type DataType =
  /** `order` where its bytes stand in another order than the program's own. */
  | { kind: 'scalar'; name: string; size: number; encoding: number; order: string | undefined }
  | { kind: 'enumeration'; name: string; size: number; values: ReadonlyMap<string, number> }
  /** A leaf; what it points to is read when asked for, and undefined for procedures and `void`. */
  | { kind: 'pointer'; name: string; size: number; target: () => DataType | undefined }
  | { kind: 'structure' | 'union'; name: string; size: number; members: readonly Member[] }
  /** `count` is undefined where the bounds are unknown, as in a flexible member. */
  | { kind: 'array'; name: string; size: number; element: DataType; count: number | undefined }
  /** Incomplete, or of a kind that C does not have. */
  | { kind: 'unknown'; name: string; size: number };

export interface Member {
  /** Members of unnamed structures and unions are their parent's. */
  name: string;
  offset: number;
  /** Of bit-fields: how many bits, and from which bit of the parent, as DW_AT_data_bit_offset counts. */
  bits: { offset: number; size: number } | undefined;
  /** As it was declared, typedefs and all. */
  typeName: string;
  type: DataType;
}

const DEEPEST_TYPE = 100;
const MOST_MEMBERS = 65_536;
const MEMBERS: ReadonlySet<number> = new Set([TAG.member, TAG.inheritance]);
const SUBRANGES: ReadonlySet<number> = new Set([TAG.subrange]);
const DECORATIONS: ReadonlySet<number> = new Set([
  TAG.typedef,
  TAG.const,
  TAG.volatile,
  TAG.restrict,
  TAG.atomic,
]);
const ENUMERATORS: ReadonlySet<number> = new Set([TAG.enumerator]);

export class Types {
  readonly names: TypeNames;
  private readonly known = new Map<number, DataType>();
  private readonly completions: Completions;

  constructor(private readonly entries: Entries) {
    this.names = new TypeNames(entries);
    this.completions = new Completions(entries);
  }

  /** The type of the entry at this offset. @throws ElfError also when it contains itself. */
  at(offset: number, depth = 0): DataType {
    let type = this.known.get(offset);
    if (type === undefined) {
      if (depth > DEEPEST_TYPE) {
        const detail = `the type at ${hex(offset)} is part of itself, or nested more than ${DEEPEST_TYPE} levels deep`;
        throw this.entries.sections.error(detail);
      }
      type = this.read(this.entries.at(offset), depth);
      this.known.set(offset, type);
    }
    return type;
  }

  private read(entry: Entry, depth: number): DataType {
    const name = this.names.of(entry.offset);
    const size = constant(entry.attributes.get(AT.byteSize)) ?? 0;
    const inner = reference(this.entries.find(entry, AT.type));
    switch (entry.tag) {
      case TAG.typedef:
      case TAG.const:
      case TAG.volatile:
      case TAG.restrict:
      case TAG.atomic:
        return inner === undefined ? { kind: 'unknown', name, size } : this.at(inner, depth + 1);
      case TAG.base:
        return this.scalar(entry, name, size);
      case TAG.enumeration:
        return { kind: 'enumeration', name, size, values: this.enumerators(entry) };
      case TAG.pointer:
      case TAG.reference:
      case TAG.rvalueReference:
        return {
          kind: 'pointer',
          name,
          size: size === 0 ? this.entries.sections.addressSize : size,
          target: () => this.target(inner),
        };
      case TAG.structure:
      case TAG.class:
      case TAG.union: {
        if (entry.attributes.has(AT.declaration)) return { kind: 'unknown', name, size };
        const kind = entry.tag === TAG.union ? 'union' : 'structure';
        return { kind, name, size, members: this.members(entry, depth) };
      }
      case TAG.array:
        return inner === undefined
          ? { kind: 'unknown', name, size }
          : this.array(entry, this.at(inner, depth + 1), name);
      default:
        return { kind: 'unknown', name, size };
    }
  }

  private scalar(entry: Entry, name: string, size: number): DataType {
    const encoding = constant(entry.attributes.get(AT.encoding)) ?? 0;
    const order = ENDIANITY[constant(entry.attributes.get(AT.endianity)) ?? 0];
    // GCC gives those that are turned around no name.
    const shown = order === undefined ? name : `${order} number of ${size * 8} bits`;
    return { kind: 'scalar', name: shown, size, encoding, order };
  }

  private target(offset: number | undefined): DataType | undefined {
    if (offset === undefined) return undefined;
    const type = this.at(offset);
    if (type.kind !== 'unknown') return type;
    const definition = this.completions.of(this.undecorated(offset));
    return definition === undefined ? undefined : this.at(definition);
  }

  /** What typedefs and qualifiers stand before. */
  private undecorated(offset: number): Entry {
    let entry = this.entries.at(offset);
    for (let depth = 0; DECORATIONS.has(entry.tag) && depth < DEEPEST_TYPE; depth++) {
      const inner = reference(this.entries.find(entry, AT.type));
      if (inner === undefined) break;
      entry = this.entries.at(inner);
    }
    return entry;
  }

  private enumerators(entry: Entry): Map<string, number> {
    const values = new Map<string, number>();
    for (const child of this.entries.children(entry, ENUMERATORS)) {
      const value = constant(child.attributes.get(AT.constValue));
      const name = this.entries.name(child);
      if (name !== undefined && value !== undefined) values.set(name, value);
    }
    return values;
  }

  private members(entry: Entry, depth: number): Member[] {
    const members: Member[] = [];
    for (const child of this.entries.children(entry, MEMBERS)) {
      const inner = reference(child.attributes.get(AT.type));
      // What has neither a place nor a type is static, or not data at all.
      if (inner === undefined || child.attributes.has(AT.declaration)) continue;
      const type = this.at(inner, depth + 1);
      const place = this.place(child, type.size);
      if (place === undefined) {
        throw this.entries.sections.error(
          `the member at ${hex(child.offset)} lies at a place that must be computed, which is not read`,
        );
      }
      const name = this.entries.name(child) ?? (child.tag === TAG.inheritance ? type.name : undefined);
      if (name !== undefined) members.push({ name, ...place, typeName: this.names.of(inner), type });
      else if (type.kind === 'structure' || type.kind === 'union') {
        members.push(...type.members.map((member) => moved(member, place.offset)));
      }
      if (members.length > MOST_MEMBERS) {
        throw this.entries.sections.error(
          `the type at ${hex(entry.offset)} has more than ${MOST_MEMBERS} members`,
        );
      }
    }
    return members;
  }

  /** Undefined when it is not a plain number. */
  private place(member: Entry, typeSize: number): { offset: number; bits: Member['bits'] } | undefined {
    const location = member.attributes.get(AT.memberLocation);
    const offset = location === undefined ? 0 : constant(location);
    const size = constant(member.attributes.get(AT.bitSize));
    if (offset === undefined) return undefined;
    if (size === undefined) return { offset, bits: undefined };
    const fromStart = constant(member.attributes.get(AT.dataBitOffset));
    if (fromStart !== undefined)
      return { offset: Math.floor(fromStart / 8), bits: { offset: fromStart, size } };
    // DWARF 4 counts from the most significant bit of a unit of storage.
    const unit = constant(member.attributes.get(AT.byteSize)) ?? typeSize;
    const fromTop = constant(member.attributes.get(AT.bitOffset)) ?? 0;
    const inUnit = this.entries.sections.image.bigEndian ? fromTop : unit * 8 - fromTop - size;
    const start = offset * 8 + inUnit;
    return { offset: Math.floor(start / 8), bits: { offset: start, size } };
  }

  private array(entry: Entry, element: DataType, name: string): DataType {
    let type = element;
    const bounds = this.entries.children(entry, SUBRANGES).map(elementCount);
    for (const [i, count] of [...bounds.entries()].reverse()) {
      const isWhole = i === 0;
      const size = (count ?? 0) * type.size;
      type = {
        kind: 'array',
        name: isWhole ? name : `${element.name} ${dimensions(bounds.slice(i))}`,
        size,
        element: type,
        count,
      };
    }
    return type;
  }
}

const moved = (member: Member, by: number): Member => ({
  ...member,
  offset: member.offset + by,
  bits: member.bits && { ...member.bits, offset: member.bits.offset + by * 8 },
});
