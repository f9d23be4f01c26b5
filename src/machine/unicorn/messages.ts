/**
 * What the parent and the process of the native engine say to each other: sequences of 32-bit words over two
 * pipes, each preceded by their number. They speak in turns, so neither ever waits for room in a pipe.
 *
 *     parent                                          engine
 *                                                     Tell.ready, or Tell.unavailable and it ends
 *     count, breakpoints, forgotten pages, registers
 *                                                     Tell.page: it needs one
 *     the page, or nothing
 *                                                     ...
 *                                                     Tell.stopped: why, registers, written pages
 */

/** First word of what the engine says. */
export const enum Tell {
  ready,
  /** Followed by text. */
  unavailable,
  /** Followed by text: the library refused something it must not refuse. */
  failed,
  /** Number of the page. */
  page,
  /** Cause, number, address low and high, retired, number of written pages, those, registers. */
  stopped,
}

/** Why the engine stopped. */
export const enum Cause {
  /** All of the instructions that were asked for are done. */
  limit,
  /** It stands on an address that it must not execute itself: a breakpoint or a stop point of a page. */
  stopPoint,
  /** An exception of the architecture, whose number in the library is given. */
  exception,
  /** The library knows no such instruction. */
  invalid,
  /** A memory access, whose type in the library and address are given. */
  memory,
  /** The program halted the processor. */
  halt,
}

/** How a run ended. */
export interface NativeStop {
  cause: Cause;
  /** Of the exception, or the type of memory access, as the library numbers them. */
  number: number;
  /** Of a memory access. */
  address: bigint;
  /** Instructions completed in this run. */
  retired: number;
  /** As `Core.state` gives it. */
  state: Int32Array;
}

/** The part of `node:fs` that is needed; a parameter, so that nothing here imports it. */
export interface BlockingFiles {
  readSync(descriptor: number, buffer: Uint8Array, offset: number, length: number, position: null): number;
  writeSync(descriptor: number, buffer: Uint8Array, offset: number, length: number): number;
}

/** More words than any message has. */
const LONGEST = 1 << 28;

/** The other side ended. */
export class EndOfPipe extends Error {}

export class Pipes {
  constructor(
    private readonly files: BlockingFiles,
    private readonly from: number,
    private readonly to: number,
  ) {}

  send(words: Int32Array): void {
    this.write(Int32Array.of(words.length));
    this.write(words);
  }

  /** @throws EndOfPipe */
  receive(): Int32Array {
    const [length] = this.read(1);
    if (length! < 0 || length! > LONGEST) throw new EndOfPipe(`message of ${length} words`);
    return this.read(length!);
  }

  private write(words: Int32Array): void {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    for (let done = 0; done < bytes.length;) {
      done += this.files.writeSync(this.to, bytes, done, bytes.length - done);
    }
  }

  private read(count: number): Int32Array {
    const words = new Int32Array(count);
    const bytes = new Uint8Array(words.buffer);
    for (let done = 0; done < bytes.length;) {
      const got = this.files.readSync(this.from, bytes, done, bytes.length - done, null);
      if (got === 0) throw new EndOfPipe('the other side ended');
      done += got;
    }
    return words;
  }
}

/** Takes words off a message, in order. */
export class Cursor {
  private at = 0;

  constructor(private readonly words: Int32Array) {}

  get isEmpty(): boolean {
    return this.at === this.words.length;
  }

  next(): number {
    return this.words[this.at++]!;
  }

  take(count: number): Int32Array {
    this.at += count;
    return this.words.subarray(this.at - count, this.at);
  }

  /** A sequence that is preceded by its length. */
  list(): Int32Array {
    return this.take(this.next());
  }

  rest(): Int32Array {
    return this.words.subarray(this.at);
  }
}

/** Puts numbers and sequences together to a message. */
export function message(...parts: (number | Int32Array)[]): Int32Array {
  const words = new Int32Array(
    parts.reduce<number>((sum, part) => sum + (typeof part === 'number' ? 1 : part.length), 0),
  );
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'number') words[at++] = part;
    else {
      words.set(part, at);
      at += part.length;
    }
  }
  return words;
}

/** A sequence preceded by its length, to be taken off with `Cursor.list`. */
export const list = (words: Int32Array): [number, Int32Array] => [words.length, words];

export const textMessage = (kind: Tell, text: string): Int32Array =>
  message(
    kind,
    Int32Array.from(text, (character) => character.charCodeAt(0)),
  );

export const textOf = (words: Int32Array): string => String.fromCharCode(...words);
