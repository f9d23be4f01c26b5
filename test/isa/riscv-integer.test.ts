/** Integer arithmetic and branches of both widths against the manual's sentences, computed with big integers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RiscvHart } from '#suture/isa/riscv/hart.js';
import type { Xlen } from '#suture/isa/riscv/table.js';
import { getRegister, machine, setRegister, TEXT, WIDTHS, type Program } from '../support/riscv.js';

const SEED = 20260102;

/** Takes and gives signed numbers; what does not fit into a register is cut. */
type Model = (a: bigint, b: bigint) => bigint;

interface Instructions {
  /** rd, rs1, rs2. */
  registers: Record<string, Model>;
  /** rd, rs1, imm. */
  immediates: Record<string, Model>;
  /** rd, rs1, shamt, with the largest shamt. */
  shifts: Record<string, [Model, number]>;
  /** rs1, rs2: whether it branches. */
  branches: Record<string, (a: bigint, b: bigint) => boolean>;
}

const boolean = (value: boolean): bigint => (value ? 1n : 0n);
/** The lower word, sign-extended. */
const word = (value: bigint): bigint => BigInt.asIntN(32, value);
const unsignedWord = (value: bigint): bigint => BigInt.asUintN(32, value);

/** "M": division by zero gives all ones and the dividend, overflow gives the dividend and zero. */
const quotient: Model = (a, b) => (b === 0n ? -1n : a / b);
const rest: Model = (a, b) => (b === 0n ? a : a % b);

/** Operations on words of longer registers. */
const WORDS: Instructions = {
  registers: {
    addw: (a, b) => word(a + b),
    subw: (a, b) => word(a - b),
    sllw: (a, b) => word(a << (b & 31n)),
    srlw: (a, b) => word(unsignedWord(a) >> (b & 31n)),
    sraw: (a, b) => word(a) >> (b & 31n),
    mulw: (a, b) => word(a * b),
    divw: (a, b) => word(quotient(word(a), word(b))),
    divuw: (a, b) => word(quotient(unsignedWord(a), unsignedWord(b))),
    remw: (a, b) => word(rest(word(a), word(b))),
    remuw: (a, b) => word(rest(unsignedWord(a), unsignedWord(b))),
  },
  immediates: { addiw: (a, b) => word(a + b) },
  shifts: {
    slliw: [(a, b) => word(a << b), 31],
    srliw: [(a, b) => word(unsignedWord(a) >> b), 31],
    sraiw: [(a, b) => word(a) >> b, 31],
  },
  branches: {},
};

function instructionsOf(xlen: Xlen): Instructions {
  const unsigned = (value: bigint): bigint => BigInt.asUintN(xlen, value);
  const most = BigInt(xlen - 1);
  const registers: Record<string, Model> = {
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    sll: (a, b) => a << (b & most),
    slt: (a, b) => boolean(a < b),
    sltu: (a, b) => boolean(unsigned(a) < unsigned(b)),
    xor: (a, b) => a ^ b,
    srl: (a, b) => unsigned(a) >> (b & most),
    sra: (a, b) => a >> (b & most),
    or: (a, b) => a | b,
    and: (a, b) => a & b,
    mul: (a, b) => a * b,
    mulh: (a, b) => (a * b) >> BigInt(xlen),
    mulhsu: (a, b) => (a * unsigned(b)) >> BigInt(xlen),
    mulhu: (a, b) => (unsigned(a) * unsigned(b)) >> BigInt(xlen),
    div: quotient,
    divu: (a, b) => quotient(unsigned(a), unsigned(b)),
    rem: rest,
    remu: (a, b) => rest(unsigned(a), unsigned(b)),
  };
  const { add, slt, sltu, xor, or, and, sll, srl, sra } = registers as Record<string, Model> &
    Record<'add' | 'slt' | 'sltu' | 'xor' | 'or' | 'and' | 'sll' | 'srl' | 'sra', Model>;
  const own: Instructions = {
    registers,
    immediates: { addi: add, slti: slt, sltiu: sltu, xori: xor, ori: or, andi: and },
    shifts: { slli: [sll, xlen - 1], srli: [srl, xlen - 1], srai: [sra, xlen - 1] },
    branches: {
      beq: (a, b) => a === b,
      bne: (a, b) => a !== b,
      blt: (a, b) => a < b,
      bge: (a, b) => a >= b,
      bltu: (a, b) => unsigned(a) < unsigned(b),
      bgeu: (a, b) => unsigned(a) >= unsigned(b),
    },
  };
  if (xlen === 32) return own;
  return {
    registers: { ...own.registers, ...WORDS.registers },
    immediates: { ...own.immediates, ...WORDS.immediates },
    shifts: { ...own.shifts, ...WORDS.shifts },
    branches: own.branches,
  };
}

/** One instruction in a core with these registers. */
function run(xlen: Xlen, instruction: Program[number], x5: bigint, x6 = 0n): RiscvHart {
  const { core } = machine([instruction], xlen);
  setRegister(core, 5, x5);
  setRegister(core, 6, x6);
  expect(core.run(1)).toEqual({ kind: 'limit' });
  return core;
}

const check = <T>(property: fc.IProperty<T>): void => {
  fc.assert(property, { seed: SEED, numRuns: 300 });
};

describe.each(WIDTHS)('RV%i', (xlen) => {
  const { registers, immediates, shifts, branches } = instructionsOf(xlen);
  const signed = (value: bigint): bigint => BigInt.asIntN(xlen, value);
  const MIN = -(2n ** BigInt(xlen - 1));
  const MAX = -MIN - 1n;
  const MIN_WORD = -(2n ** 31n);
  const edges = [0n, 1n, -1n, 2n, -2n, MIN, MIN + 1n, MAX, MIN_WORD, MIN_WORD - 1n, -MIN_WORD - 1n].map(
    signed,
  );
  const more = [-MIN_WORD, 2n ** 32n - 1n, 2n ** 32n, -(2n ** 32n), 2n ** 53n, -(2n ** 53n) - 1n].map(signed);
  const operand = fc.oneof(
    fc.constantFrom(...edges, ...more, 31n, 32n, 63n, 64n),
    fc.bigInt({ min: MIN, max: MAX }),
  );

  describe.each(Object.entries(registers))('%s', (name, model) => {
    test('on all pairs of edges', () => {
      for (const a of edges) {
        for (const b of edges) {
          const core = run(xlen, [name, { rd: 7, rs1: 5, rs2: 6 }], a, b);
          expect(getRegister(core, 7), `${a}, ${b}`).toBe(signed(model(a, b)));
        }
      }
    });

    test('on any operands, into a register of its own or one of theirs', () => {
      check(
        fc.property(operand, operand, fc.constantFrom(7, 5, 6), (a, b, rd) => {
          const core = run(xlen, [name, { rd, rs1: 5, rs2: 6 }], a, b);
          expect(getRegister(core, rd)).toBe(signed(model(a, b)));
        }),
      );
    });
  });

  test.each(Object.entries(immediates))('%s', (name, model) => {
    check(
      fc.property(operand, fc.integer({ min: -2048, max: 2047 }), fc.constantFrom(7, 5), (a, imm, rd) => {
        const core = run(xlen, [name, { rd, rs1: 5, imm }], a);
        expect(getRegister(core, rd)).toBe(signed(model(a, BigInt(imm))));
      }),
    );
  });

  test.each(Object.entries(shifts))('%s', (name, [model, most]) => {
    check(
      fc.property(operand, fc.integer({ min: 0, max: most }), fc.constantFrom(7, 5), (a, shamt, rd) => {
        const core = run(xlen, [name, { rd, rs1: 5, shamt }], a);
        expect(getRegister(core, rd)).toBe(signed(model(a, BigInt(shamt))));
      }),
    );
  });

  test.each(Object.entries(branches))('%s', (name, taken) => {
    // The same number twice, and numbers that share half of their bits: what random ones never do.
    const half = BigInt(xlen / 2);
    const mixed = (a: bigint, b: bigint): bigint =>
      signed(((a >> half) << half) | BigInt.asUintN(xlen / 2, b));
    const pair = fc
      .tuple(operand, operand, fc.constantFrom('any', 'same', 'upper', 'lower'))
      .map(([a, b, kind]) => [a, { any: b, same: a, upper: mixed(a, b), lower: mixed(b, a) }[kind]] as const);
    check(
      fc.property(pair, fc.constantFrom(-64, 256), ([a, b], imm) => {
        const core = run(xlen, [name, { rs1: 5, rs2: 6, imm }], a, b);
        expect(core.pc).toBe(TEXT + (taken(a, b) ? imm : 4));
      }),
    );
  });

  test('x0 is zero, whatever is written to it', () => {
    for (const name of ['add', 'mul', 'srl']) {
      const core = run(xlen, [name, { rd: 0, rs1: 5, rs2: 6 }], -1n, 1n);
      expect(getRegister(core, 0)).toBe(0n);
    }
  });

  test.each([
    ['lui', { rd: 7, imm: 0x12345000 }, 0x12345000n],
    ['lui', { rd: 7, imm: -0x80000000 }, MIN_WORD],
    ['auipc', { rd: 7, imm: 0x1000 }, BigInt(TEXT + 0x1000)],
    ['auipc', { rd: 7, imm: -0x80000000 }, MIN_WORD + BigInt(TEXT)],
    ['jal', { rd: 7, imm: 64 }, BigInt(TEXT + 4)],
    ['jalr', { rd: 7, rs1: 0, imm: 64 }, BigInt(TEXT + 4)],
    ['c.lui', { rd: 7, imm: -0x20000 }, -0x20000n],
    ['c.li', { rd: 7, imm: -32 }, -32n],
  ])('%s %o', (name, values, expected) => {
    expect(getRegister(run(xlen, [name, values], 0n), 7)).toBe(expected);
  });

  test.each([
    ['jal', { rd: 1, imm: -128 }, TEXT - 128, 4],
    ['jalr', { rd: 1, rs1: 5, imm: 7 }, 0x4006, 4],
    ['jalr', { rd: 5, rs1: 5, imm: -1 }, 0x3ffe, 4],
    ['c.jalr', { rs1: 5 }, 0x4000, 2],
    ['c.jr', { rs1: 5 }, 0x4000, 0],
    ['c.j', { imm: -2048 }, TEXT - 2048, 0],
    ['c.beqz', { "rs1'": 1, imm: -256 }, TEXT - 256, 0],
    ['c.bnez', { "rs1'": 1, imm: -256 }, TEXT + 2, 0],
  ])('%s %o goes to %i and links', (name, values, to, size) => {
    const core = run(xlen, [name, values], 0x4000n);
    expect(core.pc).toBe(to);
    const link = 'rd' in values ? values.rd : 1;
    expect(getRegister(core, link)).toBe(size === 0 ? 0n : BigInt(TEXT + size));
  });
});

test('c.jal links on RV32', () => {
  const core = run(32, ['c.jal', { imm: 2046 }], 0n);
  expect([core.pc, core.get(1)]).toEqual([TEXT + 2046, TEXT + 2]);
});

test.each([
  [32, 'ld', 0x0002b283],
  // The same bits are c.jal on RV32.
  [64, 'c.addiw without a destination', 0x2005],
  [32, 'a word of ones', 0xffffffff],
  [64, 'a word of ones', 0xffffffff],
] as const)('on RV%i %s is illegal', (xlen, _what, word) => {
  const { core, memory } = machine([], xlen);
  memory.store32(TEXT, word);
  expect(core.run(1)).toEqual({ kind: 'illegal', pc: TEXT, word });
});
