import MCapstone from '@alexaltea/capstone-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFields, type Field, type Values } from '#suture/isa/pattern.js';
import { REGISTER_NAMES } from '#suture/isa/sparc/abi.js';
import { decode } from '#suture/isa/sparc/decode.js';
import { NOP, row, TABLE, type Row } from '#suture/isa/sparc/table.js';

const SEED = 20091;
const title = ({ name, form }: Row): string => (form === undefined ? name : `${name} (${form})`);

/** Any value of a field: as many bits as its segments carry, at their places. */
function valueOf({ signed, width, segments }: Field): fc.Arbitrary<number> {
  const lowest = Math.min(...segments.map((s) => s.to));
  const count = 2 ** (width - lowest);
  const [min, max] = signed ? [-count / 2, count / 2 - 1] : [0, count - 1];
  return fc.integer({ min, max }).map((value) => value * 2 ** lowest);
}

test.each(TABLE.map((row) => [title(row), row] as const))('%s: what is encoded is decoded', (_, row) => {
  const fields = [...row.pattern.fields.values()];
  const values = fc.record(Object.fromEntries(fields.map((field) => [field.name, valueOf(field)])));
  fc.assert(
    fc.property(values, (given) => {
      const instruction = decode(encodeFields(row.pattern, given));
      expect(instruction?.row).toBe(row);
      expect(instruction?.fields).toEqual(given);
    }),
    { seed: SEED },
  );
});

test('a word belongs to one row at most', () => {
  fc.assert(
    fc.property(fc.integer(), (word) => {
      const matching = TABLE.filter(({ pattern: { mask, match } }) => ((word ^ match) & mask) === 0);
      expect(matching.length).toBeLessThanOrEqual(1);
      expect(decode(word)?.row).toBe(matching[0]);
    }),
    { seed: SEED, numRuns: 20_000 },
  );
});

test('nop is sethi 0, %g0', () => {
  expect(encodeFields(row('sethi').pattern, { rd: 0, imm22: 0 })).toBe(NOP);
});

test.each([
  ['sllx, which is V9', 0x932a500a],
  ['ldd with an odd destination', 0xd218c00a],
  ['rdpsr, which is privileged', 0x93480000],
  ['lda, an alternate space', 0xd480c00a],
  ['fadds, floating point', 0x85a00844],
  ['ba %xcc, which is V9', 0x10680003],
  ['rd %asr17', 0x83444000],
])('%s is illegal', (_, word) => {
  expect(decode(word)).toBeUndefined();
});

/** What this Capstone does not decode: integer doublewords, atomics and cache control of V8, mulscc. */
const UNKNOWN_TO_CAPSTONE = new Set(['ldd', 'std', 'ldstub', 'mulscc', 'flush']);
/** Rows of the state registers, which Capstone calls by the assembler's mnemonics. */
const ASSEMBLER_NAME: Record<string, string> = { rdy: 'rd', wry: 'wr' };
/** Registers and constants for which Capstone prints no synthetic instruction, such as mov or cmp. */
const SAMPLE: Values = {
  rd: 10,
  rs1: 9,
  rs2: 11,
  simm13: -5,
  shcnt: 7,
  imm7: 33,
  imm22: 77,
  const22: 5,
  disp22: -6,
  disp30: 9,
};
const AT = 0x4000;

function expectedOperands(values: Values): string[] {
  const operands = ['rd', 'rs1', 'rs2']
    .filter((name) => values[name] !== undefined)
    .map((name) => `%${REGISTER_NAMES[values[name]!]!}`);
  const constant = values.simm13 ?? values.shcnt;
  if (constant !== undefined) operands.push(String(constant));
  const hexadecimal = values.imm7 ?? values.imm22;
  if (hexadecimal !== undefined) operands.push(`0x${hexadecimal.toString(16)}`);
  const displacement = values.disp22 ?? values.disp30;
  if (displacement !== undefined) operands.push(`0x${(AT + 4 * displacement).toString(16)}`);
  return operands;
}

test('Capstone reads every row with the same mnemonic and operands', async () => {
  const capstone = await MCapstone();
  const engine = new capstone.Capstone(capstone.ARCH_SPARC, capstone.MODE_BIG_ENDIAN);
  const disassemble = (word: number): string => {
    const [instruction] = engine.disasm(
      [word >>> 24, word >>> 16, word >>> 8, word].map((b) => b & 0xff),
      AT,
      1,
    );
    return `${instruction!.mnemonic} ${instruction!.op_str}`;
  };
  for (const row of TABLE) {
    const fields = [...row.pattern.fields.keys()].filter((name) => name in SAMPLE);
    const values = Object.fromEntries(fields.map((name) => [name, SAMPLE[name]!]));
    const word = encodeFields(row.pattern, values);
    if (UNKNOWN_TO_CAPSTONE.has(row.name)) {
      expect(() => disassemble(word), `${title(row)} can be compared now`).toThrow();
      continue;
    }
    const [mnemonic, ...rest] = disassemble(word).split(' ');
    expect(mnemonic, title(row)).toBe(ASSEMBLER_NAME[row.name] ?? row.name);
    for (const operand of expectedOperands(row.name === 'rdy' ? {} : values)) {
      expect(rest.join(' '), title(row)).toContain(operand);
    }
  }
  for (const a of [0, 1]) {
    const word = encodeFields(row('bne').pattern, { a, disp22: 2 });
    expect(disassemble(word).startsWith(a === 1 ? 'bne,a ' : 'bne ')).toBe(true);
  }
  engine.close();
});
