/** Mapped regions in ascending order, without overlap, and joined where they touch and are alike. */

/** A mapped range `[start, end)`, both multiples of the page size, with one permission and one purpose. */
export interface Region {
  readonly start: number;
  readonly end: number;
  /** Sum of READ, WRITE, EXECUTE. */
  readonly protection: number;
  /** What pmap shows, such as `teller.elf` or `[ stack ]`. */
  readonly name: string;
}

/** More than a call may have arguments. */
const MANY = 1000;

export class Regions {
  private list: Region[] = [];
  /** Whether somebody else holds the list, so that it must not change any more. */
  private shared = false;
  private size = 0;

  /** All of them. The list never changes: when the regions do, there is another. */
  get all(): readonly Region[] {
    this.shared = true;
    return this.list;
  }

  get count(): number {
    return this.list.length;
  }

  /** Bytes in all of them. */
  get bytes(): number {
    return this.size;
  }

  find(address: number): Region | undefined {
    const region = this.list[this.firstBeyond(address)];
    return region !== undefined && region.start <= address ? region : undefined;
  }

  /** Whether nothing is mapped in `[start, end)`. */
  isFree(start: number, end: number): boolean {
    const region = this.list[this.firstBeyond(start)];
    return region === undefined || region.start >= end;
  }

  /** What is mapped in `[start, end)`, cut to it. */
  within(start: number, end: number): Region[] {
    const parts: Region[] = [];
    for (let i = this.firstBeyond(start); i < this.list.length && this.list[i]!.start < end; i++) {
      const region = this.list[i]!;
      parts.push({ ...region, start: Math.max(start, region.start), end: Math.min(end, region.end) });
    }
    return parts;
  }

  /** Puts `parts`, ascending ones that lie in `[start, end)`, in place of everything there. */
  replace(start: number, end: number, parts: readonly Region[]): void {
    // Everything that is cut, and a neighbour on either side, which the parts may join.
    const first = Math.max(0, this.firstBeyond(start) - 1);
    let last = first;
    while (last < this.list.length && this.list[last]!.start <= end) last++;
    const around = this.list.slice(first, last);
    const before = around.filter((r) => r.start < start).map((r) => ({ ...r, end: Math.min(r.end, start) }));
    const after = around.filter((r) => r.end > end).map((r) => ({ ...r, start: Math.max(r.start, end) }));
    const joined = join([...before, ...parts, ...after]);
    this.size += bytesOf(joined) - bytesOf(around);
    if (this.shared || joined.length > MANY) {
      this.list = this.list.slice(0, first).concat(joined, this.list.slice(last));
    } else this.list.splice(first, around.length, ...joined);
    this.shared = false;
  }

  copy(): Regions {
    const copy = new Regions();
    copy.list = this.list;
    copy.size = this.size;
    copy.shared = this.shared = true;
    return copy;
  }

  /** Index of the first region that ends after `address`. */
  private firstBeyond(address: number): number {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle]!.end <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const bytesOf = (regions: readonly Region[]): number => regions.reduce((sum, r) => sum + r.end - r.start, 0);

function join(regions: readonly Region[]): Region[] {
  const joined: Region[] = [];
  for (const region of regions) {
    const last = joined.at(-1);
    const alike =
      last?.end === region.start && last.protection === region.protection && last.name === region.name;
    if (alike) joined[joined.length - 1] = { ...last, end: region.end };
    else joined.push(region);
  }
  return joined;
}
