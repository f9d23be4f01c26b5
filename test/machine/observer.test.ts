import { describe, expect, test } from 'vitest';
import { Observer, type AddressRange, type ObservedAccess, type Watched } from '#suture/isa/observer.js';
import { EXECUTE, Memory, PAGE_SIZE, READ, WRITE } from '#suture/machine/memory.js';
import { seededNumbers } from '../support/numbers.js';
import {
  BORDER,
  DATA,
  GUEST_NAMES,
  GUESTS,
  LoggedMemory,
  prepare,
  runThrough,
  STACK_END,
  TEXT,
  TEXT_END,
  type Access,
  type Guest,
} from '../support/guests.js';
import { machine, setRegister } from '../support/riscv.js';
import { placeWords, v9 } from '../support/sparc.js';

const SEEDS = Array.from({ length: 30 }, (_, i) => i + 1);
const STEPS = 400;

type Logged = ObservedAccess & Access;

/** Everything a guest does within `STEPS` instructions, seen by a memory that logs, one instruction at a time. */
function everyAccess(guest: Guest): { accesses: Logged[]; core: ReturnType<Guest['createCore']> } {
  const { core, memory } = prepare(guest, new LoggedMemory(guest.bigEndian));
  const accesses: Logged[] = [];
  while (core.retired < STEPS) {
    const { pc, retired: instruction } = core;
    const size = guest.sizeAt(memory, pc);
    memory.log = [];
    const stop = core.run(instruction + 1);
    accesses.push({ instruction, pc, kind: 'execute', address: pc, size });
    if (stop.kind === 'limit') accesses.push(...memory.log.map((access) => ({ instruction, pc, ...access })));
    else if (stop.kind === 'syscall') core.finishSyscall();
    else break;
  }
  return { accesses, core };
}

const overlaps = (range: AddressRange, { address, size }: ObservedAccess): boolean =>
  range.start < address + size && address < range.end;

const seenBy = (watched: Watched, accesses: readonly Logged[]): ObservedAccess[] =>
  accesses
    .filter(({ value, ...access }) => {
      const about = value === undefined ? access : { ...access, address: value, size: 1 };
      return watched[access.kind]?.some((range) => overlaps(range, about));
    })
    .map(({ instruction, pc, kind, address, size }) => ({ instruction, pc, kind, address, size }));

/** Ranges of a few bytes or hundreds of them, where the guests are busy, and some of the words they store. */
function randomWatched(next: () => number, words: readonly number[]): Watched {
  const range = (low: number, high: number): AddressRange => {
    const start = low + (next() % (high - low));
    return { start, end: start + 1 + (next() % (next() % 3 === 0 ? 500 : 9)) };
  };
  const several = (make: () => AddressRange): AddressRange[] => Array.from({ length: next() % 3 }, make);
  const data = (): AddressRange =>
    next() % 4 === 0 ? range(STACK_END - 1200, STACK_END) : range(BORDER - 28, BORDER + 24);
  const word = (): AddressRange => {
    const start = words[next() % words.length]!;
    return { start, end: start + 1 };
  };
  return {
    execute: several(() => range(TEXT, TEXT + 200)),
    read: several(data),
    write: several(data),
    word: several(word),
  };
}

describe.each(GUEST_NAMES)('on %s', (isa) => {
  test.each(SEEDS)('every access is reported and nothing else changes (guest %i)', (seed) => {
    const guest = GUESTS[isa](seed);
    const { accesses, core: unobserved } = everyAccess(guest);
    const next = seededNumbers(seed + 1000);
    const words = accesses.flatMap(({ value }) => value ?? []);
    for (let round = 0; round < 4; round++) {
      const watched = randomWatched(next, words);
      const { core, memory } = prepare(guest, new Memory(guest.bigEndian));
      const reports: ObservedAccess[] = [];
      memory.observer = new Observer(watched, (access) => reports.push(access));
      // Breakpoints, and limits at which nobody asked to stop, must make no difference.
      for (let i = next() % 4; i > 0; i--) core.setBreakpoint(TEXT + 4 * (next() % 40));
      for (let limit = 0; limit < STEPS;) {
        limit = Math.min(STEPS, limit + 1 + (next() % 100));
        let stop = runThrough(core, limit);
        while (stop.kind === 'breakpoint') stop = runThrough(core, limit);
        if (stop.kind !== 'limit') break;
      }
      expect(reports).toEqual(seenBy(watched, accesses));
      expect([core.retired, ...core.state()]).toEqual([unobserved.retired, ...unobserved.state()]);
      expect([...core.fetchedState()]).toEqual([...unobserved.fetchedState()]);
    }
  });

  test('guests do all of it', () => {
    const kinds = new Set(SEEDS.flatMap((seed) => everyAccess(GUESTS[isa](seed)).accesses.map(sort)));
    const sizes = isa.startsWith('rv') ? ['execute 2', 'execute 4'] : ['execute 4'];
    const data = [1, 2, 4].flatMap((size) => [`read ${size}`, `write ${size}`]);
    expect([...kinds].sort()).toEqual([...sizes, ...data, 'word 4'].sort());
  });
});

const sort = ({ kind, size }: ObservedAccess): string => `${kind} ${size}`;

/** A loop that adds 1 to the first word of data: lui, lw, addi, sw, jal. */
function counting() {
  const made = machine([
    ['lui', { rd: 10, imm: DATA }],
    ['lw', { rd: 5, rs1: 10, imm: 0 }],
    ['addi', { rd: 5, rs1: 5, imm: 1 }],
    ['sw', { rs1: 10, rs2: 5, imm: 0 }],
    ['jal', { rd: 0, imm: -12 }],
  ]);
  const reports: ObservedAccess[] = [];
  const watch = (watched: Watched): void => {
    made.memory.observer = new Observer(watched, (access) => reports.push(access));
  };
  return { ...made, reports, watch };
}

const word = { start: DATA, end: DATA + 4 };
const everywhere = { start: 0, end: 2 ** 32 };

describe('an observer', () => {
  test('says when, where and what', () => {
    const { core, reports, watch } = counting();
    watch({ execute: [{ start: TEXT + 8, end: TEXT + 9 }], read: [word], write: [word] });
    core.run(6);
    expect(reports).toEqual([
      { instruction: 1, pc: TEXT + 4, kind: 'read', address: DATA, size: 4 },
      { instruction: 2, pc: TEXT + 8, kind: 'execute', address: TEXT + 8, size: 4 },
      { instruction: 3, pc: TEXT + 12, kind: 'write', address: DATA, size: 4 },
      { instruction: 5, pc: TEXT + 4, kind: 'read', address: DATA, size: 4 },
    ]);
  });

  test('counts instructions of the whole process', () => {
    const { core, reports, watch } = counting();
    watch({ write: [word] });
    core.timeBase = 1000;
    core.run(4);
    expect(reports).toMatchObject([{ instruction: 1003, pc: TEXT + 12 }]);
  });

  test('can come late, be exchanged and go', () => {
    const { core, memory, reports, watch } = counting();
    core.run(100);
    watch({ write: [word] });
    core.run(104);
    watch({ execute: [{ start: TEXT, end: TEXT_END }] });
    core.run(108);
    memory.observer = undefined;
    core.run(200);
    expect(reports.map(({ kind }) => kind)).toEqual(['write', 'execute', 'execute', 'execute', 'execute']);
  });

  test('sees whoever uses the memory, but no fork', () => {
    const { core, memory, reports, watch } = counting();
    core.run(10);
    watch({ execute: [{ start: TEXT + 8, end: TEXT + 12 }], write: [word] });
    core.run(14);
    expect(reports).toHaveLength(2);
    const forked = memory.fork();
    expect(core.fork(forked).run(50)).toEqual({ kind: 'limit' });
    expect(reports).toHaveLength(2);
    expect(core.fork(memory).run(18)).toEqual({ kind: 'limit' });
    expect(reports).toHaveLength(4);
  });

  test('may look at memory and is not told about that', () => {
    const { core, memory } = counting();
    const seen: number[] = [];
    memory.observer = new Observer({ read: [word], write: [word] }, () => seen.push(memory.load32(DATA)));
    core.run(9);
    expect(seen).toEqual([0, 1, 1, 2]);
  });

  test('is told of words that a kernel or a debugger leaves, whole or in part', () => {
    const { memory, reports, watch } = counting();
    memory.store32(DATA + 8, 0x1234_0000);
    watch({ word: [{ start: 0x1234_5678, end: 0x1234_5679 }] });
    memory.write(DATA + 8, Uint8Array.of(0x78, 0x56));
    memory.write(DATA + 3, Uint8Array.of(0, 0x78, 0x56, 0x34, 0x12, 0));
    memory.write(DATA + 4, Uint8Array.of(0));
    expect(reports.map(({ kind, address }) => [kind, address])).toEqual([
      ['word', DATA + 8],
      ['word', DATA + 4],
    ]);
  });

  test('leaves breakpoints to the host', () => {
    const { core, reports, watch } = counting();
    watch({ execute: [{ start: TEXT, end: TEXT_END }] });
    core.setBreakpoint(TEXT + 8);
    expect(core.run(100)).toEqual({ kind: 'breakpoint', pc: TEXT + 8 });
    expect(reports.map(({ pc }) => pc - TEXT)).toEqual([0, 4]);
    expect(core.run(100)).toEqual({ kind: 'breakpoint', pc: TEXT + 8 });
    expect(reports.map(({ pc }) => pc - TEXT)).toEqual([0, 4, 8, 12, 16, 4]);
  });

  test('may go or set a breakpoint while it is told', () => {
    const { core, memory } = counting();
    let count = 0;
    memory.observer = new Observer({ execute: [{ start: TEXT, end: TEXT_END }] }, () => {
      count++;
      memory.observer = undefined;
      core.setBreakpoint(TEXT + 8);
    });
    expect(core.run(100)).toEqual({ kind: 'breakpoint', pc: TEXT + 8 });
    expect([count, core.retired]).toEqual([1, 2]);
  });

  test('is told about what a kernel does, as of the call', () => {
    const { core, memory, reports, watch } = counting();
    watch({ read: [word], write: [word] });
    core.run(6);
    reports.length = 0;
    memory.write(DATA - 0x1000, new Uint8Array(0));
    memory.write(DATA + 4, Uint8Array.of(1));
    memory.write(DATA, Uint8Array.of(65, 66, 0));
    memory.read(DATA + 3, 2);
    memory.readString(DATA, 10);
    memory.readString(DATA, 1);
    memory.store8(DATA + 1, 1);
    const at = { instruction: 6, pc: TEXT + 8 };
    expect(reports).toEqual([
      { ...at, kind: 'write', address: DATA, size: 3 },
      { ...at, kind: 'read', address: DATA + 3, size: 2 },
      { ...at, kind: 'read', address: DATA, size: 3 },
      { ...at, kind: 'read', address: DATA, size: 2 },
      { ...at, kind: 'write', address: DATA + 1, size: 1 },
    ]);
    memory.observer?.quietly(() => memory.read(DATA, 4));
    expect(reports).toHaveLength(5);
  });

  test('is told of a trapping instruction once, and of no access that failed', () => {
    const { core, memory, reports, watch } = counting();
    watch({ execute: [{ start: TEXT, end: TEXT_END }], read: [everywhere], write: [everywhere] });
    memory.protect(DATA, DATA + PAGE_SIZE, READ);
    for (let attempt = 0; attempt < 3; attempt++) expect(core.run(10).kind).toBe('memory');
    expect(reports.map(({ pc, kind }) => [pc - TEXT, kind])).toEqual([
      [0, 'execute'],
      [4, 'execute'],
      [4, 'read'],
      [8, 'execute'],
      [12, 'execute'],
    ]);
    memory.protect(DATA, DATA + PAGE_SIZE, READ | WRITE);
    core.run(5);
    expect(reports.slice(5).map(({ kind }) => kind)).toEqual(['write', 'execute']);
    core.run(6);
    expect(reports.slice(7).map(({ kind }) => kind)).toEqual(['execute', 'read']);
  });

  test('is not told of the first half of a load whose second half fails', () => {
    const { core, reports, watch } = counting();
    watch({ execute: [{ start: TEXT + 4, end: TEXT + 5 }], read: [everywhere] });
    core.set(10, DATA + PAGE_SIZE - 2);
    core.pc = TEXT + 4;
    expect(core.run(1)).toMatchObject({ kind: 'memory', address: DATA + PAGE_SIZE });
    expect(reports.map(({ kind }) => kind)).toEqual(['execute']);
  });

  test('is told nothing of an instruction that cannot be fetched', () => {
    const { core, memory, reports, watch } = counting();
    memory.protect(TEXT, TEXT_END, READ | EXECUTE);
    watch({ execute: [everywhere] });
    core.pc = TEXT_END - 2;
    memory.write(TEXT_END - 2, Uint8Array.of(0x13, 0), true);
    expect(core.run(1)).toMatchObject({ kind: 'memory', access: 'fetch', address: TEXT_END });
    expect(reports).toEqual([]);
  });

  test('sees instructions that begin before what it watches, as far as they reach', () => {
    for (const [name, count] of [
      ['addi', 1],
      ['c.add', 0],
    ] as const) {
      const { core, memory } = machine([
        [name, { rd: 5, rs2: 6 }],
        ['c.mv', { rd: 5, rs2: 6 }],
      ]);
      const reports: ObservedAccess[] = [];
      memory.observer = new Observer({ execute: [{ start: TEXT + 2, end: TEXT + 3 }] }, (a) =>
        reports.push(a),
      );
      core.run(1);
      expect(reports).toHaveLength(count);
    }
  });

  test('sees instructions that reach into a page from the one before', () => {
    const { core, memory, reports, watch } = counting();
    memory.write(TEXT + PAGE_SIZE - 2, Uint8Array.of(0x13, 0, 0, 0));
    watch({ execute: [{ start: TEXT + PAGE_SIZE, end: TEXT + PAGE_SIZE + 1 }] });
    core.pc = TEXT + PAGE_SIZE - 2;
    core.run(1);
    expect(reports).toHaveLength(1);
  });

  test('watches instructions across pages, and those fetched anew', () => {
    const { core, memory } = machine([]);
    const reports: ObservedAccess[] = [];
    const nops = Uint8Array.from({ length: 2 * PAGE_SIZE }, (_, i) => [0x13, 0, 0, 0][i % 4]!);
    memory.write(TEXT, nops);
    memory.write(TEXT + 0x800, Uint8Array.of(0x0f, 0x10, 0, 0));
    memory.observer = new Observer({ execute: [{ start: TEXT, end: TEXT_END }] }, (access) =>
      reports.push(access),
    );
    core.run(2047);
    core.pc = TEXT + 0x7fc;
    core.run(2050);
    expect(reports).toHaveLength(2050);
    expect(new Set(reports.map(({ pc }) => pc)).size).toBe(2047);
  });

  test.each([DATA, DATA + 4])(
    'lets an atomic doubleword be changed once when one word is watched (0x%x)',
    (start) => {
      const adding = machine([['amoadd.d', { rd: 5, rs1: 10, rs2: 11 }]], 64);
      setRegister(adding.core, 10, BigInt(DATA));
      setRegister(adding.core, 11, 0x1_0000_0001n);
      const swapping = prepare(GUESTS.sparc32plus(1), new Memory(true));
      placeWords(swapping.memory, TEXT, [v9('casxa', { rd: 16, rs1: 1, rs2: 17, asi: 0x80 })]);
      for (const [register, value] of [DATA, 2 ** 32 + 1].entries())
        swapping.core.set([1, 16][register]!, value);
      for (const { core, memory } of [adding, swapping]) {
        const sizes: number[] = [];
        memory.observer = new Observer({ write: [{ start, end: start + 4 }] }, ({ size }) =>
          sizes.push(size),
        );
        core.run(1);
        expect([memory.load32(DATA), memory.load32(DATA + 4), sizes]).toEqual([1, 1, [4]]);
      }
    },
  );
});

test('an instruction is left at either word of a watched doubleword', () => {
  const leaves = (start: number, address: number): boolean => {
    const observer = new Observer({ write: [{ start, end: start + 1 }] }, () => undefined);
    const execute = (): void => {
      observer.accessed('write', address, 4);
    };
    try {
      observer.executing(execute);
      return false;
    } catch {
      return true;
    }
  };
  expect([leaves(DATA + 4, DATA), leaves(DATA + 3, DATA + 4)]).toEqual([true, true]);
  expect([leaves(DATA + 8, DATA + 4), leaves(DATA + 7, DATA + 8)]).toEqual([false, false]);
});

test('ranges may overlap, touch and be empty', () => {
  const observer = new Observer(
    {
      read: [
        { start: 20, end: 30 },
        { start: 10, end: 22 },
        { start: 30, end: 31 },
        { start: 40, end: 40 },
      ],
    },
    () => undefined,
  );
  const watched = Array.from({ length: 60 }, (_, at) => at).filter((at) =>
    observer.watches('read', at, at + 1),
  );
  expect(watched).toEqual(Array.from({ length: 21 }, (_, i) => 10 + i));
  expect(observer.watches('read', 0, 10)).toBe(false);
  expect(observer.watches('read', 0, 11)).toBe(true);
  expect(observer.watches('write', 0, 100)).toBe(false);
});
