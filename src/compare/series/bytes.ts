/** Bytes that are written one after the other, in one byte order. */
export class ByteWriter {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  length = 0;

  constructor(
    private readonly bigEndian: boolean,
    /** Width of `word`. */
    private readonly bits: 32 | 64 = 32,
  ) {}

  u8(value: number): void {
    this.reserve(1);
    this.view.setUint8(this.length, value);
    this.length += 1;
  }

  u16(value: number): void {
    this.reserve(2);
    this.view.setUint16(this.length, value, !this.bigEndian);
    this.length += 2;
  }

  u32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.length, value, !this.bigEndian);
    this.length += 4;
  }

  /** An address or size of the ELF class. */
  word(value: number): void {
    if (this.bits === 32) {
      this.u32(value);
      return;
    }
    this.reserve(8);
    this.view.setBigUint64(this.length, BigInt(value), !this.bigEndian);
    this.length += 8;
  }

  /** Unsigned LEB128. */
  uleb(value: number): void {
    for (let rest = value; ; rest >>>= 7) {
      this.u8((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
      if (rest <= 0x7f) return;
    }
  }

  /** Latin letters and a zero. */
  string(text: string): void {
    for (const letter of text) this.u8(letter.charCodeAt(0));
    this.u8(0);
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  align(size: number, filler = 0): void {
    while (this.length % size !== 0) this.u8(filler);
  }

  result(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + count));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
