import { describe, expect, test } from 'vitest';
import * as arithmetic from '#suture/isa/float/arithmetic.js';
import * as conversions from '#suture/isa/float/convert.js';
import type { Environment } from '#suture/isa/float/environment.js';
import { Format } from '#suture/isa/float/format.js';
import { Flag, FloatUnit, Order, Rounding, type FloatRules } from '#suture/isa/float/index.js';
import {
  DOUBLE,
  hardIntegers,
  hardOperands,
  QUAD,
  SINGLE,
  specialOperands,
  type Operands,
  type Widths,
} from '../support/floats.js';
import { Rationals, type Answer } from '../support/rationals.js';

const RISCV: FloatRules = { canonicalNan: true, tininess: 'after' };
const SPARC: FloatRules = { canonicalNan: false, tininess: 'before' };
const MODES = [
  Rounding.nearestEven,
  Rounding.towardZero,
  Rounding.down,
  Rounding.up,
  Rounding.nearestAway,
] as const;
const BOTH = [false, true] as const;
const SIGNS = BOTH.flatMap((product) => BOTH.map((addend) => [product, addend] as const));
const INTEGERS = [
  [32, true],
  [32, false],
  [64, true],
  [64, false],
] as const;

const formatOf = ({ exponentBits, fractionBits }: Widths): Format => new Format(exponentBits, fractionBits);
const hex = (...values: (bigint | number)[]): string => values.map((v) => v.toString(16)).join(' ');

type Outcome = readonly [result: bigint | number, flags: number];

/** Differences between two sides; the first few are all that anybody reads. */
class Differences {
  readonly seen: string[] = [];
  count = 0;

  expect(what: string, operands: readonly (bigint | number)[], ours: Outcome, right: Outcome): void {
    this.count++;
    if (ours[0] === right[0] && ours[1] === right[1]) return;
    if (this.seen.length < 5)
      this.seen.push(`${what}(${hex(...operands)}): ${hex(...ours)}, not ${hex(...right)}`);
  }

  finish(atLeast: number): void {
    expect(this.seen).toEqual([]);
    expect(this.count).toBeGreaterThan(atLeast);
  }
}

/** The integer core beside the definitions, in one format. */
class Sides {
  readonly differences = new Differences();
  private readonly environment: Environment;
  private readonly core: Format;
  private readonly rationals: Rationals;

  constructor(
    widths: Widths,
    private readonly tininess: 'before' | 'after',
  ) {
    this.environment = { rules: { canonicalNan: true, tininess }, flags: 0 };
    this.core = formatOf(widths);
    this.rationals = new Rationals(widths, tininess);
  }

  unary(a: bigint): void {
    const { core, environment: env, rationals } = this;
    for (const rm of MODES) {
      this.answer(
        'squareRoot',
        [a, rm],
        () => arithmetic.squareRoot(env, core, a, rm),
        rationals.squareRoot(a, rm),
      );
      for (const [bits, signed] of INTEGERS) {
        env.flags = 0;
        const ours = conversions.toInteger(env, core, a, rm, bits, signed);
        const { value, flags } = rationals.toInteger(a, rm, bits, signed);
        this.differences.expect(`toInteger ${bits}`, [a, rm], [ours, env.flags], [value, flags]);
      }
    }
  }

  binary(a: bigint, b: bigint): void {
    const { core, environment: env, rationals } = this;
    for (const rm of MODES) {
      const operands = [a, b, rm];
      this.answer('add', operands, () => arithmetic.add(env, core, a, b, rm), rationals.add(a, b, rm));
      this.answer(
        'subtract',
        operands,
        () => arithmetic.subtract(env, core, a, b, rm),
        rationals.subtract(a, b, rm),
      );
      this.answer(
        'multiply',
        operands,
        () => arithmetic.multiply(env, core, a, b, rm),
        rationals.multiply(a, b, rm),
      );
      this.answer(
        'divide',
        operands,
        () => arithmetic.divide(env, core, a, b, rm),
        rationals.divide(a, b, rm),
      );
    }
    for (const signaling of BOTH) {
      env.flags = 0;
      const ours = conversions.compare(env, core, a, b, signaling);
      const { order, flags } = rationals.compare(a, b, signaling);
      this.differences.expect('compare', [a, b], [ours, env.flags], [order, flags]);
    }
  }

  ternary(a: bigint, b: bigint, c: bigint, negateProduct: boolean, negateAddend: boolean): void {
    for (const rm of MODES) {
      this.answer(
        `multiplyAdd ${negateProduct} ${negateAddend}`,
        [a, b, c, rm],
        () => arithmetic.multiplyAdd(this.environment, this.core, a, b, c, negateProduct, negateAddend, rm),
        this.rationals.multiplyAdd(a, b, c, negateProduct, negateAddend, rm),
      );
    }
  }

  convert(a: bigint, to: Widths): void {
    const target = new Rationals(to, this.tininess);
    for (const rm of MODES) {
      const ours = (): bigint => conversions.convert(this.environment, this.core, formatOf(to), a, rm);
      this.answer('convert', [a, rm], ours, this.rationals.convert(a, target, rm));
    }
  }

  fromInteger(value: bigint): void {
    for (const rm of MODES) {
      const ours = (): bigint => conversions.fromInteger(this.environment, this.core, value, rm);
      this.answer('fromInteger', [value, rm], ours, this.rationals.fromInteger(value, rm));
    }
  }

  private answer(
    what: string,
    operands: readonly (bigint | number)[],
    ours: () => bigint,
    right: Answer,
  ): void {
    this.environment.flags = 0;
    const bits = ours();
    this.differences.expect(what, operands, [bits, this.environment.flags], [right.bits, right.flags]);
  }
}

const every = ({ exponentBits, fractionBits }: Widths): bigint[] =>
  Array.from({ length: 2 ** (1 + exponentBits + fractionBits) }, (_, bits) => BigInt(bits));

describe.each(['before', 'after'] as const)(
  'the core against fractions, tininess %s rounding',
  (tininess) => {
    test('every operand of a small format', () => {
      const small = { exponentBits: 3, fractionBits: 3 };
      const sides = new Sides(small, tininess);
      for (const a of every(small)) {
        sides.unary(a);
        for (const b of every(small)) sides.binary(a, b);
      }
      sides.differences.finish(80_000);
    });

    test('every multiplication and addition of a smaller one', () => {
      const smaller = { exponentBits: 2, fractionBits: 2 };
      const sides = new Sides(smaller, tininess);
      for (const a of every(smaller)) {
        for (const b of every(smaller)) {
          for (const c of every(smaller)) sides.ternary(a, b, c, (a & 1n) === 1n, (b & 1n) === 1n);
        }
      }
      sides.differences.finish(160_000);
    });

    test('every conversion between small formats', () => {
      const [wide, narrow] = [
        { exponentBits: 4, fractionBits: 6 },
        { exponentBits: 3, fractionBits: 3 },
      ];
      const down = new Sides(wide, tininess);
      for (const a of every(wide)) down.convert(a, narrow);
      down.differences.finish(10_000);
      const up = new Sides(narrow, tininess);
      for (const a of every(narrow)) up.convert(a, wide);
      for (let value = -70n; value <= 70n; value++) up.fromInteger(value);
      up.differences.finish(1_000);
    });

    test.each([
      ['single', SINGLE, 600],
      ['double', DOUBLE, 400],
      ['quadruple', QUAD, 10],
    ] as const)('hard operands, %s', (_name, widths, count) => {
      const sides = new Sides(widths, tininess);
      const operands = hardOperands(widths, 1);
      const integer = hardIntegers(2);
      for (let i = 0; i < count; i++) {
        const [a, b, c] = operands();
        sides.unary(a);
        sides.binary(a, b);
        sides.ternary(a, b, c, (i & 1) === 1, (i & 2) === 2);
        for (const to of [SINGLE, DOUBLE]) sides.convert(a, to);
        sides.fromInteger(integer());
      }
      sides.differences.finish(count * 60);
    });
  },
);

/** One operation as the unit has it, on registers 0, 1, 2 into `d`, and as the core has it. */
interface Operation {
  name: string;
  format: Widths;
  /** Format of the result; without one it is returned. */
  result?: Widths;
  unit: (unit: FloatUnit, d: number, rm: Rounding, integer: bigint) => unknown;
  core: (env: Environment, operands: Operands, rm: Rounding, integer: bigint) => unknown;
}

const [F32, F64] = [formatOf(SINGLE), formatOf(DOUBLE)];

function operationsOf(format: Widths): Operation[] {
  const core = formatOf(format);
  const double = format === DOUBLE;
  const width = double ? 64 : 32;
  const result = { format, result: format };
  return [
    {
      ...result,
      name: 'add',
      unit: (u, d, rm) => {
        u[`add${width}` as const](d, 0, 1, rm);
      },
      core: (env, [a, b], rm) => arithmetic.add(env, core, a, b, rm),
    },
    {
      ...result,
      name: 'sub',
      unit: (u, d, rm) => {
        u[`sub${width}` as const](d, 0, 1, rm);
      },
      core: (env, [a, b], rm) => arithmetic.subtract(env, core, a, b, rm),
    },
    {
      ...result,
      name: 'mul',
      unit: (u, d, rm) => {
        u[`mul${width}` as const](d, 0, 1, rm);
      },
      core: (env, [a, b], rm) => arithmetic.multiply(env, core, a, b, rm),
    },
    {
      ...result,
      name: 'div',
      unit: (u, d, rm) => {
        u[`div${width}` as const](d, 0, 1, rm);
      },
      core: (env, [a, b], rm) => arithmetic.divide(env, core, a, b, rm),
    },
    {
      ...result,
      name: 'sqrt',
      unit: (u, d, rm) => {
        u[`sqrt${width}` as const](d, 0, rm);
      },
      core: (env, [a], rm) => arithmetic.squareRoot(env, core, a, rm),
    },
    ...SIGNS.map(([np, na]): Operation => ({
      ...result,
      name: `fma ${np} ${na}`,
      unit: (u, d, rm) => {
        u[`fma${width}` as const](d, 0, 1, 2, np, na, rm);
      },
      core: (env, [a, b, c], rm) => arithmetic.multiplyAdd(env, core, a, b, c, np, na, rm),
    })),
    {
      format,
      result: double ? SINGLE : DOUBLE,
      name: 'convert',
      unit: (u, d, rm) => {
        if (double) u.narrow(d, 0, rm);
        else u.widen(d, 0);
      },
      core: (env, [a], rm) => conversions.convert(env, core, double ? F32 : F64, a, rm),
    },
    ...(double
      ? []
      : [
          {
            format,
            result: DOUBLE,
            name: 'mulWide',
            unit: (u, d) => {
              u.mulWide(d, 0, 1);
            },
            core: (env, [a, b], rm) => conversions.multiplyWide(env, core, F64, a, b, rm),
          } satisfies Operation,
        ]),
    {
      ...result,
      name: 'fromInteger',
      unit: (u, d, rm, integer) => {
        u[`fromInteger${width}` as const](d, integer, rm);
      },
      core: (env, _operands, rm, integer) => conversions.fromInteger(env, core, integer, rm),
    },
    ...BOTH.map((signaling): Operation => ({
      format,
      name: `compare ${signaling}`,
      unit: (u) => u[`compare${width}` as const](0, 1, signaling),
      core: (env, [a, b]) => conversions.compare(env, core, a, b, signaling),
    })),
    ...INTEGERS.map(([bits, signed]): Operation => ({
      format,
      name: `toInteger ${bits} ${signed}`,
      unit: (u, _d, rm) => u[`toInteger${width}` as const](0, rm, bits, signed),
      core: (env, [a], rm) => conversions.toInteger(env, core, a, rm, bits, signed),
    })),
    ...BOTH.map((signed): Operation => ({
      format,
      name: `toWord ${signed}`,
      unit: (u, _d, rm) => u[`toWord${width}` as const](0, rm, signed),
      core: (env, [a], rm) => Number(BigInt.asIntN(32, conversions.toInteger(env, core, a, rm, 32, signed))),
    })),
  ];
}

/** Puts bit patterns into the first registers of their format. */
function load(unit: FloatUnit, format: Widths, operands: readonly bigint[]): void {
  for (const [k, bits] of operands.entries()) {
    if (format === DOUBLE) unit.bits[k] = bits;
    else unit.words[k] = Number(bits);
  }
}

const stored = (unit: FloatUnit, format: Widths, d: number): bigint =>
  format === DOUBLE ? unit.bits[d]! : BigInt(unit.words[d]! >>> 0);

describe.each([
  ['RISC-V', RISCV],
  ['SPARC', SPARC],
])('the unit against the core, rules of %s', (_name, rules) => {
  describe.each([
    ['doubles', DOUBLE],
    ['singles', SINGLE],
  ])('%s', (_format, format) => {
    test.each(operationsOf(format))('$name', ({ name, result, unit: ours, core }) => {
      const differences = new Differences();
      const special = specialOperands(format);
      const hard = hardOperands(format, 3);
      const integer = hardIntegers(4);
      const unit = new FloatUnit(8, rules);
      for (let i = 0; i < 5000; i++) {
        const abc = special[i] ?? hard();
        const value = integer();
        // To nearest most of the time, and with every combination of flags set before.
        const rm = MODES[i % 3 === 0 ? (i / 3) % 5 : 0]!;
        const before = i % 2 === 0 ? 0 : (i >> 1) & 31;
        // Now and then the result overwrites an operand.
        const d = i % 7 === 0 ? i % 3 : 5;
        unit.words.fill(0x12345678);
        load(unit, format, abc);
        const untouched = unit.words.slice();
        unit.flags = before;
        const returned = ours(unit, d, rm, value);
        const environment = { rules, flags: before };
        const right = core(environment, abc, rm, value) as bigint | number;
        const got = result === undefined ? (returned as bigint | number) : stored(unit, result, d);
        differences.expect(name, [...abc, value, rm, before], [got, unit.flags], [right, environment.flags]);
        if (result === DOUBLE) unit.bits[d] = new BigUint64Array(untouched.buffer)[d]!;
        else unit.words[d] = untouched[d]!;
        const changed = unit.words.findIndex((word, k) => word !== untouched[k]);
        differences.expect(`${name} elsewhere`, abc, [changed, 0], [-1, 0]);
      }
      differences.finish(9_000);
    });
  });
});

/** A unit whose first doubles, or words, hold these. */
function doubles(rules: FloatRules, ...operands: bigint[]): FloatUnit {
  const unit = new FloatUnit(8, rules);
  load(unit, DOUBLE, operands);
  return unit;
}

function singles(rules: FloatRules, ...operands: bigint[]): FloatUnit {
  const unit = new FloatUnit(8, rules);
  load(unit, SINGLE, operands);
  return unit;
}

const outcome = (unit: FloatUnit, d: number): string => hex(unit.bits[d]!, unit.flags);

const ONE = 0x3ff0000000000000n;
const MINUS = 1n << 63n;
const INFINITY = 0x7ff0000000000000n;
const LARGEST = INFINITY - 1n;
const SMALLEST_NORMAL = 0x0010000000000000n;
const QUIET = 0x7ff8000000000000n;

// Source: IEEE Std 754-2019, 7.2 "Invalid operation", 7.3 "Division by zero", 6.3 "The sign bit".
test.each<[string, (unit: FloatUnit) => void, bigint[], bigint, number]>([
  [
    '0 * inf',
    (u) => {
      u.mul64(3, 0, 1, 0);
    },
    [0n, INFINITY],
    QUIET,
    Flag.invalid,
  ],
  [
    'inf - inf',
    (u) => {
      u.sub64(3, 0, 1, 0);
    },
    [INFINITY, INFINITY],
    QUIET,
    Flag.invalid,
  ],
  [
    'inf + -inf',
    (u) => {
      u.add64(3, 0, 1, 0);
    },
    [INFINITY, INFINITY | MINUS],
    QUIET,
    Flag.invalid,
  ],
  [
    '0 / 0',
    (u) => {
      u.div64(3, 0, 1, 0);
    },
    [0n, MINUS],
    QUIET,
    Flag.invalid,
  ],
  [
    'inf / inf',
    (u) => {
      u.div64(3, 0, 1, 0);
    },
    [INFINITY, INFINITY],
    QUIET,
    Flag.invalid,
  ],
  [
    'sqrt -1',
    (u) => {
      u.sqrt64(3, 0, 0);
    },
    [ONE | MINUS],
    QUIET,
    Flag.invalid,
  ],
  [
    'sqrt -inf',
    (u) => {
      u.sqrt64(3, 0, 0);
    },
    [INFINITY | MINUS],
    QUIET,
    Flag.invalid,
  ],
  [
    'sqrt -0',
    (u) => {
      u.sqrt64(3, 0, 0);
    },
    [MINUS],
    MINUS,
    0,
  ],
  [
    '1 / 0',
    (u) => {
      u.div64(3, 0, 1, 0);
    },
    [ONE, 0n],
    INFINITY,
    Flag.divideByZero,
  ],
  [
    '1 / -0',
    (u) => {
      u.div64(3, 0, 1, 0);
    },
    [ONE, MINUS],
    INFINITY | MINUS,
    Flag.divideByZero,
  ],
  [
    'inf / 0',
    (u) => {
      u.div64(3, 0, 1, 0);
    },
    [INFINITY, 0n],
    INFINITY,
    0,
  ],
  [
    '1 - 1',
    (u) => {
      u.sub64(3, 0, 1, 0);
    },
    [ONE, ONE],
    0n,
    0,
  ],
  [
    '1 - 1 down',
    (u) => {
      u.sub64(3, 0, 1, Rounding.down);
    },
    [ONE, ONE],
    MINUS,
    0,
  ],
  [
    '-0 + -0',
    (u) => {
      u.add64(3, 0, 1, Rounding.up);
    },
    [MINUS, MINUS],
    MINUS,
    0,
  ],
  [
    '0 * -1',
    (u) => {
      u.mul64(3, 0, 1, 0);
    },
    [0n, ONE | MINUS],
    MINUS,
    0,
  ],
  [
    '1 * 1 - 1',
    (u) => {
      u.fma64(3, 0, 0, 0, false, true, 0);
    },
    [ONE],
    0n,
    0,
  ],
  [
    '0 / inf',
    (u) => {
      u.div64(3, 0, 1, 0);
    },
    [0n, INFINITY],
    0n,
    0,
  ],
  [
    '1 / inf',
    (u) => {
      u.div64(3, 0, 1, 0);
    },
    [ONE, INFINITY],
    0n,
    0,
  ],
])('%s', (_name, operate, operands, bits, flags) => {
  const unit = doubles(RISCV, ...operands);
  operate(unit);
  expect(outcome(unit, 3)).toBe(hex(bits, flags));
});

// Source: IEEE Std 754-2019, 7.4 "Overflow".
test.each([
  [Rounding.nearestEven, INFINITY, INFINITY],
  [Rounding.towardZero, LARGEST, LARGEST],
  [Rounding.down, LARGEST, INFINITY],
  [Rounding.up, INFINITY, LARGEST],
  [Rounding.nearestAway, INFINITY, INFINITY],
])('overflow in mode %i', (rm, positive, negative) => {
  const unit = doubles(RISCV, LARGEST, LARGEST | MINUS);
  unit.add64(3, 0, 0, rm);
  expect(outcome(unit, 3)).toBe(hex(positive, Flag.overflow | Flag.inexact));
  unit.add64(3, 1, 1, rm);
  expect(outcome(unit, 3)).toBe(hex(negative | MINUS, Flag.overflow | Flag.inexact));
});

test('what is tiny only before rounding', () => {
  // (1 + 2^-52) (1 - 2^-52) 2^-1022 is less than the smallest normal number, by 2^-104 of it.
  const operands = [SMALLEST_NORMAL + 1n, ONE - 2n];
  const [after, before] = [doubles(RISCV, ...operands), doubles(SPARC, ...operands)];
  after.mul64(3, 0, 1, 0);
  before.mul64(3, 0, 1, 0);
  expect(outcome(after, 3)).toBe(hex(SMALLEST_NORMAL, Flag.inexact));
  expect(outcome(before, 3)).toBe(hex(SMALLEST_NORMAL, Flag.inexact | Flag.underflow));
  // Rounded to 53 bits, (1 - 2^-53) 2^-1022 is what it was, so it is tiny either way.
  const exactly = doubles(RISCV, SMALLEST_NORMAL, ONE - 1n);
  exactly.mul64(3, 0, 1, 0);
  expect(outcome(exactly, 3)).toBe(hex(SMALLEST_NORMAL, Flag.inexact | Flag.underflow));
});

test('an exact subnormal result does not underflow', () => {
  const unit = doubles(RISCV, 1n, SMALLEST_NORMAL, 0x3fe0000000000000n);
  unit.add64(3, 0, 0, 0);
  expect(outcome(unit, 3)).toBe(hex(2n, 0));
  unit.mul64(3, 1, 2, 0);
  expect(outcome(unit, 3)).toBe(hex(SMALLEST_NORMAL >> 1n, 0));
  unit.mul64(3, 0, 2, 0);
  expect(outcome(unit, 3)).toBe(hex(0n, Flag.inexact | Flag.underflow));
});

test('a product is not rounded before it is added', () => {
  // (1 + 2^-52)^2 - (1 + 2^-51) = 2^-104
  const unit = doubles(RISCV, ONE + 1n, ONE + 2n);
  unit.fma64(3, 0, 0, 1, false, true, 0);
  expect(outcome(unit, 3)).toBe(hex(BigInt(1023 - 104) << 52n, 0));
});

test('a product that is a little less than half a unit does not make a tie', () => {
  // c is odd, so that a tie would be rounded up. The product falls short by more than half a unit in the last
  // place of a double, or of the sum of the lower parts.
  const unit = new FloatUnit(8, RISCV);
  unit.doubles.set([1 + 5 * 2 ** -29, 2 ** -53 * (1 - 5 * 2 ** -29), 1 + 2 ** -52]);
  unit.fma64(3, 0, 1, 2, false, false, 0);
  expect([unit.doubles[3], unit.flags]).toEqual([1 + 2 ** -52, Flag.inexact]);
  unit.flags = 0;
  unit.singles.set([1 + 3 * 2 ** -16, 2 ** -24 * (1 - 3 * 2 ** -16), 1 + 2 ** -23]);
  unit.fma32(3, 0, 1, 2, false, false, 0);
  expect([unit.singles[3], unit.flags]).toEqual([1 + 2 ** -23, Flag.inexact]);
});

test('0 * inf plus a quiet NaN is invalid', () => {
  // Source: RISC-V Instruction Set Manual, Volume I, "Single-Precision Floating-Point Computational Instructions".
  const unit = doubles(RISCV, 0n, INFINITY, QUIET);
  unit.fma64(3, 0, 1, 2, false, false, 0);
  expect(outcome(unit, 3)).toBe(hex(QUIET, Flag.invalid));
});

describe('NaNs on RISC-V', () => {
  test.each([
    [QUIET | 5n, 0],
    [QUIET | MINUS | 5n, 0],
    [INFINITY | 5n, Flag.invalid],
  ])('%x gives the canonical one', (nan, flags) => {
    for (const operands of [
      [nan, ONE],
      [ONE, nan],
    ]) {
      const unit = doubles(RISCV, ...operands);
      unit.add64(3, 0, 1, 0);
      expect(outcome(unit, 3)).toBe(hex(QUIET, flags));
    }
  });

  // Source: RISC-V Instruction Set Manual, Volume I, table "Domains of float-to-integer conversions".
  test.each([
    [QUIET | MINUS, 32, true, 0x7fffffffn],
    [QUIET, 32, false, 0xffffffffn],
    [INFINITY | MINUS, 32, true, -0x80000000n],
    [INFINITY | MINUS, 32, false, 0n],
    [INFINITY, 64, true, 0x7fffffffffffffffn],
    [ONE | MINUS, 64, false, 0n],
    [0x41e0000000000000n, 32, true, 0x7fffffffn],
    [0x43f0000000000000n, 64, false, 0xffffffffffffffffn],
  ] as const)('%x to an integer of %i bits, signed %s', (operand, bits, signed, value) => {
    const unit = doubles(RISCV, operand);
    expect(unit.toInteger64(0, Rounding.towardZero, bits, signed)).toBe(value);
    expect(unit.flags).toBe(Flag.invalid);
  });
});

describe('NaNs on SPARC', () => {
  const [Q1, Q2, S1, S2] = [QUIET | 1n, QUIET | MINUS | 2n, INFINITY | 3n, INFINITY | MINUS | 4n];
  const quieted = 1n << 51n;

  // Source: The SPARC Architecture Manual, Version 8: Appendix N, "NaN Operand and Result Definitions".
  test.each([
    [ONE, Q2, Q2, 0],
    [Q1, ONE, Q1, 0],
    [Q1, Q2, Q2, 0],
    [ONE, S2, S2 | quieted, Flag.invalid],
    [S1, ONE, S1 | quieted, Flag.invalid],
    [S1, Q2, S1 | quieted, Flag.invalid],
    [Q1, S2, S2 | quieted, Flag.invalid],
    [S1, S2, S2 | quieted, Flag.invalid],
  ])('%x and %x', (a, b, result, flags) => {
    const unit = doubles(SPARC, a, b);
    const operations = [
      () => {
        unit.add64(3, 0, 1, 0);
      },
      () => {
        unit.sub64(3, 0, 1, 0);
      },
      () => {
        unit.mul64(3, 0, 1, 0);
      },
      () => {
        unit.div64(3, 0, 1, 0);
      },
    ];
    for (const operate of operations) {
      unit.flags = 0;
      operate();
      expect(outcome(unit, 3)).toBe(hex(result, flags));
    }
  });

  test('a product in a wider format has a NaN by the same rules', () => {
    const unit = singles(SPARC, 0x7f800001n, 0x7fc00002n, 0n, 0x7f800000n);
    unit.mulWide(3, 0, 1);
    expect(outcome(unit, 3)).toBe(hex(0x7ff8000020000000n, Flag.invalid));
    unit.flags = 0;
    unit.mulWide(3, 2, 3);
    expect(outcome(unit, 3)).toBe(hex(0x7fffffffffffffffn, Flag.invalid));
  });

  test('without a NaN operand every fraction bit is set', () => {
    const unit = doubles(SPARC, 0n);
    unit.div64(3, 0, 0, 0);
    expect(outcome(unit, 3)).toBe(hex(0x7fffffffffffffffn, Flag.invalid));
    const single = singles(SPARC, 0xbf800000n);
    single.sqrt32(3, 0, 0);
    expect([single.words[3], single.flags]).toEqual([0x7fffffff, Flag.invalid]);
  });

  test('conversions keep sign and upper fraction bits', () => {
    const unit = singles(SPARC, 0xff800001n, 0x7fc00005n);
    unit.widen(3, 0);
    expect(outcome(unit, 3)).toBe(hex(0xfff8000020000000n, Flag.invalid));
    unit.flags = 0;
    unit.widen(3, 1);
    expect(outcome(unit, 3)).toBe(hex(0x7ff80000a0000000n, 0));
    unit.narrow(0, 3, 0);
    expect([unit.words[0], unit.flags]).toEqual([0x7fc00005, 0]);
  });

  // Source: The SPARC Architecture Manual, Version 8: Appendix N, "Integer Overflow Definitions".
  test('an integer gets the sign of the NaN', () => {
    const unit = doubles(SPARC, Q1, Q2);
    expect(unit.toInteger64(0, Rounding.towardZero, 32, true)).toBe(0x7fffffffn);
    expect(unit.toWord64(1, Rounding.towardZero, true)).toBe(-0x80000000);
    expect(unit.flags).toBe(Flag.invalid);
  });
});

// Source: IEEE Std 754-2019, 5.11 "Details of comparison predicates".
test.each([
  [ONE, ONE | MINUS, Order.greater, 0, 0],
  [MINUS, 0n, Order.equal, 0, 0],
  [INFINITY | MINUS, LARGEST | MINUS, Order.less, 0, 0],
  [QUIET, ONE, Order.unordered, 0, Flag.invalid],
  [ONE, INFINITY | 1n, Order.unordered, Flag.invalid, Flag.invalid],
])('%x compared with %x', (a, b, order, quietFlags, signalingFlags) => {
  for (const [signaling, flags] of [
    [false, quietFlags],
    [true, signalingFlags],
  ] as const) {
    const unit = doubles(RISCV, a, b);
    expect([unit.compare64(0, 1, signaling), unit.flags]).toEqual([order, flags]);
  }
});

test('halves are rounded as each mode says', () => {
  const table = [
    [0.5, [0, 0, 0, 1, 1]],
    [1.5, [2, 1, 1, 2, 2]],
    [2.5, [2, 2, 2, 3, 3]],
    [-0.5, [0, 0, -1, 0, -1]],
    [-1.5, [-2, -1, -2, -1, -2]],
    [-2.5, [-2, -2, -3, -2, -3]],
  ] as const;
  const unit = new FloatUnit(1, RISCV);
  for (const [x, integers] of table) {
    unit.doubles[0] = x;
    for (const rm of MODES) {
      unit.flags = 0;
      expect([x, rm, unit.toInteger64(0, rm, 64, true)]).toEqual([x, rm, BigInt(integers[rm])]);
      expect(unit.flags).toBe(Flag.inexact);
    }
  }
});

test('-0.5 towards zero is an unsigned integer, -1 is not', () => {
  const unit = new FloatUnit(2, RISCV);
  unit.doubles.set([-0.5, -1]);
  expect([unit.toWord64(0, Rounding.towardZero, false), unit.flags]).toEqual([0, Flag.inexact]);
  expect([unit.toWord64(1, Rounding.towardZero, false), unit.flags]).toEqual([
    0,
    Flag.inexact | Flag.invalid,
  ]);
});

test('fromNumber32 is fromInteger32 of a safe integer', () => {
  const [ours, right] = [new FloatUnit(1, RISCV), new FloatUnit(1, RISCV)];
  for (const value of [0, 1, -1, 2 ** 24 + 1, -(2 ** 24) - 1, 2 ** 25 + 6, 2 ** 53 - 1, 1 - 2 ** 53]) {
    for (const rm of MODES) {
      ours.flags = 0;
      right.flags = 0;
      ours.fromNumber32(0, value, rm);
      right.fromInteger32(0, BigInt(value), rm);
      expect([value, rm, ours.words[0], ours.flags]).toEqual([value, rm, right.words[0], right.flags]);
    }
  }
});

test('the four views are one register file, low half first', () => {
  const unit = doubles(RISCV, 0n, 0x123456789abcdef0n);
  expect([hex(unit.words[2]! >>> 0), hex(unit.words[3]!)]).toEqual(['9abcdef0', '12345678']);
  unit.words[3] = 0x40490fdb;
  expect(unit.singles[3]).toBe(Math.fround(Math.PI));
  unit.bits[0] = ONE;
  expect(unit.doubles[0]).toBe(1);
});

test('a copy has registers, down to the payload of a NaN, and flags, and is on its own', () => {
  const unit = doubles(RISCV, INFINITY | 0xdeadn, ONE);
  unit.flags = Flag.underflow;
  const copy = new FloatUnit(8, RISCV);
  copy.copyFrom(unit);
  expect([...copy.bits]).toEqual([...unit.bits]);
  expect(copy.flags).toBe(Flag.underflow);
  copy.add64(0, 1, 1, 0);
  expect(unit.bits[0]).toBe(INFINITY | 0xdeadn);
});
