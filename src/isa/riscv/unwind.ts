/**
 * Walks a RISC-V stack by call-frame information.
 *
 * There is no other way: nothing in a frame says where the return address is, and a leaf keeps it in ra.
 * Source: RISC-V ELF psABI, "DWARF register numbers" (x0..x31 are 0..31).
 */
import type { FrameRule } from '../../elf/index.js';
import type { Core } from '../core.js';
import { Trail, type Activation, type CallThatReturns, type StackWalk, type WalkContext } from '../unwind.js';
import { SP } from './abi.js';
import { callsSigreturn, contextRestoredAt } from './signal-frame.js';
import type { Xlen } from './table.js';
import { instructionSize, isLinkingJump, jumpTarget, returnsOrJumpsAway } from './text.js';

const REGISTERS = 32;

/** The registers as far as they are addresses: on RV64 many a value is none. */
function addresses(core: Core, xlen: Xlen): (number | undefined)[] {
  return Array.from({ length: REGISTERS }, (_, i) => {
    const value = core.get(i);
    if (xlen === 32) return value >>> 0;
    return value >= 0 && value < 2 ** 32 ? value : undefined;
  });
}

/** A saved register, if it is an address. */
function saved(read32: WalkContext['read32'], address: number, xlen: Xlen): number | undefined {
  if (xlen === 64 && read32(address + 4) !== 0) return undefined;
  const value = read32(address);
  return value === undefined ? undefined : value >>> 0;
}

/** The caller's registers; undefined where the rule does not tell. */
function callerRegisters(
  rule: FrameRule,
  registers: readonly (number | undefined)[],
  cfa: number,
  read: (address: number) => number | undefined,
): (number | undefined)[] {
  const caller = [...registers];
  for (const [number, where] of rule.registers) {
    if (number >= REGISTERS) continue;
    if (where.kind === 'memory') caller[number] = read(cfa + where.offset);
    else if (where.kind === 'register') caller[number] = registers[where.register];
    else if (where.kind === 'undefined') caller[number] = undefined;
  }
  caller[SP] = cfa;
  return caller;
}

export function walk({ core, read32, ruleAt, stackTop }: WalkContext, xlen: Xlen): StackWalk {
  const read = (address: number): number | undefined => saved(read32, address, xlen);
  const trail = new Trail(stackTop);
  let registers = addresses(core, xlen);
  let { pc } = core;
  let stands: Activation['stands'] = 'at';
  while (!trail.isEndless) {
    const sp = registers[SP] ?? 0;
    const interrupted = contextRestoredAt(pc, sp, xlen, (at) => unsigned(read32(at)), read);
    if (interrupted !== undefined) {
      trail.addSignalFrame(sp, pc, interrupted);
      ({ pc, registers } = interrupted);
      stands = 'at';
      continue;
    }
    const within = stands === 'at' ? pc : pc - 1;
    const rule = ruleAt(within);
    const base = rule && registers[rule.cfaRegister];
    const cfa = rule && base !== undefined ? (base + rule.cfaOffset) >>> 0 : undefined;
    const outermost = rule?.registers.get(rule.returnRegister)?.kind === 'undefined';
    const activation = { resume: [pc], within, stands, frameEnd: cfa ?? sp };
    if (rule === undefined || cfa === undefined || !trail.canReach(sp, cfa) || outermost) {
      trail.add(sp, { ...activation, returnsTo: undefined, reliable: outermost });
      return trail.end(outermost);
    }
    const caller = callerRegisters(rule, registers, cfa, read);
    const returnsTo = caller[rule.returnRegister];
    // A caller that keeps its return address where the callee had it would go on for ever.
    const stuck = stands === 'behind-call' && returnsTo === pc && cfa === sp;
    const reliable = returnsTo !== undefined && !stuck;
    trail.add(sp, { ...activation, returnsTo, reliable });
    if (!reliable) return trail.end(false);
    registers = caller;
    pc = returnsTo;
    stands = 'behind-call';
  }
  return trail.end(false);
}

const unsigned = (word: number | undefined): number | undefined =>
  word === undefined ? undefined : word >>> 0;

/** Every register value that could be a code address. */
export function codeWords(core: Core, xlen: Xlen): number[] {
  return addresses(core, xlen).filter((value) => value !== undefined);
}

/** Whether a handler that returns to `address` goes on in code that calls sigreturn. */
export function returnsFromSignal(address: number, read32: WalkContext['read32']): boolean {
  return callsSigreturn(address, (at) => unsigned(read32(at)));
}

/** The call of two or four bytes behind which `address` lies. */
export function callsThatLeft(address: number, read32: WalkContext['read32'], xlen: Xlen): CallThatReturns[] {
  return [4, 2]
    .map((size) => ({ call: address - size, returnsTo: address }))
    .filter(({ call }) => {
      const word = call >= 0 && call % 2 === 0 ? readHalves(call, read32) : undefined;
      if (word === undefined) return false;
      const bytes = Uint8Array.from([0, 8, 16, 24], (bit) => (word >>> bit) & 0xff);
      return call + instructionSize(bytes) === address && isLinkingJump(bytes, xlen);
    });
}

/** The 32 bits from a halfword on. */
function readHalves(address: number, read32: WalkContext['read32']): number | undefined {
  const low = read32(address - (address % 4));
  if (low === undefined || address % 4 === 0) return low;
  return (low >>> 16) | ((read32(address + 2) ?? 0) << 16);
}

/**
 * A jump through a register that links nothing is a return, a tail call, or a jump table: each may leave, but
 * not while the frame is held, for that would leave it behind.
 */
export function exits(
  code: Uint8Array,
  xlen: Xlen,
  ruleAt: (offset: number) => FrameRule | undefined = () => undefined,
): number[] {
  const offsets: number[] = [];
  const holdsFrame = (offset: number): boolean => {
    const rule = ruleAt(offset);
    return rule !== undefined && !(rule.cfaRegister === SP && rule.cfaOffset === 0);
  };
  for (let offset = 0; offset < code.length; offset += instructionSize(code.subarray(offset))) {
    const own = code.subarray(offset);
    if (returnsOrJumpsAway(own, xlen)) {
      if (!holdsFrame(offset)) offsets.push(offset);
    } else if (!isLinkingJump(own, xlen)) {
      const target = jumpTarget(own, offset, xlen);
      if (target !== undefined && target >= code.length) offsets.push(offset);
    }
  }
  return offsets;
}
