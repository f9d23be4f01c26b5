/** The A extension on both widths. */
import { describe, expect, test } from 'vitest';
import type { RiscvHart } from '#suture/isa/riscv/hart.js';
import type { Xlen } from '#suture/isa/riscv/table.js';
import type { Memory } from '#suture/machine/memory.js';
import { DATA, getRegister, machine, setRegister, WIDTHS, type Program } from '../support/riscv.js';

const MIN_WORD = -(2n ** 31n);
const MIN = -(2n ** 63n);

interface Machine {
  core: RiscvHart;
  memory: Memory;
}

const store = (memory: Memory, value: bigint): void => {
  memory.store32(DATA, Number(BigInt.asIntN(32, value)));
  memory.store32(DATA + 4, Number(BigInt.asIntN(32, value >> 32n)));
};
const load = (memory: Memory): bigint =>
  BigInt.asIntN(64, (BigInt(memory.load32(DATA + 4)) << 32n) | BigInt(memory.load32(DATA) >>> 0));

/** Executes a program with the address in x5 and an operand in x6. */
function run(xlen: Xlen, program: Program, old: bigint, operand: bigint): Machine {
  const { core, memory } = machine(program, xlen);
  store(memory, old);
  core.set(5, DATA);
  setRegister(core, 6, operand);
  expect(core.run(program.length)).toEqual({ kind: 'limit' });
  return { core, memory };
}

type Combine = (old: bigint, operand: bigint) => bigint;
const lesser: Combine = (a, b) => (a < b ? a : b);
const greater: Combine = (a, b) => (a > b ? a : b);

const OPERATIONS: Record<string, (bits: number) => Combine> = {
  amoswap: () => (_old, operand) => operand,
  amoadd: () => (old, operand) => old + operand,
  amoxor: () => (old, operand) => old ^ operand,
  amoand: () => (old, operand) => old & operand,
  amoor: () => (old, operand) => old | operand,
  amomin: () => lesser,
  amomax: () => greater,
  amominu: (bits) => (a, b) => lesser(BigInt.asUintN(bits, a), BigInt.asUintN(bits, b)),
  amomaxu: (bits) => (a, b) => greater(BigInt.asUintN(bits, a), BigInt.asUintN(bits, b)),
};

describe.each(Object.entries(OPERATIONS))('%s', (name, of) => {
  test.each(WIDTHS)('on words of RV%i', (xlen) => {
    const words = [0n, 1n, -1n, 12n, 10n, MIN_WORD, -MIN_WORD - 1n];
    for (const old of words) {
      for (const operand of words) {
        // What lies above the word must not matter, and must not change.
        const above = 0x5555aaaan << 32n;
        const program: Program = [[`${name}.w`, { rd: 7, rs1: 5, rs2: 6 }]];
        const given = xlen === 64 ? above | BigInt.asUintN(32, operand) : operand;
        const { core, memory } = run(xlen, program, above | BigInt.asUintN(32, old), given);
        const expected = BigInt.asUintN(32, of(32)(old, operand));
        expect(load(memory), `${old}, ${operand}`).toBe(above | expected);
        expect(getRegister(core, 7)).toBe(old);
      }
    }
  });

  test('on doublewords', () => {
    const doublewords = [0n, 1n, -1n, 12n, 10n, MIN, -MIN - 1n, 2n ** 32n, -(2n ** 32n), MIN_WORD];
    for (const old of doublewords) {
      for (const operand of doublewords) {
        const { core, memory } = run(64, [[`${name}.d`, { rd: 7, rs1: 5, rs2: 6 }]], old, operand);
        expect(load(memory), `${old}, ${operand}`).toBe(BigInt.asIntN(64, of(64)(old, operand)));
        expect(getRegister(core, 7)).toBe(old);
      }
    }
  });

  test.each(WIDTHS)('takes its operand before it writes its result (RV%i)', (xlen) => {
    const { core, memory } = run(xlen, [[`${name}.w`, { rd: 6, rs1: 5, rs2: 6 }]], 3n, 5n);
    expect([load(memory), getRegister(core, 6)]).toEqual([of(32)(3n, 5n), 3n]);
  });
});

const FORMS: [Xlen, string][] = [
  [32, 'w'],
  [64, 'w'],
  [64, 'd'],
];

describe.each(FORMS)('RV%i, .%s', (xlen, size) => {
  const reserve: Program[number] = [`lr.${size}`, { rd: 7, rs1: 5 }];
  const conditional = (rd: number): Program[number] => [`sc.${size}`, { rd, rs1: 5, rs2: 6 }];
  const OLD = -0x0123456789abcdefn;
  const NEW = size === 'd' ? 0x1122334455667788n : 0x55667788n;

  test('a store-conditional succeeds once after a load-reserved', () => {
    const { core, memory } = run(xlen, [reserve, conditional(8), conditional(9)], OLD, NEW);
    expect(getRegister(core, 7)).toBe(size === 'd' ? OLD : BigInt.asIntN(32, OLD));
    expect([getRegister(core, 8), getRegister(core, 9)]).toEqual([0n, 1n]);
    expect(load(memory)).toBe(size === 'd' ? NEW : BigInt.asIntN(64, ((OLD >> 32n) << 32n) | NEW));
  });

  test('without a reservation, or with one elsewhere, it fails and writes nothing', () => {
    const elsewhere: Program = [
      ['addi', { rd: 5, rs1: 5, imm: 8 }],
      reserve,
      ['addi', { rd: 5, rs1: 5, imm: -8 }],
    ];
    for (const program of [[conditional(8)], [...elsewhere, conditional(8)]]) {
      const { core, memory } = run(xlen, program, OLD, NEW);
      expect([getRegister(core, 8), load(memory)]).toEqual([1n, OLD]);
    }
  });

  test('a reservation is part of the state, and of a fork', () => {
    const { core, memory } = machine([reserve, conditional(8)], xlen);
    core.set(5, DATA);
    const before = core.state();
    core.run(1);
    expect(core.get(7)).toBe(0);
    expect(core.state().slice(1)).not.toEqual(before.slice(1));
    const fork = core.fork(memory.fork());
    fork.run(2);
    expect(fork.get(8)).toBe(0);
  });

  test('a reservation outlasts a pause, but not the turn of another hart', () => {
    const outcome = (pause: (core: RiscvHart) => void): number => {
      const { core } = machine([reserve, conditional(8)], xlen);
      core.set(5, DATA);
      core.run(1);
      pause(core);
      core.run(2);
      return core.get(8);
    };
    expect(outcome(() => undefined)).toBe(0);
    expect(
      outcome((core) => {
        core.endReservation();
      }),
    ).toBe(1);
  });

  test('a misaligned address faults', () => {
    const instructions: [Program[number], string][] = [
      [reserve, 'read'],
      [conditional(8), 'write'],
      [[`amoadd.${size}`, { rd: 7, rs1: 5, rs2: 6 }], 'write'],
    ];
    for (const [instruction, access] of instructions) {
      const address = DATA + (size === 'd' ? 4 : 2);
      const { core } = machine([instruction], xlen);
      core.set(5, address);
      expect(core.run(1)).toMatchObject({ kind: 'memory', access, address, cause: 'misaligned' });
      expect(core.retired).toBe(0);
    }
  });

  test('an atomic operation on what cannot be written is a failed write', () => {
    const { core, memory } = machine([[`amoadd.${size}`, { rd: 7, rs1: 5, rs2: 6 }]], xlen);
    core.set(5, DATA);
    memory.protect(DATA, DATA + 0x1000, 4);
    expect(core.run(1)).toMatchObject({ kind: 'memory', access: 'write', address: DATA, cause: 'protected' });
  });
});

test('an address beyond 32 bits is where nothing is mapped', () => {
  for (const name of ['lr.w', 'sc.d', 'amoswap.w']) {
    const { core } = machine([[name, name === 'lr.w' ? { rd: 7, rs1: 5 } : { rd: 7, rs1: 5, rs2: 6 }]], 64);
    core.file.setDoubleword(5, -8n);
    const access = name === 'lr.w' ? 'read' : 'write';
    expect(core.run(1)).toMatchObject({ kind: 'memory', access, address: -8, cause: 'unmapped' });
  }
});
