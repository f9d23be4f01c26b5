/** Laying things out in reserved memory. */
const PAGE = 4096;
const LEAST_ALIGNMENT = 16;

export const align = (value: number, alignment: number): number => Math.ceil(value / alignment) * alignment;

/** As aligned as it was where the linker put it, up to a page: its own alignment cannot be more. */
export function alignmentOf({ address }: { address: number }): number {
  const lowestBit = address === 0 ? PAGE : address & -address;
  return Math.min(PAGE, Math.max(LEAST_ALIGNMENT, lowestBit));
}

/** Reserved memory that fills from its start. */
export class Area {
  private used = 0;

  constructor(
    readonly start: number,
    private readonly capacity: number,
  ) {}

  take(size: number, alignment: number): number {
    const at = align(this.used, alignment);
    if (at + size > this.capacity)
      throw new Error(`an area of ${this.capacity} bytes is too small for its contents`);
    this.used = at + size;
    return this.start + at;
  }

  /** End of the pages in use. */
  get end(): number {
    return this.start + align(this.used, PAGE);
  }
}
