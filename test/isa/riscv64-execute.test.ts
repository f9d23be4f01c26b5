/** RV64: what is not as on RV32, by the manual's sentences. For arithmetic see the integer tests. */
import { describe, expect, test } from 'vitest';
import { DATA, machine, TEXT, WIDTHS, type Program } from '../support/riscv.js';

const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

const MIN = -(2n ** 63n);
const MIN_WORD = -(2n ** 31n);

/** One instruction in a core with these registers. */
function run(
  instruction: Program[number],
  registers: Record<number, bigint>,
): ReturnType<typeof machine>['core'] {
  const { core } = machine([instruction], 64);
  for (const [register, value] of Object.entries(registers)) core.file.setDoubleword(Number(register), value);
  expect(core.run(1)).toEqual({ kind: 'limit' });
  return core;
}

test.each([
  ['c.addiw', { rd: 5, imm: -1 }, 5, 0x7fffffffn],
  ['c.subw', { "rd'": 1, "rs2'": 2 }, 9, 0x7ffffffen],
  ['c.addw', { "rd'": 1, "rs2'": 2 }, 9, MIN_WORD],
  ['c.slli', { rd: 5, shamt: 32 }, 5, MIN],
  ['c.srli', { "rd'": 1, shamt: 33 }, 9, 0x7fffffffn],
  ['c.srai', { "rd'": 1, shamt: 63 }, 9, -1n],
  ['c.andi', { "rd'": 1, imm: -2 }, 9, -0x80000002n],
])('%s %o', (name, values, rd, expected) => {
  const core = run([name, values], { 5: -0x80000000n, 9: -0x80000001n, 10: -0xffffffffn });
  expect(core.file.doubleword(rd)).toBe(expected);
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

test('x0 stays zero whatever is loaded into it', () => {
  for (const name of ['addiw', 'ld', 'lw', 'csrrs']) {
    const values = name === 'csrrs' ? { rd: 0, csr: 0xc00 } : { rd: 0, rs1: 5, imm: 8 };
    expect(run([name, values], { 5: BigInt(DATA) }).file.doubleword(0)).toBe(0n);
  }
});

describe('memory', () => {
  const VALUE = 0x8182838485868788n;

  test('a doubleword across pages of which one is missing faults and changes nothing', () => {
    for (const offset of [0xff9, 0xffc]) {
      const { core, memory } = machine(
        [
          ['sd', { rs1: 5, rs2: 6 }],
          ['ld', { rd: 6, rs1: 5 }],
        ],
        64,
      );
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

  test.each([0, 0x7f7])('an address that wraps around to %i is a low one', (address) => {
    const { core, memory } = machine([['lw', { rd: 6, rs1: 5, imm: address + 8 }]], 64);
    memory.map(0, 0x1000, 6, 'bottom');
    memory.write(address, Uint8Array.of(1, 2, 3, 4));
    core.file.setDoubleword(5, -8n);
    expect(core.run(1)).toEqual({ kind: 'limit' });
    expect(core.get(6)).toBe(0x04030201);
  });

  test('an address crosses 2 GiB', () => {
    const { core, memory } = machine(
      [
        ['ld', { rd: 6, rs1: 5, imm: 16 }],
        ['sd', { rs1: 6, rs2: 5, imm: -16 }],
      ],
      64,
    );
    memory.map(0x7ffff000, 0x80001000, 6, 'middle');
    memory.store32(0x80000008, 0x80000008 | 0);
    core.file.setDoubleword(5, 0x7ffffff8n);
    expect(core.run(2)).toEqual({ kind: 'limit' });
    expect(memory.load32(0x7ffffff8)).toBe(0x7ffffff8);
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
  expect(core.registers().find(({ name }) => name === 'a0')).toEqual({
    name: 'a0',
    value: 2n ** 64n - 1n,
    bits: 64,
  });
  expect(core.registers()[0]).toEqual({ name: 'pc', value: BigInt(TEXT), bits: 64 });
  const narrow = machine([]).core;
  narrow.set(10, -1);
  expect(narrow.registers().find(({ name }) => name === 'a0')).toEqual({
    name: 'a0',
    value: 0xffffffffn,
    bits: 32,
  });
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
