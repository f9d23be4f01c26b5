/** Programs whose local symbols were taken away, as `strip -x` and `ld -x` do. */
import { describe, expect, test } from 'vitest';
import type { Image } from '#suture/elf/index.js';
import { diff, link, Program, Refusal } from '#suture/patch/index.js';
import { imageOf, newName } from '../support/programs.js';

/** Without the local names that no relocation needs. */
function stripped(image: Image): Image {
  const needed = new Set(image.relocations.map(({ symbol }) => symbol));
  const isName = ({ kind }: Image['symbols'][number]): boolean => kind === 'procedure' || kind === 'object';
  const symbols = image.symbols.filter((s) => s.binding !== 'local' || !isName(s) || needed.has(s));
  expect(symbols.length).toBeLessThan(image.symbols.length);
  return { ...image, symbols };
}

function refusalOf(before: Image, after: Image): string {
  try {
    link(diff(new Program(before), new Program(after)));
  } catch (error) {
    if (error instanceof Refusal) return `${error.reason}: ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('on SPARC, whose relocations name sections', () => {
  const old = imageOf('patches/static-local/old.sparc.elf');
  const next = imageOf(newName('static-local', 'sparc'));

  test('both whole, there is nothing against it', () => {
    expect(refusalOf(old, next)).toBe('none');
  });

  test.each([
    ['the new one', old, stripped(next)],
    ['both', stripped(old), stripped(next)],
  ])('%s without, what its code refers to is no variable of the old one', (_which, before, after) => {
    expect(refusalOf(before, after)).toMatch(
      /^no-symbols: \w+\+0x[0-9a-f]+ refers to a variable at 0x[0-9a-f]+ that no symbol of new\.sparc\.elf names/,
    );
  });

  test('the old one without, variables are not taken for new ones', () => {
    expect(refusalOf(stripped(old), next)).toMatch(
      /no-symbols: \w+(\.\d+)? may be one of the variables of old\.sparc\.elf that no symbol names/,
    );
  });

  test('a call of what has no name is one finding', () => {
    const helper = imageOf(newName('new-helper', 'sparc'));
    const message = refusalOf(imageOf('patches/new-helper/old.sparc.elf'), stripped(helper));
    expect(message).toMatch(/refers to a procedure at 0x[0-9a-f]+ that no symbol of new\.sparc\.elf names/);
    expect(message).not.toContain('WDISP30');
  });
});
