import MCapstone from '@alexaltea/capstone-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFields, readFields, type Values } from '#suture/isa/pattern.js';
import { decode } from '#suture/isa/riscv/decode.js';
import { row, rowsOf, type Row, type Xlen } from '#suture/isa/riscv/table.js';

const SEED = 20260101;
const WIDTHS = [32, 64] as const;

/** Field values that the row's encoding can carry and that make the row and no other. */
function valuesOf(row: Row, xlen: Xlen): fc.Arbitrary<Values> {
  const fields = [...row.pattern.fields.values()];
  const word = fc.integer({ min: -0x80000000, max: 0x7fffffff });
  return fc
    .tuple(...fields.map(() => word))
    .map((bits) => {
      const free = bits.reduce((all, value, i) => all ^ (value << i), 0) & ~row.pattern.mask;
      return readFields(row.pattern, row.pattern.match | free);
    })
    .filter((values) => !row.excludes?.(values, xlen));
}

const everyRow = WIDTHS.flatMap((xlen) =>
  rowsOf(xlen).map((row) => [`RV${xlen} ${row.name}`, row, xlen] as const),
);

test.each(everyRow)('%s encodes and decodes', (_name, row, xlen) => {
  fc.assert(
    fc.property(valuesOf(row, xlen), (values) => {
      const word = encodeFields(row.pattern, values);
      const decoded = decode(word, xlen);
      expect(decoded?.row.name).toBe(row.name);
      expect(decoded?.fields).toEqual(values);
    }),
    { seed: SEED, numRuns: 200 },
  );
});

/** Capstone prints pseudo-instructions under their own names. */
const PSEUDO: Record<string, string[]> = {
  addi: ['nop', 'mv', 'li', 'addi'],
  addiw: ['sext.w', 'addiw'],
  jal: ['j', 'jal'],
  jalr: ['ret', 'jr', 'jalr'],
  sub: ['neg', 'sub'],
  subw: ['negw', 'subw'],
  xori: ['not', 'xori'],
  sltiu: ['seqz', 'sltiu'],
  sltu: ['snez', 'sltu'],
  slt: ['sltz', 'sgtz', 'slt'],
  beq: ['beqz', 'beq'],
  bne: ['bnez', 'bne'],
  bge: ['blez', 'bgez', 'bge'],
  blt: ['bltz', 'bgtz', 'blt'],
  'c.addi': ['c.nop', 'c.addi'],
  csrrw: ['csrw', 'fscsr', 'fsrm', 'fsflags', 'csrrw'],
  csrrs: ['csrr', 'csrs', 'csrrs'],
  csrrc: ['csrc', 'csrrc'],
  csrrwi: ['csrwi', 'csrrwi'],
  csrrsi: ['csrsi', 'csrrsi'],
  csrrci: ['csrci', 'csrrci'],
  'fsgnj.s': ['fmv.s', 'fsgnj.s'],
  'fsgnjn.s': ['fneg.s', 'fsgnjn.s'],
  'fsgnjx.s': ['fabs.s', 'fsgnjx.s'],
  'fsgnj.d': ['fmv.d', 'fsgnj.d'],
  'fsgnjn.d': ['fneg.d', 'fsgnjn.d'],
  'fsgnjx.d': ['fabs.d', 'fsgnjx.d'],
  fence: ['fence', 'fence.tso', 'pause'],
};

test.each(WIDTHS)('mnemonics of RV%i agree with Capstone', async (xlen) => {
  const capstone = await MCapstone();
  const width = xlen === 64 ? capstone.MODE_RISCV64 : capstone.MODE_RISCV32;
  const engine = new capstone.Capstone(capstone.ARCH_RISCV, width | capstone.MODE_RISCVC);
  const unknown: string[] = [];
  for (const row of rowsOf(xlen)) {
    // Capstone wants the fields of a fence that have no meaning yet to be zero.
    const fence = { fm: 0, pred: 15, succ: 15 };
    const samples =
      row.name === 'fence' ? [fence] : fc.sample(valuesOf(row, xlen), { seed: SEED, numRuns: 50 });
    let known = 0;
    for (const values of samples) {
      const word = encodeFields(row.pattern, values);
      const bytes = Array.from({ length: row.size }, (_, i) => (word >>> (8 * i)) & 0xff);
      let mnemonic: string | undefined;
      try {
        mnemonic = engine.disasm(bytes, 0x10000, 1)[0]?.mnemonic;
      } catch {
        // Reserved fields: hints and orderings that Capstone refuses.
      }
      if (mnemonic === undefined) continue;
      known++;
      // aq and rl are part of Capstone's mnemonic, not of the manual's table.
      const name = mnemonic.replace(/\.(aq|rl|aqrl)$/, '');
      expect(PSEUDO[row.name] ?? [row.name], `0x${word.toString(16)}`).toContain(name);
    }
    if (known === 0) unknown.push(row.name);
  }
  engine.close();
  expect(unknown).toEqual([]);
});

/** How many of the 16-bit parcels are this row: 2 to the number of its free bits, less what is reserved. */
const EVERY_WIDTH: Record<string, number> = {
  'c.ebreak': 1,
  'c.jr': 31,
  'c.jalr': 31,
  'c.mv': 32 * 31,
  'c.j': 2048,
  'c.addi16sp': 63,
  'c.lui': 31 * 63,
  'c.addi4spn': 255 * 8,
  'c.lwsp': 31 * 64,
  'c.fldsp': 2048,
  'c.fsd': 2048,
};

test.each([
  [
    32,
    { ...EVERY_WIDTH, 'c.jal': 2048, 'c.flw': 2048, 'c.slli': 1024, 'c.srai': 256, 'c.ld': 0, 'c.addw': 0 },
  ],
  [64, { ...EVERY_WIDTH, 'c.addiw': 31 * 64, 'c.ldsp': 31 * 64, 'c.slli': 2048, 'c.srai': 512, 'c.jal': 0 }],
] as const)('every 16-bit parcel of RV%i decodes to one row or to none', (xlen, expected) => {
  const sizes = new Map<string, number>(Object.keys(expected).map((name) => [name, 0]));
  for (let parcel = 0; parcel < 0x10000; parcel++) {
    if ((parcel & 3) === 3) continue;
    const matching = rowsOf(xlen).filter(
      ({ size, pattern, excludes }) =>
        size === 2 &&
        ((parcel ^ pattern.match) & pattern.mask) === 0 &&
        excludes?.(readFields(pattern, parcel), xlen) !== true,
    );
    expect(matching.length, `0x${parcel.toString(16)}`).toBeLessThanOrEqual(1);
    expect(decode(parcel, xlen)?.row).toBe(matching[0]);
    const name = matching[0]?.name ?? 'illegal';
    sizes.set(name, (sizes.get(name) ?? 0) + 1);
  }
  expect(decode(0, xlen)).toBeUndefined();
  expect(Object.fromEntries(sizes)).toMatchObject(expected);
});

describe('reserved encodings are illegal', () => {
  test.each([
    ['a rounding mode of 5', 'fadd.d', { rm: 5 }, [32, 64]],
    ['a rounding mode of 6', 'fcvt.w.s', { rm: 6 }, [32, 64]],
    ['a shift by 32 on RV32', 'slli', { shamt: 32 }, [32]],
    ['a compressed shift by 33 on RV32', 'c.srli', { shamt: 33 }, [32]],
    ['ld on RV32', 'ld', {}, [32]],
    ['addw on RV32', 'addw', {}, [32]],
    ['amoadd.d on RV32', 'amoadd.d', {}, [32]],
    ['fcvt.l.d on RV32', 'fcvt.l.d', {}, [32]],
    ['fmv.x.d on RV32', 'fmv.x.d', {}, [32]],
  ] as const)('%s', (_what, name, values, illegalIn) => {
    const word = encodeFields(row(name).pattern, values);
    for (const xlen of WIDTHS) {
      const illegal = illegalIn.some((width) => width === xlen);
      expect(decode(word, xlen)?.row.name).toBe(illegal ? undefined : name);
    }
  });
});
