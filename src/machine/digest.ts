/**
 * Digests of what memory holds and of what a hart is: equal exactly when these are, however they came about.
 *
 * A page that was never written is one of zeros. Digests of what cannot change any more (pages, groups of
 * pages, lists of regions) are kept, so that the next digest costs what was written since.
 */
import type { Core } from '../isa/core.js';
import type { Memory, Region } from './memory.js';

/** A hash in which nobody finds collisions; all of its results have the same length. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

/** Of a page or group that holds nothing but zeros. */
const NOTHING = new Uint8Array();
/** Bytes of a page's or group's number. */
const NUMBER = 4;

export class Digester {
  private readonly known = new WeakMap<object, Uint8Array>();

  constructor(private readonly hash: Hash) {}

  /** Of regions, permissions, names and contents. The next write to each page copies it, as after a fork. */
  memory(memory: Memory): Uint8Array {
    const { pages, regions } = memory.snapshot();
    const contents = pages
      .groups()
      .map(({ first, pages }): [number, Uint8Array] => [first, this.group(pages)]);
    return this.all([this.regions(regions), numbered(contents)]);
  }

  /** Of registers and of fetched instructions that memory does not hold. Not of the count of retired ones. */
  core(core: Core): Uint8Array {
    return this.all([bytesOf(core.state()), bytesOf(core.fetchedState())]);
  }

  /** Of a sequence of byte strings. */
  all(parts: readonly Uint8Array[]): Uint8Array {
    // Nothing else gives these bytes: one part more, and they are more.
    const lengths = Int32Array.from(parts, ({ length }) => length);
    return this.hash(concatenated([bytesOf(lengths), ...parts]));
  }

  private group(pages: readonly ({ readonly words: Int32Array } | undefined)[]): Uint8Array {
    return this.once(pages, () => {
      const present: [number, Uint8Array][] = [];
      for (let i = 0; i < pages.length; i++) {
        const page = pages[i];
        if (page !== undefined) present.push([i, this.page(page.words)]);
      }
      const contents = numbered(present);
      return contents.length === 0 ? NOTHING : this.hash(contents);
    });
  }

  private page(words: Int32Array): Uint8Array {
    return this.once(words, () => (isZero(words) ? NOTHING : this.hash(bytesOf(words))));
  }

  private regions(regions: readonly Region[]): Uint8Array {
    return this.once(regions, () => {
      const rows = regions.map(({ start, end, protection, name }) => [start, end, protection, name]);
      return this.hash(new TextEncoder().encode(JSON.stringify(rows)));
    });
  }

  /** What was found for an object that does not change, or is found now. */
  private once(object: object, find: () => Uint8Array): Uint8Array {
    let found = this.known.get(object);
    if (found === undefined) {
      found = find();
      this.known.set(object, found);
    }
    return found;
  }
}

function isZero(words: Int32Array): boolean {
  for (const word of words) if (word !== 0) return false;
  return true;
}

/** Digests with their numbers, without those of nothing. */
function numbered(digests: readonly (readonly [number: number, digest: Uint8Array])[]): Uint8Array {
  const something = digests.filter(([, digest]) => digest !== NOTHING);
  const entry = NUMBER + (something[0]?.[1].length ?? 0);
  const bytes = new Uint8Array(something.length * entry);
  const view = new DataView(bytes.buffer);
  for (const [i, [number, digest]] of something.entries()) {
    view.setUint32(i * entry, number);
    bytes.set(digest, i * entry + NUMBER);
  }
  return bytes;
}

function bytesOf(words: Int32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
