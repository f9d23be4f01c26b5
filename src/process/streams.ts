/** A standard stream that the host feeds while the guest reads. */
export class InputStream {
  private chunks: Uint8Array[] = [];
  private closed = false;

  provide(bytes: Uint8Array): void {
    // A copy: the host may use its buffer again, and forks share this one.
    if (bytes.length > 0) this.chunks.push(new Uint8Array(bytes));
  }

  end(): void {
    this.closed = true;
  }

  /** Nothing comes after these: a file, which is there as a whole. */
  provideAll(bytes: Uint8Array): void {
    this.provide(bytes);
    this.end();
  }

  /** Whether the next `take` has an answer. */
  get isReady(): boolean {
    return this.closed || this.chunks.length > 0;
  }

  /** Up to `count` bytes; empty at the end; undefined when the host has given nothing yet. */
  take(count: number): Uint8Array | undefined {
    const first = this.chunks[0];
    if (first === undefined) return this.closed ? new Uint8Array() : undefined;
    if (first.length <= count) {
      this.chunks.shift();
      return first;
    }
    this.chunks[0] = first.subarray(count);
    return first.subarray(0, count);
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** What was provided and not taken. */
  contents(): Uint8Array {
    const bytes = new Uint8Array(this.chunks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const chunk of this.chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  fork(): InputStream {
    const fork = new InputStream();
    fork.chunks = [...this.chunks];
    fork.closed = this.closed;
    return fork;
  }
}

/** Receives what the guest writes to file descriptor 1 or 2, in order. */
export type OutputSink = (descriptor: number, bytes: Uint8Array) => void;
