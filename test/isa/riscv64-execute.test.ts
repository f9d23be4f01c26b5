/** RV64 integers against the manual's sentences, in 64-bit arithmetic of its own. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DATA, machine, TEXT, WIDTHS, type Program } from '../support/riscv.js';

const SEED = 20260102;

const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
/** The lower word, sign-extended. */
const word = (value: bigint): bigint => BigInt.asIntN(32, value);
const unsignedWord = (value: bigint): bigint => BigInt.asUintN(32, value);
const boolean = (value: boolean): bigint => (value ? 1n : 0n);

const MIN = -(2n ** 63n);
const MIN_WORD = -(2n ** 31n);

type Model = (a: bigint, b: bigint) => bigint;

/** "M": division by zero gives all ones and the dividend, overflow gives the dividend and zero. */
const quotient: Model = (a, b) => (b === 0n ? -1n : a / b);
const rest: Model = (a, b) => (b === 0n ? a : a % b);

/** Operands and results are signed; what does not fit is cut. */
const REGISTERS: Record<string, Model> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  sll: (a, b) => a << (b & 63n),
  slt: (a, b) => boolean(a < b),
  sltu: (a, b) => boolean(unsigned(a) < unsigned(b)),
  xor: (a, b) => a ^ b,
  srl: (a, b) => unsigned(a) >> (b & 63n),
  sra: (a, b) => a >> (b & 63n),
  or: (a, b) => a | b,
  and: (a, b) => a & b,
  addw: (a, b) => word(a + b),
  subw: (a, b) => word(a - b),
  sllw: (a, b) => word(a << (b & 31n)),
  srlw: (a, b) => word(unsignedWord(a) >> (b & 31n)),
  sraw: (a, b) => word(a) >> (b & 31n),
  mul: (a, b) => a * b,
  mulh: (a, b) => (a * b) >> 64n,
  mulhsu: (a, b) => (a * unsigned(b)) >> 64n,
  mulhu: (a, b) => (unsigned(a) * unsigned(b)) >> 64n,
  div: quotient,
  divu: (a, b) => quotient(unsigned(a), unsigned(b)),
  rem: rest,
  remu: (a, b) => rest(unsigned(a), unsigned(b)),
  mulw: (a, b) => word(a * b),
  divw: (a, b) => word(quotient(word(a), word(b))),
  divuw: (a, b) => word(quotient(unsignedWord(a), unsignedWord(b))),
  remw: (a, b) => word(rest(word(a), word(b))),
  remuw: (a, b) => word(rest(unsignedWord(a), unsignedWord(b))),
};

const IMMEDIATES: Record<string, Model> = {
  addi: REGISTERS.add!,
  slti: REGISTERS.slt!,
  sltiu: REGISTERS.sltu!,
  xori: REGISTERS.xor!,
  ori: REGISTERS.or!,
  andi: REGISTERS.and!,
  addiw: REGISTERS.addw!,
};

const SHIFTS: Record<string, [Model, number]> = {
  slli: [REGISTERS.sll!, 63],
  srli: [REGISTERS.srl!, 63],
  srai: [REGISTERS.sra!, 63],
  slliw: [REGISTERS.sllw!, 31],
  srliw: [REGISTERS.srlw!, 31],
  sraiw: [REGISTERS.sraw!, 31],
};

const BRANCHES: Record<string, (a: bigint, b: bigint) => boolean> = {
  beq: (a, b) => a === b,
  bne: (a, b) => a !== b,
  blt: (a, b) => a < b,
  bge: (a, b) => a >= b,
  bltu: (a, b) => unsigned(a) < unsigned(b),
  bgeu: (a, b) => unsigned(a) >= unsigned(b),
};

const EDGES = [0n, 1n, -1n, 2n, -2n, MIN, MIN + 1n, -MIN - 1n, MIN_WORD, MIN_WORD - 1n, -MIN_WORD - 1n];
const MORE = [-MIN_WORD, 2n ** 32n - 1n, 2n ** 32n, -(2n ** 32n), 2n ** 53n, -(2n ** 53n) - 1n, 31n, 32n, 63n, 64n];
const operand = fc.oneof(fc.constantFrom(...EDGES, ...MORE), fc.bigInt({ min: MIN, max: -MIN - 1n }));

/** One instruction in a core with these registers. */
function run(instruction: Program[number], registers: Record<number, bigint>): ReturnType<typeof machine>['core'] {
  const { core } = machine([instruction], 64);
  for (const [register, value] of Object.entries(registers)) core.file.setDoubleword(Number(register), value);
  expect(core.run(1)).toEqual({ kind: 'limit' });
  return core;
}

const check = (property: fc.IRawProperty<unknown>): void => {
  fc.assert(property as fc.IProperty<unknown>, { seed: SEED, numRuns: 300 });
};

/** Destination apart from the operands, and the same register as one of them. */
const DESTINATIONS = [7, 5, 6];

describe.each(Object.entries(REGISTERS))('%s', (name, model) => {
  test('on all pairs of edges', () => {
    for (const a of EDGES) {
      for (const b of EDGES) {
        const core = run([name, { rd: 7, rs1: 5, rs2: 6 }], { 5: a, 6: b });
        expect(core.file.doubleword(7), `${a}, ${b}`).toBe(signed(model(a, b)));
      }
    }
  });

  test('on any operands, into any register', () => {
    check(
      fc.property(operand, operand, fc.constantFrom(...DESTINATIONS), (a, b, rd) => {
        const core = run([name, { rd, rs1: 5, rs2: 6 }], { 5: a, 6: b });
        expect(core.file.doubleword(rd)).toBe(signed(model(a, b)));
      }),
    );
  });
});

test.each(Object.entries(IMMEDIATES))('%s', (name, model) => {
  const immediate = fc.integer({ min: -2048, max: 2047 });
  check(
    fc.property(operand, immediate, fc.constantFrom(7, 5), (a, imm, rd) => {
      const core = run([name, { rd, rs1: 5, imm }], { 5: a });
      expect(core.file.doubleword(rd)).toBe(signed(model(a, BigInt(imm))));
    }),
  );
});

test.each(Object.entries(SHIFTS))('%s', (name, [model, most]) => {
  check(
    fc.property(operand, fc.integer({ min: 0, max: most }), fc.constantFrom(7, 5), (a, shamt, rd) => {
      const core = run([name, { rd, rs1: 5, shamt }], { 5: a });
      expect(core.file.doubleword(rd)).toBe(signed(model(a, BigInt(shamt))));
    }),
  );
});

test.each(Object.entries(BRANCHES))('%s', (name, taken) => {
  // The same number twice, and numbers that share a word: what random ones never do.
  const pair = fc.oneof(
    fc.tuple(operand, operand),
    operand.map((a) => [a, a] as const),
    fc.tuple(operand, operand).map(([a, b]) => [a, signed((a >> 32n << 32n) | unsignedWord(b))] as const),
    fc.tuple(operand, operand).map(([a, b]) => [a, signed((b >> 32n << 32n) | unsignedWord(a))] as const),
  );
  check(
    fc.property(pair, ([a, b]) => {
      const core = run([name, { rs1: 5, rs2: 6, imm: -64 }], { 5: a, 6: b });
      expect(core.pc).toBe(taken(a, b) ? TEXT - 64 : TEXT + 4);
    }),
  );
});

test.each([
  ['lui', { rd: 5, imm: 0x12345000 }, 0x12345000n],
  ['lui', { rd: 5, imm: -0x80000000 }, MIN_WORD],
  ['auipc', { rd: 5, imm: 0x1000 }, BigInt(TEXT + 0x1000)],
  ['auipc', { rd: 5, imm: -0x80000000 }, MIN_WORD + BigInt(TEXT)],
  ['jal', { rd: 5, imm: 64 }, BigInt(TEXT + 4)],
  ['jalr', { rd: 5, rs1: 0, imm: 64 }, BigInt(TEXT + 4)],
  ['c.addiw', { rd: 5, imm: -1 }, 0x7fffffffn],
  ['c.subw', { "rd'": 1, "rs2'": 2 }, 0x7ffffffen],
  ['c.addw', { "rd'": 1, "rs2'": 2 }, MIN_WORD],
  ['c.lui', { rd: 5, imm: -0x20000 }, -0x20000n],
  ['c.li', { rd: 5, imm: -32 }, -32n],
  ['c.slli', { rd: 5, shamt: 33 }, 1n << 64n],
  ['c.srli', { "rd'": 1, shamt: 33 }, 0x7fffffffn],
  ['c.srai', { "rd'": 1, shamt: 63 }, -1n],
  ['c.andi', { "rd'": 1, imm: -2 }, -0x80000002n],
] as const)('%s %o', (name, values, expected) => {
  const core = run([name, { ...values }], { 5: -0x80000000n, 9: -0x80000001n, 10: -0xffffffffn });
  const rd = 'rd' in values ? values.rd : 9;
  expect(core.file.doubleword(rd)).toBe(signed(expected));
});

test('a call above 2 GiB links an address that is not negative', () => {
  const { core, memory } = machine([], 64);
  const high = 0xf0000000;
  memory.map(high, high + 0x1000, 7, 'high');
  memory.write(high, Uint8Array.of(0x82, 0x92));
  core.pc = high;
  core.file.setDoubleword(5, 0xf0000100n);
  core.run(1);
  expect([core.pc, core.file.doubleword(1)]).toEqual([0xf0000100, 0xf0000002n]);
});

test('x0 stays zero whatever is written to it', () => {
  for (const name of ['addi', 'addiw', 'ld', 'csrrs']) {
    const values = name === 'csrrs' ? { rd: 0, csr: 0xc00 } : { rd: 0, rs1: 5, imm: 8 };
    expect(run([name, values], { 5: BigInt(DATA) }).file.doubleword(0)).toBe(0n);
  }
});

describe('memory', () => {
  const VALUE = 0x8182838485868788n;

  test.each([
    ['lb', 0, BigInt.asIntN(8, 0x88n)],
    ['lb', 7, BigInt.asIntN(8, 0x81n)],
    ['lbu', 0, 0x88n],
    ['lh', 0, BigInt.asIntN(16, 0x8788n)],
    ['lh', 1, BigInt.asIntN(16, 0x8687n)],
    ['lhu', 1, 0x8687n],
    ['lw', 0, word(0x85868788n)],
    ['lw', 3, word(0x82838485n)],
    ['lwu', 0, 0x85868788n],
    ['lwu', 3, 0x82838485n],
    ['ld', 0, signed(VALUE)],
  ])('%s at offset %i', (name, offset, expected) => {
    const { core, memory } = machine([[name, { rd: 6, rs1: 5, imm: offset }]], 64);
    memory.write(DATA, bytesOf(VALUE, 8));
    core.file.setDoubleword(5, BigInt(DATA));
    core.run(1);
    expect(core.file.doubleword(6)).toBe(expected);
  });

  test.each(['sb', 'sh', 'sw', 'sd'])('%s at every offset, and ld back', (name) => {
    const size = { sb: 1, sh: 2, sw: 4, sd: 8 }[name]!;
    for (let offset = 0; offset < 16; offset++) {
      const program: Program = [
        [name, { rs1: 5, rs2: 6, imm: offset }],
        ['ld', { rd: 7, rs1: 5, imm: offset }],
      ];
      const { core, memory } = machine(program, 64);
      core.file.setDoubleword(5, BigInt(DATA + 0x800));
      core.file.setDoubleword(6, VALUE);
      core.run(2);
      const expected = new Uint8Array(32);
      expected.set(bytesOf(VALUE, size), offset);
      expect(memory.read(DATA + 0x800, 32)).toEqual(expected);
      expect(core.file.doubleword(7)).toBe(signed(BigInt.asUintN(8 * size, VALUE)));
    }
  });

  test('a doubleword across pages of which one is missing faults and changes nothing', () => {
    for (const offset of [0xff9, 0xffc]) {
      const { core, memory } = machine([['sd', { rs1: 5, rs2: 6 }], ['ld', { rd: 6, rs1: 5 }]], 64);
      core.file.setDoubleword(5, BigInt(DATA + offset));
      core.file.setDoubleword(6, VALUE);
      const fault = { kind: 'memory', address: DATA + 0x1000, cause: 'unmapped' };
      expect(core.run(2)).toMatchObject({ ...fault, access: 'write' });
      expect(memory.read(DATA + 0xff0, 16)).toEqual(new Uint8Array(16));
      core.pc = TEXT + 4;
      expect(core.run(2)).toMatchObject({ ...fault, access: 'read' });
      expect(core.file.doubleword(6)).toBe(signed(VALUE));
    }
  });

  test.each([
    [0x100020000n, 0, 0x100020000],
    [-8n, 0, -8],
    [-8n, -8, -16],
    [0n, -8, -8],
    [0xfffffff8n, 8, 0x100000000],
    [MIN, 0, -(2 ** 63)],
  ])('an address of %i%i is beyond what is mapped', (base, imm, address) => {
    const accesses: [Program[number], string][] = [
      [['lb', { rd: 6, rs1: 5, imm }], 'read'],
      [['lhu', { rd: 6, rs1: 5, imm }], 'read'],
      [['lw', { rd: 6, rs1: 5, imm }], 'read'],
      [['ld', { rd: 6, rs1: 5, imm }], 'read'],
      [['flw', { fd: 6, rs1: 5, imm }], 'read'],
      [['fld', { fd: 6, rs1: 5, imm }], 'read'],
      [['sb', { rs1: 5, rs2: 6, imm }], 'write'],
      [['sh', { rs1: 5, rs2: 6, imm }], 'write'],
      [['sw', { rs1: 5, rs2: 6, imm }], 'write'],
      [['sd', { rs1: 5, rs2: 6, imm }], 'write'],
      [['fsw', { rs1: 5, fs2: 6, imm }], 'write'],
      [['fsd', { rs1: 5, fs2: 6, imm }], 'write'],
      [['jalr', { rd: 6, rs1: 5, imm }], 'fetch'],
    ];
    for (const [instruction, access] of accesses) {
      const { core } = machine([instruction], 64);
      core.file.setDoubleword(5, base);
      const fault = { kind: 'memory', pc: TEXT, access, address, cause: 'unmapped' };
      expect(core.run(1), instruction[0]).toEqual(fault);
      expect([core.retired, core.file.doubleword(6)]).toEqual([0, 0n]);
    }
  });

  test('an address that wraps around to the bottom is a low one', () => {
    const { core, memory } = machine([['lw', { rd: 6, rs1: 5, imm: 0x7ff }]], 64);
    memory.map(0, 0x1000, 6, 'bottom');
    memory.write(0x7f7, Uint8Array.of(1, 2, 3, 4));
    core.file.setDoubleword(5, -8n);
    core.run(1);
    expect(core.get(6)).toBe(0x04030201);
  });

  test('an address crosses 2 GiB', () => {
    const { core, memory } = machine([['ld', { rd: 6, rs1: 5, imm: 16 }], ['sd', { rs1: 6, rs2: 5, imm: -16 }]], 64);
    memory.map(0x7ffff000, 0x80001000, 6, 'middle');
    memory.store32(0x80000008, 0x80000008 | 0);
    core.file.setDoubleword(5, 0x7ffffff8n);
    expect(core.run(2)).toEqual({ kind: 'limit' });
    expect(memory.load32(0x7ffffff8)).toBe(0x7ffffff8);
  });

  test.each([
    ['c.ld', { "rs1'": 0, "rd'": 1, uimm: 8 }, 9],
    ['c.ldsp', { rd: 9, uimm: 8 }, 9],
    ['c.lwsp', { rd: 9, uimm: 12 }, 9],
  ])('%s loads', (name, values, rd) => {
    const { core, memory } = machine([[name, values]], 64);
    memory.write(DATA + 8, bytesOf(VALUE, 8));
    core.file.setDoubleword(2, BigInt(DATA));
    core.file.setDoubleword(8, BigInt(DATA));
    core.run(1);
    expect(core.file.doubleword(rd)).toBe(name === 'c.lwsp' ? word(VALUE >> 32n) : signed(VALUE));
  });

  test.each([
    ['c.sd', { "rs1'": 0, "rs2'": 1, uimm: 8 }],
    ['c.sdsp', { rs2: 9, uimm: 8 }],
  ])('%s stores', (name, values) => {
    const { core, memory } = machine([[name, values]], 64);
    core.file.setDoubleword(2, BigInt(DATA));
    core.file.setDoubleword(8, BigInt(DATA));
    core.file.setDoubleword(9, VALUE);
    core.run(1);
    expect(memory.read(DATA + 8, 8)).toEqual(bytesOf(VALUE, 8));
  });
});

test('numbers in registers are exact up to 2^53', () => {
  const { core } = machine([], 64);
  for (const value of [0, -1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1, 0xffffffff]) {
    core.set(5, value);
    expect(core.file.doubleword(5)).toBe(BigInt(value));
    expect(core.get(5)).toBe(value);
  }
  core.set(0, 5);
  expect(core.get(0)).toBe(0);
});

test('registers are shown with 64 bits', () => {
  const { core } = machine([], 64);
  core.file.setDoubleword(10, -1n);
  expect(core.registers().find(({ name }) => name === 'a0')).toEqual({ name: 'a0', value: 2n ** 64n - 1n, bits: 64 });
  expect(core.registers()[0]).toEqual({ name: 'pc', value: BigInt(TEXT), bits: 64 });
});

test.each(WIDTHS)('the state of an RV%i core can be put into another', (xlen) => {
  const { core, memory } = machine([['lr.w', { rd: 6, rs1: 5 }]], xlen);
  core.set(5, DATA);
  core.set(31, -5);
  core.floats.doubles[31] = 1.5;
  core.fcsr = 0xa1;
  core.run(1);
  const other = machine([], xlen).core;
  expect(other.state()).not.toEqual(core.state());
  other.restore(core.state());
  expect(other.state()).toEqual(core.state());
  expect(other.registers()).toEqual(core.registers());
  expect(core.fork(memory.fork()).registers()).toEqual(other.registers());
});

test('a fork has the same state, and its own from then on', () => {
  const { core, memory } = machine([['addi', { rd: 5, rs1: 5, imm: 1 }]], 64);
  core.set(5, 7);
  core.floats.doubles[3] = 1.5;
  core.fcsr = 0x21;
  const fork = core.fork(memory.fork());
  expect(fork.state()).toEqual(core.state());
  core.floats.doubles[3] = 2.5;
  expect(fork.state()).not.toEqual(core.state());
  fork.run(1);
  expect([core.get(5), fork.get(5)]).toEqual([7, 8]);
});

function bytesOf(value: bigint, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => Number(BigInt.asUintN(8, value >> BigInt(8 * i))));
}
