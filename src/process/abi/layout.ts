/** C structures as tables: where each member lies, how wide it is. */

/** Offset and width in bytes. */
export type Member = readonly [offset: number, bytes: 1 | 2 | 4 | 8];

export interface Layout<Name extends string = string> {
  /** Bytes, padding at the end included. */
  readonly size: number;
  readonly members: Readonly<Record<Name, Member>>;
}

/**
 * The structure's bytes. Members without a value are zero; a value that is too wide loses its upper bits.
 * Numbers must be integers, up to 2^53 in magnitude.
 */
export function encode<Name extends string>(
  layout: Layout<Name>,
  values: Readonly<Partial<Record<Name, number | bigint>>>,
  bigEndian: boolean,
): Uint8Array {
  const bytes = new Uint8Array(layout.size);
  const view = new DataView(bytes.buffer);
  for (const [name, [offset, width]] of Object.entries<Member>(layout.members)) {
    const value = BigInt(values[name as Name] ?? 0);
    if (width === 8) view.setBigUint64(offset, BigInt.asUintN(64, value), !bigEndian);
    else if (width === 4) view.setUint32(offset, Number(BigInt.asUintN(32, value)), !bigEndian);
    else if (width === 2) view.setUint16(offset, Number(BigInt.asUintN(16, value)), !bigEndian);
    else view.setUint8(offset, Number(BigInt.asUintN(8, value)));
  }
  return bytes;
}

/** The structure's members as signed numbers; those of 8 bytes are exact up to 2^53 in magnitude. */
export function decode<Name extends string>(
  layout: Layout<Name>,
  bytes: Uint8Array,
  bigEndian: boolean,
): Record<Name, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, layout.size);
  const values: Record<string, number> = {};
  for (const [name, [offset, width]] of Object.entries<Member>(layout.members)) {
    if (width === 8) values[name] = Number(view.getBigInt64(offset, !bigEndian));
    else if (width === 4) values[name] = view.getInt32(offset, !bigEndian);
    else if (width === 2) values[name] = view.getInt16(offset, !bigEndian);
    else values[name] = view.getInt8(offset);
  }
  return values;
}
