/** Relocatable objects: where their sections are put, what their symbols are, and what is wrong with damaged ones. */
import { describe, expect, test } from 'vitest';
import { CallFrames, ElfError, isObject, readImage, readObject, type Image } from '#suture/elf/index.js';
import { seededNumbers } from '../support/numbers.js';
import { linkedName, objectName, objectOf } from '../support/objects.js';
import { bytesOf, imageOf, ISAS } from '../support/programs.js';

const procedureOf = (image: Image, name: string): { address: number; size: number } =>
  image.symbols.find((symbol) => symbol.name === name && symbol.kind === 'procedure')!;

/** What the rules of a procedure say, one after another. */
function rulesOf(image: Image, name: string): unknown[] {
  const { address, size } = procedureOf(image, name);
  return CallFrames.read(image)
    .rows(address, address + size)
    .map(({ rule }) => rule);
}

describe.each(ISAS)('an object for %s', (isa) => {
  const image = objectOf('old', isa);

  test('has its sections apart from one another, and its symbols in them', () => {
    expect(image.relocatable).toBe(true);
    const placed = image.sections.filter(({ allocated }) => allocated).sort((a, b) => a.address - b.address);
    expect(placed.length).toBeGreaterThan(5);
    for (const [i, { address, size }] of placed.entries()) {
      expect(address).toBeGreaterThanOrEqual(0x10000);
      expect(address + size).toBeLessThan(placed[i + 1]?.address ?? Infinity);
    }
    const tell = image.symbols.find(({ name }) => name === 'tell')!;
    expect(image.sections[tell.section]).toMatchObject({ name: '.text.tell', executable: true });
    expect(tell.address - image.sections[tell.section]!.address).toBeLessThan(64);
  });

  test('knows what it does not define by name', () => {
    const print = image.symbols.find(({ name }) => name === 'print')!;
    expect(print).toMatchObject({ defined: false, section: 0 });
    expect(image.relocations.some(({ symbol }) => symbol === print)).toBe(true);
  });

  test('has the frame rules of the program that is linked from it', () => {
    const rules = rulesOf(objectOf('new', isa), 'tell');
    expect(rules).toEqual(rulesOf(imageOf(linkedName('new', isa)), 'tell'));
    expect(rules.length).toBeGreaterThan(0);
    expect(rules).not.toContain(undefined);
  });

  test('is laid out from wherever it is wanted', () => {
    const elsewhere = objectOf('old', isa, { from: 0x400000 });
    expect(procedureOf(elsewhere, 'tell').address - procedureOf(image, 'tell').address).toBe(0x3f0000);
    expect(rulesOf(elsewhere, 'tell')).toEqual(rulesOf(image, 'tell'));
  });

  test('is no program', () => {
    const bytes = bytesOf(objectName('old', isa));
    expect(isObject(bytes)).toBe(true);
    expect(() => readImage(bytes, 'days.o')).toThrow(/^days\.o: ELF type 1: a relocatable object/);
    const program = bytesOf(linkedName('old', isa));
    expect(isObject(program)).toBe(false);
    expect(() => readObject(program, 'days.elf')).toThrow(
      'ELF type 2; a relocatable object (type 1) is needed',
    );
  });
});

describe('what is wrong with an object', () => {
  const bytes = bytesOf(objectName('old', 'rv32'));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const sections = view.getUint32(32, true);
  const whole = readObject(bytes, 'days.o');
  /** Offset of a word of a section's header. */
  const headerWord = (name: string, word: number): number =>
    sections + 40 * whole.sections.find((section) => section.name === name)!.index + 4 * word;
  const contents = (name: string): number => view.getUint32(headerWord(name, 4), true);

  function problem(at: number, value: number): unknown {
    const copy = bytes.slice();
    new DataView(copy.buffer).setUint32(at, value, true);
    try {
      readObject(copy, 'days.o');
    } catch (error) {
      if (error instanceof ElfError) return error.message;
      throw error;
    }
    return undefined;
  }

  test.each([
    ['an alignment', headerWord('.text.tell', 8), 3, '.text.tell is aligned to 3; a power of two'],
    ['a large alignment', headerWord('.text.tell', 8), 1 << 30, '.text.tell is aligned to 1073741824'],
    ['a size', headerWord('.bss', 5), 0xfffffff0, 'does not fit into 4 GiB'],
    ['relocations without addends', headerWord('.rela.text.tell', 1), 9, 'has relocations without addends'],
    ['a place', contents('.rela.text.tell'), 0x10000, '.rela.text.tell relocates'],
    ['a symbol', contents('.rela.text.tell') + 4, 0xffffff33, 'names symbol 16777215 of'],
    ['a type', contents('.rela.eh_frame') + 4, 0x1a, 'relocation type 26 at .eh_frame+'],
    [
      'an end',
      contents('.rela.eh_frame'),
      view.getUint32(headerWord('.eh_frame', 5), true) - 1,
      'runs over the end',
    ],
  ])('%s', (_what, at, value, message) => {
    expect(problem(at, value)).toContain(message);
  });

  test('the end of the file, anywhere', () => {
    for (let length = 0; length < bytes.length; length += 37) {
      expect(() => readObject(bytes.slice(0, length), 'days.o')).toThrow(ElfError);
    }
  });

  test('damage at random is one clear error or none', () => {
    const next = seededNumbers(1);
    for (const isa of ISAS) {
      const intact = bytesOf(objectName('new', isa));
      for (let i = 0; i < 300; i++) {
        const copy = intact.slice();
        for (let changes = 0; changes < 4; changes++) copy[next() % copy.length] = next() & 0xff;
        try {
          CallFrames.read(readObject(copy, 'days.o'));
        } catch (error) {
          expect(error).toBeInstanceOf(ElfError);
        }
      }
    }
  });
});
