/** Who holds a procedure's address, other than to call it. */
import { hex } from '../elf/index.js';
import { callSites } from './call-sites.js';
import type { Program } from './program.js';

const known = new WeakMap<Program, ReadonlyMap<number, readonly number[]>>();

/**
 * What holds the address of the procedure at `entry`, in words; undefined when nothing does. Every relocation that
 * names the procedure and is no part of a call that is understood counts.
 */
export function pointerTo(program: Program, entry: number): string | undefined {
  if (program.image.entry === entry) return 'the start of the program';
  const calls = callSites(program).get(entry) ?? [];
  const at = relocationsByTarget(program)
    .get(entry)
    ?.find(
      (address) =>
        !calls.some(({ site }) => address >= site.address && address < site.address + site.item.size),
    );
  if (at === undefined) return undefined;
  return program.symbolAt(at)?.name ?? `the data at ${hex(at)}`;
}

/** Addresses of the relocations that name a procedure's entry. */
function relocationsByTarget(program: Program): ReadonlyMap<number, readonly number[]> {
  let targets = known.get(program);
  if (targets === undefined) known.set(program, (targets = findTargets(program)));
  return targets;
}

function findTargets(program: Program): Map<number, number[]> {
  const targets = new Map<number, number[]>();
  for (const relocation of program.image.relocations) {
    const referent = program.referent(relocation);
    if (referent.kind !== 'symbol' || referent.symbol.kind !== 'procedure' || referent.offset !== 0) continue;
    const { address } = referent.symbol;
    const others = targets.get(address);
    if (others === undefined) targets.set(address, [relocation.address]);
    else others.push(relocation.address);
  }
  return targets;
}
