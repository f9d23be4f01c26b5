/** What V9 adds for 32-bit processes, against models of 64-bit integers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Values } from '#suture/isa/pattern.js';
import { FP, I0, L0, O0, O7, SP } from '#suture/isa/sparc/abi.js';
import { SparcCore } from '#suture/isa/sparc/execute.js';
import { SparcV9Core } from '#suture/isa/sparc/execute-v9.js';
import { TAG_OVERFLOW } from '#suture/isa/sparc/hart.js';
import { Op } from '#suture/isa/sparc/operations.js';
import { NOP, TABLE } from '#suture/isa/sparc/table.js';
import { TABLE_V9 } from '#suture/isa/sparc/table-v9.js';
import { EXECUTE, Memory, READ, WRITE } from '#suture/machine/memory.js';
import { placeWords, sampleWord, v9 } from '../support/sparc.js';

const SEED = 20093;
const TEXT = 0x10000;
const DATA = 0x20000;
const READ_ONLY = 0x24000;
const STACK = 0x30000;
const STACK_TOP = 0x34000;
const NOWHERE = 0x50000;
const STACK_FRAME = 96;
const PLENTY = 10_000;
const UNIMP = 0;
const RECORD = 1;
const X = O0;
const Y = O0 + 1;
const Z = O0 + 2;
const PRIMARY = 0x80;
const NO_FAULT = 0x82;
const BLOCK = 0xf0;

function machine(words: readonly number[], registers: Record<number, number> = {}) {
  const memory = new Memory(true);
  memory.map(TEXT, TEXT + 0x2000, READ | WRITE | EXECUTE, 'text');
  memory.map(DATA, DATA + 0x1000, READ | WRITE, 'data');
  memory.map(READ_ONLY, READ_ONLY + 0x1000, READ, 'constants');
  memory.map(STACK, STACK_TOP, READ | WRITE, '[ stack ]');
  placeWords(memory, TEXT, [...words, UNIMP]);
  const core = new SparcV9Core(memory);
  core.pc = TEXT;
  core.set(SP, STACK_TOP - STACK_FRAME);
  for (const [register, value] of Object.entries(registers)) core.set(Number(register), value);
  return { memory, core };
}

function wide(core: SparcV9Core, register: number): bigint {
  return (BigInt(core.getHigh(register)) << 32n) | BigInt(core.get(register) >>> 0);
}

function setWide(core: SparcV9Core, register: number, value: bigint): void {
  core.set(register, Number(BigInt.asIntN(32, value)));
  core.setHigh(register, Number(BigInt.asIntN(32, value >> 32n)));
}

function finish(core: SparcV9Core): SparcV9Core {
  expect(core.run(PLENTY)).toMatchObject({ kind: 'illegal', word: UNIMP });
  return core;
}

const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
const low = (value: bigint): bigint => BigInt.asUintN(32, value);
const lowSigned = (value: bigint): bigint => BigInt.asIntN(32, value);

/** Result, Y and CCR of one instruction on 64-bit operands. */
function compute(name: string, x: bigint, y: bigint, before: { y?: number; ccr?: number } = {}) {
  const { core } = machine([v9(name, { rd: Z, rs1: X, rs2: Y })]);
  setWide(core, X, x);
  setWide(core, Y, y);
  setWide(core, Z, 0x5555_5555_5555_5555n);
  core.y = before.y ?? 0;
  core.ccr = before.ccr ?? 0;
  finish(core);
  return { z: wide(core, Z), y: core.y, ccr: core.ccr };
}

const edges = [0n, 1n, 2n, 3n, 0x7fffffffn, 0x80000000n, 0xffffffffn, 0x100000000n, 2n ** 63n - 1n].flatMap(
  (edge) => [edge, -edge],
);
const word64 = fc.oneof(
  fc.constantFrom(...edges.map(signed), -(2n ** 63n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.integer().map(BigInt),
);

const N = 8;
const ZERO = 4;
const V = 2;
const C = 1;

/** N and Z of the low 32 bits, and of all 64, as CCR has them. */
function nz(z: bigint): number {
  const of = (value: bigint): number => (value < 0n ? N : 0) | (value === 0n ? ZERO : 0);
  return of(lowSigned(z)) | (of(signed(z)) << 4);
}

describe('arithmetic on 64 bits', () => {
  const sum = (x: bigint, y: bigint): bigint => x + y;
  const difference = (x: bigint, y: bigint): bigint => x - y;

  test.each([
    ['add', 'addcc', sum, 0n],
    ['addx', 'addxcc', sum, 1n],
    ['sub', 'subcc', difference, 0n],
    ['subx', 'subxcc', difference, 1n],
  ] as const)('%s and %s', (plain, withCodes, exact, usesCarry) => {
    fc.assert(
      fc.property(word64, word64, fc.nat(255), (x, y, ccr) => {
        // The carry is that of icc.
        const carry = usesCarry * BigInt(ccr & C);
        const z = signed(exact(exact(x, y), carry));
        expect(compute(plain, x, y, { ccr })).toEqual({ z, y: 0, ccr });
        const flags = (value: (n: bigint) => bigint, positive: (n: bigint) => bigint): number => {
          const bySign = exact(exact(value(x), value(y)), carry);
          const byMagnitude = exact(exact(positive(x), positive(y)), carry);
          return (bySign === value(z) ? 0 : V) | (byMagnitude === positive(z) ? 0 : C);
        };
        const codes = flags(lowSigned, low) | (flags(signed, unsigned) << 4);
        expect(compute(withCodes, x, y, { ccr })).toEqual({ z, y: 0, ccr: nz(z) | codes });
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  test.each([
    ['and', (x: bigint, y: bigint) => x & y],
    ['andn', (x: bigint, y: bigint) => x & ~y],
    ['or', (x: bigint, y: bigint) => x | y],
    ['orn', (x: bigint, y: bigint) => x | ~y],
    ['xor', (x: bigint, y: bigint) => x ^ y],
    ['xnor', (x: bigint, y: bigint) => ~(x ^ y)],
  ])('%s', (name, exact) => {
    fc.assert(
      fc.property(word64, word64, (x, y) => {
        const z = exact(x, y);
        expect(compute(name, x, y, { ccr: 0xff })).toEqual({ z, y: 0, ccr: 0xff });
        expect(compute(`${name}cc`, x, y, { ccr: 0xff })).toEqual({ z, y: 0, ccr: nz(z) });
      }),
      { seed: SEED },
    );
  });

  test.each([
    ['sll', 31n, (x: bigint, n: bigint) => signed(x << n)],
    ['srl', 31n, (x: bigint, n: bigint) => low(x) >> n],
    ['sra', 31n, (x: bigint, n: bigint) => lowSigned(x) >> n],
    ['sllx', 63n, (x: bigint, n: bigint) => signed(x << n)],
    ['srlx', 63n, (x: bigint, n: bigint) => signed(unsigned(x) >> n)],
    ['srax', 63n, (x: bigint, n: bigint) => x >> n],
  ] as const)('%s takes the low bits of its count', (name, mask, exact) => {
    fc.assert(
      fc.property(word64, word64, (x, y) => {
        expect(compute(name, x, y).z).toBe(exact(x, y & mask));
      }),
      { seed: SEED, numRuns: 300 },
    );
    const field = name.endsWith('x') ? 'shcnt64' : 'shcnt';
    for (const count of [0, 1, 31, ...(field === 'shcnt64' ? [32, 33, 63] : [])]) {
      const { core } = machine([v9(name, { rd: Z, rs1: X, [field]: count })]);
      setWide(core, X, -0x0123_4567_89ab_cdefn);
      expect(wide(finish(core), Z)).toBe(exact(-0x0123_4567_89ab_cdefn, BigInt(count)));
    }
  });

  test('products and quotients', () => {
    fc.assert(
      fc.property(word64, word64, (x, y) => {
        expect(compute('mulx', x, y).z).toBe(signed(x * y));
        if (y === 0n) return;
        expect(compute('sdivx', x, y).z).toBe(signed(x / y));
        expect(compute('udivx', x, y).z).toBe(signed(unsigned(x) / unsigned(y)));
      }),
      { seed: SEED, numRuns: 300 },
    );
    // The only quotient that does not fit.
    expect(compute('sdivx', -(2n ** 63n), -1n).z).toBe(-(2n ** 63n));
  });

  test.each(['udivx', 'sdivx'])('%s by zero traps', (name) => {
    const { core } = machine([v9(name, { rd: Z, rs1: X, simm13: 0 })]);
    expect(core.run(PLENTY)).toEqual({ kind: 'divide-by-zero', pc: TEXT });
  });

  test('what V8 multiplied and divided takes low words, and gives all bits it has', () => {
    fc.assert(
      fc.property(word64, word64, fc.integer(), (x, y, high) => {
        for (const [name, product] of [
          ['umul', low(x) * low(y)],
          ['smul', lowSigned(x) * lowSigned(y)],
        ] as const) {
          const z = signed(product);
          const expected = { z, y: Number(lowSigned(z >> 32n)) };
          expect(compute(name, x, y, { ccr: 0x5a })).toEqual({ ...expected, ccr: 0x5a });
          expect(compute(`${name}cc`, x, y, { ccr: 0x5a })).toEqual({ ...expected, ccr: nz(z) });
        }
        if (low(y) === 0n) return;
        const dividend = (BigInt(high) << 32n) | low(x);
        const clamp = (value: bigint, least: bigint, most: bigint): bigint =>
          value < least ? least : value > most ? most : value;
        for (const [name, exact, fitting] of [
          ['udiv', unsigned(dividend) / low(y), (q: bigint) => clamp(q, 0n, 2n ** 32n - 1n)],
          ['sdiv', dividend / lowSigned(y), (q: bigint) => clamp(q, -(2n ** 31n), 2n ** 31n - 1n)],
        ] as const) {
          const z = fitting(exact);
          expect(compute(name, x, y, { y: high }).z).toBe(z);
          const codes = compute(`${name}cc`, x, y, { y: high });
          expect(codes).toEqual({ z, y: high, ccr: nz(z) | (z === exact ? 0 : V) });
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('tags overflow icc only', () => {
    expect(compute('taddcc', 5n, 8n)).toMatchObject({ z: 13n, ccr: V });
    expect(compute('tsubcc', 2n ** 40n, 4n)).toMatchObject({ z: 2n ** 40n - 4n, ccr: N | C });
    expect(compute('taddcctv', 2n ** 62n, 2n ** 62n)).toMatchObject({ ccr: ZERO | ((N | V) << 4) });
    const { core } = machine([v9('tsubcctv', { rd: Z, rs1: X, simm13: 1 })], { [Z]: 7 });
    expect(core.run(PLENTY)).toEqual({ kind: 'trap-instruction', pc: TEXT, number: TAG_OVERFLOW });
    expect([core.get(Z), core.ccr]).toEqual([7, 0]);
  });

  test('popc counts the bits of its second operand', () => {
    const { core } = machine([v9('popc', { rd: Z, rs2: Y }), v9('popc', { rd: X, simm13: -2 })]);
    setWide(core, Y, 0x8000_0001_0000_00f0n);
    finish(core);
    expect([wide(core, Z), wide(core, X)]).toEqual([6n, 63n]);
  });

  test('sethi clears the high half', () => {
    const { core } = machine([v9('sethi', { rd: Z, imm22: 0x3fffff })]);
    setWide(core, Z, -1n);
    expect(wide(finish(core), Z)).toBe(0xfffffc00n);
  });

  const constants = TABLE_V9.filter(
    ({ name, form, pattern: { text } }) =>
      form === 'immediate' && /^10 rd .*simm13$/.test(text) && name !== 'jmpl',
  );
  test.each(constants.map(({ name }) => [name]))('%s extends a constant to 64 bits', (name) => {
    const usesFirst = TABLE_V9.find((row) => row.name === name)!.pattern.fields.has('rs1');
    fc.assert(
      fc.property(word64, fc.integer({ min: -4096, max: 4095 }), fc.nat(255), (x, constant, ccr) => {
        const outcome = (second: Values): unknown => {
          const { core } = machine([v9(name, { rd: Z, ...(usesFirst ? { rs1: X } : {}), ...second })]);
          setWide(core, X, x);
          setWide(core, Y, BigInt(constant));
          core.set(FP, STACK);
          core.ccr = ccr;
          core.y = Number(lowSigned(x >> 63n));
          const stop = core.run(1);
          return { stop, state: core.state() };
        };
        expect(outcome({ simm13: constant })).toEqual(outcome({ rs2: Y }));
      }),
      { seed: SEED, numRuns: 30 },
    );
  });
});

describe('memory', () => {
  test.each([
    ['ld', 0x81828384n],
    ['ldsw', -0x7e7d7c7cn],
    ['ldsb', -0x7fn],
    ['ldub', 0x81n],
    ['ldsh', -0x7e7en],
    ['lduh', 0x8182n],
    ['ldx', -0x7e7d7c7b_7a797878n],
  ])('%s extends to 64 bits', (name, expected) => {
    const names: Record<string, string> = { ld: 'lduwa' };
    for (const alternate of [false, true]) {
      const instruction = alternate
        ? v9(names[name] ?? `${name}a`, { rd: Z, rs1: X, rs2: Y, asi: PRIMARY })
        : v9(name, { rd: Z, rs1: X, rs2: Y });
      const { memory, core } = machine([instruction]);
      placeWords(memory, DATA, [0x81828384, 0x85868788]);
      // What lies above bit 31 of an address counts for nothing.
      setWide(core, X, 0x7777_0000_0000n + BigInt(DATA + 8));
      setWide(core, Y, -8n);
      expect(wide(finish(core), Z)).toBe(expected);
    }
  });

  test('stores take the low bits, stx all', () => {
    const { memory, core } = machine(
      [
        v9('stx', { rd: Y, rs1: X, simm13: 0 }),
        v9('st', { rd: Y, rs1: X, simm13: 8 }),
        v9('sth', { rd: Y, rs1: X, simm13: 12 }),
        v9('stb', { rd: Y, rs1: X, simm13: 14 }),
        v9('stx', { rd: 0, rs1: X, simm13: 16 }),
      ],
      { [X]: DATA },
    );
    setWide(core, Y, 0x0102_0304_0506_0708n);
    // g0 as the destination of another instruction must not show.
    finish(core);
    expect([...memory.read(DATA, 24)]).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8, 7, 8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  test('ldd clears the high halves of both registers, std takes the low ones', () => {
    const { memory, core } = machine(
      [v9('ldd', { rd: Z, rs1: X, simm13: 0 }), v9('std', { rd: Z, rs1: X, simm13: 8 })],
      { [X]: DATA },
    );
    placeWords(memory, DATA, [-1, -2]);
    setWide(core, Z, -1n);
    setWide(core, Z + 1, -1n);
    finish(core);
    expect([wide(core, Z), wide(core, Z + 1)]).toEqual([0xffffffffn, 0xfffffffen]);
    expect([memory.load32(DATA + 8), memory.load32(DATA + 12)]).toEqual([-1, -2]);
  });

  test.each([
    ['casa', 0x0000_0000_89ab_cdefn, true],
    ['casa', 0x7654_3210_89ab_cdefn, true],
    ['casa', 0x89ab_cdeen, false],
    ['casxa', 0x89ab_cdefn, false],
    ['casxa', 0x0123_4567_89ab_cdefn, true],
  ])('%s compares with %i', (name, compared, swaps) => {
    for (const space of ['by number', 'by %asi']) {
      const instruction = v9(name, { rd: Z, rs1: X, rs2: Y, asi: PRIMARY });
      const immediate = (instruction & ~0x1fe0) | 0x2000;
      const { memory, core } = machine([space === 'by number' ? instruction : immediate], { [X]: DATA });
      core.asi = PRIMARY;
      placeWords(memory, DATA, [0x01234567, 0x89abcdef]);
      if (name === 'casa') core.set(X, DATA + 4);
      setWide(core, Y, compared);
      setWide(core, Z, 0x1111_2222_3333_4444n);
      finish(core);
      expect(wide(core, Z)).toBe(name === 'casa' ? 0x89abcdefn : 0x0123_4567_89ab_cdefn);
      const old = [0x01234567, 0x89abcdef | 0];
      const stored = name === 'casa' ? [0x01234567, 0x33334444] : [0x11112222, 0x33334444];
      expect([memory.load32(DATA), memory.load32(DATA + 4)]).toEqual(swaps ? stored : old);
    }
  });

  test('casa with g0 stores zero', () => {
    const { memory, core } = machine(
      [v9('or', { rd: 0, rs1: X, rs2: X }), v9('casa', { rd: 0, rs1: X, rs2: 0, asi: PRIMARY })],
      { [X]: DATA },
    );
    finish(core);
    expect(memory.load32(DATA)).toBe(0);
  });

  test('ldstuba and swapa exchange', () => {
    const { memory, core } = machine(
      [
        v9('ldstuba', { rd: Z, rs1: X, rs2: 0, asi: PRIMARY }),
        v9('swapa', { rd: Y, rs1: X, simm13: 4 }),
        v9('swapa', { rd: 0, rs1: X, simm13: 8 }),
      ],
      { [X]: DATA, [Y]: 77 },
    );
    core.asi = PRIMARY;
    placeWords(memory, DATA, [0x01020304, -55, 66]);
    setWide(core, Z, -1n);
    finish(core);
    expect([wide(core, Z), wide(core, Y)]).toEqual([1n, 0xffffffc9n]);
    expect([0, 4, 8].map((offset) => memory.load32(DATA + offset))).toEqual([0xff020304 | 0, 77, 0]);
  });

  test('alternate stores', () => {
    const space = { rs1: X, rs2: 0, asi: PRIMARY };
    const { memory, core } = machine(
      [
        v9('stxa', { rd: Y, ...space }),
        v9('stda', { rd: Z, rs1: X, simm13: 8 }),
        v9('stba', { rd: Y, rs1: X, simm13: 16 }),
        v9('stha', { rd: Y, rs1: X, simm13: 18 }),
        v9('stwa', { rd: Y, rs1: X, simm13: 20 }),
        v9('stfa', { fd: 3, rs1: X, simm13: 24 }),
        v9('stdfa', { dd: 2, rs1: X, simm13: 32 }),
        v9('ldda', { rd: L0, ...space }),
        v9('ldfa', { fd: 9, ...space }),
        v9('lddfa', { dd: 40, ...space }),
      ],
      { [X]: DATA, [Z]: 3, [Z + 1]: 4 },
    );
    core.asi = PRIMARY;
    setWide(core, Y, 0x0102_0304_0506_0708n);
    core.floats.bits[1] = 0x1122_3344_5566_7788n;
    finish(core);
    const words = Array.from({ length: 10 }, (_, i) => memory.load32(DATA + 4 * i));
    expect(words).toEqual([
      0x01020304, 0x05060708, 3, 4, 0x08000708, 0x05060708, 0x55667788, 0, 0x11223344, 0x55667788,
    ]);
    expect([core.get(L0), core.get(L0 + 1), core.floats.words[9 ^ 1]]).toEqual([
      0x01020304, 0x05060708, 0x01020304,
    ]);
    expect(core.floats.bits[20]).toBe(0x0102_0304_0506_0708n);
  });

  const noFault = (name: string, fields: Values, address: number) => {
    const { core } = machine([v9(name, { rs1: X, rs2: 0, asi: NO_FAULT, ...fields })], { [X]: address });
    setWide(core, Z, -1n);
    setWide(core, Z + 1, -1n);
    core.floats.words.fill(-1);
    const stop = core.run(1);
    return { stop, core };
  };

  test.each(['lduba', 'lduha', 'lduwa', 'ldsba', 'ldsha', 'ldswa', 'ldxa'])(
    '%s without fault reads zero where nothing can be read',
    (name) => {
      expect(wide(noFault(name, { rd: Z }, NOWHERE).core, Z)).toBe(0n);
      expect(noFault(name, { rd: Z }, READ_ONLY).stop.kind).toBe('limit');
    },
  );

  test('pairs and floating-point registers are cleared, too', () => {
    const { core } = noFault('ldda', { rd: Z }, NOWHERE);
    expect([wide(core, Z), wide(core, Z + 1)]).toEqual([0n, 0n]);
    const single = noFault('ldfa', { fd: 4 }, NOWHERE).core.floats.words;
    expect([single[5], single[4]]).toEqual([0, -1]);
    const double = noFault('lddfa', { dd: 4 }, NOWHERE).core.floats.bits;
    expect([double[2], double[3]]).toEqual([0n, 2n ** 64n - 1n]);
  });

  test('without fault is not without alignment', () => {
    expect(noFault('lduwa', { rd: Z }, DATA + 2).stop).toMatchObject({ cause: 'misaligned' });
  });

  test('blocks of 64 bytes', () => {
    const { memory, core } = machine(
      [
        v9('lddfa', { dd: 16, rs1: X, rs2: 0, asi: BLOCK }),
        v9('stdfa', { dd: 16, rs1: X, simm13: 64 }),
        v9('stdfa', { dd: 32, rs1: X, rs2: Y, asi: BLOCK }),
      ],
      { [X]: DATA, [Y]: 128 },
    );
    core.asi = BLOCK;
    const words = Array.from({ length: 16 }, (_, i) => 0x01010101 * i);
    placeWords(memory, DATA, words);
    core.floats.bits.fill(0x77n, 16);
    finish(core);
    expect(core.floats.bits[8]).toBe(0x01010101n);
    expect(Array.from({ length: 16 }, (_, i) => memory.load32(DATA + 64 + 4 * i))).toEqual(words);
    expect([memory.load32(DATA + 128 + 60), memory.load32(DATA + 192)]).toEqual([0x77, 0]);
  });

  test.each([
    ['lddfa', { dd: 4, asi: BLOCK }, DATA, { kind: 'illegal' }],
    ['lddfa', { dd: 16, asi: BLOCK }, DATA + 8, { kind: 'memory', cause: 'misaligned', access: 'read' }],
    ['stdfa', { dd: 16, asi: BLOCK }, DATA + 32, { kind: 'memory', cause: 'misaligned', access: 'write' }],
    ['stdfa', { dd: 16, asi: BLOCK }, READ_ONLY, { kind: 'memory', cause: 'protected', access: 'write' }],
    // The kernel's spaces, and some that are nobody's.
    ['lduba', { rd: Z, asi: 0x10 }, DATA, { kind: 'illegal' }],
    ['casa', { rd: Z, asi: 0x04 }, DATA, { kind: 'illegal' }],
    ['lduba', { rd: Z, asi: 0xc0 }, DATA, { kind: 'memory', cause: 'protected', access: 'read' }],
    ['ldxa', { rd: Z, asi: BLOCK }, DATA, { kind: 'memory', cause: 'protected', access: 'read' }],
    ['stba', { rd: Z, asi: NO_FAULT }, DATA, { kind: 'memory', cause: 'protected', access: 'write' }],
    ['casxa', { rd: Z, asi: NO_FAULT }, DATA, { kind: 'memory', cause: 'protected' }],
    ['casxa', { rd: Z, asi: PRIMARY }, DATA + 4, { kind: 'memory', cause: 'misaligned' }],
    // Written or not, it must be writable.
    [
      'casa',
      { rd: Z, rs2: Z, asi: PRIMARY },
      READ_ONLY,
      { kind: 'memory', cause: 'protected', access: 'write' },
    ],
    ['ldx', { rd: Z }, DATA + 4, { kind: 'memory', cause: 'misaligned' }],
    ['stx', { rd: Z }, DATA + 4, { kind: 'memory', cause: 'misaligned' }],
    ['ldxfsr', {}, DATA + 4, { kind: 'memory', cause: 'misaligned' }],
    ['stxfsr', {}, DATA + 4, { kind: 'memory', cause: 'misaligned' }],
    ['ldsw', { rd: Z }, DATA + 2, { kind: 'memory', cause: 'misaligned' }],
    ['return', {}, TEXT + 2, { kind: 'memory', access: 'fetch', cause: 'misaligned' }],
    ['jmpl', { rd: Z }, TEXT + 2, { kind: 'memory', access: 'fetch', cause: 'misaligned' }],
    ['ta', { xcc: 1 }, 0x10, { kind: 'syscall' }],
  ] as [string, Values, number, object][])(
    '%s %o at %i traps and changes nothing',
    (name, fields, address, stop) => {
      const { memory, core } = machine([v9('ba', { disp22: 8 }), v9(name, { rs1: X, rs2: 0, ...fields })], {
        [X]: address,
      });
      setWide(core, Z, 0x3_0000_0005n);
      core.ccr = 0xa5;
      core.floats.words.fill(9);
      core.run(1);
      const before = { state: core.state(), memory: memory.fork() };
      expect(core.run(PLENTY)).toMatchObject({ ...stop, pc: TEXT + 4 });
      expect(core.state()).toEqual(before.state);
      expect(core.retired).toBe(1);
      expect(memory.differingPages(before.memory)).toEqual([]);
    },
  );

  test('an illegal space names the instruction', () => {
    const word = v9('lduba', { rd: Z, rs1: X, rs2: 0, asi: 0x10 });
    expect(machine([word], { [X]: DATA }).core.run(1)).toEqual({ kind: 'illegal', pc: TEXT, word });
  });
});

describe('control transfers', () => {
  const mark = (bit: number): number => v9('or', { rd: RECORD, rs1: RECORD, simm13: bit });
  const conditions: [string, (n: boolean, z: boolean, v: boolean, c: boolean) => boolean][] = [
    ['n', () => false],
    ['e', (_n, z) => z],
    ['le', (n, z, v) => z || n !== v],
    ['l', (n, _z, v) => n !== v],
    ['leu', (_n, z, _v, c) => c || z],
    ['cs', (_n, _z, _v, c) => c],
    ['neg', (n) => n],
    ['vs', (_n, _z, v) => v],
    ['a', () => true],
    ['ne', (_n, z) => !z],
    ['g', (n, z, v) => !z && n === v],
    ['ge', (n, _z, v) => n === v],
    ['gu', (_n, z, _v, c) => !c && !z],
    ['cc', (_n, _z, _v, c) => !c],
    ['pos', (n) => !n],
    ['vc', (_n, _z, v) => !v],
  ];

  /** Marks of what was executed: the delay slot, what is jumped over, the target. */
  function follow(branch: number, prepare: (core: SparcV9Core) => void): number {
    const { core } = machine([branch, mark(1), mark(2), mark(4)]);
    prepare(core);
    return finish(core).get(RECORD);
  }

  const expected = (taken: boolean, annuls: boolean, always: boolean): number =>
    (!annuls || (taken && !always) ? 1 : 0) | (taken ? 0 : 2) | 4;

  test.each(conditions)('branches, moves and traps on %s of icc and xcc', (name, holds) => {
    for (let codes = 0; codes < 16; codes++) {
      const taken = holds((codes & N) > 0, (codes & ZERO) > 0, (codes & V) > 0, (codes & C) > 0);
      for (const xcc of [0, 1]) {
        // The other codes say the opposite of everything.
        const ccr = xcc === 0 ? codes | ((codes ^ 15) << 4) : (codes << 4) | (codes ^ 15);
        const prepare = (core: SparcV9Core): void => {
          core.ccr = ccr;
        };
        for (const a of [0, 1]) {
          const branch = v9(`bp${name}`, { a, xcc, p: a, disp19: 3 });
          expect(follow(branch, prepare)).toBe(expected(taken, a === 1, name === 'a'));
        }
        const { core } = machine([
          v9(`mov${name}`, { rd: Z, xcc, rs2: X }),
          v9(`mov${name}`, { rd: Y, xcc, simm11: -3 }),
          v9(`fmovs${name}`, { fd: 4, xcc, fs2: 2 }),
          v9(`fmovd${name}`, { dd: 6, xcc, ds2: 2 }),
          v9(`t${name}`, { xcc, rs1: 0, imm7: 9 }),
        ]);
        prepare(core);
        setWide(core, X, 2n ** 40n);
        core.floats.bits[1] = 0x12_0000_0034n;
        const stop = core.run(PLENTY);
        expect(stop.kind === 'trap-instruction').toBe(taken);
        expect([wide(core, Z), wide(core, Y)]).toEqual(taken ? [2n ** 40n, -3n] : [0n, 0n]);
        expect([core.floats.bits[2], core.floats.bits[3]]).toEqual(
          taken ? [0x12_0000_0000n, 0x12_0000_0034n] : [0n, 0n],
        );
      }
    }
  });

  test.each([
    ['z', (x: bigint) => x === 0n],
    ['lez', (x: bigint) => x <= 0n],
    ['lz', (x: bigint) => x < 0n],
    ['nz', (x: bigint) => x !== 0n],
    ['gz', (x: bigint) => x > 0n],
    ['gez', (x: bigint) => x >= 0n],
  ] as const)('branches and moves on a register that is %s', (name, holds) => {
    for (const x of [0n, 1n, -1n, 2n ** 31n, 2n ** 32n, -(2n ** 32n), 2n ** 63n - 1n, -(2n ** 63n)]) {
      const taken = holds(x);
      const prepare = (core: SparcV9Core): void => {
        setWide(core, X, x);
      };
      for (const a of [0, 1]) {
        const branch = v9(`br${name}`, { a, rs1: X, p: 1 - a, disp16: 3 });
        expect(follow(branch, prepare)).toBe(expected(taken, a === 1, false));
      }
      const { core } = machine([
        v9(`movr${name}`, { rd: Z, rs1: X, rs2: Y }),
        v9(`movr${name}`, { rd: L0, rs1: X, simm10: -512 }),
        v9(`fmovrs${name}`, { fd: 4, rs1: X, fs2: 3 }),
        v9(`fmovrd${name}`, { dd: 62, rs1: X, ds2: 2 }),
      ]);
      prepare(core);
      setWide(core, Y, 2n ** 40n);
      core.floats.bits[1] = 0x12_0000_0034n;
      finish(core);
      expect([wide(core, Z), wide(core, L0)]).toEqual(taken ? [2n ** 40n, -512n] : [0n, 0n]);
      expect([core.floats.bits[2], core.floats.bits[31]]).toEqual(
        taken ? [0x34_0000_0000n, 0x12_0000_0034n] : [0n, 0n],
      );
    }
  });

  test('displacements reach as far as their fields', () => {
    for (const [name, field, most] of [
      ['bpa', 'disp19', 0x3ffff],
      ['bpa', 'disp19', -0x40000],
      ['brz', 'disp16', 0x7fff],
      ['brz', 'disp16', -0x8000],
      ['fbpa', 'disp19', -0x40000],
    ] as const) {
      const memory = new Memory(true);
      const at = 0x1000000;
      memory.map(at, at + 0x1000, READ | WRITE | EXECUTE, 'text');
      placeWords(memory, at, [v9(name, { a: 0, p: 0, [field]: most }), NOP]);
      const core = new SparcV9Core(memory);
      core.pc = at;
      expect(core.run(2)).toEqual({ kind: 'limit' });
      expect(core.pc).toBe(at + 4 * most);
    }
  });

  test.each([0, 1, 2, 3])('condition code %i of floating point', (fcc) => {
    const compare = v9('fcmps', { fcc, fs1: 0, fs2: 1 });
    const program = [
      compare,
      v9('fbpl', { a: 0, fcc, p: 0, disp19: 3 }),
      v9('movfl', { rd: Y, fcc, simm11: 5 }),
      mark(2),
      v9('movfge', { rd: Z, fcc, simm11: 5 }),
      v9('fmovsfl', { fd: 6, fcc, fs2: 1 }),
      v9('fmovdful', { dd: 8, fcc, ds2: 0 }),
      v9('stxfsr', { rs1: X, simm13: 0 }),
    ];
    const { memory, core } = machine(program, { [X]: DATA });
    core.floats.singles[1] = 1;
    core.floats.singles[0] = 2;
    // All others are unordered.
    core.fsr = 3 << 10;
    core.fsrHigh = 0x3f;
    finish(core);
    expect([core.get(RECORD), core.get(Y), core.get(Z)]).toEqual([0, 5, 0]);
    expect(core.floats.singles[6 ^ 1]).toBe(2);
    expect(core.floats.bits[4]).toBe(core.floats.bits[0]);
    const codes = (0xff & ~(3 << (2 * fcc))) | (1 << (2 * fcc));
    expect([memory.load32(DATA), (memory.load32(DATA + 4) >> 10) & 3]).toEqual([codes >> 2, codes & 3]);
  });

  test('ldxfsr writes all condition codes, ldfsr the first', () => {
    const { memory, core } = machine(
      [v9('ldxfsr', { rs1: X, simm13: 0 }), v9('ldfsr', { rs1: X, simm13: 8 })],
      { [X]: DATA },
    );
    placeWords(memory, DATA, [-1, 1 << 10, 2 << 10]);
    core.run(1);
    expect([core.fsrHigh, core.fsr]).toEqual([0x3f, 1 << 10]);
    finish(core);
    expect([core.fsrHigh, core.fsr]).toEqual([0x3f, 2 << 10]);
  });

  test('conditional moves of floating point clear the exceptions of the operation before', () => {
    const { core } = machine([v9('fmovsne', { fd: 4, xcc: 0, fs2: 2 })]);
    core.ccr = ZERO;
    core.fsr = 0x3ff;
    expect(finish(core).fsr).toBe(0x3e0);
  });

  test('call and jmpl leave a 32-bit address', () => {
    const { core } = machine([v9('call', { disp30: 2 }), NOP, v9('jmpl', { rd: Z, rs1: X, simm13: 8 }), NOP]);
    setWide(core, O7, -1n);
    setWide(core, Z, -1n);
    setWide(core, X, 0x5_0000_0000n + BigInt(TEXT + 12));
    core.run(4);
    expect([wide(core, O7), wide(core, Z), core.pc]).toEqual([BigInt(TEXT), BigInt(TEXT + 8), TEXT + 20]);
  });

  test('return takes the window away before its delay slot', () => {
    const { core } = machine([
      v9('call', { disp30: 4 }),
      v9('or', { rd: L0, rs1: 0, simm13: 11 }),
      v9('add', { rd: Z, rs1: O0, simm13: 0 }),
      UNIMP,
      v9('save', { rd: SP, rs1: SP, simm13: -STACK_FRAME }),
      v9('or', { rd: L0, rs1: 0, simm13: 22 }),
      v9('return', { rs1: 31, simm13: 8 }),
      v9('add', { rd: O0, rs1: L0, simm13: 0 }),
    ]);
    expect(core.run(PLENTY)).toMatchObject({ kind: 'illegal', pc: TEXT + 12 });
    expect([core.get(Z), core.get(SP), core.retired]).toEqual([11, STACK_TOP - STACK_FRAME, 7]);
  });

  test('a return whose window cannot be filled traps and changes nothing', () => {
    const { core } = machine([v9('return', { rs1: X, simm13: 0 })], { [FP]: NOWHERE, [X]: TEXT });
    const before = core.state();
    expect(core.run(PLENTY)).toMatchObject({ kind: 'memory', pc: TEXT, access: 'read', address: NOWHERE });
    expect(core.state()).toEqual(before);
  });
});

describe('windows', () => {
  const save = v9('save', { rd: SP, rs1: SP, simm13: -STACK_FRAME });
  const restore = v9('restore');

  test('the result of save and restore has 64 bits', () => {
    const { core } = machine([
      v9('save', { rd: Y, rs1: X, rs2: Y }),
      v9('restore', { rd: Z, rs1: Y, simm13: -1 }),
    ]);
    setWide(core, X, 2n ** 40n);
    setWide(core, Y, 0xffffffffn);
    core.run(1);
    expect(wide(core, Y)).toBe(2n ** 40n + 0xffffffffn);
    finish(core);
    expect(wide(core, Z)).toBe(2n ** 40n + 0xfffffffen);
  });

  test('outs become ins with their high halves', () => {
    const { core } = machine([save]);
    setWide(core, X, 0x1_0000_0002n);
    setWide(core, L0, 0x3_0000_0004n);
    finish(core);
    expect([wide(core, I0), wide(core, L0)]).toEqual([0x1_0000_0002n, 0n]);
  });

  test.each([
    [6, 0x1_0000_0002n],
    // The seventh spills the first, whose stack frame has room for words.
    [7, 2n],
  ])('after %i saves and restores a local is %i', (depth, expected) => {
    const { core } = machine([
      ...Array.from({ length: depth }, () => save),
      ...Array.from({ length: depth }, () => restore),
    ]);
    setWide(core, L0, 0x1_0000_0002n);
    setWide(core, I0, 0x1_0000_0002n);
    finish(core);
    expect([wide(core, L0), wide(core, I0)]).toEqual([expected, expected]);
  });

  test('flushw spills like ta 3', () => {
    for (const instruction of [v9('flushw'), v9('ta', { xcc: 0, rs1: 0, imm7: 3 })]) {
      const { memory, core } = machine([v9('or', { rd: L0, rs1: 0, simm13: 99 }), save, save, instruction]);
      finish(core);
      expect(core.liveWindows()).toHaveLength(1);
      expect(memory.load32(STACK_TOP - STACK_FRAME)).toBe(99);
    }
  });
});

describe('state registers', () => {
  test('are read and written', () => {
    const { core } = machine([
      v9('wrccr', { rs1: X, simm13: 0xf }),
      v9('rdccr', { rd: Z }),
      v9('wrasi', { rs1: X, simm13: 0x80 }),
      v9('rdasi', { rd: Z + 1 }),
      v9('wrgsr', { rs1: X, simm13: 5 }),
      v9('rdgsr', { rd: L0 }),
      v9('wry', { rs1: X, simm13: 0 }),
      v9('rdy', { rd: L0 + 1 }),
      v9('rdpc', { rd: L0 + 2 }),
    ]);
    setWide(core, X, 0x5_f000_00a0n);
    for (let i = 0; i < 3; i++) setWide(core, L0 + i, -1n);
    finish(core);
    expect([Z, Z + 1, L0, L0 + 1, L0 + 2].map((register) => wide(core, register))).toEqual([
      0xafn,
      0x20n,
      0x25n,
      0xf00000a0n,
      BigInt(TEXT + 32),
    ]);
    expect([core.ccr, core.asi, core.icc]).toEqual([0xaf, 0x20, 0xf]);
  });

  test('tick is the time of the process', () => {
    const { core } = machine([NOP, NOP, v9('rdtick', { rd: Z }), v9('rdtick', { rd: Y })]);
    core.timeBase = 2 ** 33;
    finish(core);
    expect([wide(core, Z), wide(core, Y)]).toEqual([2n ** 33n + 2n, 2n ** 33n + 3n]);
  });

  test('the floating-point unit is always on', () => {
    const { core } = machine([
      v9('wrfprs', { rs1: 0, simm13: 0 }),
      v9('rdfprs', { rd: Z }),
      v9('fmovs', { fd: 0, fs2: 1 }),
    ]);
    expect(finish(core).get(Z)).toBe(7);
  });

  test('psr has both condition codes', () => {
    const { core } = machine([]);
    core.ccr = 0x5a;
    expect(core.psr >>> 16).toBe(0xffa5);
    core.psr = 0xffc60000 | 0;
    expect(core.ccr).toBe(0x6c);
    // Of another version there is no xcc.
    core.psr = 0x00c60000;
    expect(core.ccr).toBe(0x0c);
    const v8 = new SparcCore(new Memory(true));
    v8.icc = 10;
    expect((v8.psr >>> 20) & 15).toBe(10);
    v8.psr = 0x00c00000;
    expect(v8.icc).toBe(12);
  });

  test('a failed system call sets both carries', () => {
    const { core } = machine([]);
    core.ccr = 0x22;
    core.setCarry(true);
    expect(core.ccr).toBe(0x33);
    core.setCarry(false);
    expect(core.ccr).toBe(0x22);
  });

  test('registers take numbers of 64 bits', () => {
    const { core } = machine([], { [X]: -1, [Y]: 0xffffffff, [Z]: 2 ** 40 + 7 });
    expect([X, Y, Z].map((register) => wide(core, register))).toEqual([-1n, 0xffffffffn, 2n ** 40n + 7n]);
    core.set(0, 5);
    core.setHigh(0, 5);
    expect(wide(core, 0)).toBe(0n);
  });
});

describe('alignment and logicals of VIS', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])('faligndata takes eight bytes from offset %i', (offset) => {
    const { memory, core } = machine(
      [
        v9('alignaddr', { rd: Y, rs1: X, rs2: 0 }),
        v9('lddf', { dd: 0, rs1: Y, simm13: 0 }),
        v9('lddf', { dd: 32, rs1: Y, simm13: 8 }),
        v9('faligndata', { dd: 62, ds1: 0, ds2: 32 }),
        v9('stdf', { dd: 62, rs1: Y, simm13: 32 }),
      ],
      { [X]: DATA + offset },
    );
    memory.write(
      DATA,
      Uint8Array.from({ length: 16 }, (_, i) => 0xf0 + i),
    );
    finish(core);
    expect(core.get(Y)).toBe(DATA);
    expect([...memory.read(DATA + 32, 8)]).toEqual(Array.from({ length: 8 }, (_, i) => 0xf0 + offset + i));
  });

  test('alignaddrl leaves the offset from the next doubleword', () => {
    const { core } = machine([v9('alignaddrl', { rd: Y, rs1: X, rs2: Z }), v9('rdgsr', { rd: L0 })], {
      [X]: DATA,
      [Z]: 3,
    });
    finish(core);
    expect([core.get(Y), core.get(L0)]).toEqual([DATA, 5]);
  });

  const A = 0xf0f0_1234_ff00_aa55n;
  const B = 0xcccc_4321_f0f0_0ff0n;
  test.each([
    ['fzero', 0n],
    ['fone', -1n],
    ['fsrc1', A],
    ['fsrc2', B],
    ['fnot1', ~A],
    ['fnot2', ~B],
    ['for', A | B],
    ['fnor', ~(A | B)],
    ['fand', A & B],
    ['fnand', ~(A & B)],
    ['fxor', A ^ B],
    ['fxnor', ~(A ^ B)],
    ['fornot1', ~A | B],
    ['fornot2', A | ~B],
    ['fandnot1', ~A & B],
    ['fandnot2', A & ~B],
  ])('%s', (name, expected) => {
    const { core } = machine([
      v9(name, { dd: 8, ds1: 0, ds2: 2 }),
      v9(`${name}s`, { fd: 13, fs1: 1, fs2: 3 }),
    ]);
    core.floats.bits.set([unsigned(A), unsigned(B)]);
    finish(core);
    expect(core.floats.bits[4]).toBe(unsigned(expected));
    expect(core.floats.bits[6]).toBe(low(expected));
  });

  test.each([
    ['fpadd16', 0x0000_0000_8000_0003n],
    ['fpsub16', 0xfffe_fffe_0000_fffdn],
    ['fpadd32', 0x0001_0000_8000_0003n],
    ['fpsub32', 0xfffe_fffe_ffff_fffdn],
  ])('%s works on each part alone', (name, expected) => {
    const { core } = machine([
      v9(name, { dd: 8, ds1: 0, ds2: 2 }),
      v9(`${name}s`, { fd: 13, fs1: 1, fs2: 3 }),
    ]);
    core.floats.bits.set([0xffff_ffff_4000_0000n, 0x0001_0001_4000_0003n]);
    finish(core);
    expect(core.floats.bits[4]).toBe(expected);
    expect(core.floats.bits[6]).toBe(low(expected));
  });
});

test.each([
  ['membar', { mask: 0x7f }],
  ['stbar', {}],
  ['prefetch', { rs1: X, fcn: 0 }],
  ['prefetch', { rs1: X, fcn: 20 }],
  ['prefetcha', { rs1: X, fcn: 1, simm13: 0 }],
])('%s does nothing', (name, fields) => {
  const { core } = machine([v9(name, fields)], { [X]: NOWHERE });
  const before = core.state();
  finish(core);
  core.pc = TEXT;
  expect(core.state()).toEqual(before);
});

test('a reserved function of prefetch is illegal', () => {
  expect(machine([v9('prefetch', { rs1: X, fcn: 5 })]).core.run(1).kind).toBe('illegal');
});

test('every row executes, and g0 stays zero', () => {
  for (const row of TABLE_V9) {
    const { core } = machine([sampleWord(row) & ~(row.pattern.fields.has('rd') ? 0x1f << 25 : 0)]);
    core.set(9, DATA);
    core.set(11, 8);
    expect(() => core.run(1), row.name).not.toThrow();
    expect(wide(core, 0)).toBe(0n);
  }
});

test('a fork and its original go separate ways', () => {
  const { memory, core } = machine([]);
  core.ccr = 0x5a;
  core.gsr = 3;
  core.asi = 0x80;
  setWide(core, X, 2n ** 40n);
  core.floats.words[5] = 9;
  const fork = core.fork(memory.fork());
  const before = core.state();
  expect(fork.state()).toEqual(before);
  for (const change of [
    () => (fork.ccr = 0),
    () => (fork.gsr = 0),
    () => (fork.asi = 0),
    () => {
      setWide(fork, X, 0n);
    },
    () => (fork.floats.words[5] = 0),
    () => (fork.fsrHigh = 1),
  ]) {
    const previous = fork.state();
    change();
    expect(fork.state()).not.toEqual(previous);
  }
  expect(core.state()).toEqual(before);
});

test('code of V8 does to low words what it does on V8', () => {
  // Branches stay in the program, memory is reached through o0, which nothing writes.
  const length = 40;
  const usable = TABLE.filter(
    ({ name, op }) => !['unimp', 'jmpl', 'flush'].includes(name) && op !== Op.ticc && op !== Op.ticci,
  );
  const instruction = fc
    .tuple(fc.constantFrom(...usable), fc.infiniteStream(fc.nat()))
    .map(([row, stream]) => ({ row, numbers: [...stream.take(8)] }));
  const program = fc.array(instruction, { minLength: length, maxLength: length });
  const encode = (
    { row, numbers }: { row: (typeof usable)[number]; numbers: number[] },
    at: number,
  ): number => {
    const memoryAccess = row.pattern.match >>> 30 === 3;
    let next = 0;
    let word = row.pattern.match;
    for (const { name, segments, width } of row.pattern.fields.values()) {
      let value = numbers[next++ % numbers.length]!;
      if (name === 'rs1' && memoryAccess) value = X;
      else if (name === 'rs2' && memoryAccess) value = 0;
      else if (name === 'simm13' && memoryAccess) value = (value & 0x1f) << 3;
      else if (name.startsWith('disp')) value = (value % length) - at;
      // Windows are filled and spilled at the stack pointer, so it and o0 are read only.
      else if (name === 'rd') value = [1, 2, 4, 10, 12, 16, 18, 24, 26][value % 9]!;
      for (const s of segments) word |= ((value >> s.to) & (2 ** Math.min(s.bits, width) - 1)) << s.at;
    }
    return word >>> 0;
  };
  const restoring = (row: (typeof usable)[number]): boolean => ['save', 'restore'].includes(row.name);
  fc.assert(
    fc.property(program, fc.array(fc.integer(), { minLength: 32, maxLength: 32 }), (list, registers) => {
      const words = list.map((one, at) => (restoring(one.row) ? NOP : encode(one, at)));
      const cores = [SparcCore, SparcV9Core].map((Core) => {
        const memory = new Memory(true);
        memory.map(TEXT, TEXT + 0x1000, READ | WRITE | EXECUTE, 'text');
        memory.map(DATA, DATA + 0x1000, READ | WRITE, 'data');
        placeWords(memory, TEXT, words);
        const core = new Core(memory);
        core.pc = TEXT;
        registers.forEach((value, i) => {
          core.set(i, value);
          core.floats.words[i] = value;
        });
        core.set(X, DATA);
        return { memory, core };
      });
      const [v8, v9] = cores.map(({ core }) => ({ core, stop: core.run(300) }));
      expect(v9!.stop).toEqual(v8!.stop);
      const seen = ({ core }: { core: SparcCore | SparcV9Core }): unknown => ({
        general: Array.from({ length: 32 }, (_, i) => core.get(i)),
        floats: [...core.floats.words.subarray(0, 32)],
        rest: [core.icc, core.y, core.pc, core.nPc, core.retired, core.fsr],
      });
      expect(seen(v9!)).toEqual(seen(v8!));
      expect(cores[0]!.memory.differingPages(cores[1]!.memory)).toEqual([]);
    }),
    { seed: SEED, numRuns: 300 },
  );
});
