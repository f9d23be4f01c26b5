/**
 * Register windows: the registers of the procedures that called each other, as far as they fit.
 *
 * The file is a ring of NWINDOWS windows. `save` moves CWP down by one, `restore` up by one. The outs of a
 * window are the ins of the next lower one, so the file holds locals and ins only. One window is invalid
 * (its bit is set in WIM) and separates the newest from the oldest:
 *
 *     cwp     cwp+1    ...    wim-1    wim    wim+1 ... cwp-1     (modulo NWINDOWS)
 *     newest  its caller      oldest   invalid, then free
 *
 * Entering the invalid window traps, and the kernel's handler makes room or brings the caller back. Both
 * handlers are built in here and do what those of Linux do: spill the oldest window to the 64 bytes at its
 * own stack pointer, or fill the caller's from there.
 *
 * The registers of the current window are kept apart in `r`, where the core reaches each in one access.
 *
 * Source: The SPARC Architecture Manual, Version 8, section 4.2 "Registers", "Windowed r Registers"; System V
 * ABI, SPARC Processor Supplement, "The Stack Frame"; Linux, arch/sparc/kernel/wof.S and wuf.S.
 */
import { MemoryFault, type Access, type Bus } from '../core.js';
import { FP, I0, L0, O0, SP, WINDOW_SAVE_BYTES } from './abi.js';

export const NWINDOWS = 8;
/** Locals and ins, then the words of a window in the file and in its save area. */
const HALF = 8;
const WINDOW = 2 * HALF;
const WRAP = NWINDOWS - 1;

/** A window that is still in the file, see `WindowFile.liveWindows`. */
export interface LiveWindow {
  /** o6 of this window, unsigned: where its locals and ins go when it is spilled. */
  sp: number;
  /** l0..l7. */
  locals: Int32Array;
  /** i0..i7. ins[7] is the address of the call that entered this window's procedure, ins[6] the caller's sp. */
  ins: Int32Array;
}

/** A window that could not be spilled: its locals and ins, and where they belong. */
export interface LostWindow {
  sp: number;
  words: readonly number[];
}

export class WindowFile {
  /** g0..g7, o0..o7, l0..l7, i0..i7 of the current window, and one more that takes what is written to g0. */
  readonly r = new Int32Array(33);
  /**
   * Locals and ins of window w at 16 w. Out of date for what `r` holds: locals and ins of the current window,
   * ins of the next lower one.
   */
  private readonly file = new Int32Array(NWINDOWS * WINDOW);
  /** Number of the current window. */
  cwp = NWINDOWS - 1;
  /** Number of the invalid window. With it just above the current one, nobody's caller is in the file. */
  private invalid = 0;

  /** The Window Invalid Mask. */
  get wim(): number {
    return 1 << this.invalid;
  }

  /** Makes the next lower window current. @throws MemoryFault when a window cannot be spilled; nothing changed then. */
  save(bus: Bus): void {
    const next = (this.cwp - 1) & WRAP;
    if (next === this.invalid) this.spillOldest(bus);
    this.enterLower(next);
  }

  /** Makes the next higher window current. @throws MemoryFault when it cannot be filled; nothing changed then. */
  restore(bus: Bus): void {
    const next = (this.cwp + 1) & WRAP;
    if (next === this.invalid) this.fill(bus, next);
    this.enterHigher(next);
  }

  /**
   * Spills every window but the current one, so that memory holds what an unwinder or another thread needs.
   *
   * @throws MemoryFault when one of them cannot be spilled; nothing changed then.
   */
  flush(bus: Bus): void {
    for (const { sp } of this.liveWindows().slice(1)) checkSaveArea(bus, sp);
    while (this.invalid !== ((this.cwp + 1) & WRAP)) this.spillOldest(bus);
  }

  /** Empties the file but for the current window, and returns the windows that memory cannot take, oldest first. */
  evict(bus: Bus): LostWindow[] {
    const lost: LostWindow[] = [];
    while (this.invalid !== ((this.cwp + 1) & WRAP)) {
      try {
        this.spillOldest(bus);
      } catch (error) {
        if (!(error instanceof MemoryFault)) throw error;
        const { sp, locals, ins } = this.liveWindows().at(-1)!;
        lost.push({ sp, words: [...locals, ...ins] });
        this.invalid = (this.invalid - 1) & WRAP;
      }
    }
    return lost;
  }

  /**
   * The windows in the file, the current one first, then its caller's, and so on outwards. The one after the
   * last is in memory, at the last one's ins[6]. Arrays are copies.
   */
  liveWindows(): LiveWindow[] {
    const { r, file } = this;
    const live = [{ sp: r[SP]! >>> 0, locals: r.slice(L0, L0 + HALF), ins: r.slice(I0, I0 + HALF) }];
    for (let w = (this.cwp + 1) & WRAP; w !== this.invalid; w = (w + 1) & WRAP) {
      // What a window calls its outs are the ins of the window it called.
      const sp = live.at(-1)!.ins[SP - O0]! >>> 0;
      const at = w * WINDOW;
      live.push({ sp, locals: file.slice(at, at + HALF), ins: file.slice(at + HALF, at + WINDOW) });
    }
    return live;
  }

  /** CWP, number of the invalid window, globals, then locals and ins of every window, free ones too. */
  state(): Int32Array {
    return Int32Array.of(this.cwp, this.invalid, ...registersOf(this.r, this.file, this.cwp));
  }

  /** Takes over what `state` gave, and returns what follows it. */
  restoreState(state: Int32Array): Int32Array {
    this.cwp = state[0]!;
    this.invalid = state[1]!;
    return restoreRegisters(state.subarray(2), this.r, this.file, this.cwp);
  }

  fork(): WindowFile {
    const fork = new WindowFile();
    fork.copyFrom(this);
    return fork;
  }

  protected copyFrom(other: WindowFile): void {
    this.r.set(other.r);
    this.file.set(other.file);
    this.cwp = other.cwp;
    this.invalid = other.invalid;
  }

  protected enterLower(next: number): void {
    moveToLower(this.r, this.file, this.cwp, next);
    this.cwp = next;
  }

  protected enterHigher(next: number): void {
    moveToHigher(this.r, this.file, this.cwp, next);
    this.cwp = next;
  }

  private spillOldest(bus: Bus): void {
    const oldest = (this.invalid - 1) & WRAP;
    const called = (oldest - 1) & WRAP;
    const { r, file } = this;
    const sp = called === this.cwp ? r[FP]! : file[called * WINDOW + HALF + (FP - I0)]!;
    checkSaveArea(bus, sp);
    for (let i = 0; i < WINDOW; i++) bus.store32((sp + 4 * i) | 0, file[oldest * WINDOW + i]!);
    this.invalid = oldest;
  }

  /** Fills the caller's window, which then is the oldest. */
  protected fill(bus: Bus, window: number): void {
    const sp = this.r[FP]!;
    checkAligned('read', sp);
    const words = new Int32Array(WINDOW);
    for (let i = 0; i < WINDOW; i++) words[i] = bus.load32((sp + 4 * i) | 0);
    this.file.set(words, window * WINDOW);
    this.invalid = (window + 1) & WRAP;
  }
}

/** Puts the registers of window `left` away and gets those of the next lower one. */
function moveToLower(r: Int32Array, file: Int32Array, left: number, next: number): void {
  const from = left * WINDOW;
  const entered = next * WINDOW;
  const below = ((next - 1) & WRAP) * WINDOW + HALF;
  for (let i = 0; i < HALF; i++) {
    file[from + i] = r[L0 + i]!;
    file[from + HALF + i] = r[I0 + i]!;
    r[I0 + i] = r[O0 + i]!;
    r[L0 + i] = file[entered + i]!;
    r[O0 + i] = file[below + i]!;
  }
}

/** Puts the registers of window `left` away and gets those of the next higher one. */
function moveToHigher(r: Int32Array, file: Int32Array, left: number, next: number): void {
  const from = left * WINDOW;
  const entered = next * WINDOW;
  const below = ((left - 1) & WRAP) * WINDOW + HALF;
  for (let i = 0; i < HALF; i++) {
    file[from + i] = r[L0 + i]!;
    file[below + i] = r[O0 + i]!;
    r[O0 + i] = r[I0 + i]!;
    r[L0 + i] = file[entered + i]!;
    r[I0 + i] = file[entered + HALF + i]!;
  }
}

/** Globals, then locals and ins of every window, where `r` holds what is newest. */
function registersOf(r: Int32Array, file: Int32Array, cwp: number): Int32Array {
  const all = new Int32Array(O0 + NWINDOWS * WINDOW);
  all.set(r.subarray(0, O0));
  all.set(file, O0);
  all.set(r.subarray(L0, I0 + HALF), O0 + cwp * WINDOW);
  all.set(r.subarray(O0, O0 + HALF), O0 + ((cwp - 1) & WRAP) * WINDOW + HALF);
  return all;
}

/** The opposite of `registersOf`. Returns what follows. */
function restoreRegisters(all: Int32Array, r: Int32Array, file: Int32Array, cwp: number): Int32Array {
  const rest = O0 + file.length;
  file.set(all.subarray(O0, rest));
  const below = ((cwp - 1) & WRAP) * WINDOW + HALF;
  r.set(all.subarray(0, O0));
  r.set(file.subarray(below, below + HALF), O0);
  r.set(file.subarray(cwp * WINDOW, (cwp + 1) * WINDOW), L0);
  return all.subarray(rest);
}

/**
 * Windows of V9 in a 32-bit process: beside every register its high half, which is lost when a window is
 * spilled, since stack frames have room for words only.
 *
 * Source: Linux, arch/sparc/include/asm/ttable.h, "Normal 32bit spill" and "Normal 32bit fill".
 */
export class WideWindowFile extends WindowFile {
  /** The high halves of `r`. */
  readonly high = new Int32Array(33);
  private readonly highFile = new Int32Array(NWINDOWS * WINDOW);

  override state(): Int32Array {
    return Int32Array.of(...super.state(), ...registersOf(this.high, this.highFile, this.cwp));
  }

  override restoreState(state: Int32Array): Int32Array {
    return restoreRegisters(super.restoreState(state), this.high, this.highFile, this.cwp);
  }

  override fork(): WideWindowFile {
    const fork = new WideWindowFile();
    fork.copyFrom(this);
    fork.high.set(this.high);
    fork.highFile.set(this.highFile);
    return fork;
  }

  protected override enterLower(next: number): void {
    moveToLower(this.high, this.highFile, this.cwp, next);
    super.enterLower(next);
  }

  protected override enterHigher(next: number): void {
    moveToHigher(this.high, this.highFile, this.cwp, next);
    super.enterHigher(next);
  }

  protected override fill(bus: Bus, window: number): void {
    super.fill(bus, window);
    this.highFile.fill(0, window * WINDOW, (window + 1) * WINDOW);
  }
}

function checkAligned(access: Access, sp: number): void {
  if ((sp & 7) !== 0) throw new MemoryFault(access, sp >>> 0, 'misaligned');
}

/** Tries both ends before anything changes, so that a fault leaves memory as it was. */
function checkSaveArea(bus: Bus, sp: number): void {
  checkAligned('write', sp);
  bus.checkWritable(sp);
  bus.checkWritable((sp + WINDOW_SAVE_BYTES - 4) | 0);
}
