import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FP, I0, I7, L0, O0, O7, SP } from '#suture/isa/sparc/abi.js';
import { NWINDOWS } from '#suture/isa/sparc/registers.js';
import { WideWindowFile, WindowFile } from '#suture/isa/sparc/windows.js';
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
  windows.set(SP, spAt(depth));
  windows.set(O7, 0x10000 + depth * 16);
  for (let i = 0; i < 8; i++) windows.set(L0 + i, depth * 100 + i);
  for (let i = 0; i < 6; i++) windows.set(O0 + i, depth * 100 + 50 + i);
}

/** Depth 0 is the activation that nobody called here. */
function descend(windows: WindowFile, memory: Memory, depth: number): void {
  label(windows, 0);
  for (let d = 1; d <= depth; d++) {
    windows.save(memory);
    label(windows, d);
  }
}

const registers = (windows: WindowFile, first: number, end: number): number[] =>
  Array.from({ length: end - first }, (_, i) => windows.get(first + i));

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
    expect(registers(windows, L0, I0)).toEqual(localsOf(depth));
    if (depth > 0) expect(registers(windows, I0, I7 + 1)).toEqual(insOf(depth));
    // What the callee got as ins are the caller's outs again.
    expect(windows.get(O0)).toBe(depth * 100 + 50);
    expect(windows.get(SP)).toBe(spAt(depth));
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
  const before = registers(windows, 0, 32);
  windows.flush(memory);
  expect(registers(windows, 0, 32)).toEqual(before);
  expect(windows.liveWindows()).toHaveLength(1);
  for (let depth = 1; depth < 5; depth++) {
    expect(words(memory, spAt(depth), 16)).toEqual([...localsOf(depth), ...insOf(depth)]);
  }
  expect(words(memory, spAt(5), 16)).toEqual(new Array(16).fill(0));
  for (let depth = 4; depth > 0; depth--) {
    windows.restore(memory);
    expect(registers(windows, L0, I7 + 1)).toEqual([...localsOf(depth), ...insOf(depth)]);
  }
});

test('after a flush, what memory says is what comes back', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  descend(windows, memory, 1);
  memory.store32(spAt(0), 4711);
  windows.flush(memory);
  memory.store32(spAt(0) + 4, 4712);
  windows.restore(memory);
  expect([windows.get(L0), windows.get(L0 + 1)]).toEqual([0, 4712]);
});

test('a window entered again still holds what was left in it', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  descend(windows, memory, 1);
  windows.restore(memory);
  windows.save(memory);
  expect(registers(windows, L0, I0)).toEqual(localsOf(1));
  expect(windows.get(O0)).toBe(150);
});

test('globals are common to all windows', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  windows.set(5, 55);
  descend(windows, memory, 9);
  expect(windows.get(5)).toBe(55);
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
    if (windows === other) windows.set(L0, 1);
    windows.restore(memory);
  }
  expect(registers(one, 0, 32)).toEqual(registers(other, 0, 32));
  expect(one.state()).not.toEqual(other.state());
});

test('state has every register of the current window', () => {
  const [windows, memory] = [new WindowFile(), stack()];
  descend(windows, memory, 9);
  const before = windows.state();
  for (let register = 1; register < 32; register++) {
    windows.set(register, windows.get(register) + 1);
    expect(windows.state()).not.toEqual(before);
    windows.set(register, windows.get(register) - 1);
    expect(windows.state()).toEqual(before);
  }
});

/** The manual's definition: register n of 8 and up in window w is word 16 w + n - 8 of a ring. */
class Ring {
  readonly words: number[] = new Array<number>(16 * NWINDOWS).fill(0);
  readonly globals: number[] = new Array<number>(8).fill(0);
  readonly memory = new Map<number, number>();
  cwp = NWINDOWS - 1;
  invalid = 0;

  at(window: number, register: number): number {
    return (16 * window + register - O0) & (16 * NWINDOWS - 1);
  }

  get(register: number): number {
    return register < O0 ? this.globals[register]! : this.words[this.at(this.cwp, register)]!;
  }

  set(register: number, value: number): void {
    if (register < O0) this.globals[register] = register === 0 ? 0 : value;
    else this.words[this.at(this.cwp, register)] = value;
  }

  save(): void {
    const next = (this.cwp - 1) & (NWINDOWS - 1);
    if (next === this.invalid) this.spillOldest();
    this.cwp = next;
  }

  restore(): void {
    const next = (this.cwp + 1) & (NWINDOWS - 1);
    if (next === this.invalid) {
      const sp = this.get(FP);
      for (let i = 0; i < 16; i++) this.words[this.at(next, L0 + i)] = this.memory.get(sp + 4 * i) ?? 0;
      this.invalid = (next + 1) & (NWINDOWS - 1);
    }
    this.cwp = next;
  }

  flush(): void {
    while (this.invalid !== ((this.cwp + 1) & (NWINDOWS - 1))) this.spillOldest();
  }

  private spillOldest(): void {
    this.invalid = (this.invalid - 1) & (NWINDOWS - 1);
    const sp = this.words[this.at(this.invalid, SP)]!;
    for (let i = 0; i < 16; i++) this.memory.set(sp + 4 * i, this.words[this.at(this.invalid, L0 + i)]!);
  }
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('set'), register: fc.nat(31), value: fc.nat(9999) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('save', 'restore'), times: fc.nat(NWINDOWS) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('flush', 'fork', 'state') }) },
);

test.each([WindowFile, WideWindowFile])('%o: registers are the ring that the manual describes', (Windows) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let windows: WindowFile = new Windows();
      const [ring, memory] = [new Ring(), stack()];
      let depth = 0;
      const enter = (): void => {
        for (const one of [windows, ring]) one.set(SP, spAt(depth));
      };
      enter();
      for (const what of steps) {
        if ('register' in what) {
          // Stack pointers stay what they are, so that every window has a place to go to.
          if (what.register !== SP && what.register !== FP) {
            for (const one of [windows, ring]) one.set(what.register, what.value);
          }
        } else if ('times' in what) {
          const end = Math.max(0, Math.min(100, depth + (what.kind === 'save' ? what.times : -what.times)));
          while (depth < end) {
            windows.save(memory);
            ring.save();
            depth++;
            enter();
          }
          for (; depth > end; depth--) {
            windows.restore(memory);
            ring.restore();
          }
        } else if (what.kind === 'flush') {
          windows.flush(memory);
          ring.flush();
        } else if (what.kind === 'fork') windows = windows.fork();
        else {
          const state = windows.state();
          windows = new Windows();
          expect(windows.restoreState(state)).toHaveLength(0);
        }
        expect(windows.cwp).toBe(ring.cwp);
        expect(windows.wim).toBe(1 << ring.invalid);
        expect(registers(windows, 0, 32)).toEqual(Array.from({ length: 32 }, (_, n) => ring.get(n)));
      }
      for (const [address, word] of ring.memory) expect(memory.load32(address)).toBe(word);
    }),
    { seed: 1, numRuns: 200 },
  );
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
  windows.set(SP, STACK + 0x1000 - 32);
  for (let i = L0; i < I0; i++) windows.set(i, 9);
  windows.save(memory);
  const [state, before] = [windows.state(), memory.fork()];
  expect(() => {
    windows.flush(memory);
  }).toThrow('protected');
  expect(windows.state()).toEqual(state);
  expect(memory.differingPages(before)).toEqual([]);
});
