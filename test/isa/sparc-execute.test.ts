import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFields, type Values } from '#suture/isa/pattern.js';
import { FP, G1, I0, I7, L0, O0, O7, SP } from '#suture/isa/sparc/abi.js';
import { SparcCore } from '#suture/isa/sparc/execute.js';
import { TAG_OVERFLOW } from '#suture/isa/sparc/hart.js';
import { NOP, row, TABLE } from '#suture/isa/sparc/table.js';
import { EXECUTE, Memory, READ, WRITE } from '#suture/machine/memory.js';
import { placeWords } from '../support/sparc.js';

const SEED = 20092;
const TEXT = 0x10000;
const DATA = 0x20000;
const READ_ONLY = 0x24000;
const STACK = 0x30000;
const STACK_TOP = 0x34000;
const NOWHERE = 0x50000;
const PLENTY = 10_000;
/** Registers of the tests: two operands, a result, and a record of what was executed. */
const X = O0;
const Y = O0 + 1;
const Z = O0 + 2;
const RECORD = 1;
const UNIMP = 0;
const STACK_FRAME = 96;

/** The instruction of this name; which form follows from the operands. */
function op(name: string, fields: Values = {}): number {
  const constant = ['simm13', 'shcnt', 'imm7'].some((field) => field in fields);
  const twoForms = TABLE.some((candidate) => candidate.name === name && candidate.form !== undefined);
  const form = !twoForms ? undefined : constant ? 'immediate' : 'register';
  return encodeFields(row(name, form).pattern, fields);
}

/** Leaves a trace in g1 of having been executed. */
const mark = (bit: number): number => op('or', { rd: RECORD, rs1: RECORD, simm13: bit });

/** A core at TEXT, where `words` are and after them an unimp, which stops it. */
function machine(words: readonly number[], registers: Record<number, number> = {}) {
  const memory = new Memory(true);
  memory.map(TEXT, TEXT + 0x2000, READ | WRITE | EXECUTE, 'text');
  memory.map(DATA, DATA + 0x1000, READ | WRITE, 'data');
  memory.map(READ_ONLY, READ_ONLY + 0x1000, READ, 'constants');
  memory.map(STACK, STACK_TOP, READ | WRITE, '[ stack ]');
  placeWords(memory, TEXT, [...words, UNIMP]);
  const core = new SparcCore(memory);
  core.pc = TEXT;
  core.set(SP, STACK_TOP - STACK_FRAME);
  for (const [register, value] of Object.entries(registers)) core.set(Number(register), value);
  return { memory, core };
}

function runToEnd(words: readonly number[], registers: Record<number, number> = {}, y = 0, icc = 0) {
  const made = machine(words, registers);
  made.core.y = y;
  made.core.icc = icc;
  expect(made.core.run(PLENTY)).toMatchObject({ kind: 'illegal', word: UNIMP });
  return made;
}

/** Result, Y and icc of one instruction on two register operands. */
function compute(name: string, x: number, y: number, before: { y?: number; icc?: number } = {}) {
  const words = [op(name, { rd: Z, rs1: X, rs2: Y })];
  const { core } = runToEnd(words, { [X]: x, [Y]: y }, before.y, before.icc);
  return { z: core.get(Z), y: core.y, icc: core.icc };
}

const low = (value: bigint): number => Number(BigInt.asIntN(32, value));
const unsigned = (value: number): bigint => BigInt(value >>> 0);
const nz = (value: number): number => (value < 0 ? 8 : 0) | (value === 0 ? 4 : 0);
/** Numbers near which arithmetic goes wrong, and any others. */
const word = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, -1, -2, 0x7fffffff, -0x80000000, -0x7fffffff, 0x10000),
  fc.integer(),
);

describe('control transfers', () => {
  test.each([
    ['be', 4, 0, 0b101],
    ['be', 4, 1, 0b101],
    ['be', 0, 0, 0b111],
    ['be', 0, 1, 0b110],
    ['ba', 0, 0, 0b101],
    ['ba', 0, 1, 0b100],
    ['bn', 0, 0, 0b111],
    ['bn', 0, 1, 0b110],
  ])('%s with icc %i and annul bit %i', (name, icc, a, executed) => {
    const { core } = runToEnd([op(name, { a, disp22: 3 }), mark(1), mark(2), mark(4)], {}, 0, icc);
    expect(core.get(RECORD)).toBe(executed);
    const marks = [1, 2, 4].filter((bit) => (executed & bit) !== 0).length;
    expect(core.retired).toBe(1 + marks);
  });

  test.each([
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
  ] as [string, (n: boolean, z: boolean, v: boolean, c: boolean) => boolean][])(
    'condition %s of branches and traps',
    (name, holds) => {
      for (let icc = 0; icc < 16; icc++) {
        const expected = holds((icc & 8) > 0, (icc & 4) > 0, (icc & 2) > 0, (icc & 1) > 0);
        const branch = runToEnd([op(`b${name}`, { disp22: 3 }), NOP, mark(1)], {}, 0, icc);
        expect(branch.core.get(RECORD) === 0).toBe(expected);
        const trap = machine([op(`t${name}`, { imm7: 9 })]);
        trap.core.icc = icc;
        expect(trap.core.run(PLENTY).kind === 'trap-instruction').toBe(expected);
      }
    },
  );

  // Expected records are those of the same words under qemu-sparc.
  test.each([
    ['ba, then ba', op('ba', { disp22: 3 }), op('ba', { disp22: 4 }), 0b1010],
    ['ba, then ba,a', op('ba', { disp22: 3 }), op('ba', { a: 1, disp22: 4 }), 0b1000],
    [
      'be,a taken, then bne,a not taken',
      op('be', { a: 1, disp22: 3 }),
      op('bne', { a: 1, disp22: 4 }),
      0b1100,
    ],
    ['call, then call', op('call', { disp30: 3 }), op('call', { disp30: 4 }), 0b1010],
  ])('a transfer in a delay slot: %s', (_, first, second, executed) => {
    const { core } = runToEnd([first, second, mark(1), mark(2), mark(4), mark(8)], {}, 0, 4);
    expect(core.get(RECORD)).toBe(executed);
  });

  test('call and jmpl leave their own address', () => {
    const { core } = runToEnd(
      [op('call', { disp30: 2 }), NOP, op('jmpl', { rd: X, rs1: X, simm13: 8 }), mark(1), mark(2), mark(4)],
      { [X]: TEXT + 12 },
    );
    expect(core.get(O7)).toBe(TEXT);
    // X was both: the target is computed first.
    expect(core.get(X)).toBe(TEXT + 8);
    expect(core.get(RECORD)).toBe(0b101);
  });

  test('a call reaches across the end of the address space', () => {
    const { core } = machine([op('call', { disp30: -0x4001 }), NOP]);
    expect(core.run(PLENTY)).toMatchObject({ kind: 'memory', access: 'fetch', address: 0xfffffffc });
  });

  test('a delay slot on the next page', () => {
    const { memory, core } = machine([mark(4)]);
    placeWords(memory, TEXT + 0xffc, [op('ba', { disp22: -0x3ff }), mark(1), mark(2)]);
    core.pc = TEXT + 0xffc;
    expect(core.run(PLENTY).kind).toBe('illegal');
    expect(core.get(RECORD)).toBe(0b101);
  });

  test('a fault in a delay slot leaves pc there and nPC at the target', () => {
    const { memory, core } = machine([]);
    placeWords(memory, TEXT + 0x1ffc, [op('ba', { disp22: -0x7ff })]);
    core.pc = TEXT + 0x1ffc;
    const fault = {
      kind: 'memory',
      pc: TEXT + 0x2000,
      access: 'fetch',
      address: TEXT + 0x2000,
      cause: 'unmapped',
    };
    expect(core.run(PLENTY)).toEqual(fault);
    expect([core.pc, core.nPc, core.retired]).toEqual([TEXT + 0x2000, TEXT, 1]);
  });

  test('an annulled delay slot is not fetched', () => {
    const { memory, core } = machine([mark(1)]);
    placeWords(memory, TEXT + 0x1ffc, [op('ba', { a: 1, disp22: -0x7ff })]);
    core.pc = TEXT + 0x1ffc;
    expect(core.run(PLENTY).kind).toBe('illegal');
    expect(core.get(RECORD)).toBe(1);
  });

  test('a limit between a branch and its delay slot changes nothing', () => {
    const { core } = machine([op('ba', { disp22: 3 }), mark(1), mark(2), mark(4)]);
    for (let count = 1; count <= 3; count++) expect(core.run(count)).toEqual({ kind: 'limit' });
    expect(core.get(RECORD)).toBe(0b101);
  });

  test('setting pc sets nPC', () => {
    const { core } = machine([]);
    core.pc = 0xfffffffc;
    expect([core.pc, core.nPc]).toEqual([0xfffffffc, 0]);
  });
});

describe('arithmetic', () => {
  const wrapped = { add: (x: bigint, y: bigint) => x + y, sub: (x: bigint, y: bigint) => x - y };

  test.each([
    ['add', 'addcc', 0n],
    ['add', 'addxcc', 1n],
    ['sub', 'subcc', 0n],
    ['sub', 'subxcc', 1n],
  ] as const)('%s: result and condition codes of %s', (kind, name, usesCarry) => {
    fc.assert(
      fc.property(word, word, fc.nat(1), (x, y, carry) => {
        const extra = usesCarry * BigInt(carry);
        const exactSigned = wrapped[kind](wrapped[kind](BigInt(x), BigInt(y)), extra);
        const exactUnsigned = wrapped[kind](wrapped[kind](unsigned(x), unsigned(y)), extra);
        const z = low(exactSigned);
        const v = exactSigned === BigInt(z) ? 0 : 2;
        const c = exactUnsigned === unsigned(z) ? 0 : 1;
        expect(compute(name, x, y, { icc: carry })).toEqual({ z, y: 0, icc: nz(z) | v | c });
        const plain = name.slice(0, -2);
        expect(compute(plain, x, y, { icc: carry })).toEqual({ z, y: 0, icc: carry });
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test.each([
    ['and', (x: number, y: number) => x & y],
    ['andn', (x: number, y: number) => x & ~y],
    ['or', (x: number, y: number) => x | y],
    ['orn', (x: number, y: number) => x | ~y],
    ['xor', (x: number, y: number) => x ^ y],
    ['xnor', (x: number, y: number) => ~(x ^ y)],
  ])('%s clears overflow and carry', (name, expected) => {
    fc.assert(
      fc.property(word, word, (x, y) => {
        const z = expected(x, y);
        expect(compute(`${name}cc`, x, y, { icc: 15 })).toEqual({ z, y: 0, icc: nz(z) });
        expect(compute(name, x, y, { icc: 15 })).toEqual({ z, y: 0, icc: 15 });
      }),
      { seed: SEED },
    );
  });

  test('sethi sets the upper 22 bits and clears the others', () => {
    expect(runToEnd([op('sethi', { rd: Z, imm22: 0x3fffff })], { [Z]: -1 }).core.get(Z)).toBe(-1024);
  });

  const withConstant = TABLE.filter(
    ({ name, form, pattern: { text } }) =>
      form === 'immediate' && text.startsWith('10 rd ') && name !== 'jmpl',
  );
  test.each(withConstant.map(({ name }) => [name]))('%s takes a constant like a register', (name) => {
    const field = ['sll', 'srl', 'sra'].includes(name) ? 'shcnt' : 'simm13';
    const any = fc.integer(field === 'shcnt' ? { min: 0, max: 31 } : { min: -4096, max: 4095 });
    fc.assert(
      fc.property(word, any, fc.nat(15), (x, constant, icc) => {
        const outcome = (words: number[]): unknown => {
          const { core } = machine(words, { [X]: x, [Y]: constant, [FP]: STACK });
          Object.assign(core, { icc, y: x >> 31 });
          const stop = core.run(1);
          return { stop, state: core.state() };
        };
        expect(outcome([op(name, { rd: Z, rs1: X, [field]: constant })])).toEqual(
          outcome([op(name, { rd: Z, rs1: X, rs2: Y })]),
        );
      }),
      { seed: SEED, numRuns: 30 },
    );
  });

  test('shifts take the low five bits of the count', () => {
    expect(compute('sll', -3, 33).z).toBe(-6);
    expect(compute('srl', -4, 33).z).toBe(0x7ffffffe);
    expect(compute('sra', -4, 33).z).toBe(-2);
  });

  test('tagged operations overflow when a tag is not zero', () => {
    expect(compute('taddcc', 4, 8).icc).toBe(0);
    expect(compute('taddcc', 5, 8)).toMatchObject({ z: 13, icc: 2 });
    expect(compute('taddcc', 4, 10)).toMatchObject({ z: 14, icc: 2 });
    expect(compute('taddcc', 0x7ffffffc, 4)).toMatchObject({ z: -0x80000000, icc: 0b1010 });
    expect(compute('tsubcc', 4, 8)).toMatchObject({ z: -4, icc: 0b1001 });
    expect(compute('tsubcc', 8, 6)).toMatchObject({ z: 2, icc: 2 });
    expect(compute('taddcctv', 4, 8)).toMatchObject({ z: 12, icc: 0 });
    expect(compute('tsubcctv', 4, 4)).toMatchObject({ z: 0, icc: 4 });
  });

  test.each(['taddcctv', 'tsubcctv'])('%s traps on tag overflow', (name) => {
    const { core } = machine([op(name, { rd: Z, rs1: X, rs2: Y })], { [X]: 1, [Z]: 7 });
    expect(core.run(PLENTY)).toEqual({ kind: 'trap-instruction', pc: TEXT, number: TAG_OVERFLOW });
    expect([core.get(Z), core.icc]).toEqual([7, 0]);
  });

  test('products', () => {
    fc.assert(
      fc.property(word, word, (x, y) => {
        for (const [name, product] of [
          ['umul', unsigned(x) * unsigned(y)],
          ['smul', BigInt(x) * BigInt(y)],
        ] as const) {
          const [z, high] = [low(product), low(product >> 32n)];
          expect(compute(name, x, y, { y: 5, icc: 3 })).toEqual({ z, y: high, icc: 3 });
          expect(compute(`${name}cc`, x, y, { y: 5, icc: 3 })).toEqual({ z, y: high, icc: nz(z) });
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test.each([
    ['udiv', unsigned, 0n, 0xffffffffn],
    ['sdiv', BigInt, -0x80000000n, 0x7fffffffn],
  ] as const)('%s: quotients, and the nearest value when one does not fit', (name, number, least, most) => {
    // Near a quotient of 32 bits, where it just fits or just does not, and anywhere.
    const near = fc
      .tuple(word, word, fc.integer({ min: -2, max: 2 }))
      .map(
        ([quotient, divisor, rest]) => [number(quotient) * number(divisor) + BigInt(rest), divisor] as const,
      );
    const any = fc.tuple(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), word);
    fc.assert(
      fc.property(fc.oneof(near, any), ([dividend, divisor]) => {
        if (divisor === 0) return;
        const exact =
          (name === 'sdiv' ? BigInt.asIntN(64, dividend) : BigInt.asUintN(64, dividend)) / number(divisor);
        const fitting = exact < least ? least : exact > most ? most : exact;
        const z = low(fitting);
        const y = low(dividend >> 32n);
        const x = low(dividend);
        expect(compute(name, x, divisor, { y, icc: 9 })).toEqual({ z, y, icc: 9 });
        const icc = nz(z) | (exact === fitting ? 0 : 2);
        expect(compute(`${name}cc`, x, divisor, { y, icc: 9 })).toEqual({ z, y, icc });
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test.each(['udiv', 'sdiv', 'udivcc', 'sdivcc'])('%s by zero traps', (name) => {
    const { core } = machine([op(name, { rd: Z, rs1: X, simm13: 0 })], { [X]: 1 });
    expect(core.run(PLENTY)).toEqual({ kind: 'divide-by-zero', pc: TEXT });
  });

  // Expected values are those of qemu-sparc.
  test.each([
    { x: 0, y: 5, before: { y: 1, icc: 0 }, z: 5, after: 0, icc: 0 },
    { x: 3, y: 5, before: { y: 2, icc: 8 }, z: -0x7fffffff, after: -0x7fffffff, icc: 8 },
    { x: 3, y: 5, before: { y: 2, icc: 10 }, z: 1, after: -0x7fffffff, icc: 0 },
    { x: -2, y: 1, before: { y: 1, icc: 2 }, z: 0, after: 0, icc: 5 },
    { x: -2, y: 1, before: { y: -1, icc: 0 }, z: -0x80000000, after: 0x7fffffff, icc: 10 },
  ])('mulscc of $x and $y, $before', ({ x, y, before, z, after, icc }) => {
    expect(compute('mulscc', x, y, before)).toEqual({ z, y: after, icc });
  });

  test('32 mulscc and a last shift are a signed multiplication', () => {
    const steps = Array.from({ length: 32 }, () => op('mulscc', { rd: Z, rs1: Z, rs2: Y }));
    const program = [
      op('wry', { rs1: X }),
      op('andcc', { rd: Z }),
      ...steps,
      op('mulscc', { rd: Z, rs1: Z }),
      op('rdy', { rd: O0 + 3 }),
    ];
    fc.assert(
      // A negative multiplier needs a correction afterwards, which is not mulscc's.
      fc.property(fc.nat(0x7fffffff), word, (x, y) => {
        const { core } = runToEnd(program, { [X]: x, [Y]: y });
        const product = BigInt(x) * BigInt(y);
        expect([core.get(Z), core.get(O0 + 3)]).toEqual([low(product >> 32n), low(product)]);
      }),
      { seed: SEED },
    );
  });

  test('wry writes the exclusive or', () => {
    expect(runToEnd([op('wry', { rs1: X, simm13: -1 })], { [X]: 5 }).core.y).toBe(-6);
  });

  test('every row executes, in both forms, and g0 stays zero', () => {
    for (const candidate of TABLE) {
      const forms = ['simm13', 'imm7', 'shcnt'].filter((field) => candidate.pattern.fields.has(field));
      const values = Object.fromEntries([...forms.map((field) => [field, 8] as const), ['rs1', X] as const]);
      const fits = Object.keys(values).every((field) => candidate.pattern.fields.has(field));
      const { core } = machine([encodeFields(candidate.pattern, fits ? values : {})], { [X]: DATA });
      expect(() => core.run(1)).not.toThrow();
      expect(core.get(0)).toBe(0);
    }
  });
});

describe('memory', () => {
  test.each([
    ['ld', 0x81828384 | 0],
    ['ldsb', 0xffffff81 | 0],
    ['ldub', 0x81],
    ['ldsh', 0xffff8182 | 0],
    ['lduh', 0x8182],
  ])('%s extends as it says', (name, expected) => {
    const { memory, core } = machine([
      op(name, { rd: Z, rs1: X, simm13: -4 }),
      op(name, { rd: Y, rs1: X, rs2: Y }),
    ]);
    placeWords(memory, DATA, [0x81828384]);
    core.set(X, DATA + 4);
    core.set(Y, -4);
    core.run(PLENTY);
    expect([core.get(Z), core.get(Y)]).toEqual([expected, expected]);
  });

  test('stores are big-endian and take g0 for zero', () => {
    const { memory } = runToEnd(
      [
        op('st', { rd: Y, rs1: X, simm13: 0 }),
        op('sth', { rd: Y, rs1: X, simm13: 4 }),
        op('stb', { rd: Y, rs1: X, simm13: 6 }),
        op('or', { rd: 0, rs1: Y, rs2: Y }),
        op('stb', { rd: 0, rs1: X, simm13: 3 }),
      ],
      { [X]: DATA, [Y]: 0x11223344 },
    );
    expect([...memory.read(DATA, 8)]).toEqual([0x11, 0x22, 0x33, 0, 0x33, 0x44, 0x44, 0]);
  });

  test('ldd and std move an even register and the next', () => {
    const { memory, core } = runToEnd(
      [
        op('std', { rd: Z, rs1: X, simm13: 8 }),
        op('ldd', { rd: L0, rs1: X, simm13: 8 }),
        op('ldd', { rd: 0, rs1: X, simm13: 8 }),
        op('std', { rd: 0, rs1: X, simm13: 16 }),
      ],
      { [X]: DATA, [Z]: 0x1234, [Z + 1]: -5 },
    );
    expect([core.get(L0), core.get(L0 + 1), core.get(0), core.get(G1)]).toEqual([0x1234, -5, 0, -5]);
    expect([memory.load32(DATA + 16), memory.load32(DATA + 20)]).toEqual([0, -5]);
  });

  test('ldd may overwrite its own address', () => {
    const { memory, core } = machine([op('ldd', { rd: X, rs1: X, simm13: 0 })], { [X]: DATA });
    placeWords(memory, DATA, [1, 2]);
    core.run(PLENTY);
    expect([core.get(X), core.get(Y)]).toEqual([1, 2]);
  });

  test('ldstub and swap exchange', () => {
    const { memory, core } = machine(
      [
        op('ldstub', { rd: Z, rs1: X, simm13: 1 }),
        op('swap', { rd: Y, rs1: X, simm13: 4 }),
        op('or', { rd: 0, rs1: X, rs2: X }),
        op('swap', { rd: 0, rs1: X, simm13: 8 }),
      ],
      { [X]: DATA, [Y]: 77 },
    );
    placeWords(memory, DATA, [0x01020304, 55, 66]);
    core.run(PLENTY);
    expect([core.get(Z), core.get(Y)]).toEqual([2, 55]);
    expect([0, 4, 8].map((offset) => memory.load32(DATA + offset))).toEqual([0x01ff0304, 77, 0]);
  });
});

describe('what traps changes nothing', () => {
  const memoryFault = (access: string, address: number, cause: string) => ({
    kind: 'memory',
    access,
    address,
    cause,
  });
  const misaligned = (access: string, address: number) => memoryFault(access, address, 'misaligned');

  const readOnly = memoryFault('write', READ_ONLY, 'protected');
  const unmapped = memoryFault('read', NOWHERE, 'unmapped');
  const cases: [names: string, address: number, stop: object][] = [
    ['ld lduh ldsh swap', DATA + 1, misaligned('read', DATA + 1)],
    ['st sth', DATA + 1, misaligned('write', DATA + 1)],
    ['ldd', DATA + 4, misaligned('read', DATA + 4)],
    ['std', DATA + 4, misaligned('write', DATA + 4)],
    ['jmpl', TEXT + 2, misaligned('fetch', TEXT + 2)],
    ['ld ldub ldsb ldd', NOWHERE, unmapped],
    ['st stb std swap ldstub', READ_ONLY, readOnly],
    ['udiv', 0, { kind: 'divide-by-zero' }],
    ['taddcctv', 1, { kind: 'trap-instruction' }],
    ['ta', 16, { kind: 'syscall' }],
  ];
  const each = cases.flatMap(([names, ...rest]) => names.split(' ').map((name) => [name, ...rest] as const));

  test.each(each)('%s of %i', (name, address, expected) => {
    // In a delay slot, so that nPC is not simply the next instruction.
    const { memory, core } = machine([op('ba', { disp22: 8 }), op(name, { rd: Z, rs1: X })], {
      [X]: address,
      [Z]: 3,
    });
    core.icc = 5;
    core.y = 9;
    core.run(1);
    const before = { state: core.state(), memory: memory.fork() };
    expect(core.run(PLENTY)).toMatchObject({ ...expected, pc: TEXT + 4 });
    expect(core.state()).toEqual(before.state);
    expect(core.retired).toBe(1);
    expect(memory.differingPages(before.memory)).toEqual([]);
  });

  test('a misaligned pc', () => {
    const { core } = machine([NOP]);
    for (const offset of [1, 2, 3]) {
      core.pc = TEXT + offset;
      expect(core.run(PLENTY)).toMatchObject(misaligned('fetch', TEXT + offset));
    }
  });
});

describe('software traps', () => {
  test.each([
    [0x10, { kind: 'syscall', pc: TEXT }],
    [1, { kind: 'break', pc: TEXT }],
    [2, { kind: 'divide-by-zero', pc: TEXT }],
    [0x11, { kind: 'trap-instruction', pc: TEXT, number: 0x11 }],
    [0x7f, { kind: 'trap-instruction', pc: TEXT, number: 0x7f }],
  ])('ta %i', (number, stop) => {
    expect(machine([op('ta', { imm7: number })]).core.run(PLENTY)).toEqual(stop);
    // The number is a sum, of which seven bits count.
    expect(machine([op('ta', { rs1: X, imm7: 127 })], { [X]: number + 1 }).core.run(PLENTY)).toEqual(stop);
    const { core } = machine([op('ta', { rs1: X, rs2: Y })], { [X]: number + 1, [Y]: 127 });
    expect(core.run(PLENTY)).toEqual(stop);
  });

  test('finishSyscall goes on at nPC', () => {
    const { core } = machine([op('ba', { disp22: 3 }), op('ta', { imm7: 0x10 }), mark(1), mark(2)]);
    expect(core.run(PLENTY)).toEqual({ kind: 'syscall', pc: TEXT + 4 });
    core.finishSyscall();
    expect([core.pc, core.nPc, core.retired]).toEqual([TEXT + 12, TEXT + 16, 2]);
    core.run(PLENTY);
    expect(core.get(RECORD)).toBe(2);
  });

  test('cleaning windows needs nothing', () => {
    expect(runToEnd([op('ta', { imm7: 4 })]).core.retired).toBe(1);
  });
});

describe('fetched instructions', () => {
  /** Runs TEXT + 16, stores other instructions over it and the next, optionally flushes, and runs it again. */
  function selfModifying(flush: readonly number[]): number {
    const { core } = runToEnd(
      [
        op('call', { disp30: 4 }),
        NOP,
        op('ba', { a: 1, disp22: 6 }),
        UNIMP,
        op('add', { rd: RECORD, rs1: RECORD, simm13: 1 }),
        op('add', { rd: RECORD, rs1: RECORD, simm13: 1 }),
        op('jmpl', { rs1: O7, simm13: 8 }),
        NOP,
        op('st', { rd: Y, rs1: X, simm13: 0 }),
        op('st', { rd: Y, rs1: X, simm13: 4 }),
        ...flush,
        op('call', { disp30: -6 - flush.length }),
        NOP,
        op('ba', { a: 1, disp22: 2 }),
        UNIMP,
      ],
      { [X]: TEXT + 16, [Y]: op('add', { rd: RECORD, rs1: RECORD, simm13: 100 }) },
    );
    return core.get(RECORD);
  }

  test('stay what they were until flushed', () => {
    expect(selfModifying([])).toBe(4);
    expect(selfModifying([op('flush', { rs1: X, simm13: -1 })])).toBe(4);
    expect(selfModifying([op('flush', { rs1: X, simm13: 8 })])).toBe(4);
    // Any address in the doubleword, and all of it.
    expect(selfModifying([op('flush', { rs1: X, simm13: 0 })])).toBe(202);
    expect(selfModifying([op('flush', { rs1: X, simm13: 7 })])).toBe(202);
  });

  test('a flush of the next instruction is in time, even when a fork shares the page', () => {
    const program = [op('st', { rd: Y, rs1: X, simm13: 0 }), op('flush', { rs1: X, simm13: 0 }), mark(1)];
    const { memory, core } = runToEnd(program, { [X]: TEXT + 8, [Y]: mark(1) });
    core.fork(memory.fork());
    core.pc = TEXT;
    core.set(Y, mark(2));
    core.run(PLENTY);
    expect(core.get(RECORD)).toBe(3);
  });

  test('the host synchronizes like flush', () => {
    const { memory, core } = machine([mark(1), op('ba', { disp22: -1 }), NOP]);
    core.run(4);
    placeWords(memory, TEXT, [mark(2)]);
    core.run(7);
    expect(core.get(RECORD)).toBe(1);
    core.synchronize(TEXT, TEXT + 4);
    core.run(10);
    expect(core.get(RECORD)).toBe(3);
  });
});

describe('save and restore', () => {
  const save = op('save', { rd: SP, rs1: SP, simm13: -STACK_FRAME });

  test('operands are of the window left, the result of the window entered', () => {
    const { core } = runToEnd(
      [
        op('save', { rd: X, rs1: X, rs2: Y }),
        op('add', { rd: I0 + 1, rs1: X, simm13: 0 }),
        op('or', { rd: G1, rs1: X, simm13: 0 }),
        op('restore', { rd: Z, rs1: G1, rs2: I0 }),
      ],
      { [X]: 30, [Y]: 12 },
    );
    expect([X, Y, Z].map((register) => core.get(register))).toEqual([30, 42, 72]);
  });

  test('a recursion deeper than the file returns with every register as it was', () => {
    // f(n) = n + f(n - 1), the sum kept in a local across the call.
    const { memory, core } = runToEnd(
      [
        op('call', { disp30: 4 }),
        NOP,
        op('ba', { a: 1, disp22: 11 }),
        UNIMP,
        save,
        op('orcc', { rd: L0, rs1: I0, simm13: 0 }),
        op('be', { disp22: 4 }),
        op('or', { rd: O0, rs1: 0, simm13: 0 }),
        op('call', { disp30: -4 }),
        op('sub', { rd: O0, rs1: L0, simm13: 1 }),
        op('add', { rd: I0, rs1: O0, rs2: L0 }),
        op('jmpl', { rs1: I7, simm13: 8 }),
        op('restore'),
      ],
      { [O0]: 40 },
    );
    expect(core.get(O0)).toBe((40 * 41) / 2);
    expect(core.get(SP)).toBe(STACK_TOP - STACK_FRAME);
    // The outermost recursive activation was spilled: n is in its l0.
    expect(memory.load32(STACK_TOP - 2 * STACK_FRAME)).toBe(40);
  });

  test.each([
    ['unmapped', NOWHERE],
    ['misaligned', STACK + 4],
    ['protected', READ_ONLY],
  ])('a spill to a stack that is %s traps at the save and changes nothing', (cause, sp) => {
    const { core } = machine(Array.from({ length: 8 }, () => save));
    core.run(1);
    // The oldest window's stack pointer is the ins' of the next.
    core.set(FP, sp);
    core.run(6);
    const before = core.state();
    expect(core.run(PLENTY)).toEqual({
      kind: 'memory',
      pc: TEXT + 24,
      access: 'write',
      address: sp,
      cause,
    });
    expect(core.state()).toEqual(before);
  });

  test('a fill from an unmapped stack traps at the restore and changes nothing', () => {
    const { core } = machine([op('restore', { rd: X, rs1: X, rs2: X })], { [FP]: NOWHERE, [X]: 5 });
    const before = core.state();
    expect(core.run(PLENTY)).toMatchObject({ kind: 'memory', pc: TEXT, access: 'read', address: NOWHERE });
    expect(core.state()).toEqual(before);
  });

  test('ta 3 flushes the windows and execution goes on', () => {
    const { memory, core } = runToEnd([
      op('or', { rd: L0, rs1: 0, simm13: 99 }),
      save,
      save,
      op('ta', { imm7: 3 }),
    ]);
    expect(core.liveWindows()).toHaveLength(1);
    expect(core.retired).toBe(4);
    expect(memory.load32(STACK_TOP - STACK_FRAME)).toBe(99);
  });

  test('ta 3 with one window that cannot be spilled spills none', () => {
    const { memory, core } = machine([save, save, save, op('ta', { imm7: 3 })]);
    core.run(2);
    core.set(FP, NOWHERE);
    core.run(3);
    const before = { state: core.state(), memory: memory.fork() };
    expect(core.run(PLENTY)).toMatchObject({
      kind: 'memory',
      pc: TEXT + 12,
      access: 'write',
      address: NOWHERE,
    });
    expect(core.state()).toEqual(before.state);
    expect(memory.differingPages(before.memory)).toEqual([]);
  });
});

test('a fork and its original go separate ways', () => {
  const save = op('save', { rd: SP, rs1: SP, simm13: -STACK_FRAME });
  const store = op('st', { rd: RECORD, rs1: RECORD, rs2: X });
  const { memory, core } = machine([save, mark(1), store, mark(2), save]);
  core.run(2);
  const forkMemory = memory.fork();
  const fork = core.fork(forkMemory);
  const before = core.state();
  fork.set(X, DATA);
  fork.icc = 15;
  fork.y = 3;
  fork.set(RECORD, 3);
  expect(fork.run(PLENTY).kind).toBe('memory');
  expect(core.state()).toEqual(before);
  fork.set(RECORD, 4);
  expect(fork.run(PLENTY).kind).toBe('illegal');
  expect(core.state()).toEqual(before);
  expect(memory.load32(DATA + 4)).toBe(0);
  expect(forkMemory.load32(DATA + 4)).toBe(4);
  expect([fork.retired, core.retired]).toEqual([5, 2]);
});

test('a fork has all of the state, and what was fetched', () => {
  const { memory, core } = machine([op('ba', { disp22: 3 }), mark(1), NOP, mark(2)]);
  core.y = 7;
  core.icc = 5;
  core.run(1);
  const forkMemory = memory.fork();
  const fork = core.fork(forkMemory);
  expect([fork.state(), fork.retired]).toEqual([core.state(), core.retired]);
  placeWords(forkMemory, TEXT + 4, [mark(4)]);
  placeWords(forkMemory, TEXT, [mark(8)]);
  expect(fork.run(PLENTY).kind).toBe('illegal');
  expect(fork.get(RECORD)).toBe(0b110);
  expect(core.run(PLENTY).kind).toBe('illegal');
  expect(core.get(RECORD)).toBe(0b011);
  // The branch was fetched before the fork, so the fork still has it.
  fork.pc = TEXT;
  fork.set(RECORD, 0);
  fork.run(fork.retired + 2);
  expect(fork.get(RECORD)).toBe(0b100);
});

describe('breakpoints', () => {
  const program = [op('ba', { disp22: 3 }), mark(1), mark(2), mark(4)];
  test.each([
    ['at a branch', TEXT, 0],
    ['in a delay slot', TEXT + 4, 0],
    ['at a target', TEXT + 12, 1],
  ])('%s', (_, address, recorded) => {
    const { core } = machine(program);
    core.setBreakpoint(address);
    if (address !== TEXT) {
      expect(core.run(PLENTY)).toEqual({ kind: 'breakpoint', pc: address });
      expect(core.get(RECORD)).toBe(recorded);
    }
    // Running again steps over it.
    expect(core.run(PLENTY).kind).toBe('illegal');
    expect([core.get(RECORD), core.retired]).toEqual([5, 3]);
  });

  test('on neighbours', () => {
    const { core } = machine(program);
    for (const address of [TEXT, TEXT + 4, TEXT + 12]) core.setBreakpoint(address);
    expect(core.run(PLENTY)).toEqual({ kind: 'breakpoint', pc: TEXT + 4 });
    expect(core.run(PLENTY)).toEqual({ kind: 'breakpoint', pc: TEXT + 12 });
    expect(core.run(PLENTY).kind).toBe('illegal');
  });

  test('stepping over one keeps to the limit', () => {
    const { core } = machine(program);
    core.setBreakpoint(TEXT);
    expect(core.run(1)).toEqual({ kind: 'limit' });
    expect([core.pc, core.retired]).toEqual([TEXT + 4, 1]);
  });

  test('in a delay slot that is annulled is never reached', () => {
    const { core } = machine([op('ba', { a: 1, disp22: 3 }), ...program.slice(1)]);
    core.setBreakpoint(TEXT + 4);
    expect(core.run(PLENTY).kind).toBe('illegal');
    expect(core.get(RECORD)).toBe(4);
  });

  test('every time round a loop, until cleared', () => {
    const { core } = machine([mark(1), op('ba', { disp22: -1 }), op('add', { rd: Z, rs1: Z, simm13: 1 })]);
    core.setBreakpoint(TEXT + 8);
    for (let round = 0; round < 3; round++) {
      expect(core.run(PLENTY)).toEqual({ kind: 'breakpoint', pc: TEXT + 8 });
      expect(core.get(Z)).toBe(round);
    }
    core.clearBreakpoint(TEXT + 8);
    expect(core.run(PLENTY)).toEqual({ kind: 'limit' });
  });
});

test('registers are listed in the order of the manual', () => {
  const { core } = machine([], { [G1]: -1, [FP]: 5 });
  const listed = core.registers();
  expect(listed.slice(0, 8).map(({ name }) => name)).toEqual([
    'pc',
    'npc',
    'icc',
    'wim',
    'y',
    'cwp',
    'g0',
    'g1',
  ]);
  expect(listed.find(({ name }) => name === 'g1')?.value).toBe(0xffffffffn);
  expect(listed.find(({ name }) => name === 'fp')?.value).toBe(5n);
});
