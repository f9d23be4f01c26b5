/** Loads and stores of both widths, at every address a page of data allows. */
import { describe, expect, test } from 'vitest';
import { DATA, getRegister, machine, setRegister, WIDTHS, type Program } from '../support/riscv.js';

const VALUE = 0x8182838485868788n;

/** Bytes, and whether what is loaded is extended by its sign. */
const LOADS: Record<string, [number, boolean]> = {
  lb: [1, true],
  lbu: [1, false],
  lh: [2, true],
  lhu: [2, false],
  lw: [4, true],
  lwu: [4, false],
  ld: [8, true],
};
const STORES: Record<string, number> = { sb: 1, sh: 2, sw: 4, sd: 8 };
const ONLY_64 = ['lwu', 'ld', 'sd'];

const bytesOf = (value: bigint, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => Number(BigInt.asUintN(8, value >> BigInt(8 * i))));

const numberOf = (bytes: Uint8Array, isSigned: boolean): bigint => {
  const value = [...bytes].reduceRight((all, byte) => (all << 8n) | BigInt(byte), 0n);
  return isSigned ? BigInt.asIntN(8 * bytes.length, value) : value;
};

describe.each(WIDTHS)('RV%i', (xlen) => {
  const here = ([name]: [string, unknown]): boolean => xlen === 64 || !ONLY_64.includes(name);

  test.each(Object.entries(LOADS).filter(here))('%s', (name, [size, isSigned]) => {
    const bytes = Uint8Array.from({ length: 32 }, (_, i) => (0x7d + 0x1f * i) & 0xff);
    for (let offset = 0; offset < 16; offset++) {
      // Into a register of its own, and into the one that has the address.
      for (const rd of [7, 5]) {
        const { core, memory } = machine([[name, { rd, rs1: 5, imm: offset - 8 }]], xlen);
        memory.write(DATA, bytes);
        core.set(7, -1);
        core.set(5, DATA + 8);
        expect(core.run(1)).toEqual({ kind: 'limit' });
        const expected = numberOf(bytes.subarray(offset, offset + size), isSigned);
        expect(getRegister(core, rd), `offset ${offset}`).toBe(expected);
      }
    }
  });

  test.each(Object.entries(STORES).filter(here))('%s', (name, size) => {
    for (let offset = 0; offset < 16; offset++) {
      const { core, memory } = machine([[name, { rs1: 5, rs2: 6, imm: offset }]], xlen);
      memory.write(DATA, new Uint8Array(32).fill(0x11));
      core.set(5, DATA);
      setRegister(core, 6, VALUE >> (xlen === 32 ? 32n : 0n));
      expect(core.run(1)).toEqual({ kind: 'limit' });
      const expected = new Uint8Array(32).fill(0x11);
      expected.set(bytesOf(VALUE >> (xlen === 32 ? 32n : 0n), size), offset);
      expect(memory.read(DATA, 32), `offset ${offset}`).toEqual(expected);
    }
  });

  const short: [string, Record<string, number>, number][] = [
    ['c.lw', { "rs1'": 0, "rd'": 1, uimm: 0x7c }, 0x7c],
    ['c.lwsp', { rd: 9, uimm: 0xfc }, 0xfc],
    ['c.ld', { "rs1'": 0, "rd'": 1, uimm: 0xf8 }, 0xf8],
    ['c.ldsp', { rd: 9, uimm: 0x1f8 }, 0x1f8],
  ];
  test.each(short.filter(([name]) => xlen === 64 || name.startsWith('c.lw')))(
    '%s',
    (name, values, offset) => {
      const { core, memory } = machine([[name, values]], xlen);
      const size = name.startsWith('c.lw') ? 4 : 8;
      memory.write(DATA + offset, bytesOf(VALUE, 8));
      core.set(2, DATA);
      core.set(8, DATA);
      core.run(1);
      expect(getRegister(core, 9)).toBe(BigInt.asIntN(8 * size, VALUE));
    },
  );

  const shortStores: [string, Record<string, number>, number][] = [
    ['c.sw', { "rs1'": 0, "rs2'": 1, uimm: 0x7c }, 0x7c],
    ['c.swsp', { rs2: 9, uimm: 0xfc }, 0xfc],
    ['c.sd', { "rs1'": 0, "rs2'": 1, uimm: 0xf8 }, 0xf8],
    ['c.sdsp', { rs2: 9, uimm: 0x1f8 }, 0x1f8],
  ];
  test.each(shortStores.filter(([name]) => xlen === 64 || name.startsWith('c.sw')))(
    '%s',
    (name, values, offset) => {
      const { core, memory } = machine([[name, values]], xlen);
      const size = name.startsWith('c.sw') ? 4 : 8;
      core.set(2, DATA);
      core.set(8, DATA);
      setRegister(core, 9, VALUE);
      core.run(1);
      expect(numberOf(memory.read(DATA + offset, 8), false)).toBe(BigInt.asUintN(8 * size, VALUE));
    },
  );

  test.each(['sh', 'sw'])('%s across pages of which one is missing changes nothing', (name) => {
    const program: Program = [[name, { rs1: 5, rs2: 6 }]];
    const { core, memory } = machine(program, xlen);
    core.set(5, DATA + 0xfff);
    core.set(6, -1);
    const fault = { kind: 'memory', access: 'write', address: DATA + 0x1000, cause: 'unmapped' };
    expect(core.run(1)).toMatchObject(fault);
    expect(memory.read(DATA + 0xff0, 16)).toEqual(new Uint8Array(16));
  });

  test.each([
    ['sh', 0xffd],
    ['sw', 0xffb],
  ])('%s at offset %i of the last page needs no other', (name, offset) => {
    const { core } = machine([[name, { rs1: 5, rs2: 6 }]], xlen);
    core.set(5, DATA + offset);
    expect(core.run(1)).toEqual({ kind: 'limit' });
  });

  test('what happens above 2 GiB is told with an address that is not negative', () => {
    const at = 0xf0000000;
    const { core, memory } = machine([], xlen);
    memory.map(at, at + 0x1000, 7, 'high');
    memory.store32(at, 0x00100073);
    core.pc = at;
    expect(core.run(1)).toEqual({ kind: 'break', pc: at });
    memory.store32(at, 0x00000013);
    memory.store32(at + 4, 0x00002003);
    core.synchronize();
    core.setBreakpoint(at + 4);
    expect(core.run(5)).toEqual({ kind: 'breakpoint', pc: at + 4 });
    core.clearBreakpoint(at + 4);
    expect(core.run(5)).toMatchObject({ kind: 'memory', pc: at + 4, address: 0 });
  });
});
