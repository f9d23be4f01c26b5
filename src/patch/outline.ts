/** The items of a body that take part in comparisons, and which of them an offset means. */
import { countUpTo } from '../elf/index.js';
import type { Body, Item } from '../isa/body.js';

/** Without what relaxation may remove. */
export class Outline {
  readonly items: readonly Item[];

  constructor(private readonly body: Body) {
    const { items } = body;
    this.items = items.every(({ token }) => token !== '') ? items : items.filter(({ token }) => token !== '');
  }

  /** How many compared items come before an offset; in the middle of an item, a number that no such count is. */
  ordinal(offset: number): number {
    const { items, symbol } = this.body;
    const begins = items[countUpTo(items, offset, offsetOf) - 1]?.offset === offset || offset === symbol.size;
    return begins ? countUpTo(this.items, offset - 1, offsetOf) : -offset - 0.5;
  }
}

const offsetOf = ({ offset }: Item): number => offset;

const known = new WeakMap<Body, Outline>();

export function outlineOf(body: Body): Outline {
  let outline = known.get(body);
  if (outline === undefined) known.set(body, (outline = new Outline(body)));
  return outline;
}
