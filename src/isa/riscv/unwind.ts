/**
 * Walks a RISC-V stack by call-frame information.
 *
 * There is no other way: nothing in a frame says where the return address is, and a leaf keeps it in ra.
 * Source: RISC-V ELF psABI, "DWARF register numbers" (x0..x31 are 0..31).
 */
import type { FrameRule } from '../../elf/index.js';
import type { Core } from '../core.js';
import { MOST_ACTIVATIONS, type Activation, type StackWalk, type WalkContext } from '../unwind.js';
import { SP } from './abi.js';
import type { Xlen } from './table.js';
import { instructionSize, jumpTarget, returnsOrJumpsAway } from './text.js';

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
  const activations: Activation[] = [];
  let registers = addresses(core, xlen);
  let pc = core.pc;
  let within = pc;
  while (activations.length < MOST_ACTIVATIONS) {
    const sp = registers[SP] ?? 0;
    const rule = ruleAt(within);
    const base = rule && registers[rule.cfaRegister];
    const cfa = rule && base !== undefined ? (base + rule.cfaOffset) >>> 0 : undefined;
    const outermost = rule?.registers.get(rule.returnRegister)?.kind === 'undefined';
    const understood = rule !== undefined && cfa !== undefined && cfa >= sp && cfa <= stackTop;
    if (!understood || outermost) {
      activations.push({ resume: [pc], within, frameEnd: cfa ?? sp, returnsTo: undefined });
      return { activations, complete: outermost, scanFrom: sp };
    }
    const caller = callerRegisters(rule, registers, cfa, read);
    const returnsTo = caller[rule.returnRegister];
    activations.push({ resume: [pc], within, frameEnd: cfa, returnsTo });
    // A caller that keeps its return address where the callee had it would go on for ever.
    const stuck = activations.length > 1 && returnsTo === pc && cfa === sp;
    if (returnsTo === undefined || stuck) return { activations, complete: false, scanFrom: sp };
    registers = caller;
    pc = returnsTo;
    within = pc - 1;
  }
  return { activations, complete: false, scanFrom: registers[SP] ?? 0 };
}

/** Every register value that could be a code address. */
export function codeWords(core: Core, xlen: Xlen): number[] {
  return addresses(core, xlen).filter((value) => value !== undefined);
}

/** A jump through a register that links nothing is a return, a tail call, or a jump table: each may leave. */
export function exits(code: Uint8Array, xlen: Xlen): number[] {
  const offsets: number[] = [];
  for (let offset = 0; offset < code.length; offset += instructionSize(code.subarray(offset))) {
    const own = code.subarray(offset);
    if (returnsOrJumpsAway(own, xlen)) offsets.push(offset);
    else {
      const target = jumpTarget(own, offset, xlen);
      if (target !== undefined && target >= code.length) offsets.push(offset);
    }
  }
  return offsets;
}
