/** Who calls whom directly. */
import type { SymbolEntry } from '../elf/index.js';
import type { CallSite } from '../isa/redirect.js';
import type { Program } from './program.js';

export interface KnownCall {
  caller: SymbolEntry;
  site: CallSite;
}

const known = new WeakMap<Program, Map<number, KnownCall[]>>();

/** Every call and jump from one procedure to the entry of another, by that entry, in ascending order of address. */
export function callSites(program: Program): ReadonlyMap<number, KnownCall[]> {
  let sites = known.get(program);
  if (sites === undefined) known.set(program, (sites = findCallSites(program)));
  return sites;
}

function findCallSites(program: Program): Map<number, KnownCall[]> {
  const calls: [entry: number, call: KnownCall][] = [];
  for (const caller of program.procedures) {
    // Calls in code that is not understood are left alone: they arrive at the trampoline.
    for (const item of program.itemsIfUnderstood(caller)) {
      if (item.reference?.role !== 'call' && item.reference?.role !== 'jump') continue;
      const referent = program.referent(item.reference);
      if (referent.kind !== 'symbol') continue;
      const site = { item, address: caller.address + item.offset };
      calls.push([referent.symbol.address + referent.offset, { caller, site }]);
    }
  }
  const byEntry = new Map<number, KnownCall[]>();
  for (const [entry, call] of calls.sort(([, a], [, b]) => a.site.address - b.site.address)) {
    const others = byEntry.get(entry);
    if (others === undefined) byEntry.set(entry, [call]);
    else others.push(call);
  }
  return byEntry;
}
