/** How attributes are encoded. Source: DWARF 5, section 7.5.6. */
import type { ByteReader } from '../byte-reader.js';
import { hex } from '../errors.js';
import { FORM } from './constants.js';
import type { DebugSection, DebugSections } from './sections.js';

export interface AttributeSpecification {
  attribute: number;
  form: number;
  /** The value itself, for DW_FORM_implicit_const. */
  constant: number;
}

/** The value of an attribute. What needs another file or table (split and supplementary ones) is `elsewhere`. */
export type Value =
  | { kind: 'address' | 'constant' | 'flag'; value: number }
  /** Offset in another section. */
  | { kind: 'offset'; value: number }
  /** Offset of an entry in `.debug_info`. */
  | { kind: 'reference'; value: number }
  | { kind: 'string'; section: DebugSection; offset: number }
  | { kind: 'block'; reader: ByteReader }
  | { kind: 'elsewhere' };

/** Bytes of a value in this form, or undefined when they vary. */
export function sizeOfForm(form: number, addressSize: number): number | undefined {
  switch (form) {
    case FORM.flagPresent:
    case FORM.implicitConst:
      return 0;
    case FORM.data1:
    case FORM.flag:
    case FORM.ref1:
    case FORM.strx1:
    case FORM.addrx1:
      return 1;
    case FORM.data2:
    case FORM.ref2:
    case FORM.strx2:
    case FORM.addrx2:
      return 2;
    case FORM.strx3:
    case FORM.addrx3:
      return 3;
    case FORM.data4:
    case FORM.ref4:
    case FORM.strp:
    case FORM.lineStrp:
    case FORM.strpSup:
    case FORM.secOffset:
    case FORM.refAddr:
    case FORM.refSup4:
    case FORM.strx4:
    case FORM.addrx4:
      return 4;
    case FORM.data8:
    case FORM.ref8:
    case FORM.refSig8:
    case FORM.refSup8:
      return 8;
    case FORM.data16:
      return 16;
    case FORM.addr:
      return addressSize;
    default:
      return undefined;
  }
}

/** Goes past the values of an entry. */
export function skipValues(
  reader: ByteReader,
  attributes: readonly AttributeSpecification[],
  sections: DebugSections,
): void {
  for (const specification of attributes) {
    const { form } = specification;
    const size = sizeOfForm(form, sections.addressSize) ?? blockLength(reader, form);
    if (size === undefined) readValue(reader, specification, 0, sections);
    else reader.skip(size);
  }
}

/** Reads how many bytes of a block follow; undefined for other forms. */
function blockLength(reader: ByteReader, form: number): number | undefined {
  switch (form) {
    case FORM.block1:
      return reader.u8();
    case FORM.block2:
      return reader.u16();
    case FORM.block4:
      return reader.u32();
    case FORM.block:
    case FORM.exprloc:
      return reader.uleb();
    default:
      return undefined;
  }
}

/**
 * @param unit where the unit begins, from which references count.
 * @param section what `reader` reads.
 */
export function readValue(
  reader: ByteReader,
  { form, constant }: Omit<AttributeSpecification, 'attribute'>,
  unit: number,
  sections: DebugSections,
  section: DebugSection = '.debug_info',
): Value {
  const number = (value: number): Value => ({ kind: 'constant', value });
  const inUnit = (value: number): Value => ({ kind: 'reference', value: unit + value });
  const length = blockLength(reader, form);
  if (length !== undefined) return { kind: 'block', reader: reader.part(length) };
  switch (form) {
    case FORM.addr:
      return { kind: 'address', value: sections.address(reader) };
    case FORM.data1:
      return number(reader.u8());
    case FORM.data2:
      return number(reader.u16());
    case FORM.data4:
      return number(reader.u32());
    case FORM.data8:
      return number(reader.u64());
    case FORM.sdata:
      return number(reader.sleb64());
    case FORM.udata:
      return number(reader.uleb64());
    case FORM.implicitConst:
      return number(constant);
    case FORM.flag:
      return { kind: 'flag', value: reader.u8() };
    case FORM.flagPresent:
      return { kind: 'flag', value: 1 };
    case FORM.ref1:
      return inUnit(reader.u8());
    case FORM.ref2:
      return inUnit(reader.u16());
    case FORM.ref4:
      return inUnit(reader.u32());
    case FORM.ref8:
      return inUnit(reader.u64());
    case FORM.refUdata:
      return inUnit(reader.uleb());
    case FORM.refAddr:
      return { kind: 'reference', value: reader.u32() };
    case FORM.secOffset:
      return { kind: 'offset', value: reader.u32() };
    case FORM.string: {
      const offset = reader.at;
      reader.skipString();
      return { kind: 'string', section, offset };
    }
    case FORM.strp:
      return { kind: 'string', section: '.debug_str', offset: reader.u32() };
    case FORM.lineStrp:
      return { kind: 'string', section: '.debug_line_str', offset: reader.u32() };
    case FORM.strx:
    case FORM.addrx:
    case FORM.loclistx:
    case FORM.rnglistx:
      reader.uleb();
      return { kind: 'elsewhere' };
    default: {
      const size = sizeOfForm(form, sections.addressSize);
      if (size === undefined) throw sections.error(`attributes of the form ${hex(form)} are not known`);
      reader.skip(size);
      return { kind: 'elsewhere' };
    }
  }
}
