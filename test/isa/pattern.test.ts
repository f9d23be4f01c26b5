import { expect, test } from 'vitest';
import { encodeFields, pattern, readFields } from '#suture/isa/pattern.js';

const fields = { imm: { width: 12, signed: true }, rd: { width: 5 } };

test('a scattered signed field reads back what was written', () => {
  const p = pattern('imm[11|4:0] imm[10:5] rd 0010', 21, fields);
  const word = encodeFields(p, { imm: -1234, rd: 17 });
  expect(readFields(p, word)).toEqual({ imm: -1234, rd: 17 });
});

test('a value that does not fit names field, value and pattern', () => {
  const p = pattern('imm[11:0] rd 0', 18, fields);
  expect(() => encodeFields(p, { imm: 2048, rd: 0 })).toThrow("imm = 2048 does not fit 'imm[11:0] rd 0'");
});

test('a pattern whose bits do not add up is refused', () => {
  expect(() => pattern('imm[11:0] rd', 32, fields)).toThrow('does not fill 32 bits');
});
