/** Bodies side by side. */
import { describe, expect, test } from 'vitest';
import { readImage, type Image } from '#suture/elf/index.js';
import { align, diff, nameOfReference, Program, type Mark } from '#suture/patch/index.js';
import { bytesOf, imageOf, ISAS, newName, PATCHES, tellerName, type IsaName } from '../support/programs.js';

const marksOf = (rows: readonly { mark: Mark }[]): Mark[] =>
  [...new Set(rows.map(({ mark }) => mark))].sort();

describe.each(ISAS)('on %s', (isa) => {
  test('a procedure beside itself has no difference', () => {
    const [before, after] = [new Program(imageOf(tellerName(isa))), new Program(imageOf(tellerName(isa)))];
    const comparison = diff(before, after);
    for (const { kind, old, new: symbol } of comparison.verdicts) {
      if (kind !== 'procedure') continue;
      const rows = align(comparison, old, symbol);
      expect(marksOf(rows)).toEqual(['same']);
      expect(rows.every((row) => row.old?.offset === row.new?.offset)).toBe(true);
    }
  });

  test.each(PATCHES)(
    'procedures of %s differ where they are called changed, and keep every instruction',
    (patch) => {
      const comparison = diff(
        new Program(imageOf(tellerName(isa))),
        new Program(imageOf(newName(patch, isa))),
      );
      for (const { kind, verdict, old, new: symbol } of comparison.verdicts) {
        if (kind !== 'procedure') continue;
        const rows = align(comparison, old, symbol);
        const differs = rows.some(({ mark }) => mark !== 'same');
        expect(differs).toBe(verdict !== 'unchanged');
        const offsets = (side: 'old' | 'new'): number[] => rows.flatMap((row) => row[side]?.offset ?? []);
        const items = (program: Program, of: typeof old): number[] =>
          of === undefined ? [] : program.body(of).items.map(({ offset }) => offset);
        expect(offsets('old')).toEqual(items(comparison.old, old));
        expect(offsets('new')).toEqual(items(comparison.new, symbol));
      }
    },
  );
});

/** Teller with some of its code overwritten. */
function withCode(isa: IsaName, procedure: string, offset: number, code: number[]): Image {
  const image = imageOf(tellerName(isa));
  const { address } = image.symbols.find(({ name }) => name === procedure)!;
  const segment = image.segments.find((s) => address >= s.address && address < s.address + s.bytes.length)!;
  const bytes = bytesOf(tellerName(isa)).slice();
  bytes.set(code, segment.bytes.byteOffset + address - segment.address + offset);
  return readImage(bytes, 'changed.elf');
}

test('a branch that goes elsewhere is a difference, though nothing else is', () => {
  // `bne +0x10` at +8 of compound becomes `bne +0x14`.
  const image = withCode('sparc', 'compound', 8, [0x12, 0x80, 0x00, 0x05]);
  const comparison = diff(new Program(imageOf(tellerName('sparc'))), new Program(image));
  const { old, new: symbol } = comparison.verdicts.find(({ name }) => name === 'compound')!;
  const rows = align(comparison, old, symbol).filter(({ mark }) => mark !== 'same');
  expect(rows.map((row) => [row.mark, row.old?.offset, row.new?.offset])).toEqual([['changed', 8, 8]]);
});

test('code that is not understood is shown by its bytes', () => {
  // V9's `ba %icc`.
  const image = withCode('sparc', 'compound', 0x20, [0x10, 0x48, 0, 0]);
  const comparison = diff(new Program(imageOf(tellerName('sparc'))), new Program(image));
  const { verdict, old, new: symbol } = comparison.verdicts.find(({ name }) => name === 'compound')!;
  expect(verdict).toBe('refused');
  const rows = align(comparison, old, symbol);
  expect(rows.flatMap((row) => row.new?.offset ?? [])).toHaveLength(symbol!.size / 4);
});

test.each(ISAS)('references have names on %s', (isa) => {
  const program = new Program(imageOf(tellerName(isa)));
  const names = program.procedures.flatMap((procedure) =>
    program
      .itemsIfUnderstood(procedure)
      .flatMap(({ reference }) => (reference === undefined ? [] : [nameOfReference(program, reference)])),
  );
  expect(names).toContain('compound');
  expect(names).toContain('accounts');
  expect(names).toContain('"balance %u.%02u\\n"');
});

test('upper parts that relaxation removed make no difference, and those of new code do', () => {
  const relaxed = new Program(imageOf(tellerName('rv32')));
  const { image } = relaxed;
  const comparison = diff(relaxed, new Program(imageOf(newName('teller-several', 'rv32'))));
  const { new: symbol } = comparison.verdicts.find(({ name }) => name === 'refuse_amount')!;
  expect(marksOf(align(comparison, undefined, symbol))).toEqual(['added']);
  // The same body without the upper part of its first string, as if the linker had found it in reach of gp.
  const itself = diff(relaxed, new Program(image));
  const { old } = itself.verdicts.find(({ name }) => name === 'deposit')!;
  const body = itself.new.body(old!);
  const without = body.items.filter(({ token }) => token !== '');
  itself.new.body = () => ({ ...body, items: without });
  const rows = align(itself, old, old);
  expect(marksOf(rows)).toEqual(['same']);
  expect(rows.filter((row) => row.new === undefined)).toHaveLength(body.items.length - without.length);
  expect(without.length).toBeLessThan(body.items.length);
});
