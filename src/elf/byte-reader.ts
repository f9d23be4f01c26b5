import { readString } from './section.js';

/** Reads numbers from bytes in order and refuses to run over the end. */
export class ByteReader {
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly bigEndian: boolean,
    private readonly fail: (detail: string) => Error,
    public at = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), !this.bigEndian);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), !this.bigEndian);
  }

  /** 64 bits without a sign; exact below 2^53. */
  u64(): number {
    return Number(this.view.getBigUint64(this.take(8), !this.bigEndian));
  }

  /** 64 bits with a sign; exact between -2^53 and 2^53. */
  s64(): number {
    return Number(this.view.getBigInt64(this.take(8), !this.bigEndian));
  }

  /** Unsigned LEB128, at most 32 bits. */
  uleb(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift > 28) throw this.fail(`a LEB128 number at ${this.at} is longer than 32 bits`);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** Signed LEB128, at most 32 bits. */
  sleb(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift > 28) throw this.fail(`a LEB128 number at ${this.at} is longer than 32 bits`);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return byte < 0x40 ? value : value - 2 ** (shift + 7);
    }
  }

  /** Unsigned LEB128 of up to 64 bits; exact below 2^53. */
  uleb64(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift > 63) throw this.fail(`a LEB128 number at ${this.at} is longer than 64 bits`);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** Signed LEB128 of up to 64 bits; exact between -2^53 and 2^53. */
  sleb64(): number {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift > 63n) throw this.fail(`a LEB128 number at ${this.at} is longer than 64 bits`);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(Math.min(64, Number(shift) + 7), value));
    }
  }

  /** A zero-terminated string; of one longer than any name the beginning. */
  string(): string {
    const start = this.at;
    this.skipString();
    return readString(this.bytes, start);
  }

  skipString(): void {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw this.fail(`the string at ${this.at} does not end`);
    this.at = end + 1;
  }

  skip(length: number): void {
    this.take(length);
  }

  /** A reader of the next `length` bytes, which this one skips. */
  part(length: number): ByteReader {
    const start = this.take(length);
    return new ByteReader(this.bytes.subarray(start, start + length), this.bigEndian, this.fail);
  }

  /** A reader at the same place. */
  copy(): ByteReader {
    return new ByteReader(this.bytes, this.bigEndian, this.fail, this.at);
  }

  private take(length: number): number {
    if (length > this.left) throw this.fail(`${length} bytes wanted at ${this.at}, ${this.left} are left`);
    const start = this.at;
    this.at += length;
    return start;
  }
}
