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
 * Source: The SPARC Architecture Manual, Version 8, section 4.2 "Registers", "Windowed r Registers"; System V
 * ABI, SPARC Processor Supplement, "The Stack Frame"; Linux, arch/sparc/kernel/wof.S and wuf.S.
 */
import { MemoryFault, type Access, type Bus } from '../core.js';
import { FP, I0, SP, WINDOW_SAVE_BYTES } from './abi.js';
import { HALF, NWINDOWS, placeOf, RegisterFile } from './registers.js';

const WRAP = NWINDOWS - 1;
/** Where i6 is among the locals and ins of a window. */
const SAVED_FP = HALF + FP - I0;

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
  /** Number of the current window. */
  cwp = NWINDOWS - 1;
  private readonly file = new RegisterFile();
  /** The registers of the current window at their places, see `placeOf`: in every window another array. */
  r = this.file.window(this.cwp);
  /** Number of the invalid window. With it just above the current one, nobody's caller is in the file. */
  private invalid = 0;

  /** The Window Invalid Mask. */
  get wim(): number {
    return 1 << this.invalid;
  }

  /** The register of this number in the current window. */
  get(register: number): number {
    return this.r[placeOf(register)]!;
  }

  set(register: number, value: number): void {
    if (register !== 0) this.r[placeOf(register)] = value;
  }

  /** Makes the next lower window current. @throws MemoryFault when a window cannot be spilled; nothing changed then. */
  save(bus: Bus): void {
    const next = (this.cwp - 1) & WRAP;
    if (next === this.invalid) this.spillOldest(bus);
    this.enter(next);
  }

  /** Makes the next higher window current. @throws MemoryFault when it cannot be filled; nothing changed then. */
  restore(bus: Bus): void {
    const next = (this.cwp + 1) & WRAP;
    if (next === this.invalid) this.fill(bus, next);
    this.enter(next);
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
    const live: LiveWindow[] = [];
    let sp = this.get(SP) >>> 0;
    let w = this.cwp;
    do {
      const words = this.file.localsAndIns(w, this.cwp);
      live.push({ sp, locals: words.slice(0, HALF), ins: words.slice(HALF) });
      // What a window calls its ins are the outs of the one that called it.
      sp = words[SAVED_FP]! >>> 0;
      w = (w + 1) & WRAP;
    } while (w !== this.invalid);
    return live;
  }

  /** CWP, number of the invalid window, globals, then locals and ins of every window, free ones too. */
  state(): Int32Array {
    return Int32Array.of(this.cwp, this.invalid, ...this.file.state(this.cwp));
  }

  /** Takes over what `state` gave, and returns what follows it. */
  restoreState(state: Int32Array): Int32Array {
    this.goTo(state[0]!);
    this.invalid = state[1]!;
    return this.file.restoreState(state.subarray(2), this.cwp);
  }

  fork(): WindowFile {
    const fork = new WindowFile();
    fork.copyFrom(this);
    return fork;
  }

  protected copyFrom(other: WindowFile): void {
    this.file.copyFrom(other.file);
    this.goTo(other.cwp);
    this.invalid = other.invalid;
  }

  protected enter(next: number): void {
    this.file.enter(next, this.cwp);
    this.goTo(next);
  }

  /** Makes a window current whose array is up to date. */
  protected goTo(window: number): void {
    this.cwp = window;
    this.r = this.file.window(window);
  }

  private spillOldest(bus: Bus): void {
    const oldest = (this.invalid - 1) & WRAP;
    const called = (oldest - 1) & WRAP;
    const sp = called === this.cwp ? this.get(FP) : this.file.saved(called, SAVED_FP);
    checkAligned('write', sp);
    this.file.spill(bus, sp, oldest, this.cwp);
    this.invalid = oldest;
  }

  /** Fills the caller's window, which then is the oldest. */
  protected fill(bus: Bus, window: number): void {
    const sp = this.get(FP);
    checkAligned('read', sp);
    this.file.fill(bus, sp, window);
    this.invalid = (window + 1) & WRAP;
  }
}

/**
 * Windows of V9 in a 32-bit process: beside every register its high half, which is lost when a window is
 * spilled, since stack frames have room for words only.
 *
 * Source: Linux, arch/sparc/include/asm/ttable.h, "Normal 32bit spill" and "Normal 32bit fill".
 */
export class WideWindowFile extends WindowFile {
  private readonly highFile = new RegisterFile();
  /** The high halves of `r`. */
  high = this.highFile.window(this.cwp);

  override state(): Int32Array {
    return Int32Array.of(...super.state(), ...this.highFile.state(this.cwp));
  }

  override restoreState(state: Int32Array): Int32Array {
    return this.highFile.restoreState(super.restoreState(state), this.cwp);
  }

  override fork(): WideWindowFile {
    const fork = new WideWindowFile();
    fork.highFile.copyFrom(this.highFile);
    fork.copyFrom(this);
    return fork;
  }

  protected override enter(next: number): void {
    this.highFile.enter(next, this.cwp);
    super.enter(next);
  }

  protected override goTo(window: number): void {
    super.goTo(window);
    this.high = this.highFile.window(window);
  }

  protected override fill(bus: Bus, window: number): void {
    super.fill(bus, window);
    this.highFile.clear(window);
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
