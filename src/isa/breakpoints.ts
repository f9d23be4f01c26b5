/** Addresses at which a hart stops, page by page; forks share the pages until one of them changes one. */
import { Page } from './page.js';

interface PageOfStops {
  /** In an array, which is quickly copied. */
  addresses: number[];
  readonly owner: object;
}

const NONE: readonly number[] = [];

export class Breakpoints {
  private pages = new Map<number, PageOfStops>();
  private owner: object = {};

  has(pc: number): boolean {
    return this.in(pc >>> Page.bits).includes(pc);
  }

  in(page: number): readonly number[] {
    return this.pages.get(page)?.addresses ?? NONE;
  }

  get all(): ReadonlySet<number> {
    return new Set([...this.pages.values()].flatMap(({ addresses }) => addresses));
  }

  add(pc: number): void {
    if (!this.has(pc)) this.own(pc >>> Page.bits).addresses.push(pc);
  }

  delete(pc: number): void {
    if (!this.has(pc)) return;
    const page = this.own(pc >>> Page.bits);
    page.addresses = page.addresses.filter((address) => address !== pc);
  }

  clear(): void {
    this.pages.clear();
  }

  fork(): Breakpoints {
    const fork = new Breakpoints();
    fork.pages = new Map(this.pages);
    // Neither side owns the shared pages any longer: whoever changes one copies it first.
    this.owner = {};
    return fork;
  }

  /** A page, to be changed. */
  private own(number: number): PageOfStops {
    const shared = this.pages.get(number);
    if (shared?.owner === this.owner) return shared;
    const page = { addresses: shared?.addresses.slice() ?? [], owner: this.owner };
    this.pages.set(number, page);
    return page;
  }
}
