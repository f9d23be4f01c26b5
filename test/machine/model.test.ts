/** Memory against a model that copies everything: regions, contents, forks, snapshots and digests. */
import { describe, expect, test } from 'vitest';
import { MemoryFault } from '#suture/isa/core.js';
import { Digester } from '#suture/machine/digest.js';
import { Memory, PAGE_SIZE, READ, WRITE, type Region, type Snapshot } from '#suture/machine/memory.js';
import { stateDigest } from '#suture/process/digest.js';
import { seededNumbers } from '../support/numbers.js';
import { Agreement } from '../support/agreement.js';

const FIRST = 120;
/** Pages in play: they lie in two groups of the page table. */
const COUNT = 16;
const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);
const OPERATIONS = 150;

interface ModelPage {
  protection: number;
  name: string;
  bytes: number[];
  /** Another one after everything that may make the page another one. */
  version: number;
}

let clock = 0;

class Model {
  constructor(readonly pages: (ModelPage | undefined)[] = new Array<undefined>(COUNT).fill(undefined)) {}

  fork(): Model {
    return new Model(this.pages.map((page) => page && { ...page, bytes: [...page.bytes] }));
  }

  regions(): Region[] {
    const regions: Region[] = [];
    for (const [i, page] of this.pages.entries()) {
      if (page === undefined) continue;
      const start = (FIRST + i) * PAGE_SIZE;
      const last = regions.at(-1);
      const { protection, name } = page;
      const alike = last?.end === start && last.protection === protection && last.name === name;
      if (alike) regions[regions.length - 1] = { ...last, end: start + PAGE_SIZE };
      else regions.push({ start, end: start + PAGE_SIZE, protection, name });
    }
    return regions;
  }

  describe(): string {
    return JSON.stringify(this.pages.map((page) => page && [page.protection, page.name, page.bytes]));
  }
}

/** Where bytes are written in a page: the model remembers these only. */
const OFFSETS = [0, 5, 2047, 4095];
const PROTECTIONS = [0, READ, READ | WRITE];

interface Pair {
  memory: Memory;
  model: Model;
}

/** Does one random thing to both. Few values are used, so that the same states come up again. */
function operate({ memory, model }: Pair, next: () => number): void {
  const from = next() % COUNT;
  const to = from + 1 + (next() % Math.min(4, COUNT - from));
  const at = (page: number): number => (FIRST + page) * PAGE_SIZE;
  const touched = model.pages.slice(from, to).filter((page) => page !== undefined);
  const write = (): void => {
    const page = model.pages[from];
    const k = next() % OFFSETS.length;
    const value = next() % 2;
    const address = at(from) + OFFSETS[k]!;
    const store = (): void => {
      memory.store8(address, value);
    };
    if (page === undefined || (page.protection & WRITE) === 0) expect(store).toThrow(MemoryFault);
    else store();
    if (page === undefined) return;
    memory.write(address, Uint8Array.of(value), true);
    page.bytes[k] = value;
    page.version = ++clock;
  };
  const operations = [
    ...new Array<() => void>(9).fill(write),
    () => {
      const protection = PROTECTIONS[next() % 3]!;
      const name = next() % 3 === 0 ? 'one' : 'other';
      memory.map(at(from), at(to), protection, name);
      for (let page = from; page < to; page++)
        model.pages[page] = { protection, name, bytes: OFFSETS.map(() => 0), version: ++clock };
    },
    () => {
      memory.unmap(at(from), at(to));
      model.pages.fill(undefined, from, to);
    },
    () => {
      const protection = PROTECTIONS[next() % 3]!;
      memory.protect(at(from), at(to), protection);
      for (const page of touched) page.protection = protection;
    },
    () => {
      const target = (to + (next() % COUNT)) % COUNT;
      if (target + to - from > COUNT || (target < to && from < target + to - from)) return;
      memory.move(at(from), at(to), at(target));
      const moved = model.pages.slice(from, to).map((page) => page && { ...page, version: ++clock });
      model.pages.fill(undefined, from, to);
      model.pages.splice(target, moved.length, ...moved);
    },
  ];
  operations[next() % operations.length]!();
}

/** What the model says, found out from memory. */
function contents(memory: Memory, { pages }: Model): string {
  const found = pages.map((_, i) => {
    const address = (FIRST + i) * PAGE_SIZE;
    const region = memory.find(address + 9);
    if (memory.isFree(address, address + PAGE_SIZE)) return region;
    if (region === undefined) return 'neither free nor mapped';
    const load = (offset: number): number =>
      (region.protection & READ) === 0
        ? memory.read(address + offset, 1)[0]!
        : memory.load8(address + offset);
    return [region.protection, region.name, OFFSETS.map(load)];
  });
  return JSON.stringify(found);
}

describe.each(SEEDS)('whatever happens (%i)', (seed) => {
  const next = seededNumbers(seed);
  const pairs: Pair[] = [{ memory: new Memory(seed % 2 === 0), model: new Model() }];
  const step = (): Pair => {
    const pair = pairs[next() % pairs.length]!;
    operate(pair, next);
    if (next() % 12 === 0) {
      const fork = { memory: pair.memory.fork(), model: pair.model.fork() };
      if (pairs.length < 4) pairs.push(fork);
      else pairs[next() % pairs.length] = fork;
    }
    return pair;
  };

  test('regions, contents and digests are those of the model', () => {
    const agreement = new Agreement();
    for (let i = 0; i < OPERATIONS; i++) {
      step();
      for (const { memory, model } of pairs) {
        const regions = model.regions();
        const { regionCount, mappedBytes } = memory;
        const size = regions.reduce((sum, { start, end }) => sum + end - start, 0);
        expect([memory.regions, regionCount, mappedBytes]).toEqual([regions, regions.length, size]);
        expect(contents(memory, model)).toBe(model.describe());
        agreement.add(model.describe(), stateDigest(memory, []));
      }
    }
    expect(agreement.size).toBeGreaterThan(10);
  });

  test('a snapshot keeps what was, and says which pages changed', () => {
    const { memory, model } = pairs[0]!;
    let snapshot: Snapshot = memory.snapshot();
    let before = model.fork();
    const held = (): string =>
      model.pages
        .map((_, i) => OFFSETS.map((offset) => snapshot.pages.words(FIRST + i)[offset >> 2]).join())
        .join(' ');
    let holding = held();
    for (let i = 0; i < OPERATIONS; i++) {
      operate(pairs[0]!, next);
      expect(held()).toBe(holding);
      const changed = memory.changedPages(snapshot).map((address) => address / PAGE_SIZE - FIRST);
      const content = (page: ModelPage | undefined): string => String(page?.bytes ?? OFFSETS.map(() => 0));
      const changes = model.pages.map(
        (now, page) => [now, before.pages[page], changed.includes(page)] as const,
      );
      expect(changes.filter(([now, then, listed]) => content(now) !== content(then) && !listed)).toEqual([]);
      expect(changes.filter(([now, then, listed]) => now?.version === then?.version && listed)).toEqual([]);
      expect(changed).toEqual([...changed].sort((a, b) => a - b));
      if (JSON.stringify(model.regions()) !== JSON.stringify(before.regions()))
        expect(memory.regions).not.toBe(snapshot.regions);
      if (next() % 10 === 0) {
        snapshot = memory.snapshot();
        before = model.fork();
        holding = held();
        expect(memory.changedPages(snapshot)).toEqual([]);
      }
    }
  });
});

describe('a digest', () => {
  test('hashes only what was written since the last one', () => {
    let hashed = 0;
    const digester = new Digester((bytes) => {
      hashed += bytes.length;
      return Uint8Array.of(bytes.length & 0xff, bytes[0] ?? 0);
    });
    const memory = new Memory(false);
    memory.map(0, 1 << 24, 6, 'data');
    for (let at = 0; at < 1 << 24; at += PAGE_SIZE) memory.store32(at, at + 1);
    digester.memory(memory);
    expect(hashed).toBeGreaterThan(1 << 24);
    hashed = 0;
    digester.memory(memory);
    digester.memory(memory.fork());
    expect(hashed).toBeLessThan(1000);
    const fork = memory.fork();
    fork.store32(PAGE_SIZE, 77);
    hashed = 0;
    digester.memory(fork);
    expect(hashed).toBeLessThan(2 * PAGE_SIZE);
    expect(hashed).toBeGreaterThan(PAGE_SIZE);
  });

  test('tells where a page is', () => {
    const digests = [0, PAGE_SIZE, 1 << 22].map((address) => {
      const memory = new Memory(false);
      memory.map(0, 1 << 24, 6, 'data');
      memory.store8(address, 1);
      return stateDigest(memory, []);
    });
    expect(new Set(digests).size).toBe(3);
  });

  test('takes a page of zeros for one that was never touched', () => {
    const digests = [false, true].map((touch) => {
      const memory = new Memory(false);
      memory.map(0, 1 << 24, 6, 'data');
      if (touch) for (let at = 0; at < 1 << 22; at += PAGE_SIZE) memory.store8(at, 0);
      return stateDigest(memory, []);
    });
    expect(digests[0]).toBe(digests[1]);
  });

  test('tells every bit of a page apart', () => {
    const memory = new Memory(true);
    memory.map(0, PAGE_SIZE, 6, 'data');
    const seen = new Set([stateDigest(memory, [])]);
    for (let bit = 0; bit < 8 * PAGE_SIZE; bit += 61) {
      const fork = memory.fork();
      fork.store8(bit >> 3, 1 << (bit & 7));
      seen.add(stateDigest(fork, []));
    }
    expect(seen.size).toBe(1 + Math.ceil((8 * PAGE_SIZE) / 61));
  });

  test('keeps its parts apart', () => {
    const memory = new Memory(false);
    const parts = (...bytes: number[][]): string =>
      stateDigest(
        memory,
        [],
        bytes.map((part) => Uint8Array.from(part)),
      );
    const all = [
      parts(),
      parts([]),
      parts([], []),
      parts([1]),
      parts([1], []),
      parts([], [1]),
      parts([1, 1]),
      parts([1], [1]),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
