/** Damaged debug information: one clear error or an answer, never a crash or endless work. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareLayouts,
  comparePointees,
  DebugInformation,
  ElfError,
  type DataType,
  type Image,
  type Section,
} from '#suture/elf/index.js';
import { imageOf } from '../support/programs.js';
import { DWARF_VERSIONS } from '../support/debug-programs.js';

const original = (isa: string, version: number): Image =>
  imageOf(`test/elf/debug/old.${isa}.dwarf${version}.elf`);

/** The program with other bytes in one section. */
function withSection(image: Image, name: string, change: (bytes: Uint8Array) => Uint8Array): Image {
  const replace = (section: Section): Section => {
    if (section.name !== name) return section;
    const bytes = change(section.bytes.slice());
    return { ...section, bytes, size: bytes.length };
  };
  return { ...image, sections: image.sections.map(replace) };
}

/** Asks for everything there is. @returns how much there was. */
function askEverything(image: Image): number {
  const debug = DebugInformation.of(image);
  if (debug === undefined) return 0;
  let answers = 0;
  const types: DataType[] = [];
  for (const { kind, address, name, size } of image.symbols) {
    if (kind === 'object') types.push(...[debug.variable(address, name) ?? []].flat());
    if (kind !== 'procedure') continue;
    for (const { type } of debug.signature(address)?.parameters ?? []) types.push(...[type() ?? []].flat());
    answers += debug.inlinedIn(address).length;
    debug.declaration(address);
    for (let pc = address; pc < address + size; pc += 4) if (debug.line(pc) !== undefined) answers++;
  }
  for (const [i, type] of types.entries()) {
    compareLayouts(type, types[(i + 1) % types.length]!);
    comparePointees(type, types[(i + 1) % types.length]!);
  }
  return answers + types.length;
}

/** The error it is refused with, or undefined when it is answered. */
function problem(image: Image): string | undefined {
  try {
    askEverything(image);
    return undefined;
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    expect(error.problem).toBe('bad-dwarf');
    expect(error.message.split('\n')).toHaveLength(1);
    return error.message;
  }
}

const READ = ['.debug_info', '.debug_abbrev', '.debug_line', '.debug_str', '.debug_line_str'];

describe.each(DWARF_VERSIONS)('%s, DWARF %i', (isa, version) => {
  const image = original(isa, version);
  const ranges = version === 5 ? '.debug_rnglists' : '.debug_ranges';
  const names = [...READ, ranges].filter((name) => image.sections.some((s) => s.name === name));

  test('undamaged, everything is answered', () => {
    expect(problem(image)).toBeUndefined();
    expect(askEverything(image)).toBeGreaterThan(50);
  });

  test('cut short anywhere', () => {
    let refused = 0;
    for (const name of names) {
      const { size } = image.sections.find((s) => s.name === name)!;
      for (let length = 0; length < size; length += Math.ceil(size / 40)) {
        if (problem(withSection(image, name, (bytes) => bytes.slice(0, length))) !== undefined) refused++;
      }
    }
    expect(refused).toBeGreaterThan(60);
  });

  test('other bytes anywhere', () => {
    let refused = 0;
    const damage = fc.record({
      name: fc.constantFrom(...names),
      at: fc.nat(),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
        let damaged = image;
        for (const { name, at, bytes: others } of damages) {
          damaged = withSection(damaged, name, (bytes) => {
            bytes.set(others.subarray(0, bytes.length - (at % bytes.length)), at % bytes.length);
            return bytes;
          });
        }
        if (problem(damaged) !== undefined) refused++;
      }),
      { numRuns: 150 },
    );
    expect(refused).toBeGreaterThan(20);
  });
});

describe('what is made to mislead', () => {
  const image = original('rv32', 5);
  const info = image.sections.find(({ name }) => name === '.debug_info')!.bytes;
  const header = info.slice(0, 12);

  /** A program whose only unit has these entries, in abbreviations of its own. */
  function made(abbreviations: readonly number[], entries: readonly number[]): Image {
    const unit = Uint8Array.from([...header, ...entries]);
    const view = new DataView(unit.buffer);
    view.setUint32(0, unit.length - 4, true);
    view.setUint32(8, 0, true);
    const changed = withSection(image, '.debug_info', () => unit);
    return withSection(changed, '.debug_abbrev', () => Uint8Array.from([...abbreviations, 0, 0, 0]));
  }
  const address = image.symbols.find(({ name }) => name === 'entries')!.address;
  const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
  const variable = (type: number): number[] => [2, 5, 3, ...word(address), ...word(type)];
  // 1: a unit with children. 2: a variable. 3: typedef. 4: structure. 5: member. 6: lexical block. 7: pointer.
  const ABBREVIATIONS = [
    ...[1, 0x11, 1, 0, 0],
    ...[2, 0x34, 0, 0x02, 0x18, 0x49, 0x13, 0, 0],
    ...[3, 0x16, 0, 0x49, 0x13, 0, 0],
    ...[4, 0x13, 1, 0x0b, 0x0b, 0, 0],
    ...[5, 0x0d, 0, 0x03, 0x08, 0x49, 0x13, 0x38, 0x0b, 0, 0],
    ...[6, 0x0b, 1, 0, 0],
    ...[7, 0x0f, 0, 0x49, 0x13, 0, 0],
  ];
  /** Where the entry after the unit's and the variable's begins. */
  const THIRD = 12 + 1 + variable(0).length;
  const typeOf = (...type: number[]): string | DataType | undefined => {
    try {
      const debug = DebugInformation.of(made(ABBREVIATIONS, [1, ...variable(THIRD), ...type, 0]));
      return debug?.variable(address, 'entries');
    } catch (error) {
      return (error as Error).message;
    }
  };

  test('a typedef of itself', () => {
    expect(typeOf(3, ...word(THIRD))).toMatch(/part of itself/);
  });

  test('a structure that contains itself', () => {
    expect(typeOf(4, 8, 5, 97, 0, ...word(THIRD), 0, 0)).toMatch(/part of itself/);
  });

  test('a pointer to itself is a pointer', () => {
    const pointer = typeOf(7, ...word(THIRD)) as DataType;
    expect(pointer).toMatchObject({ kind: 'pointer', size: 4 });
    expect(compareLayouts(pointer, pointer)).toEqual([]);
    expect(comparePointees(pointer, pointer)).toEqual([]);
  });

  test('a reference to where nothing is', () => {
    expect(typeOf(3, ...word(0x7fffffff))).toMatch(
      /something refers to an entry at 0x7fffffff, where none is/,
    );
  });

  test('an abbreviation that is missing', () => {
    expect(typeOf(9)).toMatch(/has abbreviation 9, which its unit has not/);
  });

  test('entries without end in each other', () => {
    expect(typeOf(...Array.from({ length: 1000 }, () => 6))).toMatch(/more than 500 levels deep/);
  });

  test('types nested deeper than anybody writes them', () => {
    const nested = Array.from({ length: 400 }, (_, i) => [3, ...word(THIRD + (i + 1) * 5)]).flat();
    expect(typeOf(...nested)).toMatch(/nested more than 100 levels deep/);
  });

  test('a long list that is read over and over', () => {
    const procedures = Array.from({ length: 300 }, () => [2, ...word(0)]).flat();
    const withRanges = made([1, 0x11, 1, 0, 0, 2, 0x2e, 0, 0x55, 0x17, 0, 0], [1, ...procedures, 0]);
    const list = Uint8Array.from([...Array.from({ length: 600 }, () => [4, 0, 1]).flat(), 0]);
    expect(problem(withSection(withRanges, '.debug_rnglists', () => list))).toMatch(/over and over/);
  });
});
