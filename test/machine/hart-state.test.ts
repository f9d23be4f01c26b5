/** What of a hart and its memory makes a state, and what does not. */
import { describe, expect, test } from 'vitest';
import type { Core } from '#suture/isa/core.js';
import { EXECUTE, Memory, PAGE_SIZE, READ, WRITE } from '#suture/machine/memory.js';
import { stateDigest } from '#suture/process/digest.js';
import { Process } from '#suture/process/process.js';
import { seededNumbers } from '../support/numbers.js';
import { Agreement } from '../support/agreement.js';
import { GUEST_NAMES, GUESTS, prepare, runThrough, TEXT } from '../support/guests.js';
import { imageOf, ISAS, PATCHES, sessionOf, start, tellerName } from '../support/programs.js';
import { assemble, machine } from '../support/riscv.js';

const PLAIN = READ | EXECUTE;
const WRITABLE = READ | WRITE | EXECUTE;
const SEEDS = Array.from({ length: 6 }, (_, i) => i + 1);

const digestOf = (core: Core, memory: Memory): string => stateDigest(memory, [core]);

describe.each(GUEST_NAMES)('on %s', (isa) => {
  test.each(SEEDS)('a fork that catches up is in the same state, and in no other (guest %i)', (seed) => {
    const guest = GUESTS[isa](seed);
    const { core, memory } = prepare(guest, new Memory(guest.bigEndian));
    const next = seededNumbers(seed);
    const agreement = new Agreement();
    const forks: { core: Core; memory: Memory }[] = [];
    for (let limit = 0; limit < 300; limit += 1 + (next() % 12)) {
      runThrough(core, limit);
      const forked = memory.fork();
      forks.push({ core: core.fork(forked), memory: forked });
      for (const fork of forks.slice(-3)) {
        runThrough(fork.core, limit);
        const contents = memory.regions.map(({ start, end }) => Buffer.from(memory.read(start, end - start)));
        const registers = [...core.state(), ...core.fetchedState()].join();
        agreement.add(
          registers + Buffer.concat(contents).toString('latin1'),
          digestOf(fork.core, fork.memory),
        );
        expect(digestOf(fork.core, fork.memory)).toBe(digestOf(core, memory));
      }
    }
    expect(agreement.size).toBeGreaterThan(15);
  });

  test('every register counts', () => {
    const guest = GUESTS[isa](1);
    const { core, memory } = prepare(guest, new Memory(guest.bigEndian));
    const seen = new Set([digestOf(core, memory)]);
    for (let register = 1; register < 32; register++) {
      const fork = core.fork(memory);
      fork.set(register, fork.get(register) ^ 0x400);
      seen.add(digestOf(fork, memory));
    }
    core.pc += 4;
    seen.add(digestOf(core, memory));
    expect(seen.size).toBe(33);
  });
});

describe.each(ISAS)('on %s', (isa) => {
  test('a program is in the same state after as many instructions, however it got there', () => {
    const image = imageOf(tellerName(isa));
    const digest = ({ memory, core }: Process): string => stateDigest(memory, [core]);
    const straight = start(image, sessionOf(PATCHES[0]));
    straight.run(1200);
    let process = start(image, sessionOf(PATCHES[0]));
    process.core.setBreakpoint(straight.core.pc);
    const seen = new Set<string>();
    for (let count = 1; count <= 1200; count++) {
      seen.add(digest(process));
      while (process.run(count).kind === 'breakpoint');
      if (count % 7 === 0) process = process.fork();
    }
    expect(digest(process)).toBe(digest(straight));
    expect([seen.size, seen.has(digest(straight))]).toEqual([1200, false]);
  });
});

describe('a fetched instruction', () => {
  const add = (imm: number): Uint8Array => assemble([['addi', { rd: 5, rs1: 0, imm }]]);

  /** A hart that has executed an instruction on pages that may not be written to, and is back before it. */
  function fetched() {
    const made = machine([['addi', { rd: 5, rs1: 0, imm: 1 }]]);
    made.memory.protect(TEXT, TEXT + 2 * PAGE_SIZE, PLAIN);
    const fresh = made.core.fork(made.memory);
    made.core.run(1);
    made.core.pc = TEXT;
    made.core.set(5, 0);
    return { ...made, fresh };
  }

  test('that memory holds is as good as one that was not fetched', () => {
    const { core, memory, fresh } = fetched();
    expect(core.fetchedState()).toHaveLength(0);
    expect(digestOf(core, memory)).toBe(digestOf(fresh, memory));
  });

  test('that memory does not hold any more counts, until it does again or is synchronized', () => {
    const { core, memory, fresh } = fetched();
    const before = digestOf(core, memory);
    memory.write(TEXT, add(2), true);
    expect(digestOf(core, memory)).not.toBe(digestOf(fresh, memory));
    memory.write(TEXT, add(1), true);
    expect(digestOf(core, memory)).toBe(before);
    memory.write(TEXT, add(2), true);
    core.synchronize(TEXT, TEXT + 4);
    expect(digestOf(core, memory)).toBe(digestOf(fresh, memory));
  });

  test('counts where a store could change it', () => {
    const { core, memory, fresh } = fetched();
    memory.protect(TEXT, TEXT + PAGE_SIZE, WRITABLE);
    expect(digestOf(core, memory)).not.toBe(digestOf(fresh, memory));
    memory.protect(TEXT, TEXT + PAGE_SIZE, READ | WRITE);
    expect(digestOf(core, memory)).not.toBe(digestOf(fresh, memory));
    memory.protect(TEXT, TEXT + PAGE_SIZE, PLAIN);
    expect(digestOf(core, memory)).toBe(digestOf(fresh, memory));
    memory.unmap(TEXT, TEXT + PAGE_SIZE);
    expect(digestOf(core, memory)).not.toBe(digestOf(fresh, memory));
  });

  test('counts for what it is', () => {
    const [one, two] = [1, 2].map((imm) => {
      const { core, memory } = machine([['addi', { rd: 5, rs1: 0, imm }]]);
      core.run(1);
      core.set(5, 0);
      memory.write(TEXT, add(0));
      return digestOf(core, memory);
    });
    expect(one).not.toBe(two);
  });
});

/** Where instructions of 4 bytes stand in the next test: one of them across two pages. */
const PLACES = [0, 4, 0xff8, 0xffe, 0x1004].map((offset) => TEXT + offset);
type Fetched = Map<number, number>;

test.each(SEEDS)('fetched instructions count as a model says, after everything (%i)', (seed) => {
  const next = seededNumbers(seed);
  const protection = [WRITABLE, WRITABLE];
  const constants = new Map(PLACES.map((pc) => [pc, 0]));
  const { core, memory } = machine([]);
  const harts: { core: Core; fetched: Fetched }[] = [{ core, fetched: new Map() }];
  const agreement = new Agreement();
  const pagesOf = (pc: number): number[] =>
    [pc - TEXT, pc - TEXT + 3].map((offset) => Math.floor(offset / PAGE_SIZE));
  const put = (pc: number, imm: number): void => {
    memory.write(pc, assemble([['addi', { rd: 5, rs1: 0, imm }]]), true);
    constants.set(pc, imm);
  };
  for (const pc of PLACES) put(pc, 0);

  for (let i = 0; i < 300; i++) {
    const hart = harts[next() % harts.length]!;
    const pc = PLACES[next() % PLACES.length]!;
    const page = next() % 2;
    const operations = [
      () => {
        hart.core.pc = pc;
        const { kind } = hart.core.run(hart.core.retired + 1);
        expect(kind === 'limit').toBe(
          hart.fetched.has(pc)
            ? (protection[pagesOf(pc)[0]!]! & EXECUTE) !== 0
            : pagesOf(pc).every((one) => (protection[one]! & EXECUTE) !== 0),
        );
        if (kind === 'limit' && !hart.fetched.has(pc)) hart.fetched.set(pc, constants.get(pc)!);
        if (kind === 'limit') expect(hart.core.get(5)).toBe(hart.fetched.get(pc));
      },
      () => {
        put(pc, next() % 2);
      },
      () => {
        protection[page] = [PLAIN, PLAIN, WRITABLE, READ | WRITE][next() % 4]!;
        memory.protect(TEXT + page * PAGE_SIZE, TEXT + (page + 1) * PAGE_SIZE, protection[page]);
        for (const one of harts) one.core.mappingsChanged();
      },
      () => {
        const whole = next() % 3 === 0;
        const [start, end] = whole ? [TEXT, TEXT + PAGE_SIZE] : [pc, pc + 4];
        hart.core.synchronize(start, end);
        for (const one of PLACES) if (one < end && one + 4 > start) hart.fetched.delete(one);
      },
      () => {
        const fork = { core: hart.core.fork(memory), fetched: new Map(hart.fetched) };
        if (harts.length < 3) harts.push(fork);
        else harts[next() % 3] = fork;
      },
    ];
    operations[[0, 0, 0, 1, 1, 2, 3, 4][next() % 8]!]!();
    for (const one of harts) {
      const counting = PLACES.filter((at) => {
        const settled = pagesOf(at).every((page) => protection[page] === PLAIN);
        return one.fetched.has(at) && !(settled && one.fetched.get(at) === constants.get(at));
      });
      const described = counting.map((at) => `${at}: ${one.fetched.get(at)}`).join();
      agreement.add(described, one.core.fetchedState().join());
    }
  }
  expect(agreement.size).toBeGreaterThan(10);
});
