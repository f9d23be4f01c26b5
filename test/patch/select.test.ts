/** What a comparison becomes a patch of, under the decisions of its author. */
import { describe, expect, test } from 'vitest';
import type { Image, SymbolEntry } from '#suture/elf/index.js';
import { diff, link, Program, select, type Selection, type SelectOptions } from '#suture/patch/index.js';
import { imageOf, ISAS, newName, tellerName, type IsaName } from '../support/programs.js';

/** Teller with one symbol changed. */
function withSymbol(
  isa: IsaName,
  name: string,
  change: (symbol: SymbolEntry) => Partial<SymbolEntry>,
  image = imageOf(tellerName(isa)),
): Image {
  const symbols = image.symbols.map((s) => (s.name === name ? { ...s, ...change(s) } : s));
  const moved = new Map(image.symbols.map((symbol, i) => [symbol, symbols[i]!]));
  return {
    ...image,
    symbols,
    relocations: image.relocations.map((r) => ({ ...r, symbol: moved.get(r.symbol)! })),
  };
}

/** Teller with the first byte of a symbol's contents changed. */
function withContents(isa: IsaName, name: string): Image {
  const image = imageOf(tellerName(isa));
  const { address } = image.symbols.find((s) => s.name === name)!;
  const sections = image.sections.map((section) => {
    if (!section.allocated || address < section.address || address >= section.address + section.size)
      return section;
    const bytes = section.bytes.slice();
    bytes[address - section.address]! ^= 1;
    return { ...section, bytes };
  });
  return { ...image, sections };
}

const selected = (isa: IsaName, image: Image, options: SelectOptions = {}): Selection =>
  select(diff(new Program(imageOf(tellerName(isa))), new Program(image)), options);

const reasons = ({ findings }: Selection): string[] => findings.map(({ reason }) => reason);
const names = (list: readonly { new: SymbolEntry }[]): string[] => list.map((each) => each.new.name).sort();

describe.each(ISAS)('on %s', (isa) => {
  const changed = withContents(isa, 'accounts');
  const shrunk = withSymbol(isa, 'accounts', ({ size }) => ({ size: size - 4 }));

  test('a changed procedure that chooses what an IFUNC symbol stands for is not asked again: a note says so', () => {
    const before = imageOf(tellerName(isa));
    const compound = before.symbols.find(({ name }) => name === 'compound')!;
    before.symbols.push({ ...compound, name: 'pick', kind: 'indirect' });
    const after = new Program(imageOf(newName('teller-grow', isa)));
    expect(select(diff(new Program(before), after)).notes).toEqual([
      'compound chooses pick when the program starts: what it has chosen stays (IFUNC)',
    ]);
    expect(select(diff(new Program(imageOf(tellerName(isa))), after)).notes).toEqual([]);
  });

  test('a changed initial value needs a decision', () => {
    expect(reasons(selected(isa, changed))).toEqual(['data-changed']);
    for (const decision of ['keep', 'reset'] as const) {
      const { objects, findings } = selected(isa, changed, { data: { accounts: decision } });
      expect(findings).toEqual([]);
      expect(objects).toMatchObject([{ new: { name: 'accounts' }, decision }]);
    }
  });

  test('a transformed object takes everybody who refers to it along', () => {
    const transform = { accounts: { transform: 'deposit' } };
    const { objects, procedures, findings } = selected(isa, changed, { data: transform });
    expect(findings).toEqual([]);
    expect(objects).toMatchObject([{ decision: 'transform', with: { name: 'deposit' } }]);
    expect(names(procedures)).toContain('open_accounts');
    for (const { why } of procedures) expect(why).toBe('refers to accounts, which moves');
  });

  test('who points into what is transformed is a matter of debug information', () => {
    const transform = { accounts: { transform: 'deposit' } };
    expect(selected(isa, changed, { data: transform }).notes).toEqual([
      'accounts gets another place: without debug information (-g) nothing tells which pointers lead into it',
    ]);
  });

  test('what transforms must exist', () => {
    const selection = selected(isa, changed, { data: { accounts: { transform: 'nobody' } } });
    expect(reasons(selection)).toEqual(['unknown-symbol']);
  });

  test('another size cannot be reset; a smaller one may be kept', () => {
    expect(reasons(selected(isa, shrunk))).toEqual(['data-size-changed']);
    expect(reasons(selected(isa, shrunk, { data: { accounts: 'reset' } }))).toEqual(['data-size-changed']);
    expect(reasons(selected(isa, shrunk, { data: { accounts: 'keep' } }))).toEqual([]);
    const back = select(diff(new Program(shrunk), new Program(imageOf(tellerName(isa)))), {
      data: { accounts: 'keep' },
    });
    expect(reasons(back)).toEqual(['data-size-changed']);
  });

  test('a decision about what did not change is a mistake', () => {
    expect(reasons(selected(isa, changed, { data: { accounts: 'keep', nothing: 'keep' } }))).toEqual([
      'unknown-symbol',
    ]);
  });

  test('a variable that every thread has can only be kept, and must not grow', () => {
    const threads = (image: Image): Image =>
      withSymbol(isa, 'accounts', () => ({ kind: 'thread-local' }), image);
    const [before, after] = [threads(imageOf(tellerName(isa))), threads(changed)];
    const decided = (old: Image, successor: Image, data: SelectOptions['data']): Selection =>
      select(diff(new Program(old), new Program(successor)), { data: data! });
    for (const decision of ['reset', { transform: 'deposit' }] as const) {
      const { findings, objects } = decided(before, after, { accounts: decision });
      expect(findings.map(({ message }) => message)).toEqual([
        'accounts is thread-local: its initial value differs; only "data": { "accounts": "keep" } in the manifest ' +
          'is possible, which leaves every thread what it has',
      ]);
      expect(objects).toEqual([]);
    }
    const kept = decided(before, after, { accounts: 'keep' });
    expect(kept).toMatchObject({ findings: [], objects: [{ decision: 'keep' }] });
    const grown = decided(threads(shrunk), before, { accounts: 'keep' });
    expect(reasons(grown)).toEqual(['data-size-changed']);
  });

  test('there is no room for a new variable in the threads that run', () => {
    const as = (name: string): Program =>
      new Program(withSymbol(isa, 'accounts', () => ({ kind: 'thread-local', name })));
    expect(() => link(diff(as('customers'), as('accounts')))).toThrow(
      'accounts is thread-local and new: the threads of the running program have no room for it; do without __thread',
    );
  });

  test('every changed procedure is selected, with the reason', () => {
    const { procedures } = selected(isa, imageOf(newName('teller-grow', isa)));
    expect(procedures).toMatchObject([{ old: { name: 'compound' }, new: { name: 'compound' } }]);
    expect(procedures[0]!.why).toMatch(/^grown from/);
  });

  test('of several changed procedures only some are selected by name', () => {
    const image = imageOf(newName('teller-several', isa));
    const all = names(selected(isa, image).procedures);
    expect(all.length).toBeGreaterThan(1);
    const { procedures, findings } = selected(isa, image, { only: [all[0]!] });
    expect(names(procedures)).toEqual([all[0]]);
    expect(findings).toEqual([]);
    expect(reasons(selected(isa, image, { only: ['nobody', 'main'] }))).toEqual([
      'unknown-symbol',
      'unknown-symbol',
    ]);
  });

  test('an object that no selected procedure uses needs no decision', () => {
    const image = withContents(isa, 'accounts');
    expect(reasons(selected(isa, image, { only: [] }))).toEqual([]);
  });

  test('a hook that the running program has does not travel', () => {
    const image = imageOf(newName('teller-grow', isa));
    expect(names(selected(isa, image, { roots: ['deposit'] }).procedures)).toEqual(['compound']);
    expect(reasons(selected(isa, image, { roots: ['nobody'] }))).toEqual(['unknown-symbol']);
  });
});

describe.each(ISAS)('with debug information, on %s', (isa) => {
  const program = (name: string): Program => new Program(imageOf(`patches/${name}.${isa}.elf`));
  const moved = diff(program('pointer-into-moved-refused/old'), program('pointer-into-moved-refused/new'));
  const transform = { visitors: { transform: 'more_visitors' } };

  test('a variable that may point into what moves needs a decision, and any will do', () => {
    const { findings } = select(moved, { data: transform });
    expect(findings).toHaveLength(1);
    expect(findings[0]!.message).toMatch(
      /^latest: it may point into visitors, which gets another place; "data"/,
    );
    for (const [decision, decided] of [
      ['keep', []],
      ['reset', ['reset']],
      [{ transform: 'more_visitors' }, ['transform']],
    ] as const) {
      const { findings: none, objects } = select(moved, { data: { ...transform, latest: decision } });
      expect(none).toEqual([]);
      const own = objects.filter(({ new: { name } }) => name === 'latest');
      expect(own.map((object) => object.decision)).toEqual(decided);
    }
  });

  test('what procedures are handed and the old program made is noted', () => {
    const before = new Program(imageOf(`test/elf/debug/old.${isa}.dwarf5.elf`));
    const after = new Program(imageOf(`test/elf/debug/new.${isa}.dwarf5.elf`));
    const { notes } = select(diff(before, after));
    expect(notes).toContainEqual(
      expect.stringMatching(
        /^scale: pointers lead to `struct entry`, which changed: .*; what the old program made of that stays as it is$/,
      ),
    );
  });
});

describe.each(ISAS)('what runs before main, on %s', (isa) => {
  const [before, after] = ['old', 'new'].map(
    (name) => new Program(imageOf(`patches/constructor-refused/${name}.${isa}.elf`)),
  );
  const comparison = diff(before!, after!);
  const note = 'weigh ran before main and does not run again: what it has set up stays as it is';

  test('does not set up what is new, but a hook can', () => {
    const { findings, notes } = select(comparison);
    expect(findings.map(({ message }) => message)).toEqual([
      `price sets up prices before main, and old.${isa}.elf has started already; ` +
        'have a hook of the manifest ("pre") do it, or do it when it is first used',
    ]);
    expect(notes).toEqual([note]);
    expect(select(comparison, { roots: ['set_prices'] })).toMatchObject({ findings: [], notes: [note] });
  });

  test('is no matter where nothing of the patch uses it', () => {
    expect(select(comparison, { only: ['weigh'] })).toMatchObject({ findings: [], notes: [note] });
  });
});
