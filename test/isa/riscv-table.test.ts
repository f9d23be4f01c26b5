import MCapstone from '@alexaltea/capstone-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFields, readFields, type Values } from '#suture/isa/pattern.js';
import { decode } from '#suture/isa/riscv/decode.js';
import { TABLE, type Row } from '#suture/isa/riscv/table.js';

const SEED = 20260101;

/** Field values that the row's encoding can carry and that make the row and no other. */
function valuesOf(row: Row): fc.Arbitrary<Values> {
  const fields = [...row.pattern.fields.values()];
  const word = fc.integer({ min: -0x80000000, max: 0x7fffffff });
  return fc
    .tuple(...fields.map(() => word))
    .map((bits) => {
      const free = bits.reduce((all, value, i) => all ^ (value << i), 0) & ~row.pattern.mask;
      return readFields(row.pattern, row.pattern.match | free);
    })
    .filter((values) => !row.excludes?.(values));
}

test.each(TABLE.map((row) => [row.name, row] as const))('%s encodes and decodes', (_name, row) => {
  fc.assert(
    fc.property(valuesOf(row), (values) => {
      const word = encodeFields(row.pattern, values);
      const decoded = decode(word);
      expect(decoded?.row.name).toBe(row.name);
      expect(decoded?.fields).toEqual(values);
    }),
    { seed: SEED, numRuns: 200 },
  );
});

/** Capstone prints pseudo-instructions under their own names. */
const PSEUDO: Record<string, string[]> = {
  addi: ['nop', 'mv', 'li', 'addi'],
  jal: ['j', 'jal'],
  jalr: ['ret', 'jr', 'jalr'],
  sub: ['neg', 'sub'],
  xori: ['not', 'xori'],
  sltiu: ['seqz', 'sltiu'],
  sltu: ['snez', 'sltu'],
  slt: ['sltz', 'sgtz', 'slt'],
  beq: ['beqz', 'beq'],
  bne: ['bnez', 'bne'],
  bge: ['blez', 'bgez', 'bge'],
  blt: ['bltz', 'bgtz', 'blt'],
  'c.addi': ['c.nop', 'c.addi'],
  fence: ['fence', 'fence.tso', 'pause'],
};

test('mnemonics agree with Capstone', async () => {
  const capstone = await MCapstone();
  const engine = new capstone.Capstone(capstone.ARCH_RISCV, capstone.MODE_RISCV32 | capstone.MODE_RISCVC);
  const unknown: string[] = [];
  for (const row of TABLE) {
    // Capstone wants the fields of a fence that have no meaning yet to be zero.
    const fence = { fm: 0, pred: 15, succ: 15 };
    const samples = row.name === 'fence' ? [fence] : fc.sample(valuesOf(row), { seed: SEED, numRuns: 50 });
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

test('every 16-bit parcel decodes to one row or to none', () => {
  const sizes = new Map<string, number>();
  for (let parcel = 0; parcel < 0x10000; parcel++) {
    if ((parcel & 3) === 3) continue;
    const name = decode(parcel)?.row.name ?? 'illegal';
    sizes.set(name, (sizes.get(name) ?? 0) + 1);
  }
  expect(decode(0)).toBeUndefined();
  expect(sizes.get('c.ebreak')).toBe(1);
  expect(sizes.get('c.jr')).toBe(31);
  expect(sizes.get('c.j')).toBe(2048);
});
