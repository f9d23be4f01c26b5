/** Who calls a procedure directly. */
import type { SymbolEntry } from '../elf/index.js';
import { BodyError } from '../isa/body.js';
import type { CallSite } from '../isa/redirect.js';
import type { Program } from './program.js';

/** Every call and jump to `entry` from another procedure, in ascending order of address. */
export function callSitesOf(program: Program, entry: number): { caller: SymbolEntry; site: CallSite }[] {
  const sites: { caller: SymbolEntry; site: CallSite }[] = [];
  for (const caller of program.procedures) {
    for (const item of itemsOf(program, caller)) {
      if (item.reference?.role !== 'call' && item.reference?.role !== 'jump') continue;
      const referent = program.referent(item.reference);
      const here = referent.kind === 'symbol' && referent.symbol.address + referent.offset === entry;
      if (here) sites.push({ caller, site: { item, address: caller.address + item.offset } });
    }
  }
  return sites.sort((a, b) => a.site.address - b.site.address);
}

/** Calls in code that is not understood are left alone: they arrive at the trampoline. */
function itemsOf(program: Program, caller: SymbolEntry): ReturnType<Program['body']>['items'] {
  try {
    return program.body(caller).items;
  } catch (error) {
    if (error instanceof BodyError) return [];
    throw error;
  }
}
