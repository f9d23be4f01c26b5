import MCapstone from '@alexaltea/capstone-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFields, type Field } from '#suture/isa/pattern.js';
import { Disassembler } from '#suture/isa/disassemble.js';
import { decode, decodeV9 } from '#suture/isa/sparc/decode.js';
import { sparc, sparcV8plus } from '#suture/isa/sparc/index.js';
import { describing, misreading } from '#suture/isa/sparc/text.js';
import { NOP, row, TABLE, type Row } from '#suture/isa/sparc/table.js';
import { TABLE_V9 } from '#suture/isa/sparc/table-v9.js';
import { sampleWord, v8, v9 } from '../support/sparc.js';

const SEED = 20091;
const title = ({ name, form }: Row): string => (form === undefined ? name : `${name} (${form})`);

/** Any value of a field: as many bits as its segments carry, at their places. */
function valueOf({ signed, width, segments }: Field): fc.Arbitrary<number> {
  const lowest = Math.min(...segments.map((s) => s.to));
  const count = 2 ** (width - lowest);
  const [min, max] = signed ? [-count / 2, count / 2 - 1] : [0, count - 1];
  return fc.integer({ min, max }).map((value) => value * 2 ** lowest);
}

describe.each([
  ['version 8', TABLE, decode],
  ['version 9', TABLE_V9, decodeV9],
] as const)('%s', (_version, table, decodeWord) => {
  test.each(table.map((row) => [title(row), row] as const))('%s: what is encoded is decoded', (_, row) => {
    const fields = [...row.pattern.fields.values()];
    const values = fc.record(Object.fromEntries(fields.map((field) => [field.name, valueOf(field)])));
    fc.assert(
      fc.property(values, (given) => {
        const instruction = decodeWord(encodeFields(row.pattern, given));
        expect(instruction?.row).toBe(row);
        expect(instruction?.fields).toEqual(given);
      }),
      { seed: SEED, numRuns: 40 },
    );
  });

  test('a word belongs to one row at most', () => {
    // Any word, and words of the table with one bit turned.
    const ofTable = fc
      .tuple(fc.constantFrom(...table), fc.integer())
      .map(([{ pattern: p }, fill]) => p.match | (fill & ~p.mask));
    const turned = fc.tuple(ofTable, fc.nat(31)).map(([word, bit]) => word ^ (1 << bit));
    fc.assert(
      fc.property(fc.oneof(fc.integer(), turned), (word) => {
        const matching = table.filter(({ pattern: { mask, match } }) => ((word ^ match) & mask) === 0);
        expect(matching.length).toBeLessThanOrEqual(1);
        expect(decodeWord(word)?.row).toBe(matching[0]);
      }),
      { seed: SEED, numRuns: 10_000 },
    );
  });

  test('a name and form are those of one row', () => {
    expect(new Set(table.map(title)).size).toBe(table.length);
  });
});

test('version 9 has every row of version 8', () => {
  const titles = new Set(TABLE_V9.map(title));
  expect(TABLE.filter((row) => !titles.has(title(row)))).toEqual([]);
});

test('nop is sethi 0, %g0', () => {
  expect(encodeFields(row('sethi').pattern, { rd: 0, imm22: 0 })).toBe(NOP);
});

test.each([
  ['sllx, which is V9', 0x932a500a],
  ['ldd with an odd destination', 0xd218c00a],
  ['rdpsr, which is privileged', 0x93480000],
  ['lda, an alternate space', 0xd480c00a],
  ['faddq, which no hardware has', 0x89a00864],
  ['faddd with an odd register', 0x83a00842],
  ['ldd to an odd floating-point register', 0xc3188000],
  ['fcmpd with another condition code than the first', 0x83a80a42],
  ['ba %xcc, which is V9', 0x10680003],
  ['rd %asr17', 0x83444000],
])('%s is illegal in version 8', (_, word) => {
  expect(decode(word)).toBeUndefined();
});

test.each([
  ['rdpr %tpc, which is privileged', 0x93500000],
  ['rd %asr17', 0x83444000],
  ['return with a destination', 0x83c80001],
  ['faddq, which no hardware has', 0x89a00864],
  ['fmul8x16, of which there is no need', 0x81b00620],
  ['a branch on a reserved condition of a register', 0x08c80003],
  ['a branch on reserved condition codes', 0x10580003],
  ['movr on a reserved condition', 0x93780000],
])('%s is illegal in version 9', (_, word) => {
  expect(decodeV9(word)).toBeUndefined();
});

/** What this Capstone does not decode: integer doublewords, atomics and cache control of V8, mulscc, FSR. */
const UNKNOWN_TO_CAPSTONE = ['ldd', 'std', 'ldstub', 'mulscc', 'flush', 'ldfsr', 'stfsr'];
const AT = 0x4000;
const bytesOf = (word: number): number[] => [word >>> 24, word >>> 16, word >>> 8, word].map((b) => b & 0xff);

test('Capstone reads every row of version 8 with the same mnemonic and operands', async () => {
  const capstone = await MCapstone();
  const engine = new capstone.Capstone(capstone.ARCH_SPARC, capstone.MODE_BIG_ENDIAN);
  const own = describing(decode);
  const theirs = (bytes: number[]): string => {
    const [instruction] = engine.disasm(bytes, AT, 1);
    return `${instruction!.mnemonic} ${instruction!.op_str}`.trim();
  };
  for (const row of TABLE) {
    const bytes = bytesOf(sampleWord(row));
    const text = own(Uint8Array.from(bytes), AT);
    if (UNKNOWN_TO_CAPSTONE.includes(row.name)) {
      expect(() => theirs(bytes), `${title(row)} can be compared now`).toThrow();
    } else if (misreading(decode)(Uint8Array.from(bytes))) {
      expect(theirs(bytes), `${title(row)} is read right now`).not.toBe(text);
    } else {
      // It names the only condition codes there are, and shows the constants of sethi and unimp otherwise.
      const alike = theirs(bytes)
        .replace(/^(t\w+) %icc, /, '$1 ')
        .replace('sethi 0x4d', 'sethi %hi(0x13400)')
        .replace('unimp 5', 'unimp 0x5');
      expect(alike, title(row)).toBe(text);
    }
  }
  const annulled = bytesOf(v8('bne', { a: 1, disp22: 2 }));
  expect(theirs(annulled)).toBe(own(Uint8Array.from(annulled), AT));
  engine.close();
});

// As binutils prints them, but for spaces around brackets.
test.each([
  [0x0248002a, 'be %icc, 0x40a8'],
  [0x22400005, 'be,a,pn %icc, 0x4014'],
  [0x30680007, 'ba,a %xcc, 0x401c'],
  [v9('brlez', { rs1: 9, p: 0, disp16: -2 }), 'brlez,pn %o1, 0x3ff8'],
  [0xc12fbfd4, 'st %fsr, [%fp+-44]'],
  [v9('casa', { rd: 8, rs1: 31, asi: 0x80, rs2: 11 }), 'casa [%i7] #ASI_P, %o3, %o0'],
  [v9('stdfa', { dd: 48, rs1: 8, simm13: 0 }), 'stda %f48, [%o0+0] %asi'],
  [v9('membar', { mask: 0x0a }), 'membar #StoreStore|#StoreLoad'],
  [v9('movle', { rd: 1, xcc: 0, simm11: -1 }), 'movle %icc, -1, %g1'],
  [v9('srlx', { rd: 1, rs1: 2, shcnt64: 32 }), 'srlx %g2, 0x20, %g1'],
])('%i is written as %s', (word, text) => {
  expect(describing(decodeV9)(Uint8Array.from(bytesOf(word)), AT)).toBe(text);
});

test('what is no instruction is shown as data', () => {
  expect(describing(decode)(Uint8Array.of(0xff, 0xff, 0xff, 0xff), AT)).toBe('.word 0xffffffff');
  expect(describing(decode)(Uint8Array.of(1, 2), AT)).toBe('.byte 0x1, 0x2');
});

test('a listing has synthetic instructions from Capstone, and ours where it knows none or is wrong', async () => {
  const words = [
    v9('or', { rd: 8, rs1: 0, simm13: 5 }),
    v9('mulx', { rd: 8, rs1: 9, simm13: -5 }),
    v9('bpne', { a: 0, xcc: 0, p: 1, disp19: 2 }),
    v9('rdy', { rd: 10 }),
    v9('ldd', { rd: 10, rs1: 9, rs2: 11 }),
    v9('call', { disp30: 3 }),
  ];
  const bytes = Uint8Array.from(words.flatMap(bytesOf));
  const text = async (isa: typeof sparc): Promise<string[]> => {
    const disassembler = await Disassembler.create(isa);
    const lines = disassembler.lines(bytes, AT).map((line) => line.text);
    disassembler.close();
    return lines;
  };
  const shared = ['rd %y, %o2', 'ldd [%o1+%o3], %o2', 'call 0x4020'];
  expect(await text(sparcV8plus)).toEqual([
    'mov 5, %o0',
    'mulx %o1, -5, %o0',
    'bne %icc, 0x4010',
    ...shared.map((line) => line.replace('ldd', 'ldtw')),
  ]);
  expect((await text(sparc)).slice(3)).toEqual(shared);
});
