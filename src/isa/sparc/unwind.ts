/**
 * Walks a SPARC stack by register windows.
 *
 * A procedure that has executed `save` has its return address in i7 and its caller's stack pointer in i6 of
 * its own window; the windows that are still in the register file are read there, since what lies in their
 * stack frames is stale. Before `save`, and in a leaf, the return address is in o7 of the caller's window.
 * Call-frame information tells which of the two holds at a pc.
 *
 * Both registers hold the address of the `call` itself: execution goes on 8 bytes behind it, or 12 when an
 * `unimp` follows, which marks a call that expects a structure.
 *
 * A signal handler begins in the window of what it interrupted; the interrupted outs and globals are in the
 * signal frame.
 *
 * Source: System V ABI SPARC Processor Supplement, "Function Calling Sequence".
 */
import type { FrameRule } from '../../elf/index.js';
import type { Core } from '../core.js';
import { Trail, type CallThatReturns, type StackWalk, type WalkContext } from '../unwind.js';
import { O7 } from './abi.js';
import { moveToO7 } from './body.js';
import type { SparcHart } from './hart.js';
import { SparcV9Hart } from './hart-v9.js';
import { callsSigreturn, contextRestoredAt } from './signal-frame.js';
import {
  displacement,
  isBranch,
  isCall,
  isCallOrLinkingJump,
  isJump,
  isRestore,
  isReturn,
  takesReturnAway,
  WORD,
} from './transfers.js';

const G1 = 1;
/** In the delay slot of a leaf's tail call, which has written o7. */
const O7_FROM_G1 = moveToO7(G1);
const O6 = 6;
const I7 = 7;
const INS_IN_FRAME = 32;
const STACK_POINTER = 14;
const RETURN_REGISTER = 15;
const RETURN_IN_WINDOW = 31;

type Eight = readonly (number | undefined)[];

/** The ins and outs of windows outwards from the current one, from the file first and from memory beyond. */
class Windows {
  private readonly insOf: Eight[];
  /** Outs that a signal frame holds, by window: the handler has its own. */
  private readonly interrupted = new Map<number, Eight>();

  constructor(
    private readonly core: SparcHart,
    private readonly read32: WalkContext['read32'],
  ) {
    this.insOf = core.liveWindows().map(({ ins }) => [...ins].map((value) => value >>> 0));
  }

  ins(k: number): Eight {
    while (this.insOf.length <= k) {
      const sp = this.insOf.at(-1)?.[O6];
      this.insOf.push(
        Array.from({ length: 8 }, (_, i) =>
          sp === undefined ? undefined : this.read32(sp + INS_IN_FRAME + 4 * i),
        ),
      );
    }
    return this.insOf[k]!;
  }

  outs(k: number): Eight {
    const interrupted = this.interrupted.get(k);
    if (interrupted !== undefined) return interrupted;
    if (k > 0) return this.ins(k - 1);
    return Array.from({ length: 8 }, (_, i) => this.core.get(8 + i) >>> 0);
  }

  restoreOuts(k: number, outs: Eight): void {
    this.interrupted.set(k, outs);
  }
}

/** Where an activation stands: at a pc, with the nPC and registers that go with it, or behind a call. */
type Position =
  | { stands: 'at'; pc: number; nPc: number; g1: number | undefined }
  | { stands: 'behind-call'; pc: number; call: number };

export function walk({ core, read32, ruleAt, stackTop }: WalkContext): StackWalk {
  const sparc = core as SparcHart;
  const wide = sparc instanceof SparcV9Hart;
  const word = (address: number): number | undefined => {
    const value = read32(address >>> 0);
    return value === undefined ? undefined : value >>> 0;
  };
  const windows = new Windows(sparc, word);
  const trail = new Trail(stackTop);
  let at: Position = { stands: 'at', pc: sparc.pc, nPc: sparc.nPc, g1: core.get(G1) >>> 0 };
  let window = 0;
  let sp = windows.outs(window)[O6] ?? 0;
  while (!trail.isEndless) {
    const { pc, stands } = at;
    const interrupted = contextRestoredAt(pc, sp, wide, word);
    if (interrupted !== undefined) {
      trail.addSignalFrame(sp, pc, interrupted);
      windows.restoreOuts(window, interrupted.outs);
      sp = windows.outs(window)[O6] ?? 0;
      at = { stands: 'at', ...interrupted };
      continue;
    }
    const within = at.stands === 'at' ? pc : (at.call + 7) >>> 0;
    const inDelaySlot = at.stands === 'at' && at.nPc !== pc + WORD;
    const resume = at.stands === 'at' && inDelaySlot ? [pc, at.nPc] : [pc];
    const rule = ruleAt(within);
    const where = rule?.registers.get(RETURN_REGISTER);
    const end = (complete: boolean): StackWalk => {
      trail.add(sp, { resume, within, stands, frameEnd: sp, returnsTo: undefined, reliable: complete });
      return trail.end(complete);
    };
    if (rule === undefined) return end(false);
    if (where?.kind === 'undefined') return end(true);
    // Behind `return`, in its delay slot, the window is the caller's already, and so it is from a `restore` on that
    // stands before a jump through o7, as compilers have it when they do not optimize: of neither a rule tells.
    const [here, before] = [word(pc) ?? 0, word(pc - WORD) ?? 0];
    const slotOfReturn = inDelaySlot && (isReturn(before) || returnsThroughO7(before));
    const gaveWindowBack = at.stands === 'at' && (slotOfReturn || (!inDelaySlot && returnsThroughO7(here)));
    const saved = rule.windowSaved && !gaveWindowBack;
    let call: number | undefined;
    if (saved) call = windows.ins(window)[I7];
    // Without a window of its own, only what was interrupted still has its return address in a register.
    else if (at.stands === 'at') {
      const inG1 =
        (inDelaySlot && here === O7_FROM_G1) || (where?.kind === 'register' && where.register === G1);
      call = inG1 ? at.g1 : windows.outs(window)[I7];
    }
    // A leaf may make room on the stack without a window.
    const room = rule.cfaRegister === STACK_POINTER && !rule.windowSaved ? rule.cfaOffset : 0;
    const fp = saved ? windows.ins(window)[O6] : sp + room;
    if (call === undefined || fp === undefined || !trail.canReach(sp, fp)) return end(false);
    const expectsStructure = (word(call + 8) ?? -1) >>> 22 === 0;
    const returnsTo = (call + (expectsStructure ? 12 : 8)) >>> 0;
    if (slotOfReturn && at.stands === 'at' && returnsTo !== at.nPc) return end(false);
    trail.add(sp, { resume, within, stands, frameEnd: fp, returnsTo, reliable: true });
    at = { stands: 'behind-call', pc: returnsTo, call };
    if (saved) window++;
    sp = fp;
  }
  return trail.end(false);
}

/** Whether a handler that finds `word` in o7 or i7 returns to code that calls sigreturn. */
export const returnsFromSignal = (word: number, read32: WalkContext['read32']): boolean =>
  callsSigreturn((word + 2 * WORD) >>> 0, (at) => {
    const code = read32(at);
    return code === undefined ? undefined : code >>> 0;
  });

/**
 * The call whose own address `word` is, as o7 and i7 hold it, and the one that returns to `word`, as contexts may
 * hold it; there may be an `unimp` between.
 */
export function callsThatLeft(word: number, read32: WalkContext['read32']): CallThatReturns[] {
  if (word % WORD !== 0) return [];
  const at = (address: number): number => (address < 0 ? -1 : (read32(address) ?? -1)) >>> 0;
  const behind = (call: number): CallThatReturns => {
    const expectsStructure = at(call + 2 * WORD) >>> 22 === 0;
    return { call, returnsTo: call + (expectsStructure ? 3 : 2) * WORD };
  };
  return [word, word - 2 * WORD, word - 3 * WORD]
    .filter((call) => isCallOrLinkingJump(at(call)))
    .map(behind)
    .filter(({ call, returnsTo }) => call === word || returnsTo === word);
}

/** Every register value that could be a code address: globals, outs, and all windows in the file. */
export function codeWords(core: Core): number[] {
  const current = Array.from({ length: 32 }, (_, i) => core.get(i) >>> 0);
  const file = (core as SparcHart).liveWindows().flatMap(({ locals, ins }) => [...locals, ...ins]);
  return [...current, ...file.map((value) => value >>> 0)];
}

/**
 * `return` is one; a jmpl that links nothing is a return or a jump table; a transfer out of the procedure is a tail call, for
 * a `call` only when its delay slot takes the window or the return address away. A jump that keeps the window, but
 * for one through i7, is one of a jump table.
 */
export function exits(
  code: Uint8Array,
  ruleAt: (offset: number) => FrameRule | undefined = () => undefined,
): number[] {
  const offsets: number[] = [];
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  for (let offset = 0; offset + WORD <= code.length; offset += WORD) {
    const word = view.getUint32(offset);
    const delay = offset + 2 * WORD <= code.length ? view.getUint32(offset + WORD) : 0;
    const target = isCall(word) || isBranch(word) ? offset + displacement(word) : undefined;
    const away = target !== undefined && (target < 0 || target >= code.length);
    const comesBack = isCall(word) && !takesReturnAway(delay);
    const keepsWindow = ruleAt(offset)?.windowSaved === true && !isRestore(delay);
    const throughTable = keepsWindow && rs1Of(word) !== RETURN_IN_WINDOW && !returnsThroughO7(word);
    const leaves = isJump(word) ? !throughTable : isReturn(word);
    if (leaves || (away && !comesBack)) offsets.push(offset);
  }
  return offsets;
}

/** `retl`, a jump through o7 that links nothing. */
const returnsThroughO7 = (word: number): boolean => isJump(word) && rs1Of(word) === O7;

const rs1Of = (word: number): number => (word >>> 14) & 31;
