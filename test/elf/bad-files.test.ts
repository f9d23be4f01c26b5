import { expect, test } from 'vitest';
import { ElfError, readImage, type ElfProblem } from '#suture/elf/index.js';
import { bytesOf, imageOf, ISAS, tellerName, faultsName } from '../support/programs.js';

type Change = (bytes: Uint8Array, view: DataView) => Uint8Array;

const RISCV = bytesOf(tellerName('rv32'));
const SPARC = bytesOf(tellerName('sparc'));
const SECTIONS = 32;
const SECTION_COUNT = 48;

/** A copy of the program with something wrong. */
function changed(source: Uint8Array, change: Change): Uint8Array {
  const bytes = source.slice();
  return change(bytes, new DataView(bytes.buffer));
}

const put16 =
  (offset: number, value: number, little = true): Change =>
  (bytes, view) => {
    view.setUint16(offset, value, little);
    return bytes;
  };

const put8 =
  (offset: number, value: number): Change =>
  (bytes) => {
    bytes[offset] = value;
    return bytes;
  };

/** File offset of the header of the first section of this type. */
function sectionHeader(view: DataView, type: number): number {
  const table = view.getUint32(SECTIONS, true);
  for (let i = 0; i < view.getUint16(SECTION_COUNT, true); i++) {
    if (view.getUint32(table + 40 * i + 4, true) === type) return table + 40 * i;
  }
  throw new Error(`no section of type ${type}`);
}

const SYMTAB = 2;
const RELA = 4;

const cases: [string, Uint8Array, ElfProblem, RegExp][] = [
  ['nothing', new Uint8Array(), 'not-elf', /does not begin with 7f 45 4c 46/],
  ['a text', Buffer.from('#!/bin/sh\necho hello\n'), 'not-elf', /does not begin with 7f 45 4c 46/],
  ['a file cut in the header', RISCV.slice(0, 40), 'truncated', /ends after 40 bytes, inside the ELF header/],
  ['a file cut in the identification', RISCV.slice(0, 10), 'truncated', /ends after 10 bytes/],
  [
    'a file cut in the section table',
    RISCV.slice(0, -100),
    'truncated',
    /section table \(16 entries .* cut short/,
  ],
  ['a file cut in a segment', RISCV.slice(0, 2000), 'truncated', /cut short/],
  [
    'an x86-64 file',
    changed(RISCV, (b, v) => put16(18, 62)(put8(4, 2)(b, v), v)),
    'unsupported-machine',
    /x86-64 \(e_machine 62\)/,
  ],
  [
    'a SPARC V9 file',
    changed(SPARC, (b, v) => put16(18, 43, false)(put8(4, 2)(b, v), v)),
    'unsupported-machine',
    /SPARC V9 \(e_machine 43\)/,
  ],
  ['a v8plus file', changed(SPARC, put16(18, 18, false)), 'unsupported-machine', /SPARC v8plus/],
  ['a 64-bit RISC-V file', changed(RISCV, put8(4, 2)), 'unsupported-class', /ELF class 2; class 1/],
  ['a RISC-V file marked big-endian', changed(RISCV, put8(5, 2)), 'wrong-byte-order', /marked big-endian/],
  [
    'a SPARC file marked little-endian',
    changed(SPARC, put8(5, 1)),
    'wrong-byte-order',
    /marked little-endian/,
  ],
  [
    'a big-endian RISC-V file',
    changed(RISCV, (b, v) => put16(18, 243, false)(put8(5, 2)(b, v), v)),
    'wrong-byte-order',
    /a big-endian RISC-V file; it must be little-endian/,
  ],
  [
    'an object file',
    changed(RISCV, put16(16, 1)),
    'unsupported-type',
    /ELF type 1; a statically linked executable/,
  ],
  [
    'sections of a wrong size',
    changed(RISCV, put16(46, 64)),
    'bad-header',
    /entries of the section table are 64 bytes; 40/,
  ],
  [
    'a missing section name table',
    changed(RISCV, put16(50, 999)),
    'bad-section',
    /section name table 999 does not exist/,
  ],
  [
    'a symbol table that ends inside a symbol',
    changed(RISCV, (bytes, view) => {
      const header = sectionHeader(view, SYMTAB);
      view.setUint32(header + 20, view.getUint32(header + 20, true) - 7, true);
      return bytes;
    }),
    'truncated',
    /not a multiple of 16: it ends inside a symbol/,
  ],
  [
    'a symbol whose name lies outside the string table',
    changed(RISCV, (bytes, view) => {
      view.setUint32(view.getUint32(sectionHeader(view, SYMTAB) + 16, true) + 16 * 20, 0xffffff, true);
      return bytes;
    }),
    'bad-symbol',
    /symbol 20 has its name at 0xffffff of a string table of/,
  ],
  [
    'a symbol outside its section',
    changed(RISCV, (bytes, view) => {
      const table = view.getUint32(sectionHeader(view, SYMTAB) + 16, true);
      const count = view.getUint32(sectionHeader(view, SYMTAB) + 20, true) / 16;
      for (let i = 0; i < count; i++)
        if ((bytes[table + 16 * i + 12]! & 15) === 2) view.setUint32(table + 16 * i + 8, 0xfffffff0, true);
      return bytes;
    }),
    'bad-symbol',
    /lies outside its section \.text/,
  ],
  [
    'a relocation against a symbol that does not exist',
    changed(RISCV, (bytes, view) => {
      view.setUint32(view.getUint32(sectionHeader(view, RELA) + 16, true) + 4, 0xfffff << 8, true);
      return bytes;
    }),
    'bad-relocation',
    /names symbol 1048575 of/,
  ],
  ['no segment', changed(RISCV, put16(44, 0)), 'bad-segment', /no segment to load/],
  [
    'a segment beyond the address space',
    changed(RISCV, (bytes, view) => {
      view.setUint32(view.getUint32(28, true) + 32 * 2 + 20, 0xffffffff, true);
      return bytes;
    }),
    'bad-segment',
    /ends beyond the 32-bit address space/,
  ],
];

test.each(cases)(
  '%s is refused with what is wrong and what would be right',
  (_name, bytes, problem, message) => {
    try {
      readImage(bytes, 'bad.elf');
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
      expect(error.problem).toBe(problem);
      expect(error.message).toMatch(/^bad\.elf: /);
      expect(error.message).toMatch(message);
      return;
    }
    throw new Error('it was read');
  },
);

test.each(ISAS)('every way of cutting a %s file short is refused or read, and nothing else', (isa) => {
  const bytes = bytesOf(faultsName(isa));
  for (let length = 0; length < bytes.length; length += 37) {
    try {
      readImage(bytes.slice(0, length), 'cut.elf');
    } catch (error) {
      expect(error).toBeInstanceOf(ElfError);
    }
  }
});

test.each(ISAS)('flipped bytes in a %s file never lead to anything but an image or an ElfError', (isa) => {
  const bytes = bytesOf(faultsName(isa));
  for (let i = 0; i < 3000; i++) {
    // Mostly in the headers and tables, where numbers are.
    const at = (i * 2654435761) % (i % 2 === 0 ? 300 : bytes.length);
    const copy = bytes.slice();
    copy[at] = copy[at]! ^ (1 << (i % 8));
    try {
      readImage(copy, 'flipped.elf');
    } catch (error) {
      if (!(error instanceof ElfError)) throw new Error(`byte ${at}, bit ${i % 8}`, { cause: error });
    }
  }
});

test('a good file is read whole', () => {
  const image = imageOf(tellerName('rv32'));
  expect(image.buildId).toMatch(/^[0-9a-f]{40}$/);
  expect(image.symbols.find(({ name }) => name === 'compound')).toMatchObject({
    kind: 'procedure',
    binding: 'global',
  });
  expect(image.symbols.find(({ name }) => name === 'plans')).toMatchObject({
    kind: 'object',
    binding: 'local',
    file: 'interest.c',
  });
  expect(image.relocations.length).toBeGreaterThan(500);
});
