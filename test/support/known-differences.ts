/**
 * Instructions on which a judge is known to differ from the interpreter, each with the reason. A sequence is
 * compared up to the first of them.
 *
 * All of them are mistakes of QEMU 7.2, and also of 5.0, on which Unicorn 2.0.1 is built.
 */
import type { CachingCore } from '#suture/isa/caching-core.js';
import { SparcHart } from '#suture/isa/sparc/hart.js';
import type { Instruction } from './sequences.js';

/** What is executed next, where, and what set the condition codes last. */
export interface Step {
  instruction: Instruction;
  core: CachingCore;
  lastCodes: string;
}

interface KnownDifference {
  /** What QEMU does, and what the manual says instead. */
  reason: string;
  applies(step: Step): boolean;
}

const isNan = (bits: bigint, double: boolean): boolean =>
  double ? (bits & (2n ** 63n - 1n)) > 0x7ff0000000000000n : (bits & 0x7fffffffn) > 0x7f800000n;

const isNegative = (bits: bigint, double: boolean): boolean => bits >> (double ? 63n : 31n) !== 0n;

/** A floating-point operand of a SPARC instruction: field `fs1` or `ds1`, and so on. */
function operand(
  { instruction: { fields }, core }: Step,
  number: 1 | 2,
): { bits: bigint; double: boolean } | undefined {
  if (!(core instanceof SparcHart)) return undefined;
  const single = fields[`fs${number}`];
  const double = fields[`ds${number}`];
  if (single !== undefined) return { bits: BigInt(core.floats.words[single ^ 1]! >>> 0), double: false };
  if (double !== undefined) return { bits: core.floats.bits[double / 2]!, double: true };
  return undefined;
}

/** Instructions that leave the carry clear. */
const CLEARS_CARRY = /^(and|andn|or|orn|xor|xnor|umul|smul|udiv|sdiv)cc$/;
/** Instructions that set the integer condition codes. */
export const SETS_CODES =
  /^((add|sub)x?|and|andn|or|orn|xor|xnor|[us]mul|[us]div|t(add|sub)|muls)cc$|^wrccr$/;

const SPARC: readonly KnownDifference[] = [
  {
    reason: `Of two NaNs QEMU takes the one with the larger fraction, as an x87 does. SPARC takes rs2 when both
      are of one kind, and the signalling one otherwise (Version 9, appendix B.2.2).`,
    applies(step) {
      if (!/^f(s?mul|add|sub|div)[sd]$/.test(step.instruction.row.name)) return false;
      const [a, b] = [operand(step, 1)!, operand(step, 2)!];
      return isNan(a.bits, a.double) && isNan(b.bits, b.double);
    },
  },
  {
    reason: `A NaN becomes the largest integer in QEMU. On SPARC it becomes the smallest one when its sign bit is
      set (Version 9, appendix B.5).`,
    applies(step) {
      if (!/^f[sd]to[ix]$/.test(step.instruction.row.name)) return false;
      const { bits, double } = operand(step, 2)!;
      return isNan(bits, double) && isNegative(bits, double);
    },
  },
  {
    reason: `QEMU tells the invalid operation, a signalling NaN, not here but with the next operation that can have
      an exception. On SPARC it belongs to fstod (Version 8, appendix B.31).`,
    applies(step) {
      if (step.instruction.row.name !== 'fstod') return false;
      const { bits } = operand(step, 2)!;
      return isNan(bits, false) && (bits & 0x400000n) === 0n;
    },
  },
  {
    reason: `After an instruction that clears the carry QEMU adds as addcc does, but goes on to compute the
      condition codes as for the instruction before. addxcc sets them as addcc does (Version 8, appendix B.12).`,
    applies: ({ instruction, lastCodes }) =>
      /^(add|sub)xcc$/.test(instruction.row.name) && CLEARS_CARRY.test(lastCodes),
  },
  {
    reason: `QEMU subtracts rs1 from rs2, and the Visual Instruction Set rs2 from rs1 (User's Manual, "Partitioned
      Add/Subtract Instructions").`,
    applies: ({ instruction }) => instruction.row.name.startsWith('fpsub'),
  },
];

/** Why a judge that is built on QEMU may differ on what is executed next; undefined when it may not. */
export function knownDifference(step: Step): string | undefined {
  const known = step.core instanceof SparcHart ? SPARC : [];
  return known.find((difference) => difference.applies(step))?.reason;
}
