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
 * Source: System V ABI SPARC Processor Supplement, "Function Calling Sequence".
 */
import type { Core } from '../core.js';
import { MOST_ACTIVATIONS, type Activation, type StackWalk, type WalkContext } from '../unwind.js';
import { O7 } from './abi.js';
import type { SparcHart } from './hart.js';
import { displacement, isBranch, isCall, isJump, isRestore, isReturn, WORD } from './transfers.js';

const G1 = 1;
const O6 = 6;
const I7 = 7;
const INS_IN_FRAME = 32;
const RETURN_REGISTER = 15;

type Eight = readonly (number | undefined)[];

/** The ins and outs of windows outwards from the current one, from the file first and from memory beyond. */
class Windows {
  private readonly insOf: Eight[];

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
    if (k > 0) return this.ins(k - 1);
    return Array.from({ length: 8 }, (_, i) => this.core.get(8 + i) >>> 0);
  }
}

export function walk({ core, read32, ruleAt, stackTop }: WalkContext): StackWalk {
  const sparc = core as SparcHart;
  const windows = new Windows(sparc, read32);
  const activations: Activation[] = [];
  const { pc, nPc } = sparc;
  let resume: readonly number[] = nPc === pc + 4 ? [pc] : [pc, nPc];
  let within = pc;
  let window = 0;
  while (activations.length < MOST_ACTIVATIONS) {
    const sp = windows.outs(window)[O6] ?? 0;
    const rule = ruleAt(within);
    const where = rule?.registers.get(RETURN_REGISTER);
    const end = (complete: boolean): StackWalk => {
      activations.push({ resume, within, frameEnd: sp, returnsTo: undefined });
      return { activations, complete, scanFrom: sp };
    };
    if (rule === undefined) return end(false);
    if (where?.kind === 'undefined') return end(true);
    // Behind `return`, in its delay slot, the window is the caller's already, of which no rule tells.
    const gaveWindowBack = activations.length === 0 && nPc !== pc + 4 && isReturn(read32(pc - WORD) ?? 0);
    const saved = rule.windowSaved && !gaveWindowBack;
    let call: number | undefined;
    if (saved) call = windows.ins(window)[I7];
    else if (where?.kind === 'register' && where.register === G1) call = core.get(G1) >>> 0;
    // Without a window of its own, only the innermost activation still has its return address in o7.
    else if (activations.length === 0) call = windows.outs(window)[I7];
    const fp = saved ? windows.ins(window)[O6] : sp;
    if (call === undefined || fp === undefined || fp < sp || fp > stackTop) return end(false);
    const expectsStructure = (read32((call + 8) >>> 0) ?? -1) >>> 22 === 0;
    const returnsTo = (call + (expectsStructure ? 12 : 8)) >>> 0;
    if (gaveWindowBack && returnsTo !== nPc) return end(false);
    activations.push({ resume, within, frameEnd: fp, returnsTo });
    resume = [returnsTo];
    within = (call + 7) >>> 0;
    if (saved) window++;
  }
  return { activations, complete: false, scanFrom: windows.outs(window)[O6] ?? 0 };
}

/** Every register value that could be a code address: globals, outs, and all windows in the file. */
export function codeWords(core: Core): number[] {
  const current = Array.from({ length: 32 }, (_, i) => core.get(i) >>> 0);
  const file = (core as SparcHart).liveWindows().flatMap(({ locals, ins }) => [...locals, ...ins]);
  return [...current, ...file.map((value) => value >>> 0)];
}

/**
 * `return` is one; a jmpl that links nothing is a return or a jump table; a transfer out of the procedure is a tail call, for
 * a `call` only when its delay slot takes the window or the return address away.
 */
export function exits(code: Uint8Array): number[] {
  const offsets: number[] = [];
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  for (let offset = 0; offset + WORD <= code.length; offset += WORD) {
    const word = view.getUint32(offset);
    const delay = offset + 2 * WORD <= code.length ? view.getUint32(offset + WORD) : 0;
    const target = isCall(word) || isBranch(word) ? offset + displacement(word) : undefined;
    const away = target !== undefined && (target < 0 || target >= code.length);
    const comesBack = isCall(word) && !isRestore(delay) && !setsReturnAddress(delay);
    if (isJump(word) || isReturn(word) || (away && !comesBack)) offsets.push(offset);
  }
  return offsets;
}

/** An arithmetic instruction whose destination is o7. */
const setsReturnAddress = (word: number): boolean => word >>> 30 === 2 && ((word >>> 25) & 31) === O7;
