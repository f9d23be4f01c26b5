import { expect, test } from 'vitest';
import { FP, I0, I7, L0, O0, O7, SP } from '#suture/isa/sparc/abi.js';
import { NWINDOWS, WindowFile } from '#suture/isa/sparc/windows.js';
import { Memory, READ, WRITE } from '#suture/machine/memory.js';

const STACK = 0x30000;
const TOP = 0x34000;
const FRAME = 96;
/** The stack pointer of the activation at this depth. */
const spAt = (depth: number): number => TOP - FRAME * (depth + 1);

function stack(): Memory {
  const memory = new Memory(true);
  memory.map(STACK, TOP, READ | WRITE, '[ stack ]');
  return memory;
}

/** Gives the current window, of the activation at `depth`, contents that name it. */
function label(windows: WindowFile, depth: number): void {
  windows.r[SP] = spAt(depth);
  windows.r[O7] = 0x10000 + depth * 16;
  for (let i = 0; i < 8; i++) windows.r[L0 + i] = depth * 100 + i;
  for (let i = 0; i < 6; i++) windows.r[O0 + i] = depth * 100 + 50 + i;
}

/** Depth 0 is the activation that nobody called here. */
function descend(windows: WindowFile, memory: Memory, depth: number): void {
  label(windows, 0);
  for (let d = 1; d <= depth; d++) {
    windows.save(memory);
    label(windows, d);
  }
}

const words = (memory: Memory, address: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => memory.load32(address + 4 * i));

const localsOf = (depth: number): number[] => Array.from({ length: 8 }, (_, i) => depth * 100 + i);
const insOf = (depth: number): number[] => [
  ...Array.from({ length: 6 }, (_, i) => (depth - 1) * 100 + 50 + i),
  spAt(depth - 1),
  0x10000 + (depth - 1) * 16,
];

test('all windows but one are used before anything is spilled', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  const untouched = memory.fork();
  descend(windows, memory, NWINDOWS - 2);
  expect(memory.differingPages(untouched)).toEqual([]);
  expect(windows.liveWindows()).toHaveLength(NWINDOWS - 1);
  windows.save(memory);
  expect(words(memory, spAt(0), 8)).toEqual(localsOf(0));
  expect(windows.liveWindows()).toHaveLength(NWINDOWS - 1);
});

test('a spilled window lies at its own stack pointer, locals first', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  descend(windows, memory, 20);
  for (let depth = 1; depth <= 20 - (NWINDOWS - 1); depth++) {
    expect(words(memory, spAt(depth), 16)).toEqual([...localsOf(depth), ...insOf(depth)]);
  }
  expect(words(memory, spAt(20 - (NWINDOWS - 2)), 16)).toEqual(new Array(16).fill(0));
});

test('every window comes back as it was left', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  descend(windows, memory, 30);
  for (let depth = 29; depth >= 0; depth--) {
    windows.restore(memory);
    expect([...windows.r.subarray(L0, I0)]).toEqual(localsOf(depth));
    if (depth > 0) expect([...windows.r.subarray(I0, I7 + 1)]).toEqual(insOf(depth));
    // What the callee got as ins are the caller's outs again.
    expect(windows.r[O0]).toBe(depth * 100 + 50);
    expect(windows.r[SP]).toBe(spAt(depth));
  }
});

test('live windows are listed from the current one outwards', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  descend(windows, memory, 10);
  const live = windows.liveWindows();
  expect(live).toHaveLength(NWINDOWS - 1);
  for (const [k, { sp, locals, ins }] of live.entries()) {
    const depth = 10 - k;
    expect(sp).toBe(spAt(depth));
    expect([...locals]).toEqual(localsOf(depth));
    expect([...ins]).toEqual(insOf(depth));
  }
  // The next is in memory at the last one's i6.
  const next = live.at(-1)!.ins[FP - I0]!;
  expect(words(memory, next, 8)).toEqual(localsOf(10 - live.length));
});

test('a flush spills what is live, keeps the current window, and changes no register', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  descend(windows, memory, 5);
  const before = [...windows.r];
  windows.flush(memory);
  expect([...windows.r]).toEqual(before);
  expect(windows.liveWindows()).toHaveLength(1);
  for (let depth = 1; depth < 5; depth++) {
    expect(words(memory, spAt(depth), 16)).toEqual([...localsOf(depth), ...insOf(depth)]);
  }
  expect(words(memory, spAt(5), 16)).toEqual(new Array(16).fill(0));
  for (let depth = 4; depth > 0; depth--) {
    windows.restore(memory);
    expect([...windows.r.subarray(L0, I7 + 1)]).toEqual([...localsOf(depth), ...insOf(depth)]);
  }
});

test('after a flush, what memory says is what comes back', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  descend(windows, memory, 1);
  memory.store32(spAt(0), 4711);
  windows.flush(memory);
  memory.store32(spAt(0) + 4, 4712);
  windows.restore(memory);
  expect([windows.r[L0], windows.r[L0 + 1]]).toEqual([0, 4712]);
});

test('a window entered again still holds what was left in it', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  descend(windows, memory, 1);
  windows.restore(memory);
  windows.save(memory);
  expect([...windows.r.subarray(L0, I0)]).toEqual(localsOf(1));
  expect(windows.r[O0]).toBe(150);
});

test('globals are common to all windows', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  windows.r[5] = 55;
  descend(windows, memory, 9);
  expect(windows.r[5]).toBe(55);
});

test('WIM marks one window, and which one moves with spills and fills', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  const start = { cwp: windows.cwp, wim: windows.wim };
  expect(start).toEqual({ cwp: 7, wim: 1 });
  descend(windows, memory, 7);
  expect({ cwp: windows.cwp, wim: windows.wim }).toEqual({ cwp: 0, wim: 1 << 7 });
  for (let depth = 7; depth > 0; depth--) windows.restore(memory);
  expect({ cwp: windows.cwp, wim: windows.wim }).toEqual(start);
});

test('state tells windows apart that no procedure uses at the moment', () => {
  const memory = stack();
  const [one, other] = [new WindowFile(), new WindowFile()];
  for (const windows of [one, other]) {
    descend(windows, memory, 1);
    if (windows === other) windows.r[L0] = 1;
    windows.restore(memory);
  }
  expect(one.r).toEqual(other.r);
  expect(one.state()).not.toEqual(other.state());
});

test('state has every register of the current window', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  descend(windows, memory, 9);
  const before = windows.state();
  for (let register = 1; register < 32; register++) {
    windows.r[register]!++;
    expect(windows.state()).not.toEqual(before);
    windows.r[register]!--;
    expect(windows.state()).toEqual(before);
  }
});

test('a fork shares nothing', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  descend(windows, memory, 9);
  const fork = windows.fork();
  const before = windows.state();
  expect(fork.state()).toEqual(before);
  descend(fork, stack(), 12);
  expect(windows.state()).toEqual(before);
});

test('a save area across a page boundary is spilled as a whole or not at all', () => {
  const memory = new Memory(true);
  memory.map(STACK, STACK + 0x1000, READ | WRITE, 'lower page');
  memory.map(STACK + 0x1000, STACK + 0x2000, READ, 'upper page');
  const windows = new WindowFile();
  windows.r[SP] = STACK + 0x1000 - 32;
  windows.r.fill(9, L0, I0);
  windows.save(memory);
  const [state, before] = [windows.state(), memory.fork()];
  expect(() => {
    windows.flush(memory);
  }).toThrow('protected');
  expect(windows.state()).toEqual(state);
  expect(memory.differingPages(before)).toEqual([]);
});
