/** Who holds a procedure's address, other than to call it. */
import { hex, type Image } from '../elf/index.js';
import { callSites } from './call-sites.js';
import type { Program } from './program.js';

const WORD = 4;
/** A length of eight bytes follows. */
const LONG_FORM = 0xffffffff;

const known = new WeakMap<Program, ReadonlyMap<number, readonly number[]>>();

/**
 * What holds the address of the procedure at `entry`, in words; undefined when nothing does. Every relocation that
 * names the procedure and is no part of a call that is understood counts, but for those of frame information on
 * one procedure.
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
  const isDescription = inFrameEntry(program.image);
  for (const relocation of program.image.relocations) {
    if (isDescription(relocation.address)) continue;
    const referent = program.referent(relocation);
    if (referent.kind !== 'symbol' || referent.symbol.kind !== 'procedure' || referent.offset !== 0) continue;
    const { address } = referent.symbol;
    const others = targets.get(address);
    if (others === undefined) targets.set(address, [relocation.address]);
    else others.push(relocation.address);
  }
  return targets;
}

/**
 * Whether an address lies in what `.eh_frame` says of one procedure alone. What several entries have in common may
 * name a procedure that is called.
 *
 * Source: Linux Standard Base 5.0, Core, "Exception Frames".
 */
function inFrameEntry({ sections, bigEndian }: Image): (address: number) => boolean {
  const section = sections.find(({ name }) => name === '.eh_frame');
  if (section === undefined) return () => false;
  const { bytes, address: start } = section;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const inEntry = new Uint8Array(bytes.length);
  for (let at = 0; at + 2 * WORD <= bytes.length;) {
    const length = view.getUint32(at, !bigEndian);
    if (length === LONG_FORM) break; // Whatever follows counts.
    const common = length === 0 || view.getUint32(at + WORD, !bigEndian) === 0;
    if (!common) inEntry.fill(1, at, at + WORD + length);
    at += WORD + length;
  }
  return (address) => inEntry[address - start] === 1;
}
