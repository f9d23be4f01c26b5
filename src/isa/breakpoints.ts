/** Addresses at which a hart stops, page by page; forks share the pages until one of them changes one. */
import { Page } from './page.js';

interface PageOfStops {
  readonly addresses: Set<number>;
  readonly owner: object;
}

const NONE: ReadonlySet<number> = new Set();

export class Breakpoints {
  private pages = new Map<number, PageOfStops>();
  private owner: object = {};

  has(pc: number): boolean {
    return this.in(pc >>> Page.bits).has(pc);
  }

  in(page: number): ReadonlySet<number> {
    return this.pages.get(page)?.addresses ?? NONE;
  }

  get all(): ReadonlySet<number> {
    return new Set([...this.pages.values()].flatMap(({ addresses }) => [...addresses]));
  }

  add(pc: number): void {
    this.own(pc >>> Page.bits).add(pc);
  }

  delete(pc: number): void {
    if (this.has(pc)) this.own(pc >>> Page.bits).delete(pc);
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

  /** The addresses of a page, to be changed. */
  private own(page: number): Set<number> {
    const shared = this.pages.get(page);
    if (shared?.owner === this.owner) return shared.addresses;
    const addresses = new Set(shared?.addresses);
    this.pages.set(page, { addresses, owner: this.owner });
    return addresses;
  }
}
