/** Recognises what `__LINE__` leaves in code: an instruction whose constant is the number of its own source line. */
import type { SymbolEntry } from '../elf/index.js';
import type { Item } from '../isa/body.js';
import type { AlignedRow } from './align.js';
import { debugOf } from './debug.js';
import type { Diff } from './diff.js';
import type { Program } from './program.js';

/**
 * Whether a row differs in nothing but such a constant. Of a line that takes two instructions to load it is not
 * recognised, nor where the new number needs an instruction of another size.
 */
export function differsInLine(
  diff: Diff,
  old: SymbolEntry,
  successor: SymbolEntry,
  row: AlignedRow,
): boolean {
  if (row.old === undefined || row.new === undefined) return false;
  const before = constants(diff.old, old, row.old);
  const after = constants(diff.new, successor, row.new);
  if (before === undefined || before.text !== after?.text) return false;
  const differing = before.numbers.flatMap((number, i) =>
    number === after.numbers[i] ? [] : [[number, after.numbers[i]!] as const],
  );
  const [only] = differing;
  return only !== undefined && differing.length === 1 && only[0] === before.line && only[1] === after.line;
}

const NUMBER = /(?<![\w%])-?(?:0x[\da-f]+|\d+)\b/g;

/** An instruction's text without its numbers, these, and the source line it came from. */
function constants(
  program: Program,
  { address }: SymbolEntry,
  { offset, size, reference, target }: Item,
): { text: string; numbers: number[]; line: number | undefined } | undefined {
  const at = address + offset;
  const { bytes } = program.data(at, at + size);
  if (reference !== undefined || target !== undefined || program.isa.instructionSize(bytes) !== size) {
    return undefined;
  }
  const text = program.isa.describe(bytes, at);
  return {
    text: text.replace(NUMBER, '#'),
    numbers: (text.match(NUMBER) ?? []).map(Number),
    line: debugOf(program)?.line(at)?.line,
  };
}
