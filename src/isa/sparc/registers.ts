/**
 * Where the registers of all windows lie.
 *
 * The outs of a window are the ins of the next lower one. So that the core reaches every register in one access
 * and a window need not be copied to become the current one, each window is an array over the file that overlaps
 * with its caller's:
 *
 *     window w       outs  sink  globals  locals  ins
 *     window w + 1                                outs  sink  globals  locals  ins
 *
 * Two things are left to do when the window changes. Every window has globals of its own, which are taken along.
 * And the file is a line, where the architecture has a ring: the outs of window 0 are the ins of the last
 * window, at the end of the file. Both are up to date in the window of the two that is current, else at the end.
 *
 * Source: The SPARC Architecture Manual, Version 8, section 4.2 "Registers", "Windowed r Registers".
 */
import type { Bus } from '../core.js';

export const NWINDOWS = 8;
/** Registers in each of globals, outs, locals and ins. */
export const HALF = 8;
/** Locals and ins: the words of a window's save area. */
export const WINDOW = 2 * HALF;

/** Places in a window's array: the first of each kind. Enums, so that loops see literals. */
const enum First {
  outs = 0,
  globals = 9,
  locals = 17,
  ins = 25,
}

/** From one window to the next higher one. */
const STRIDE = First.ins - First.outs;
/** The ins of the last window. */
const END = NWINDOWS * STRIDE;
const FIRST_OUT = 8;

/** Places that have a meaning of their own in the core. */
export const enum Place {
  /** What is written to g0 goes here; nobody reads it. */
  sink = 8,
  g0 = 9,
  g1 = 10,
  o7 = 7,
}

/** Where register `number` is in a window's array. */
export function placeOf(number: number): number {
  if (number < FIRST_OUT) return First.globals + number;
  return number < FIRST_OUT + HALF
    ? First.outs + number - FIRST_OUT
    : First.locals + number - FIRST_OUT - HALF;
}

/** The second register of a pair, of which the first is at `place`, or written there. */
export const secondOf = (place: number): number => (place === (Place.sink as number) ? Place.g1 : place + 1);

/** Where the value is read that is exchanged with one written to `place`. */
export const sourceOf = (place: number): number => (place === (Place.sink as number) ? Place.g0 : place);

/** One word of each register of all windows. */
export class RegisterFile {
  private readonly words = new Int32Array(END + HALF);
  private readonly windows = Array.from({ length: NWINDOWS }, (_, w) =>
    this.words.subarray(w * STRIDE, (w + 1) * STRIDE + HALF),
  );

  /** The registers of a window at their places. It must have been entered, see `enter`. */
  window(number: number): Int32Array {
    return this.windows[number]!;
  }

  /** Takes along what the next window has in common with the one that is left. */
  enter(next: number, left: number): void {
    const { words } = this;
    copyEight(words, left * STRIDE + First.globals, next * STRIDE + First.globals);
    if (left === 0) this.closeRing(left);
    if (next === 0) this.openRing();
  }

  /** Word `index` of the locals and ins of a window that is not current. */
  saved(window: number, index: number): number {
    return this.words[window * STRIDE + First.locals + index]!;
  }

  /** A copy of the locals and ins of any window. */
  localsAndIns(window: number, current: number): Int32Array {
    this.closeRing(current);
    const at = window * STRIDE + First.locals;
    return this.words.slice(at, at + WINDOW);
  }

  /** Stores the locals and ins of a window that is not current. @throws MemoryFault; nothing changed then. */
  spill(bus: Bus, address: number, window: number, current: number): void {
    this.closeRing(current);
    bus.storeBlock(address, this.words, window * STRIDE + First.locals);
  }

  /** Loads the locals and ins of a window that is not current. @throws MemoryFault; nothing changed then. */
  fill(bus: Bus, address: number, window: number): void {
    bus.loadBlock(address, this.words, window * STRIDE + First.locals);
  }

  /** Globals, then locals and ins of every window. */
  state(current: number): Int32Array {
    this.closeRing(current);
    const state = new Int32Array(HALF + NWINDOWS * WINDOW);
    const globals = current * STRIDE + First.globals;
    state.set(this.words.subarray(globals, globals + HALF));
    for (let w = 0; w < NWINDOWS; w++) state.set(this.localsAndIns(w, current), HALF + w * WINDOW);
    return state;
  }

  /** Takes over what `state` gave, and returns what follows it. */
  restoreState(state: Int32Array, current: number): Int32Array {
    const { words } = this;
    for (let w = 0; w < NWINDOWS; w++) {
      const from = HALF + w * WINDOW;
      words.set(state.subarray(from, from + WINDOW), w * STRIDE + First.locals);
    }
    if (current === 0) this.openRing();
    words.set(state.subarray(0, HALF), current * STRIDE + First.globals);
    return state.subarray(HALF + NWINDOWS * WINDOW);
  }

  /** Forgets the words of a window that is not current. */
  clear(window: number): void {
    const at = window * STRIDE + First.locals;
    this.words.fill(0, at, at + WINDOW);
  }

  copyFrom(other: RegisterFile): void {
    this.words.set(other.words);
  }

  /** Brings the end of the file up to date. */
  private closeRing(current: number): void {
    if (current !== 0) return;
    copyEight(this.words, First.outs, END);
  }

  /** Brings window 0 up to date. */
  private openRing(): void {
    copyEight(this.words, END, First.outs);
  }
}

/** Word by word, which for so few is faster than a loop or the host's own copying. */
function copyEight(words: Int32Array, from: number, to: number): void {
  words[to] = words[from]!;
  words[to + 1] = words[from + 1]!;
  words[to + 2] = words[from + 2]!;
  words[to + 3] = words[from + 3]!;
  words[to + 4] = words[from + 4]!;
  words[to + 5] = words[from + 5]!;
  words[to + 6] = words[from + 6]!;
  words[to + 7] = words[from + 7]!;
}
