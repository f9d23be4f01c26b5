/**
 * Floating point under qemu-user: a program of machine instructions answers the same operands. Needs Debian's
 * gcc-riscv64-linux-gnu, gcc-multilib-sparc64-linux-gnu and qemu-user.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Flag, FloatUnit, Order, Rounding } from '#suture/isa/float/index.js';
import { DOUBLE, hardIntegers, hardOperands, SINGLE, specialOperands } from '../support/floats.js';
import { pathOf } from '../support/programs.js';

/** The special operands are 1728 of them. */
const SETS = 6000;
const RECORD = 48;

interface OperandSet {
  doubles: bigint[];
  integer: bigint;
  singles: bigint[];
}

function seededSets(seed: number): OperandSet[] {
  const special = { doubles: specialOperands(DOUBLE), singles: specialOperands(SINGLE) };
  const hard = { doubles: hardOperands(DOUBLE, seed), singles: hardOperands(SINGLE, seed) };
  const integer = hardIntegers(seed);
  return Array.from({ length: SETS }, (_, i) => ({
    doubles: special.doubles[i] ?? hard.doubles(),
    singles: special.singles[i] ?? hard.singles(),
    integer: integer(),
  }));
}

/** `struct operands` of the programs. */
function inputOf(sets: readonly OperandSet[], littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(sets.length * RECORD));
  for (const [i, { doubles, integer, singles }] of sets.entries()) {
    for (const [k, bits] of doubles.entries()) view.setBigUint64(i * RECORD + 8 * k, bits, littleEndian);
    view.setBigUint64(i * RECORD + 24, BigInt.asUintN(64, integer), littleEndian);
    for (const [k, bits] of singles.entries())
      view.setUint32(i * RECORD + 32 + 4 * k, Number(bits), littleEndian);
  }
  return new Uint8Array(view.buffer);
}

let folder = '';

beforeAll(() => {
  const tools = ['riscv64-linux-gnu-gcc', 'sparc64-linux-gnu-gcc', 'qemu-riscv64', 'qemu-sparc32plus'];
  const missing = tools.filter((name) => spawnSync(name, ['--version']).error !== undefined);
  if (missing.length > 0) throw new Error(`${missing.join(' and ')} not found`);
  folder = mkdtempSync(join(tmpdir(), 'suture-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function answers(compiler: string[], source: string, qemu: string, input: Uint8Array): DataView {
  const program = join(folder, source);
  execFileSync(compiler[0]!, [
    ...compiler.slice(1),
    '-static',
    '-O1',
    pathOf(`test/oracles/float/${source}`),
    '-o',
    program,
  ]);
  const { stdout, status } = spawnSync(qemu, [program], { input, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${qemu} ${source}: status ${status ?? 'none'}`);
  return new DataView(stdout.buffer, stdout.byteOffset, stdout.byteLength);
}

/** An operation with the register that it left as the program reports it. */
type Operation = [name: string, operate: (unit: FloatUnit, rm: Rounding, integer: bigint) => bigint];

/** Where the operands are and a result is to go: doubles, or words behind them. */
const PLACES = {
  64: { a: 0, b: 1, c: 2, d: 3 },
  32: { a: 8, b: 9, c: 10, d: 6 },
} as const;

function load(unit: FloatUnit, { doubles, singles }: OperandSet): void {
  for (const [k, bits] of doubles.entries()) unit.bits[PLACES[64].a + k] = bits;
  for (const [k, bits] of singles.entries()) unit.words[PLACES[32].a + k] = Number(bits);
  unit.flags = 0;
}

const hex = (...values: (bigint | number)[]): string => values.map((v) => v.toString(16)).join(' ');
const extended = (word: bigint): bigint => BigInt.asUintN(64, BigInt.asIntN(32, word));

function riscvOperations(width: 32 | 64): Operation[] {
  const { a, b, c, d } = PLACES[width];
  const suffix = width === 64 ? 'd' : 's';
  const float = (unit: FloatUnit, as = width): bigint =>
    as === 64 ? unit.bits[PLACES[64].d]! : extended(BigInt(unit.words[PLACES[32].d]!));
  const computing = (name: string, operate: (...of: Parameters<Operation[1]>) => void): Operation => [
    `${name}.${suffix}`,
    (unit, rm, integer) => {
      operate(unit, rm, integer);
      return float(unit);
    },
  ];
  const fused = (name: string, negateProduct: boolean, negateAddend: boolean): Operation =>
    computing(name, (u, rm) => {
      u[`fma${width}` as const](d, a, b, c, negateProduct, negateAddend, rm);
    });
  const from = (name: string, choose: (integer: bigint) => bigint): Operation =>
    computing(name, (u, rm, integer) => {
      u[`fromInteger${width}` as const](d, choose(integer), rm);
    });
  const to = (name: string, bits: 32 | 64, signed: boolean): Operation => [
    `${name}.${suffix}`,
    (u, rm) => {
      const value = u[`toInteger${width}` as const](a, rm, bits, signed);
      return bits === 32 ? extended(value) : BigInt.asUintN(64, value);
    },
  ];
  const compare = (name: string, signaling: boolean, holds: (order: Order) => boolean): Operation => [
    `${name}.${suffix}`,
    (u) => (holds(u[`compare${width}` as const](a, b, signaling)) ? 1n : 0n),
  ];
  return [
    computing('fadd', (u, rm) => {
      u[`add${width}` as const](d, a, b, rm);
    }),
    computing('fsub', (u, rm) => {
      u[`sub${width}` as const](d, a, b, rm);
    }),
    computing('fmul', (u, rm) => {
      u[`mul${width}` as const](d, a, b, rm);
    }),
    computing('fdiv', (u, rm) => {
      u[`div${width}` as const](d, a, b, rm);
    }),
    computing('fsqrt', (u, rm) => {
      u[`sqrt${width}` as const](d, a, rm);
    }),
    fused('fmadd', false, false),
    fused('fmsub', false, true),
    fused('fnmsub', true, false),
    fused('fnmadd', true, true),
    from('fcvt from l', (integer) => BigInt.asIntN(64, integer)),
    from('fcvt from lu', (integer) => BigInt.asUintN(64, integer)),
    from('fcvt from w', (integer) => BigInt.asIntN(32, integer)),
    to('fcvt.w', 32, true),
    to('fcvt.wu', 32, false),
    to('fcvt.l', 64, true),
    to('fcvt.lu', 64, false),
    compare('feq', false, (order) => order === Order.equal),
    compare('flt', true, (order) => order === Order.less),
    compare('fle', true, (order) => order === Order.less || order === Order.equal),
    [
      width === 64 ? 'fcvt.s.d' : 'fcvt.d.s',
      (u, rm) => {
        if (width === 64) u.narrow(PLACES[32].d, a, rm);
        else u.widen(PLACES[64].d, a);
        return float(u, width === 64 ? 32 : 64);
      },
    ],
  ];
}

test('RISC-V instructions', () => {
  const sets = seededSets(11);
  const theirs = answers(['riscv64-linux-gnu-gcc'], 'riscv.c', 'qemu-riscv64', inputOf(sets, true));
  const operations = [...riscvOperations(64), ...riscvOperations(32)];
  expect(theirs.byteLength).toBe(sets.length * 5 * operations.length * 16);
  const unit = new FloatUnit(8, { canonicalNan: true, tininess: 'after' });
  const differences: string[] = [];
  let at = 0;
  for (const set of sets) {
    for (let rm = 0; rm < 5; rm++) {
      for (const [name, operate] of operations) {
        load(unit, set);
        const ours = hex(operate(unit, rm, set.integer), unit.flags);
        const right = hex(theirs.getBigUint64(at, true), theirs.getUint32(at + 8, true));
        at += 16;
        if (ours === right) continue;
        differences.push(
          `${name} ${rm} (${hex(...set.doubles, ...set.singles, set.integer)}): ${ours}, not ${right}`,
        );
      }
    }
  }
  expect(differences.slice(0, 10)).toEqual([]);
});

/** Rounding directions in the order of `%fsr`'s field RD. */
const DIRECTIONS = [Rounding.nearestEven, Rounding.towardZero, Rounding.up, Rounding.down] as const;

/** Exceptions as in `%fsr`'s fields aexc and cexc. */
const exceptions = (flags: number): number =>
  (flags & (Flag.invalid | Flag.inexact)) |
  (flags & Flag.overflow ? 8 : 0) |
  (flags & Flag.underflow ? 4 : 0) |
  (flags & Flag.divideByZero ? 2 : 0);

/** Condition codes: equal, less, greater, unordered. */
const condition = (order: Order): number =>
  order === Order.equal ? 0 : order === Order.less ? 1 : order === Order.greater ? 2 : 3;

function sparcOperations(width: 32 | 64): Operation[] {
  const { a, b, d } = PLACES[width];
  const suffix = width === 64 ? 'd' : 's';
  // A single is in the even register of the pair that is stored.
  const float = (unit: FloatUnit, as = width): bigint =>
    as === 64 ? unit.bits[PLACES[64].d]! : BigInt(unit.words[PLACES[32].d]! >>> 0) << 32n;
  const computing = (name: string, operate: (...of: Parameters<Operation[1]>) => void): Operation => [
    `${name}${suffix}`,
    (unit, rm, integer) => {
      operate(unit, rm, integer);
      return float(unit);
    },
  ];
  const compare = (name: string, signaling: boolean): Operation => [
    `${name}${suffix}`,
    (u) => BigInt(condition(u[`compare${width}` as const](a, b, signaling))),
  ];
  return [
    computing('fadd', (u, rm) => {
      u[`add${width}` as const](d, a, b, rm);
    }),
    computing('fsub', (u, rm) => {
      u[`sub${width}` as const](d, a, b, rm);
    }),
    computing('fmul', (u, rm) => {
      u[`mul${width}` as const](d, a, b, rm);
    }),
    computing('fdiv', (u, rm) => {
      u[`div${width}` as const](d, a, b, rm);
    }),
    computing('fsqrt', (u, rm) => {
      u[`sqrt${width}` as const](d, a, rm);
    }),
    computing('fxto', (u, rm, integer) => {
      u[`fromInteger${width}` as const](d, BigInt.asIntN(64, integer), rm);
    }),
    computing('fito', (u, rm, integer) => {
      u[`fromInteger${width}` as const](d, BigInt.asIntN(32, integer >> 32n), rm);
    }),
    [`f${suffix}toi`, (u) => BigInt(u[`toWord${width}` as const](a, Rounding.towardZero, true) >>> 0) << 32n],
    [
      `f${suffix}tox`,
      (u) => BigInt.asUintN(64, u[`toInteger${width}` as const](a, Rounding.towardZero, 64, true)),
    ],
    compare('fcmp', false),
    compare('fcmpe', true),
    [
      width === 64 ? 'fdtos' : 'fstod',
      (u, rm) => {
        if (width === 64) u.narrow(PLACES[32].d, a, rm);
        else u.widen(PLACES[64].d, a);
        return float(u, width === 64 ? 32 : 64);
      },
    ],
  ];
}

const fsmuld: Operation = [
  'fsmuld',
  (u) => {
    u.mulWide(PLACES[64].d, PLACES[32].a, PLACES[32].b);
    return u.bits[PLACES[64].d]!;
  },
];

/** An instruction's result, and its exceptions as `exceptions` has them. */
interface Outcome {
  value: bigint;
  exceptions: number;
}

/** An instruction with its operands, widened if they are singles, as bit patterns. */
interface Case {
  name: string;
  a: bigint;
  b: bigint;
}

const SIGN = 1n << 63n;
const INFINITY = 0x7ff0000000000000n;
const QUIET = 1n << 51n;
const magnitude = (bits: bigint): bigint => bits & (SIGN - 1n);
const isNan = (bits: bigint): boolean => magnitude(bits) > INFINITY;
const isSignaling = (bits: bigint): boolean => isNan(bits) && (bits & QUIET) === 0n;

/** A single's bits as a double's, a NaN's too. */
function widened(single: bigint): bigint {
  const view = new DataView(new ArrayBuffer(8));
  const sign = (single >> 31n) << 63n;
  if ((single & 0x7fffffffn) > 0x7f800000n) return sign | INFINITY | ((single & 0x7fffffn) << 29n);
  view.setUint32(0, Number(single));
  view.setFloat64(0, view.getFloat32(0));
  return view.getBigUint64(0);
}

/**
 * Where qemu-sparc32plus 7.2 differs from the manuals. Ours is what they say; theirs must be exactly this.
 */
const DEVIATIONS: [why: string, holds: (of: Case, ours: Outcome, theirs: Outcome) => boolean][] = [
  [
    // The SPARC Architecture Manual, Version 8, Appendix N, "NaN Operand and Result Definitions": a signaling NaN
    // before a quiet one, then rs2 before rs1.
    'of two NaNs it takes another one',
    ({ name, a, b }, ours, theirs) => {
      const results = name.endsWith('s')
        ? [a, b].map(
            (bits) => ((bits >> 63n) << 63n) | (0x7fc00000n << 32n) | (((bits >> 29n) & 0x3fffffn) << 32n),
          )
        : [a, b].map((bits) => bits | QUIET);
      return (
        /^f(add|sub|mul|div|smul)[sd]$/.test(name) &&
        isNan(a) &&
        isNan(b) &&
        ours.exceptions === theirs.exceptions &&
        results.includes(theirs.value)
      );
    },
  ],
  [
    // The same, "Integer Overflow Definitions": the smallest integer for a NaN whose sign is set.
    'a negative NaN becomes the largest integer',
    ({ name, a }, ours, theirs) =>
      /^f[sd]to[ix]$/.test(name) &&
      isNan(a) &&
      (a & SIGN) !== 0n &&
      ours.exceptions === theirs.exceptions &&
      theirs.value === (name.endsWith('x') ? SIGN - 1n : 0x7fffffffn << 32n),
  ],
  [
    // The same, "NaN Operand and Result Definitions": FsTOd of a signaling NaN is invalid.
    'a signaling NaN is widened in silence',
    ({ name, a }, ours, theirs) =>
      name === 'fstod' && isSignaling(a) && ours.value === theirs.value && theirs.exceptions === 0,
  ],
  [
    // The same, "Untrapped Underflow Definition", is about the unrounded result; so is the UltraSPARC User's Manual,
    // 14.3.2: "Underflow is detected before rounding".
    'what is rounded up to the smallest normal number did not underflow',
    ({ name }, ours, theirs) =>
      /^f(mul|div)[sd]$|^fdtos$/.test(name) &&
      ours.value === theirs.value &&
      magnitude(ours.value) === (name.endsWith('s') ? 0x00800000n << 32n : 1n << 52n) &&
      theirs.exceptions === exceptions(Flag.inexact) &&
      ours.exceptions === exceptions(Flag.inexact | Flag.underflow),
  ],
];

test('SPARC instructions', () => {
  const sets = seededSets(12);
  const compiler = ['sparc64-linux-gnu-gcc', '-m32', '-mcpu=v9'];
  const theirs = answers(compiler, 'sparc.c', 'qemu-sparc32plus', inputOf(sets, false));
  const operations = [
    ...sparcOperations(64).map((operation) => [64, ...operation] as const),
    ...[...sparcOperations(32), fsmuld].map((operation) => [32, ...operation] as const),
  ];
  expect(theirs.byteLength).toBe(sets.length * 4 * operations.length * 16);
  const unit = new FloatUnit(8, { canonicalNan: false, tininess: 'before' });
  const differences: string[] = [];
  let at = 0;
  for (const set of sets) {
    for (const rm of DIRECTIONS) {
      for (const [width, name, operate] of operations) {
        load(unit, set);
        const result = operate(unit, rm, set.integer);
        const compares = name.startsWith('fcmp');
        const ours = { value: compares ? 0n : result, exceptions: exceptions(unit.flags) };
        const fsr = theirs.getUint32(at + 8);
        const right = { value: theirs.getBigUint64(at), exceptions: fsr & 31 };
        const accrued = (fsr >> 5) & 31;
        const code = (fsr >> 10) & 3;
        at += 16;
        const same = ours.value === right.value && ours.exceptions === right.exceptions;
        const [a, b] = width === 64 ? set.doubles : set.singles.map(widened);
        const known = DEVIATIONS.some(([, holds]) => holds({ name, a: a!, b: b! }, ours, right));
        if ((same || known) && accrued === right.exceptions && code === (compares ? Number(result) : 0))
          continue;
        differences.push(
          `${name} ${rm} (${hex(...set.doubles, ...set.singles, set.integer)}): ` +
            `${hex(result, ours.exceptions)}, not ${hex(right.value, right.exceptions, accrued, code)}`,
        );
      }
    }
  }
  expect(differences.slice(0, 10)).toEqual([]);
});
