import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readImage, type Image, type Relocation } from '#suture/elf/index.js';
import { diff, link, Program, Refusal, type Package } from '#suture/patch/index.js';
import {
  bytesOf,
  faultsName,
  imageOf,
  ISAS,
  newName,
  pathOf,
  PATCHES,
  tellerName,
  type IsaName,
} from '../support/programs.js';

const programs = ['targets', 'patches'].flatMap((folder) =>
  readdirSync(pathOf(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.elf') && !name.startsWith('workloads'))
    .map((name) => `${folder}/${name}`),
);

function refusalOf(action: () => unknown): Refusal {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('there are programs to compare', () => {
  expect(programs.length).toBeGreaterThanOrEqual(10);
});

test.each(programs)('%s does not differ from itself', (name) => {
  const { verdicts } = diff(new Program(imageOf(name)), new Program(imageOf(name)));
  expect(verdicts.filter(({ verdict }) => verdict !== 'unchanged')).toEqual([]);
});

test.each(PATCHES.flatMap((patch) => ISAS.map((isa) => [patch, isa] as const)))(
  '%s on %s can be built the other way round',
  (patch, isa) => {
    const [old, changed] = [new Program(imageOf(tellerName(isa))), new Program(imageOf(newName(patch, isa)))];
    const names = (result: Package): string[] => result.procedures.map(({ name }) => name).sort();
    const added = new Set(diff(old, changed).verdicts.flatMap((v) => (v.verdict === 'new' ? [v.name] : [])));
    const there = names(link(diff(old, changed))).filter((name) => !added.has(name));
    expect(names(link(diff(changed, old)))).toEqual(there);
  },
);

/** The program with the bytes of one symbol changed. */
function withChangedSymbol(isa: IsaName, symbolName: string, offset: number): Image {
  const original = imageOf(tellerName(isa));
  const symbol = original.symbols.find(({ name }) => name === symbolName)!;
  const segment = original.segments.find(
    (s) => symbol.address >= s.address && symbol.address < s.address + s.bytes.length,
  )!;
  const bytes = bytesOf(tellerName(isa)).slice();
  const start = segment.bytes.byteOffset - original.segments[0]!.bytes.byteOffset;
  const at = start + symbol.address - segment.address + offset;
  bytes[at] = bytes[at]! ^ 1;
  return readImage(bytes, 'changed.elf');
}

describe.each(ISAS)('on %s', (isa) => {
  const teller = (): Program => new Program(imageOf(tellerName(isa)));

  test('a changed initial value is found, and refused until the author decides', () => {
    const comparison = diff(teller(), new Program(withChangedSymbol(isa, 'accounts', 0)));
    const verdict = comparison.verdicts.find(({ name }) => name === 'accounts');
    expect(verdict).toMatchObject({
      kind: 'object',
      verdict: 'changed',
      change: 'initial-value',
    });
    const refusal = refusalOf(() => link(comparison));
    expect(refusal.reason).toBe('data-changed');
    expect(refusal.message).toContain('"data": { "accounts": "keep" }');
  });

  test('identical programs make no patch', () => {
    expect(refusalOf(() => link(diff(teller(), teller()))).reason).toBe('no-change');
  });

  test('another program is not a newer build', () => {
    const refusal = refusalOf(() => diff(teller(), new Program(imageOf(faultsName(isa)))));
    expect(refusal.reason).toBe('not-the-same-program');
    expect(refusal.message).toMatch(/has only \d+ of the \d+ procedures/);
  });

  test.each([
    [
      'no section table',
      'no-sections',
      (image: Image) => ({ ...image, sections: [], symbols: [], relocations: [] }),
    ],
    ['no symbols', 'no-symbols', (image: Image) => ({ ...image, symbols: [], relocations: [] })],
    ['no relocations', 'no-relocations', (image: Image) => ({ ...image, relocations: [] })],
  ])('a program with %s is refused', (_what, reason, strip) => {
    const refusal = refusalOf(() => diff(teller(), new Program(strip(imageOf(tellerName(isa))))));
    expect(refusal.reason).toBe(reason);
  });
});

test('programs for different processors are not compared', () => {
  const refusal = refusalOf(() =>
    diff(new Program(imageOf(tellerName('rv32'))), new Program(imageOf(tellerName('sparc')))),
  );
  expect(refusal.reason).toBe('different-isa');
  expect(refusal.message).toMatch(/RISC-V RV32GC, .* SPARC V8/);
});

describe('identical bytes that refer to something else are a change', () => {
  /** Teller with one relocation of a procedure pointing elsewhere, its bytes untouched. */
  function redirected(
    isa: IsaName,
    procedure: string,
    pick: (name: string) => boolean,
    to: Partial<Relocation>,
  ): Image {
    const image = imageOf(tellerName(isa));
    const { address, size } = image.symbols.find(({ name }) => name === procedure)!;
    const inside = image.relocations.filter((r) => r.address >= address && r.address < address + size);
    const first = inside.find((r) => pick(r.symbol.name));
    expect(first).toBeDefined();
    // Upper and lower part of one address go together.
    const relocations = image.relocations.map((r) =>
      inside.includes(r) && r.symbol === first!.symbol ? { ...r, ...to } : r,
    );
    return { ...image, relocations };
  }

  const symbolOf = (isa: IsaName, name: string): Relocation['symbol'] =>
    imageOf(tellerName(isa)).symbols.find((symbol) => symbol.name === name)!;

  const reasonFor = (isa: IsaName, name: string, image: Image): string | undefined =>
    diff(new Program(imageOf(tellerName(isa))), new Program(image)).verdicts.find((v) => v.name === name)
      ?.reason;

  test.each(ISAS)('a call of another procedure on %s', (isa) => {
    const image = redirected(isa, 'run_forecast', (name) => name === 'compound', {
      symbol: symbolOf(isa, 'find_plan'),
    });
    expect(reasonFor(isa, 'run_forecast', image)).toMatch(
      /^same size; first difference at .*refers to something else$/,
    );
  });

  test('another string', () => {
    const image = redirected('rv32', 'deposit', (name) => name.startsWith('.LC'), { addend: 4 });
    expect(reasonFor('rv32', 'deposit', image)).toMatch(/refers to something else$/);
  });

  test('an object instead of a string', () => {
    const image = redirected('rv32', 'deposit', (name) => name.startsWith('.LC'), {
      symbol: symbolOf('rv32', 'accounts'),
    });
    expect(reasonFor('rv32', 'deposit', image)).toMatch(/refers to something else$/);
  });

  test('another offset in the same object', () => {
    const image = redirected('rv32', 'open_accounts', (name) => name === 'accounts', { addend: 24 });
    expect(reasonFor('rv32', 'open_accounts', image)).toBeDefined();
  });
});

test('builds whose procedures take floating-point arguments otherwise are refused', () => {
  const bytes = bytesOf(tellerName('rv64'));
  const otherwise = bytes.slice();
  const FLAGS = 48;
  expect(bytes[FLAGS]! & 6).toBe(4);
  otherwise[FLAGS]! &= ~6;
  const [before, after] = [bytes, otherwise].map((each) => new Program(readImage(each, 'teller.rv64.elf')));
  expect(() => diff(before!, after!)).toThrow(
    'teller.rv64.elf is compiled for double floating-point arguments in registers, ' +
      'teller.rv64.elf for no floating-point arguments in registers: give both the same -mabi',
  );
});
