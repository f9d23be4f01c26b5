/**
 * Random sequences of instructions that end by themselves and touch nothing but an area of memory, so that any
 * machine can execute them and be compared with any other.
 *
 * A sequence is made of units, which make sense alone: an instruction, or several that prepare for one (an
 * address that is brought into the area, a branch and its delay slot). Transfers go forward, to the begin of a
 * later unit or to the end. Any unit can be left out, which is how a failing sequence is made short.
 */
import type { CachingCore } from '#suture/isa/caching-core.js';
import type { Isa } from '#suture/isa/isa.js';
import { encodeFields, type Field, type Pattern, type Values } from '#suture/isa/pattern.js';
import { SeededNumbers } from '#suture/process/random.js';

/** Where things are, here and in test/oracles/harness. */
export const LAYOUT = {
  /** Where sequences end. */
  leave: 0x100000,
  code: 0x100100,
  codeSize: 1024,
  area: 0x200000,
  areaSize: 8192,
} as const;

/** What generators need of a row of either table. */
export interface RowLike {
  name: string;
  pattern: Pattern;
}

export interface Instruction {
  row: RowLike;
  fields: Values;
  /** Where it goes, put into a field when addresses are known. */
  to?: Destination;
}

export interface Destination {
  field: string;
  /** Units left out on the way. */
  skip: number;
  /** Bytes that the field counts. */
  scale: 1 | 4;
  /** Instruction of the same unit from which the field counts; itself when absent. */
  from?: number;
}

export type Unit = readonly Instruction[];

export interface Sequence {
  seed: number;
  units: readonly Unit[];
  /** The area before, with the registers at its begin. */
  area: Uint8Array;
}

/** One instruction set, to make sequences of it and to load and store its registers. */
export interface Dialect {
  name: string;
  isa: Isa;
  /** What sequences are made of. */
  rows: readonly RowLike[];
  unit(random: Random): Unit;
  /** The jump to `LAYOUT.leave`, as units. */
  ending(address: number): Unit[];
  sizeOf(instruction: Instruction): number;
  area(random: Random): Uint8Array;
  /** What of the area's begin goes into registers, and back. */
  loadRegisters(core: CachingCore, area: DataView): void;
  storeRegisters(core: CachingCore, area: DataView): void;
  /** What the harness does when a sequence has ended, and has stored the registers. */
  finish?(core: CachingCore): void;
  /** Name of what lies at an offset of the area; undefined for what is not to be compared. */
  nameAt(offset: number): string | undefined;
}

/** Numbers from a seed, preferring those at which things go wrong. */
export class Random {
  private readonly numbers: SeededNumbers;

  constructor(seed: number) {
    this.numbers = new SeededNumbers(seed);
    // Neighbouring seeds are not to begin alike.
    for (let i = 0; i < 4; i++) this.numbers.next();
  }

  below(count: number): number {
    return this.numbers.next() % count;
  }

  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** 32 bits, signed. */
  word(): number {
    switch (this.below(6)) {
      case 0:
        return this.between(-3, 3);
      case 1:
        return this.pick([0x7fffffff, -0x80000000, -0x7fffffff, 0x7ffffffe, 0xffff, -0x10000]);
      case 2:
        return (1 << this.below(32)) - this.below(2);
      case 3:
        return this.between(-2048, 2047);
      default:
        return this.numbers.next() | 0;
    }
  }

  /** 64 bits, unsigned. */
  doubleword(): bigint {
    const high = this.chance(3) ? this.word() : this.pick([0, -1, this.word()]);
    return BigInt.asUintN(64, (BigInt(high) << 32n) | BigInt(this.word() >>> 0));
  }

  /** Bits of a single. */
  single(): number {
    const sign = this.below(2) << 31;
    switch (this.below(5)) {
      case 0:
        return (
          sign | this.pick([0, 1, 0x007fffff, 0x00800000, 0x7f7fffff, 0x7f800000, 0x7f800001, 0x7fc00000])
        );
      case 1:
        // Small integers, and halves of them.
        return new DataView(
          Float32Array.of((this.between(-64, 64) * (1 + this.below(2))) / 2).buffer,
        ).getInt32(0, true);
      case 2:
        // Around the sizes of integers.
        return sign | ((127 + this.pick([0, 23, 31, 32, 63, 64])) << 23) | (this.word() & 0x7fffff);
      default:
        return this.numbers.next() | 0;
    }
  }

  /** Bits of a double. */
  double(): bigint {
    const sign = BigInt(this.below(2)) << 63n;
    const fraction = this.doubleword() & 0xfffffffffffffn;
    switch (this.below(5)) {
      case 0:
        return (
          sign |
          this.pick([
            0n,
            1n,
            0xfffffffffffffn,
            1n << 52n,
            0x7fefffffffffffffn,
            0x7ffn << 52n,
            (0x7ffn << 52n) | 1n,
            0xfffn << 51n,
          ])
        );
      case 1:
        return new DataView(
          Float64Array.of((this.between(-64, 64) * (1 + this.below(2))) / 2).buffer,
        ).getBigUint64(0, true);
      case 2:
        return sign | (BigInt(1023 + this.pick([0, 31, 32, 52, 63, 64, -126, 127, -149])) << 52n) | fraction;
      default:
        return this.doubleword();
    }
  }

  /** Any value that a field can have. */
  field({ width, signed, segments }: Field): number {
    const lowest = Math.min(...segments.map((s) => s.to));
    const bits = width - lowest;
    const all =
      bits >= 32 ? this.word() : this.chance(2) ? this.below(2 ** bits) : this.word() & (2 ** bits - 1);
    const value = signed ? (all << (32 - bits)) >> (32 - bits) : all >>> 0;
    return value * 2 ** lowest;
  }
}

const MOST_UNITS = 24;

/** The sequence of a seed, always the same. */
export function sequenceOf(dialect: Dialect, seed: number): Sequence {
  const random = new Random(seed);
  const area = dialect.area(random);
  const units: Unit[] = [];
  const count = random.between(1, MOST_UNITS);
  const size = (unit: Unit): number => unit.reduce((sum, one) => sum + dialect.sizeOf(one), 0);
  const room = LAYOUT.codeSize - 64;
  for (let used = 0; units.length < count;) {
    const unit = dialect.unit(random);
    used += size(unit);
    if (used > room) break;
    units.push(unit);
  }
  return { seed, units, area };
}

/** Instructions with their addresses, the jump out of the sequence included. */
export function placed(
  dialect: Dialect,
  sequence: Sequence,
): { address: number; word: number; size: number }[] {
  const starts: number[] = [];
  let address: number = LAYOUT.code;
  for (const unit of sequence.units) {
    starts.push(address);
    for (const one of unit) address += dialect.sizeOf(one);
  }
  starts.push(address);
  const units = [...sequence.units, ...dialect.ending(address)];
  const all: { address: number; word: number; size: number }[] = [];
  let at: number = LAYOUT.code;
  for (const [index, unit] of units.entries()) {
    const addresses: number[] = [];
    for (const { row, fields, to } of unit) {
      const size = dialect.sizeOf({ row, fields });
      addresses.push(at);
      let values = fields;
      if (to !== undefined) {
        const target = starts[Math.min(index + 1 + to.skip, starts.length - 1)]!;
        const from = to.from === undefined ? at : addresses[to.from]!;
        values = { ...fields, [to.field]: (target - from) / to.scale };
      }
      all.push({ address: at, word: encodeFields(row.pattern, values), size });
      at += size;
    }
  }
  return all;
}

export function machineCode(dialect: Dialect, sequence: Sequence): Uint8Array {
  const code = new Uint8Array(LAYOUT.codeSize);
  const view = new DataView(code.buffer);
  for (const { address, word, size } of placed(dialect, sequence)) {
    const offset = address - LAYOUT.code;
    if (size === 2) view.setUint16(offset, word, !dialect.isa.bigEndian);
    else view.setUint32(offset, word, !dialect.isa.bigEndian);
  }
  return code;
}

export function listing(dialect: Dialect, sequence: Sequence): string[] {
  const code = machineCode(dialect, sequence);
  return placed(dialect, sequence).map(({ address, size }) => {
    const offset = address - LAYOUT.code;
    const text = dialect.isa.describe(code.subarray(offset, offset + size), address);
    return `  0x${address.toString(16)}  ${text}`;
  });
}

/**
 * The shortest sequence that still fails: units are left out as long as one can be. `fails` is asked about
 * several at once, and answers for each.
 */
export function shortest(sequence: Sequence, fails: (candidates: Sequence[]) => boolean[]): Sequence {
  let current = sequence;
  for (;;) {
    const { units } = current;
    const without = (i: number, ...instead: Unit[]): Sequence => ({
      ...current,
      units: [...units.slice(0, i), ...instead, ...units.slice(i + 1)],
    });
    const candidates = units.flatMap((unit, i): Sequence[] => [
      { ...current, units: units.slice(0, i) },
      { ...current, units: units.slice(i + 1) },
      without(i),
      ...parts(unit).map((part) => without(i, part)),
    ]);
    const failing = fails(candidates);
    const shorter = candidates
      .filter((_, i) => failing[i])
      .sort((a, b) => a.units.flat().length - b.units.flat().length)[0];
    if (shorter === undefined) return current;
    current = shorter;
  }
}

/** A unit without one of its instructions, unless some of them is lost without the others. */
function parts(unit: Unit): Unit[] {
  if (unit.length === 1 || unit.some(({ to }) => to !== undefined)) return [];
  return unit.map((_, left) => unit.filter((_one, i) => i !== left));
}
