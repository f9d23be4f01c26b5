/** What the compiler said about the programs of test/elf/debug, which scripts/build-debug-programs makes. */
import { describe, expect, test } from 'vitest';
import {
  compareLayouts,
  comparePointees,
  DebugInformation,
  describeLayoutChange,
  pointsInto,
  type DataType,
  type Image,
  type SymbolEntry,
} from '#suture/elf/index.js';
import { bytesOf, imageOf, ISAS, tellerName } from '../support/programs.js';
import { DWARF_VERSIONS } from '../support/debug-programs.js';

const name = (build: 'old' | 'new', isa: string, version: number): string =>
  `test/elf/debug/${build}.${isa}.dwarf${version}.elf`;

const symbolOf = (image: Image, symbol: string): SymbolEntry =>
  image.symbols.find((s) => s.name === symbol && s.size > 0)!;

const pointerTo = (target: DataType): DataType => ({
  kind: 'pointer',
  name: `${target.name} *`,
  size: 4,
  target: () => target,
});

/** Line of the first place in the source with these words. */
function lineWith(build: 'old' | 'new', words: string): number {
  const lines = Buffer.from(bytesOf(`test/elf/debug/${build}/shapes.c`))
    .toString()
    .split('\n');
  return lines.findIndex((line) => line.includes(words)) + 1;
}

describe.each(DWARF_VERSIONS)('%s, DWARF %i', (isa, version) => {
  const read = (build: 'old' | 'new'): { image: Image; debug: DebugInformation } => {
    const image = imageOf(name(build, isa, version));
    return { image, debug: DebugInformation.of(image)! };
  };
  const { image, debug } = read('old');
  const after = read('new');
  const pointer = isa === 'rv64' ? 8 : 4;
  const typeIn = (program: typeof after, variable: string): DataType =>
    program.debug.variable(symbolOf(program.image, variable).address, variable)!;
  const changes = (variable: string): string[] =>
    compareLayouts(typeIn({ image, debug }, variable), typeIn(after, variable)).map(describeLayoutChange);

  test('everything in it is read', () => {
    expect(debug.notes).toEqual([]);
  });

  test('a structure is laid out as the compiler did', () => {
    const entries = typeIn({ image, debug }, 'entries');
    expect(entries).toMatchObject({ kind: 'array', count: 10, size: symbolOf(image, 'entries').size });
    const { element } = entries as Extract<DataType, { kind: 'array' }>;
    if (element.kind !== 'structure') throw new Error(element.kind);
    expect(element.members.map(({ name, offset, typeName, bits }) => [name, offset, typeName, bits])).toEqual(
      [
        ['name', 0, 'char [16]', undefined],
        ['limit', 16, 'unsigned int', undefined],
        ['corners', 20, 'struct point [4]', undefined],
        ['ready', 36, 'unsigned int', { offset: 36 * 8, size: 1 }],
        ['level', 36, 'unsigned int', { offset: 36 * 8 + 1, size: 3 }],
        ['value', 40, 'union {...}', undefined],
        ['handler', 40 + pointer, 'int (*)(struct node *, const char *)', undefined],
        ['colour', 40 + 2 * pointer, 'enum colour', undefined],
      ],
    );
  });

  test('arrays of arrays, static variables, and enumerations', () => {
    const same = typeIn({ image, debug }, 'same');
    expect(same).toMatchObject({ kind: 'array', count: 2, size: 24, element: { count: 3, size: 12 } });
    expect(typeIn({ image, debug }, 'first')).toMatchObject({ name: 'struct entry' });
    const calls = image.symbols.find((s) => s.name.startsWith('calls.'))!;
    expect(typeIn({ image, debug }, calls.name)).toMatchObject({ kind: 'scalar', name: 'int', size: 4 });
  });

  test('layouts are compared member by member', () => {
    expect(changes('same')).toEqual([]);
    expect(changes('renamed')).toEqual([]);
    expect(changes('wide')).toEqual(['it is `int` (4 bytes), was `long long int` (8 bytes)']);
    expect(changes('pairs')).toEqual(['member `[].right` is called `second` now']);
    expect(changes('list')).toEqual([]);
    const [where, to] = [40 + 2 * pointer, 56 + 2 * pointer];
    expect(changes('first')).toEqual([
      'member `name` grew from 16 to 32 elements',
      'member `level` grew from 3 to 4 bits',
      'enumerator `GREEN` of member `colour` is 2, was 1',
      'enumerator `BLUE` of member `colour` is 3, was 2',
      'member `limit` moved from offset 16 to 32',
      'member `corners` moved from offset 20 to 36',
      'member `ready` moved from bit 288 to 416',
      'member `level` moved from bit 289 to 417',
      'member `value` moved from offset 40 to 56',
      `member \`handler\` moved from offset ${where - pointer} to ${to - pointer}`,
      `member \`colour\` moved from offset ${where} to ${to}`,
    ]);
    expect(changes('entries')[0]).toBe('it grew from 10 to 20 elements');
    expect(changes('entries')[1]).toBe('member `[].name` grew from 16 to 32 elements');
  });

  test('what a pointer leads to is compared apart', () => {
    const pointees = comparePointees(typeIn({ image, debug }, 'list'), typeIn(after, 'list'));
    expect(pointees.map(({ typeName }) => typeName)).toEqual(['struct node']);
    expect(pointees[0]!.changes.map(describeLayoutChange)).toEqual([
      `member \`weight\` was added at offset ${pointer + 4} (int, 4 bytes)`,
    ]);
  });

  test('a pointer to what its own file only declares leads to the definition in another', () => {
    const pointees = comparePointees(typeIn({ image, debug }, 'opaque'), typeIn(after, 'opaque'));
    expect(pointees.map(({ typeName }) => typeName)).toEqual(['struct node']);
  });

  test('the variable of a thread is known by its name', () => {
    const [mine, theirs] = [debug.threadVariable('own')!, after.debug.threadVariable('own')!];
    expect(compareLayouts(mine, theirs).map(describeLayoutChange)).toEqual([
      'member `first` moved from offset 0 to 4',
      'member `last` moved from offset 4 to 0',
    ]);
    expect(debug.threadVariable('list')).toBeUndefined();
  });

  test('numbers in the other byte order are other numbers', () => {
    expect(changes('turned')).toEqual([
      isa === 'sparc'
        ? 'member `number` is `int`, was `little-endian number of 32 bits`'
        : 'member `number` is `big-endian number of 32 bits`, was `int`',
    ]);
  });

  test('what pointers may lead into: structures, also inside of others, and plain values', () => {
    const into = (from: string, to: string): unknown =>
      pointsInto(typeIn({ image, debug }, from), typeIn({ image, debug }, to));
    expect(into('list', 'list')).toBeUndefined();
    expect(into('first', 'wide')).toBeUndefined();
    const pairs = typeIn({ image, debug }, 'pairs') as Extract<DataType, { kind: 'array' }>;
    expect(pointsInto(pointerTo(pairs.element), pairs)).toBe('parts');
    expect(pointsInto(pointerTo(pointerTo(pairs)), pairs)).toBe('parts');
    expect(pointsInto(pointerTo(typeIn({ image, debug }, 'renamed')), pairs)).toBe('values');
    expect(pointsInto(pairs, pairs)).toBeUndefined();
  });

  test('the layout of a program is that of itself', () => {
    const again = read('old');
    for (const { kind, name, address } of image.symbols.filter((s) => s.kind === 'object')) {
      const [mine, theirs] = [debug.variable(address, name), again.debug.variable(address, name)];
      expect(mine, `${kind} ${name}`).toBeDefined();
      expect([...compareLayouts(mine!, theirs!), ...comparePointees(mine!, theirs!)]).toEqual([]);
    }
  });

  test('signatures', () => {
    const of = (program: typeof after, procedure: string): unknown =>
      program.debug.signature(symbolOf(program.image, procedure).address);
    expect(of({ image, debug }, 'signature')).toMatchObject({
      name: 'signature',
      parameters: [
        { name: 'one', typeName: 'int' },
        { name: 'two', typeName: 'const char *' },
      ],
      variadic: false,
      returns: { typeName: 'int' },
    });
    expect(of(after, 'signature')).toMatchObject({
      parameters: [{ typeName: 'int' }, { typeName: 'const unsigned char *' }, { typeName: 'long int' }],
    });
    expect(of({ image, debug }, 'scale')).toMatchObject({
      parameters: [{ typeName: 'entry_t *' }, { typeName: 'int' }],
      variadic: true,
    });
    expect(of({ image, debug }, '_start')).toMatchObject({ parameters: [], returns: { typeName: 'void' } });
    expect(debug.signature(0)).toBeUndefined();
  });

  test('inlined procedures', () => {
    const scale = symbolOf(image, 'scale');
    const inlined = debug.inlinedIn(scale.address);
    expect(inlined.map(({ callee }) => callee)).toEqual([
      { name: 'twice', line: lineWith('old', 'int twice(') },
      { name: 'clamp', line: lineWith('old', 'int clamp(') },
    ]);
    for (const { start, end } of inlined.flatMap(({ ranges }) => ranges)) {
      expect(start).toBeGreaterThanOrEqual(scale.address);
      expect(end).toBeLessThanOrEqual(scale.address + scale.size);
    }
    expect(debug.inlinedIn(symbolOf(image, 'located').address)).toEqual([]);
    expect(debug.declaration(scale.address + 4)).toEqual({
      name: 'scale',
      line: lineWith('old', 'int scale('),
    });
  });

  test('lines', () => {
    const { address, size } = symbolOf(image, 'located');
    const found = new Set<number>();
    for (let pc = address; pc < address + size; pc += 2) {
      const { file, line } = debug.line(pc)!;
      expect(file).toBe('shapes.c');
      found.add(line);
    }
    const declared = lineWith('old', 'int located(');
    expect(Math.min(...found)).toBeGreaterThanOrEqual(declared);
    expect(Math.max(...found)).toBeLessThanOrEqual(declared + 5);
    expect(found).toContain(lineWith('old', 'report(__LINE__'));
    expect(debug.line(0)).toBeUndefined();
  });
});

test('a program without debug information has none', () => {
  for (const isa of ISAS) expect(DebugInformation.of(imageOf(tellerName(isa)))).toBeUndefined();
});
