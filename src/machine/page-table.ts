/**
 * Pages by number, in chunks of pages.
 *
 * Copies of a table share chunks and pages: what bears a table's mark is its own and may be changed in place,
 * everything else is copied before it is changed, and so never changes.
 */

/** Words in a page. */
export const PAGE_WORDS = 1024;
/** What a page that is absent holds; never written. */
export const ZEROS = new Int32Array(PAGE_WORDS);

interface Page {
  readonly words: Int32Array;
  mark: object;
}

interface Chunk {
  readonly pages: (Page | undefined)[];
  readonly mark: object;
}

/** log2 of the pages in a chunk: few chunks make a copy cheap, small ones the first write after it. */
const CHUNK_BITS = 7;
const CHUNK = 1 << CHUNK_BITS;
/** The mark of no table. */
const NOBODY = {};

export class PageTable {
  private chunks = new Map<number, Chunk>();
  private mark: object = {};

  /** What a page holds, to be read before anything is written. */
  words(number: number): Int32Array {
    return this.page(number)?.words ?? ZEROS;
  }

  /** What a page holds, to be changed in place. */
  writable(number: number): Int32Array {
    const page = this.page(number);
    if (page?.mark === this.mark) return page.words;
    const words = page?.words.slice() ?? new Int32Array(PAGE_WORDS);
    this.ownChunk(number >> CHUNK_BITS)[number & (CHUNK - 1)] = { words, mark: this.mark };
    return words;
  }

  /** What a page holds, in an array that nobody changes any more. Writers must ask for it again. */
  frozen(number: number): Int32Array {
    const page = this.page(number);
    if (page === undefined) return ZEROS;
    if (page.mark === this.mark) page.mark = NOBODY;
    return page.words;
  }

  /** Makes the pages from `from` up to `to` absent. */
  delete(from: number, to: number): void {
    for (let index = from >> CHUNK_BITS; index <= (to - 1) >> CHUNK_BITS; index++) {
      if (!this.chunks.has(index)) continue;
      const first = Math.max(0, from - index * CHUNK);
      const end = Math.min(CHUNK, to - index * CHUNK);
      if (end - first === CHUNK) this.chunks.delete(index);
      else this.ownChunk(index).fill(undefined, first, end);
    }
  }

  /** Takes `count` pages to another place that does not overlap theirs; absent ones make absent ones. */
  move(from: number, count: number, to: number): void {
    this.delete(to, to + count);
    for (let i = 0; i < count; i++) {
      const page = this.page(from + i);
      if (page !== undefined) this.ownChunk((to + i) >> CHUNK_BITS)[(to + i) & (CHUNK - 1)] = page;
    }
    this.delete(from, from + count);
  }

  /** The same pages once more. Writers of either table must ask for every page again. */
  copy(): PageTable {
    const copy = new PageTable();
    copy.chunks = new Map(this.chunks);
    this.mark = {};
    return copy;
  }

  /** Numbers of the pages that are not one and the same in both tables, ascending; their contents may be equal. */
  differences(other: PageTable): number[] {
    const numbers: number[] = [];
    for (const index of new Set([...this.chunks.keys(), ...other.chunks.keys()])) {
      const mine = this.chunks.get(index)?.pages;
      const theirs = other.chunks.get(index)?.pages;
      if (mine === theirs) continue;
      for (let i = 0; i < CHUNK; i++) if (mine?.[i] !== theirs?.[i]) numbers.push(index * CHUNK + i);
    }
    return numbers.sort((a, b) => a - b);
  }

  /** Numbers of the pages whose contents differ, ascending; absent ones hold zeros. */
  differing(other: PageTable): number[] {
    return this.differences(other).filter((number) => {
      const theirs = other.words(number);
      return this.words(number).some((word, i) => word !== theirs[i]);
    });
  }

  /** The pages from `from` up to `to` that are not absent, ascending, with what they hold, to be read only. */
  filled(from: number, to: number): { number: number; words: Int32Array }[] {
    const filled: { number: number; words: Int32Array }[] = [];
    for (const { first, pages } of this.groups()) {
      const end = Math.min(pages.length, to - first);
      for (let i = Math.max(0, from - first); i < end; i++) {
        const words = pages[i]?.words;
        if (words !== undefined) filled.push({ number: first + i, words });
      }
    }
    return filled;
  }

  /**
   * Ascending groups of pages: the number of the first, and an array that has their words at their places. The
   * array is the same one as long as the group's pages are the same.
   */
  groups(): { first: number; pages: readonly ({ readonly words: Int32Array } | undefined)[] }[] {
    const indices = [...this.chunks.keys()].sort((a, b) => a - b);
    return indices.map((index) => ({ first: index * CHUNK, pages: this.chunks.get(index)!.pages }));
  }

  private page(number: number): Page | undefined {
    return this.chunks.get(number >> CHUNK_BITS)?.pages[number & (CHUNK - 1)];
  }

  private ownChunk(index: number): (Page | undefined)[] {
    const chunk = this.chunks.get(index);
    if (chunk?.mark === this.mark) return chunk.pages;
    const pages = chunk?.pages.slice() ?? new Array<Page | undefined>(CHUNK).fill(undefined);
    this.chunks.set(index, { pages, mark: this.mark });
    return pages;
  }
}
