/** Counters, and what user programs may not touch. For fcsr see the floating-point tests. */
import { describe, expect, test } from 'vitest';
import { machine, TEXT, WIDTHS, type Program } from '../support/riscv.js';

const CYCLE = 0xc00;
const TIME = 0xc01;
const INSTRET = 0xc02;
const UPPER = 0x80;

const NOP: Program[number] = ['addi', {}];
const read = (csr: number, rd = 10): Program[number] => ['csrrs', { rd, rs1: 0, csr }];

describe.each(WIDTHS)('RV%i', (xlen) => {
  test.each([CYCLE, INSTRET])('%i counts the instructions before it, also in the middle of a run', (csr) => {
    const { core } = machine([NOP, NOP, read(csr), NOP, read(csr, 11)], xlen);
    core.timeBase = 1000;
    core.run(5);
    expect([core.get(10), core.get(11)]).toEqual([2, 4]);
  });

  test('time counts those of the whole process', () => {
    const { core } = machine([NOP, read(TIME), read(TIME, 11)], xlen);
    core.timeBase = 1000;
    core.run(1);
    core.timeBase = 5000;
    core.run(3);
    expect([core.get(10), core.get(11)]).toEqual([5001, 5002]);
  });

  test('however a run is cut, the counts are the same', () => {
    const program = [read(TIME), NOP, read(INSTRET, 11), read(CYCLE, 12)];
    const { core } = machine(program, xlen);
    const other = machine(program, xlen).core;
    core.run(4);
    for (let limit = 1; limit <= 4; limit++) other.run(limit);
    expect(other.state()).toEqual(core.state());
  });

  test('a counter can be read by every form that does not write', () => {
    const forms: Program = [
      ['csrrs', { rd: 10, rs1: 0, csr: CYCLE }],
      ['csrrc', { rd: 10, rs1: 0, csr: CYCLE }],
      ['csrrsi', { rd: 10, zimm: 0, csr: CYCLE }],
      ['csrrci', { rd: 10, zimm: 0, csr: CYCLE }],
    ];
    const { core } = machine(forms, xlen);
    expect(core.run(4)).toEqual({ kind: 'limit' });
    expect(core.get(10)).toBe(3);
  });

  test.each([
    ['csrrw', { rd: 0, rs1: 0, csr: CYCLE }],
    ['csrrwi', { rd: 10, zimm: 0, csr: TIME }],
    ['csrrs', { rd: 10, rs1: 5, csr: INSTRET }],
    ['csrrci', { rd: 10, zimm: 1, csr: CYCLE }],
    // sstatus, mstatus, mhartid, hpmcounter3, and numbers nobody has.
    ['csrrs', { rd: 10, rs1: 0, csr: 0x100 }],
    ['csrrs', { rd: 10, rs1: 0, csr: 0x300 }],
    ['csrrs', { rd: 10, rs1: 0, csr: 0xf14 }],
    ['csrrs', { rd: 10, rs1: 0, csr: 0xc03 }],
    ['csrrs', { rd: 10, rs1: 0, csr: 0 }],
    ['csrrs', { rd: 10, rs1: 0, csr: 4 }],
    ['csrrs', { rd: 10, rs1: 0, csr: 0x803 }],
  ])('%s %o is illegal and changes nothing', (name, values) => {
    const { core, memory } = machine([NOP, [name, values]], xlen);
    const before = core.fork(memory);
    before.run(1);
    const word = memory.load32(TEXT + 4) >>> 0;
    expect(core.run(5)).toEqual({ kind: 'illegal', pc: TEXT + 4, word });
    expect(core.state()).toEqual(before.state());
    expect(core.retired).toBe(1);
  });
});

describe('counts beyond 32 bits', () => {
  const BASE = 3 * 2 ** 32 + 0xfffffffe;

  test('are two registers on RV32', () => {
    const { core } = machine([read(TIME), read(TIME | UPPER, 11), read(TIME, 12), read(TIME | UPPER, 13)]);
    core.timeBase = BASE;
    core.run(4);
    expect([10, 11, 12, 13].map((register) => core.get(register))).toEqual([-2, 3, 0, 4]);
    core.retired = BASE;
    core.pc = TEXT;
    core.run(BASE + 1);
    expect(core.get(10)).toBe((2 * BASE) | 0);
  });

  test.each([CYCLE, INSTRET])('%i has an upper half on RV32', (csr) => {
    const { core } = machine([read(csr), read(csr | UPPER, 11)]);
    core.retired = BASE;
    core.run(BASE + 2);
    expect([core.get(10), core.get(11)]).toEqual([-2, 3]);
  });

  test('are one register on RV64, and the upper halves are illegal', () => {
    for (const csr of [CYCLE, TIME, INSTRET]) {
      const { core } = machine([read(csr), read(csr | UPPER, 11)], 64);
      core.retired = BASE;
      expect(core.run(BASE + 2)).toMatchObject({ kind: 'illegal', pc: TEXT + 4 });
      expect(core.get(10)).toBe(BASE);
    }
  });
});
