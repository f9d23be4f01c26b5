/** A procedure's body in one string: two that have the same do the same, as far as can be told without a correlation. */
import type { SymbolEntry } from '../elf/index.js';
import { keyOf } from './compiler-names.js';
import { outlineOf } from './outline.js';
import type { Program, Referent } from './program.js';

/** Undefined when the body is not understood. */
export function shapeOf(program: Program, symbol: SymbolEntry): string | undefined {
  if (program.itemsIfUnderstood(symbol).length === 0) return undefined;
  const outline = outlineOf(program.body(symbol));
  const lines = outline.items.map(({ token, target, reference }) => {
    const to = target === undefined ? '' : String(outline.ordinal(target));
    const referent =
      reference === undefined ? '' : `${reference.role} ${nameOf(program, program.referent(reference))}`;
    return `${token} ${to} ${referent}`;
  });
  return lines.join('\n');
}

function nameOf(program: Program, referent: Referent): string {
  if (referent.kind === 'absolute') return String(referent.value);
  if (referent.kind === 'symbol') {
    const { symbol, offset } = referent;
    const place = symbol.kind === 'procedure' && offset !== 0 ? 'inside' : String(offset);
    return `${keyOf({ ...symbol, file: '' })} ${place}`;
  }
  const { bytes, relocations } = program.unnamed(referent.base);
  // Addresses in a table are another matter.
  const contents = relocations.length > 0 ? `table of ${relocations.length}` : bytes.join();
  return `${contents} ${referent.offset}`;
}
