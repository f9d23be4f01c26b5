/** What debug information adds to a diff, on the programs of test/elf/debug. */
import { describe, expect, test } from 'vitest';
import { diff, explain, Program, type Diff, type RemarkKind } from '#suture/patch/index.js';
import { imageOf, newName, tellerName } from '../support/programs.js';
import { DWARF_VERSIONS } from '../support/debug-programs.js';

const program = (build: 'old' | 'new', isa: string, version: number): Program =>
  new Program(imageOf(`test/elf/debug/${build}.${isa}.dwarf${version}.elf`));

function remarks(comparison: Diff, symbol: string, kind: RemarkKind): string[] {
  const found = [...explain(comparison).remarks].filter(([{ name }]) => name === symbol);
  return found.flatMap(([, list]) => list.filter((remark) => remark.kind === kind).map(({ text }) => text));
}

describe.each(DWARF_VERSIONS)('%s, DWARF %i', (isa, version) => {
  const comparison = diff(program('old', isa, version), program('new', isa, version));

  test('nothing is without explanation for want of debug information', () => {
    expect(explain(comparison).notes).toEqual([]);
  });

  test('a variable of the same size with another layout is changed', () => {
    const verdict = comparison.verdicts.find(({ name }) => name === 'swapped');
    expect(verdict).toMatchObject({
      verdict: 'changed',
      change: 'layout',
      reason: 'member `first` moved from offset 0 to 4; member `last` moved from offset 4 to 0',
    });
    expect(remarks(comparison, 'swapped', 'layout')).toEqual([
      'member `first` moved from offset 0 to 4',
      'member `last` moved from offset 4 to 0',
    ]);
  });

  test('a member with another name is no change', () => {
    const verdict = comparison.verdicts.find(({ name }) => name === 'pairs');
    expect(verdict).toMatchObject({ verdict: 'unchanged' });
    expect(remarks(comparison, 'pairs', 'layout')).toEqual(['member `[].right` is called `second` now']);
  });

  test('a variable whose pointers lead to another layout is changed', () => {
    const found = ['list', 'opaque'].map((name) => comparison.verdicts.find((v) => v.name === name));
    for (const verdict of found) {
      expect(verdict).toMatchObject({ verdict: 'changed', change: 'pointee' });
      expect(verdict!.reason).toMatch(/^its pointers lead to `struct node`, which changed: member `weight`/);
    }
    expect(remarks(comparison, 'list', 'pointee')).toEqual([
      `its pointers lead to \`struct node\`, which changed: member \`weight\` was added at offset ${isa === 'rv64' ? 12 : 8} (int, 4 bytes)`,
    ]);
  });

  test('a changed signature', () => {
    expect(remarks(comparison, 'signature', 'signature')).toEqual([
      'its signature was `int signature(int, const char *)`, is `int signature(int, const unsigned char *, long int)`',
    ]);
    expect(remarks(comparison, 'scale', 'signature')).toEqual([]);
  });

  test('a change that is inlined', () => {
    // For RISC-V the compiler counts the comparison with 12 to the procedure it was inlined into.
    expect(remarks(comparison, 'bounded', 'inlined')).toEqual([
      isa === 'sparc' ? '1 of 2 differences is in `clamp`, which is inlined here' : 'inlined here: `clamp`',
    ]);
    expect(remarks(comparison, 'user', 'inlined')).toEqual([
      expect.stringMatching(/ in `shared` \(changed itself\), which is inlined here$/),
    ]);
    expect(remarks(comparison, 'shared', 'inlined')).toEqual(['it is inlined in `user`']);
    expect(remarks(comparison, 'located', 'inlined')).toEqual([]);
  });

  test('a change of __LINE__', () => {
    expect(remarks(comparison, 'located', 'line')).toEqual([
      'all that differs is the number of a source line (`__LINE__`)',
    ]);
    const { remarks: all } = explain(comparison);
    const others = [...all].filter(([, list]) => list.some(({ kind }) => kind === 'line'));
    expect(others.map(([{ name }]) => name)).toEqual(['located']);
  });

  test('a program and itself need no explanation', () => {
    const { verdicts, ...same } = diff(program('old', isa, version), program('old', isa, version));
    expect(verdicts.filter(({ verdict }) => verdict !== 'unchanged')).toEqual([]);
    expect(explain({ verdicts, ...same })).toEqual({ remarks: new Map(), notes: [] });
  });
});

test('programs without debug information are said to have none', () => {
  const [before, after] = [tellerName('rv64'), newName('teller-grow', 'rv64')].map(
    (name) => new Program(imageOf(name)),
  );
  const { remarks: found, notes } = explain(diff(before!, after!));
  expect(found.size).toBe(0);
  expect(notes).toEqual([
    'teller.rv64.elf has no debug information (-g): structures and inlined procedures are not compared',
    'new.rv64.elf has no debug information (-g): structures and inlined procedures are not compared',
  ]);
});
