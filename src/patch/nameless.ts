/**
 * Variables that no symbol names, because somebody has taken the local symbols away (`strip -x`, `ld -x`). Nothing
 * tells which variable of another build they are.
 */
import type { Program } from './program.js';

const VARIABLES = /^\.s?(data|bss)\b/;

const known = new WeakMap<Program, boolean>();

/** Whether an address is one of a variable that has no name; the end of one that has is not. */
export function isNameless(program: Program, address: number): boolean {
  const section = program.image.sections.find(
    (s) => s.writable && s.allocated && address >= s.address && address < s.address + s.size,
  );
  if (section === undefined || !VARIABLES.test(section.name)) return false;
  if (program.symbolAt(address) !== undefined) return false;
  const before = program.symbolAt(address - 1);
  return before === undefined || before.address + before.size !== address;
}

/** Whether anything in a program refers to such a variable. */
export function hasNameless(program: Program): boolean {
  let has = known.get(program);
  if (has === undefined) {
    has = program.image.relocations.some((relocation) => {
      if (relocation.symbol.kind !== 'section') return false;
      const referent = program.referent(relocation);
      return referent.kind === 'unnamed' && isNameless(program, referent.base);
    });
    known.set(program, has);
  }
  return has;
}
