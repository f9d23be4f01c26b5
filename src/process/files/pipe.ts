/**
 * A pipe.
 *
 * Source: pipe(7).
 */

export const PIPE_CAPACITY = 65536;
/** Up to this many bytes are written together or not at all. */
export const PIPE_BUF = 4096;
/** A longer write that may wait is taken in one piece, which takes the place of waiting halfway through. */
const LARGEST_PIECE = 1 << 20;

export class Pipe {
  /** Open descriptions of each end. */
  readers = 1;
  writers = 1;
  private pieces: Uint8Array[] = [];
  private stored = 0;

  constructor(
    /** What the guest knows as inode number. */
    readonly number: number,
  ) {}

  get size(): number {
    return this.stored;
  }

  /** Whether reading gives something, be it the end. */
  get isReadable(): boolean {
    return this.stored > 0 || this.writers === 0;
  }

  /** Whether writing PIPE_BUF bytes does something, be it an error. */
  get isWritable(): boolean {
    return this.readers === 0 || this.stored + PIPE_BUF <= PIPE_CAPACITY;
  }

  /** Up to `count` bytes; empty at the end; undefined when somebody must write first. */
  read(count: number): Uint8Array | undefined {
    if (!this.isReadable) return undefined;
    const bytes = new Uint8Array(Math.min(count, this.stored));
    for (let done = 0; done < bytes.length;) {
      const first = this.pieces[0]!;
      const part = first.subarray(0, bytes.length - done);
      bytes.set(part, done);
      done += part.length;
      if (part.length === first.length) this.pieces.shift();
      else this.pieces[0] = first.subarray(part.length);
    }
    this.stored -= bytes.length;
    return bytes;
  }

  /** How many of `bytes` were written; undefined when somebody must read first. @param wait O_NONBLOCK is off. */
  write(bytes: Uint8Array, wait: boolean): number | undefined {
    const room = Math.max(0, PIPE_CAPACITY - this.stored);
    if (bytes.length > room && (room === 0 || bytes.length <= PIPE_BUF)) return undefined;
    const part = bytes.slice(0, wait ? Math.max(room, LARGEST_PIECE) : room);
    if (part.length > 0) this.pieces.push(part);
    this.stored += part.length;
    return part.length;
  }

  fork(): Pipe {
    const fork = new Pipe(this.number);
    fork.readers = this.readers;
    fork.writers = this.writers;
    // Pieces are never written to.
    fork.pieces = [...this.pieces];
    fork.stored = this.stored;
    return fork;
  }

  /** All bytes in it, however they came. */
  contents(): Uint8Array {
    return this.fork().read(this.stored) ?? new Uint8Array();
  }
}
