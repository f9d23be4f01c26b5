/**
 * What RISC-V adds to floating point: boxed singles, the choice of NaNs, saturation, fcsr. Arithmetic as such is
 * tested with the floating-point unit.
 */
import { describe, expect, test } from 'vitest';
import { FLOAT_NAMES } from '#suture/isa/riscv/abi.js';
import type { RiscvHart } from '#suture/isa/riscv/hart.js';
import type { Xlen } from '#suture/isa/riscv/table.js';
import { DATA, getRegister, machine, setRegister, TEXT, WIDTHS, type Program } from '../support/riscv.js';

const BOX = 0xffffffff00000000n;
const NAN32 = 0x7fc00000n;
const NAN64 = 0x7ff8000000000000n;

const bits32 = (value: number): bigint => BigInt(new Uint32Array(Float32Array.of(value).buffer)[0]!);
const bits64 = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0]!;
const single = (value: number): bigint => BOX | bits32(value);

const Flag = { NX: 1, UF: 2, OF: 4, DZ: 8, NV: 16 };

/** Executes an instruction with f1, f2, f3 and x5 given; the result is in f10 or x10. */
function run(
  xlen: Xlen,
  name: string,
  operands: { f1?: bigint; f2?: bigint; f3?: bigint; x5?: bigint; rm?: number; frm?: number },
): RiscvHart {
  const { rm = 0, frm = 0 } = operands;
  const values = { fd: 10, rd: 10, fs1: 1, fs2: 2, fs3: 3, rs1: 5, rm };
  const { core } = machine([[name, values]], xlen);
  core.floats.bits[1] = operands.f1 ?? 0n;
  core.floats.bits[2] = operands.f2 ?? 0n;
  core.floats.bits[3] = operands.f3 ?? 0n;
  setRegister(core, 5, operands.x5 ?? 0n);
  core.fcsr = frm << 5;
  expect(core.run(1)).toEqual({ kind: 'limit' });
  return core;
}

const f10 = (core: RiscvHart): bigint => core.floats.bits[10]!;
const x10 = (core: RiscvHart): bigint => getRegister(core, 10);

describe.each(WIDTHS)('RV%i', (xlen) => {
  describe('singles are boxed', () => {
    test.each(['fadd.s', 'fsub.s', 'fmul.s', 'fdiv.s', 'fsqrt.s', 'fmadd.s', 'fsgnjn.s', 'fmin.s'])(
      '%s boxes its result',
      (name) => {
        const core = run(xlen, name, { f1: single(4), f2: single(2), f3: single(1) });
        expect(f10(core) >> 32n).toBe(0xffffffffn);
      },
    );

    test.each([
      ['fadd.s', NAN32],
      ['fmadd.s', NAN32],
      ['fsqrt.s', NAN32],
      // The sign of f2, which is boxed.
      ['fsgnj.s', NAN32],
      // The number wins over the NaN.
      ['fmin.s', bits32(2)],
    ])('%s takes an operand that is not boxed for the canonical NaN', (name, expected) => {
      const core = run(xlen, name, { f1: bits64(1.5), f2: single(2), f3: single(1) });
      expect([f10(core), core.fcsr]).toEqual([BOX | expected, 0]);
    });

    test('comparisons and conversions take it for a NaN, too', () => {
      const unboxed = 0x00000000_3f800000n;
      expect(x10(run(xlen, 'feq.s', { f1: unboxed, f2: unboxed }))).toBe(0n);
      expect(x10(run(xlen, 'fclass.s', { f1: unboxed }))).toBe(1n << 9n);
      expect(x10(run(xlen, 'fcvt.w.s', { f1: unboxed }))).toBe(0x7fffffffn);
      expect(f10(run(xlen, 'fcvt.d.s', { f1: unboxed }))).toBe(NAN64);
      const less = run(xlen, 'flt.s', { f1: unboxed, f2: single(2) });
      expect([x10(less), less.fcsr]).toEqual([0n, Flag.NV]);
    });

    test('moves and stores take the bits as they are', () => {
      expect(x10(run(xlen, 'fmv.x.w', { f1: 0x12345678_9abcdef0n }))).toBe(BigInt.asIntN(32, 0x9abcdef0n));
      expect(f10(run(xlen, 'fmv.w.x', { x5: 0x7fa00001n }))).toBe(BOX | 0x7fa00001n);
      const { core, memory } = machine([['fsw', { fs2: 1, rs1: 5, imm: 4 }]], xlen);
      core.floats.bits[1] = 0x12345678_9abcdef0n;
      core.set(5, DATA);
      core.run(1);
      expect([memory.load32(DATA + 4) >>> 0, memory.load32(DATA + 8)]).toEqual([0x9abcdef0, 0]);
    });
  });

  describe('signs, minimum and maximum', () => {
    test.each([
      ['fsgnj.d', 1.5, -2, -1.5],
      ['fsgnjn.d', 1.5, -2, 1.5],
      ['fsgnjx.d', -1.5, -2, 1.5],
      ['fsgnjx.d', 1.5, -2, -1.5],
      ['fmin.d', 1, -2, -2],
      ['fmax.d', 1, -2, 1],
      ['fmin.d', 0, -0, -0],
      ['fmin.d', -0, 0, -0],
      ['fmax.d', 0, -0, 0],
      ['fmax.d', -0, 0, 0],
      ['fmin.d', NaN, 3, 3],
      ['fmax.d', 3, NaN, 3],
      ['fmin.d', -Infinity, 5, -Infinity],
    ])('%s %d, %d is %d', (name, a, b, expected) => {
      const core = run(xlen, name, { f1: bits64(a), f2: bits64(b) });
      expect([f10(core), core.fcsr]).toEqual([bits64(expected), 0]);
      const short = run(xlen, name.replace('.d', '.s'), { f1: single(a), f2: single(b) });
      expect([f10(short), short.fcsr]).toEqual([single(expected), 0]);
    });

    test('sign injection keeps a signaling NaN as it is', () => {
      const core = run(xlen, 'fsgnjn.d', { f1: 0x7ff0000000000001n, f2: 0n });
      expect([f10(core), core.fcsr]).toEqual([0xfff0000000000001n, 0]);
    });

    test('of two NaNs the minimum is the canonical one; a signaling one is invalid', () => {
      const quiet = run(xlen, 'fmin.d', { f1: 0xfff8000000000123n, f2: 0xfff8000000000001n });
      expect([f10(quiet), quiet.fcsr]).toEqual([NAN64, 0]);
      const signaling = run(xlen, 'fmax.d', { f1: bits64(1), f2: 0x7ff0000000000001n });
      expect([f10(signaling), signaling.fcsr]).toEqual([bits64(1), Flag.NV]);
      const singles = run(xlen, 'fmin.s', { f1: BOX | 0xff800001n, f2: BOX | 0xffc00001n });
      expect([f10(singles), singles.fcsr]).toEqual([BOX | NAN32, Flag.NV]);
    });
  });

  test.each([
    ['feq', 1, 1, 1n, 0],
    ['feq', 0, -0, 1n, 0],
    ['feq', 1, NaN, 0n, 0],
    ['flt', 1, 2, 1n, 0],
    ['flt', 2, 2, 0n, 0],
    ['flt', NaN, 2, 0n, Flag.NV],
    ['fle', 2, 2, 1n, 0],
    ['fle', 3, 2, 0n, 0],
    ['fle', 2, NaN, 0n, Flag.NV],
  ])('%s %d, %d is %i', (name, a, b, expected, flags) => {
    const double = run(xlen, `${name}.d`, { f1: bits64(a), f2: bits64(b) });
    expect([x10(double), double.fcsr]).toEqual([expected, flags]);
    const short = run(xlen, `${name}.s`, { f1: single(a), f2: single(b) });
    expect([x10(short), short.fcsr]).toEqual([expected, flags]);
  });

  test.each([
    [0, 0xfff0000000000000n, 0xff800000n],
    [1, 0x8010000000000000n, 0x80800000n],
    [2, 0x800fffffffffffffn, 0x807fffffn],
    [3, 0x8000000000000000n, 0x80000000n],
    [4, 0n, 0n],
    [5, 1n, 1n],
    [6, 0x7fefffffffffffffn, 0x7f7fffffn],
    [7, 0x7ff0000000000000n, 0x7f800000n],
    [8, 0x7ff0000000000001n, 0x7f800001n],
    [9, 0xfff8000000000000n, 0xffc00000n],
  ])('fclass sets bit %i', (bit, double, short) => {
    expect(x10(run(xlen, 'fclass.d', { f1: double }))).toBe(1n << BigInt(bit));
    expect(x10(run(xlen, 'fclass.s', { f1: BOX | short }))).toBe(1n << BigInt(bit));
  });

  describe('fused operations', () => {
    test.each([
      ['fmadd', 7],
      ['fmsub', 5],
      ['fnmsub', -5],
      ['fnmadd', -7],
    ])('%s', (name, expected) => {
      expect(f10(run(xlen, `${name}.d`, { f1: bits64(2), f2: bits64(3), f3: bits64(1) }))).toBe(
        bits64(expected),
      );
      expect(f10(run(xlen, `${name}.s`, { f1: single(2), f2: single(3), f3: single(1) }))).toBe(
        single(expected),
      );
    });

    test('infinity times zero is invalid even when a quiet NaN is added', () => {
      const core = run(xlen, 'fmadd.d', { f1: bits64(Infinity), f2: 0n, f3: NAN64 });
      expect([f10(core), core.fcsr]).toEqual([NAN64, Flag.NV]);
    });
  });

  describe('conversions to integers', () => {
    const RTZ = 1;

    test.each([
      ['fcvt.w.d', -1.5, -1n, Flag.NX],
      ['fcvt.w.d', 2147483647.5, 0x7fffffffn, Flag.NX],
      ['fcvt.w.d', 2147483648, 0x7fffffffn, Flag.NV],
      ['fcvt.w.d', -2147483649, -0x80000000n, Flag.NV],
      ['fcvt.w.d', Infinity, 0x7fffffffn, Flag.NV],
      ['fcvt.w.d', -Infinity, -0x80000000n, Flag.NV],
      ['fcvt.w.d', NaN, 0x7fffffffn, Flag.NV],
      ['fcvt.wu.d', -0.5, 0n, Flag.NX],
      ['fcvt.wu.d', -1, 0n, Flag.NV],
      // A word is sign-extended even when it is unsigned.
      ['fcvt.wu.d', 4294967295, -1n, 0],
      ['fcvt.wu.d', 4294967296, -1n, Flag.NV],
      ['fcvt.wu.d', NaN, -1n, Flag.NV],
    ])('%s of %d is %i', (name, value, expected, flags) => {
      const core = run(xlen, name, { f1: bits64(value), rm: RTZ });
      expect([x10(core), core.fcsr]).toEqual([expected, flags]);
    });

    test.each([
      [0, 2n, -2n],
      [1, 2n, -2n],
      [2, 2n, -3n],
      [3, 3n, -2n],
      [4, 3n, -3n],
    ])('with rounding mode %i', (rm, up, down) => {
      for (const operands of [{ rm }, { rm: 7, frm: rm }]) {
        expect(x10(run(xlen, 'fcvt.w.d', { f1: bits64(2.5), ...operands }))).toBe(up);
        expect(x10(run(xlen, 'fcvt.w.s', { f1: single(-2.5), ...operands }))).toBe(down);
      }
    });
  });

  test.each([
    ['fcvt.d.w', -1n, bits64(-1)],
    ['fcvt.d.wu', -1n, bits64(4294967295)],
    ['fcvt.s.w', -3n, single(-3)],
    ['fcvt.s.wu', -1n, single(4294967296)],
  ])('%s of %i', (name, value, expected) => {
    expect(f10(run(xlen, name, { x5: value }))).toBe(expected);
  });

  test('between the formats', () => {
    expect(f10(run(xlen, 'fcvt.d.s', { f1: single(0.1) }))).toBe(bits64(Math.fround(0.1)));
    expect(f10(run(xlen, 'fcvt.d.s', { f1: BOX | 0xff800001n }))).toBe(NAN64);
    const narrowed = run(xlen, 'fcvt.s.d', { f1: bits64(0.1), rm: 3 });
    expect([f10(narrowed), narrowed.fcsr]).toEqual([
      BOX | (bits32(0.1) + (Math.fround(0.1) < 0.1 ? 1n : 0n)),
      Flag.NX,
    ]);
  });

  describe('fcsr', () => {
    const csr = (...program: Program): RiscvHart => {
      const { core } = machine(program, xlen);
      core.set(5, 0xffff);
      core.fcsr = 0x65;
      expect(core.run(program.length)).toEqual({ kind: 'limit' });
      return core;
    };

    test.each([
      ['csrrs', { rd: 6, csr: 1 }, 0x05, 0x65],
      ['csrrs', { rd: 6, csr: 2 }, 0x03, 0x65],
      ['csrrs', { rd: 6, csr: 3 }, 0x65, 0x65],
      ['csrrw', { rd: 6, rs1: 5, csr: 1 }, 0x05, 0x7f],
      ['csrrw', { rd: 6, rs1: 5, csr: 2 }, 0x03, 0xe5],
      ['csrrw', { rd: 6, rs1: 5, csr: 3 }, 0x65, 0xff],
      ['csrrw', { rd: 6, rs1: 0, csr: 3 }, 0x65, 0],
      ['csrrwi', { rd: 6, zimm: 0x1f, csr: 2 }, 0x03, 0xe5],
      ['csrrsi', { rd: 6, zimm: 0x18, csr: 1 }, 0x05, 0x7d],
      ['csrrci', { rd: 6, zimm: 0x04, csr: 1 }, 0x05, 0x61],
      ['csrrc', { rd: 6, rs1: 5, csr: 3 }, 0x65, 0],
      ['csrrci', { rd: 6, zimm: 0x01, csr: 3 }, 0x65, 0x64],
    ])('%s %o', (name, values, read, left) => {
      const core = csr([name, values]);
      expect([core.get(6), core.fcsr]).toEqual([read, left]);
    });

    test('a register can be read into itself', () => {
      expect(csr(['csrrw', { rd: 5, rs1: 5, csr: 3 }]).get(5)).toBe(0x65);
    });

    test('flags gather until they are cleared', () => {
      const { core } = machine(
        [
          ['fdiv.d', { fd: 1, fs1: 2, fs2: 3 }],
          ['fsqrt.d', { fd: 1, fs1: 4 }],
        ],
        xlen,
      );
      core.floats.doubles.set([1, 0, -1], 2);
      core.run(1);
      expect(core.fcsr).toBe(Flag.DZ);
      core.run(2);
      expect(core.fcsr).toBe(Flag.DZ | Flag.NV);
    });

    test.each([5, 6, 7])(
      'a rounding mode of %i in fcsr makes what asks for it illegal, and nothing else',
      (frm) => {
        const program: Program = [
          ['csrrwi', { rd: 0, zimm: frm, csr: 2 }],
          ['fadd.d', { fd: 1, fs1: 1, fs2: 1, rm: 0 }],
          ['feq.d', { rd: 6, fs1: 1, fs2: 1 }],
          ['fadd.d', { fd: 1, fs1: 2, fs2: 3, rm: 7 }],
        ];
        const { core, memory } = machine(program, xlen);
        const word = memory.load32(TEXT + 12) >>> 0;
        expect(core.run(4)).toEqual({ kind: 'illegal', pc: TEXT + 12, word });
        expect([core.retired, core.get(6), core.fcsr]).toEqual([3, 1, frm << 5]);
      },
    );
  });

  test('loads and stores at any address', () => {
    for (let offset = 0; offset < 8; offset++) {
      const program: Program = [
        ['fld', { fd: 1, rs1: 5, imm: offset }],
        ['fsd', { fs2: 1, rs1: 5, imm: 32 + offset }],
        ['flw', { fd: 2, rs1: 5, imm: offset }],
        ['fsw', { fs2: 2, rs1: 5, imm: 64 + offset }],
      ];
      const { core, memory } = machine(program, xlen);
      const bytes = Uint8Array.of(0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88);
      memory.write(DATA + offset, bytes);
      core.set(5, DATA);
      expect(core.run(4)).toEqual({ kind: 'limit' });
      expect(core.floats.bits[1]).toBe(0x8877665544332211n);
      expect(core.floats.bits[2]).toBe(BOX | 0x44332211n);
      expect(memory.read(DATA + 32 + offset, 8)).toEqual(bytes);
      expect(memory.read(DATA + 64 + offset, 8)).toEqual(Uint8Array.of(0x11, 0x22, 0x33, 0x44, 0, 0, 0, 0));
    }
  });

  test('a store across pages of which one is missing changes nothing', () => {
    const { core, memory } = machine([['fsd', { fs2: 1, rs1: 5, imm: 0 }]], xlen);
    core.floats.bits[1] = BOX;
    core.set(5, DATA + 0xffc);
    expect(core.run(1)).toMatchObject({ kind: 'memory', access: 'write', address: DATA + 0x1000 });
    expect(memory.read(DATA + 0xff8, 8)).toEqual(new Uint8Array(8));
  });

  test.each([
    ['c.fld', { "rs1'": 0, "fd'": 1, uimm: 0xf8 }, 0xf8, 9],
    ['c.fldsp', { fd: 31, uimm: 0x1f8 }, 0x1f8, 31],
  ])('%s', (name, values, offset, fd) => {
    const { core, memory } = machine([[name, values]], xlen);
    memory.store32(DATA + offset, 1);
    memory.store32(DATA + offset + 4, 2);
    core.set(2, DATA);
    core.set(8, DATA);
    core.run(1);
    expect(core.floats.bits[fd]).toBe(0x200000001n);
  });

  test.each([
    ['c.fsd', { "rs1'": 0, "fs2'": 1, uimm: 0xf8 }, 0xf8, 9],
    ['c.fsdsp', { fs2: 31, uimm: 0x1f8 }, 0x1f8, 31],
  ])('%s', (name, values, offset, fs2) => {
    const { core, memory } = machine([[name, values]], xlen);
    core.floats.bits[fs2] = 0x200000001n;
    core.set(2, DATA);
    core.set(8, DATA);
    core.run(1);
    expect([memory.load32(DATA + offset), memory.load32(DATA + offset + 4)]).toEqual([1, 2]);
  });

  test('registers are shown once one is used', () => {
    const { core } = machine([], xlen);
    const names = (): string[] => core.registers().map(({ name }) => name);
    expect(names()).toHaveLength(33);
    core.floats.doubles[31] = 1.5;
    expect(names().slice(33)).toEqual([...FLOAT_NAMES, 'fcsr']);
    expect(core.registers().find(({ name }) => name === 'ft11')).toMatchObject({
      value: bits64(1.5),
      bits: 64,
    });
  });
});

describe('only on RV32', () => {
  test.each([
    ['c.flw', { "rs1'": 0, "fd'": 1, uimm: 0x7c }, 0x7c, 9],
    ['c.flwsp', { fd: 31, uimm: 0xfc }, 0xfc, 31],
  ])('%s', (name, values, offset, fd) => {
    const { core, memory } = machine([[name, values]]);
    memory.store32(DATA + offset, 0x3f800000);
    core.set(2, DATA);
    core.set(8, DATA);
    core.run(1);
    expect(core.floats.bits[fd]).toBe(single(1));
  });

  test.each([
    ['c.fsw', { "rs1'": 0, "fs2'": 1, uimm: 0x7c }, 0x7c, 9],
    ['c.fswsp', { fs2: 31, uimm: 0xfc }, 0xfc, 31],
  ])('%s', (name, values, offset, fs2) => {
    const { core, memory } = machine([[name, values]]);
    core.floats.bits[fs2] = single(1);
    core.set(2, DATA);
    core.set(8, DATA);
    core.run(1);
    expect(memory.load32(DATA + offset)).toBe(0x3f800000);
  });
});

describe('only on RV64', () => {
  const RTZ = 1;

  test.each([
    ['fcvt.l.d', 2 ** 63, 2n ** 63n - 1n, Flag.NV],
    ['fcvt.l.d', -(2 ** 63), -(2n ** 63n), 0],
    ['fcvt.l.d', -1.25, -1n, Flag.NX],
    ['fcvt.l.d', NaN, 2n ** 63n - 1n, Flag.NV],
    ['fcvt.lu.d', 2 ** 63, -(2n ** 63n), 0],
    ['fcvt.lu.d', 2 ** 64, -1n, Flag.NV],
    ['fcvt.lu.d', -0.75, 0n, Flag.NX],
    ['fcvt.lu.d', -1, 0n, Flag.NV],
    ['fcvt.lu.d', NaN, -1n, Flag.NV],
  ])('%s of %d is %i', (name, value, expected, flags) => {
    const core = run(64, name, { f1: bits64(value), rm: RTZ });
    expect([x10(core), core.fcsr]).toEqual([expected, flags]);
    const short = run(64, name.replace('.d', '.s'), { f1: single(value), rm: RTZ });
    expect([x10(short), short.fcsr]).toEqual([expected, flags]);
  });

  test.each([
    ['fcvt.d.l', -1n, bits64(-1), 0],
    ['fcvt.d.lu', -1n, bits64(2 ** 64), Flag.NX],
    ['fcvt.d.l', 2n ** 53n + 1n, bits64(2 ** 53), Flag.NX],
    ['fcvt.s.l', -(2n ** 63n), single(-(2 ** 63)), 0],
    ['fcvt.s.lu', 2n ** 24n + 1n, single(2 ** 24), Flag.NX],
    // The upper word does not count for a word.
    ['fcvt.d.w', 0x1_80000000n, bits64(-(2 ** 31)), 0],
    ['fcvt.d.wu', 0x1_80000000n, bits64(2 ** 31), 0],
  ])('%s of %i', (name, value, expected, flags) => {
    const core = run(64, name, { x5: value });
    expect([f10(core), core.fcsr]).toEqual([expected, flags]);
  });

  test('doublewords move as they are', () => {
    expect(x10(run(64, 'fmv.x.d', { f1: 0xfff0000000000001n }))).toBe(BigInt.asIntN(64, 0xfff0000000000001n));
    expect(f10(run(64, 'fmv.d.x', { x5: -2n }))).toBe(0xfffffffffffffffen);
  });
});
