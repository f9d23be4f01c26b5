/**
 * Instruction formats written as the manuals draw them, most significant bit first:
 *
 *     imm[11:0] rs1 000 rd 0010011          (RISC-V addi)
 *     10 rd 000000 rs1 1 simm13             (SPARC add)
 *
 * A token is a run of fixed bits, a field of known width, or a field with the bits it carries in brackets.
 * One pattern gives the mask and match of the decoder and both directions of every field.
 */

interface Segment {
  /** Lowest bit in the instruction, lowest bit in the value, number of bits. */
  at: number;
  to: number;
  bits: number;
}

export interface Field {
  name: string;
  signed: boolean;
  /** Number of bits of the value; trailing bits that no segment carries are zero. */
  width: number;
  segments: Segment[];
}

export interface Pattern {
  text: string;
  /** Instruction length in bits. */
  bits: number;
  mask: number;
  match: number;
  fields: ReadonlyMap<string, Field>;
}

export type Values = Record<string, number>;

export interface FieldSpec {
  width: number;
  signed?: boolean;
}

function bitRanges(list: string): [number, number][] {
  return list.split('|').map((part) => {
    const [high, low] = part.split(':');
    return [Number(high), Number(low ?? high)];
  });
}

/**
 * Parses a pattern. `specs` gives the width of fields written without brackets, and which are signed.
 *
 * @throws Error when a field is unknown or the bits do not add up: a mistake in a table.
 */
export function pattern(text: string, bits: number, specs: Readonly<Record<string, FieldSpec>>): Pattern {
  let position = bits;
  let mask = 0;
  let match = 0;
  const fields = new Map<string, Field>();
  for (const token of text.split(' ')) {
    if (/^[01]+$/.test(token)) {
      position -= token.length;
      mask |= ((2 ** token.length - 1) * 2 ** position) | 0;
      match |= (Number.parseInt(token, 2) * 2 ** position) | 0;
      continue;
    }
    const [, name, list] = /^([a-z][\w']*)(?:\[([\d:|]+)\])?$/.exec(token) ?? [];
    const spec = name === undefined ? undefined : specs[name];
    if (name === undefined || spec === undefined)
      throw new Error(`pattern '${text}': unknown field ${token}`);
    const field = fields.get(name) ?? { name, signed: spec.signed ?? false, width: 0, segments: [] };
    for (const [high, low] of list === undefined ? [[spec.width - 1, 0] as const] : bitRanges(list)) {
      const width = high - low + 1;
      position -= width;
      field.segments.push({ at: position, to: low, bits: width });
      field.width = Math.max(field.width, high + 1);
    }
    fields.set(name, field);
  }
  if (position !== 0) throw new Error(`pattern '${text}' does not fill ${bits} bits`);
  return { text, bits, mask, match, fields };
}

const ones = (count: number): number => (count >= 32 ? -1 : (1 << count) - 1);

/** The value of a field in an instruction, sign-extended when the field is signed. */
export function readField(field: Field, word: number): number {
  let value = 0;
  for (const s of field.segments) value |= ((word >>> s.at) & ones(s.bits)) << s.to;
  const unused = 32 - field.width;
  return field.signed ? (value << unused) >> unused : value >>> 0;
}

/** Whether `value` survives being written to the field and read again. */
export function fits(field: Field, value: number): boolean {
  return (
    Number.isInteger(value) &&
    readField(field, writeField(field, 0, value)) === (field.signed ? value : value >>> 0)
  );
}

/** `word` with the field set to `value`; bits that do not fit are lost, see `fits`. */
export function writeField(field: Field, word: number, value: number): number {
  for (const s of field.segments) {
    const segmentMask = ones(s.bits) << s.at;
    word = (word & ~segmentMask) | (((value >>> s.to) << s.at) & segmentMask);
  }
  return word;
}

export function readFields(p: Pattern, word: number): Values {
  const values: Values = {};
  for (const field of p.fields.values()) values[field.name] = readField(field, word);
  return values;
}

/**
 * The instruction with these field values; fields not named are zero.
 *
 * @throws RangeError naming the field, the value and the pattern when a value does not fit.
 */
export function encodeFields(p: Pattern, values: Values): number {
  let word = p.match;
  for (const field of p.fields.values()) {
    const value = values[field.name] ?? 0;
    if (!fits(field, value)) throw new RangeError(`${field.name} = ${value} does not fit '${p.text}'`);
    word = writeField(field, word, value);
  }
  return p.bits === 16 ? word & 0xffff : word >>> 0;
}
