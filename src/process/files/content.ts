/** The bytes of a file, in pieces that files share until one of them is written. */

const CHUNK = 1 << 16;

interface Chunk {
  /** Shorter than a whole chunk only at a file's end; what is missing reads as zero. */
  bytes: Uint8Array;
  /** Who may write in place. */
  owner: object;
}

const NOBODY = {};

export class Content {
  private constructor(
    private readonly chunks: (Chunk | undefined)[],
    private length: number,
    /** Chunks that are no holes. */
    private held: number,
  ) {}

  /** Keeps `bytes` and never writes to them. */
  static of(bytes: Uint8Array): Content {
    const chunks: Chunk[] = [];
    for (let at = 0; at < bytes.length; at += CHUNK) {
      chunks.push({ bytes: bytes.subarray(at, at + CHUNK), owner: NOBODY });
    }
    return new Content(chunks, bytes.length, chunks.length);
  }

  get size(): number {
    return this.length;
  }

  /** Bytes of memory it stands for, shared or not: holes cost nothing. */
  get allocated(): number {
    return this.held * CHUNK;
  }

  /** Bytes of memory that writing `length` bytes at `offset` adds. */
  growth(offset: number, length: number): number {
    let holes = 0;
    for (let i = Math.floor(offset / CHUNK); i * CHUNK < offset + length; i++) {
      if (this.chunks[i] === undefined) holes++;
    }
    return holes * CHUNK;
  }

  copy(): Content {
    return new Content([...this.chunks], this.length, this.held);
  }

  /** Up to `count` bytes; fewer where the file ends. */
  read(offset: number, count: number): Uint8Array {
    const end = Math.min(this.length, offset + count);
    const bytes = new Uint8Array(Math.max(0, end - offset));
    for (let at = offset; at < end;) {
      const start = at % CHUNK;
      const stop = Math.min(CHUNK, start + end - at);
      const chunk = this.chunks[(at - start) / CHUNK];
      if (chunk !== undefined) bytes.set(chunk.bytes.subarray(start, stop), at - offset);
      at += stop - start;
    }
    return bytes;
  }

  /** What lies between the end and `offset` becomes zero. */
  write(offset: number, bytes: Uint8Array, owner: object): void {
    for (let done = 0; done < bytes.length;) {
      const start = (offset + done) % CHUNK;
      const part = bytes.subarray(done, done + CHUNK - start);
      this.own((offset + done - start) / CHUNK, owner).set(part, start);
      done += part.length;
    }
    if (bytes.length > 0) this.length = Math.max(this.length, offset + bytes.length);
  }

  truncate(size: number, owner: object): void {
    const whole = Math.floor(size / CHUNK);
    if (size < this.length) {
      const cut = this.chunks.splice(Math.ceil(size / CHUNK));
      this.held -= cut.filter((chunk) => chunk !== undefined).length;
      // What a later write leaves behind the new end must read as zero.
      if (this.chunks[whole] !== undefined) this.own(whole, owner).fill(0, size % CHUNK);
    }
    this.length = size;
  }

  /** Size and bytes in a form in which equal contents are equal, whichever chunks hold them. */
  *describe(): Generator<number | Uint8Array> {
    yield this.length;
    for (const [i, chunk] of this.chunks.entries()) {
      if (chunk?.bytes.some((byte) => byte !== 0) !== true) continue;
      yield i;
      yield this.read(i * CHUNK, CHUNK);
    }
  }

  private own(index: number, owner: object): Uint8Array {
    const chunk = this.chunks[index];
    if (chunk?.owner === owner) return chunk.bytes;
    const bytes = new Uint8Array(CHUNK);
    if (chunk === undefined) this.held++;
    else bytes.set(chunk.bytes);
    this.chunks[index] = { bytes, owner };
    return bytes;
  }
}
