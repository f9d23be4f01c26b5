/**
 * Section anchors: a label through which a compiler (`-fsection-anchors`, without `-fdata-sections`) reaches
 * several objects of a file. Code names the first and adds distances; in the running program the others must be
 * at the same distances, or the code reaches something else.
 */
import { countUpTo, type SymbolEntry } from '../elf/index.js';
import type { Correlation } from './correlate.js';
import { outlineOf } from './outline.js';
import type { Program } from './program.js';

const ANCHOR = /^\.LANCHOR\d+$/;
/** More than alignment leaves between objects of one file. */
const LARGEST_GAP = 64;

interface Anchors {
  labels: ReadonlySet<number>;
  /** In ascending order of address. */
  objects: readonly SymbolEntry[];
}

const known = new WeakMap<Program, Anchors>();

function anchorsOf(program: Program): Anchors {
  let anchors = known.get(program);
  if (anchors === undefined) {
    const { symbols } = program.image;
    anchors = {
      labels: new Set(symbols.filter(({ name }) => ANCHOR.test(name)).map(({ address }) => address)),
      objects: symbols
        .filter(({ kind, section, size }) => kind === 'object' && section !== 0 && size > 0)
        .sort((a, b) => a.address - b.address),
    };
    known.set(program, anchors);
  }
  return anchors;
}

/** The object that a procedure may reach through an anchor, and would not find there in the running program. */
export function lostBehindAnchor(
  program: Program,
  procedure: SymbolEntry,
  correlation: Correlation,
): { anchored: SymbolEntry; lost: SymbolEntry } | undefined {
  const { labels, objects } = anchorsOf(program);
  if (labels.size === 0) return undefined;
  for (const { reference } of outlineOf(program.body(procedure)).items) {
    if (reference === undefined || !ANCHOR.test(reference.symbol.name)) continue;
    const [anchored, ...others] = blockAt(reference.symbol, labels, objects);
    if (anchored === undefined) continue;
    const lost = others.find((other) => distance(other, correlation) !== distance(anchored, correlation));
    if (lost !== undefined) return { anchored, lost };
  }
  return undefined;
}

/** Whether code that goes through two anchors finds the same behind both, as far as both go. */
export function sameBehindAnchors(
  oldProgram: Program,
  before: SymbolEntry,
  newProgram: Program,
  after: SymbolEntry,
  correlation: Correlation,
): boolean {
  const [was, is] = [ANCHOR.test(before.name), ANCHOR.test(after.name)];
  if (!was && !is) return true;
  const block = (program: Program, symbol: SymbolEntry): SymbolEntry[] => {
    const { labels, objects } = anchorsOf(program);
    return blockAt(symbol, labels, objects);
  };
  const [mine, theirs] = [block(oldProgram, before), block(newProgram, after)];
  if (!was || !is) return (was ? mine : theirs).length <= 1;
  return mine.every((object, i) => {
    const other = theirs[i];
    if (other === undefined) return true;
    if (object.address - before.address !== other.address - after.address) return false;
    const successor = correlation.successor(object);
    if (successor !== undefined || correlation.predecessor(other) !== undefined) return successor === other;
    return Buffer.compare(oldProgram.contents(object).bytes, newProgram.contents(other).bytes) === 0;
  });
}

/** How far an object is from where the running program has it; undefined when it has none. */
const distance = (symbol: SymbolEntry, correlation: Correlation): number | undefined => {
  const old = correlation.predecessor(symbol);
  return old && old.address - symbol.address;
};

/** The object at an anchor and those behind it, up to the next anchor or another file. */
function blockAt(
  anchor: SymbolEntry,
  labels: ReadonlySet<number>,
  objects: readonly SymbolEntry[],
): SymbolEntry[] {
  const block: SymbolEntry[] = [];
  let end = anchor.address;
  for (let i = countUpTo(objects, anchor.address - 1, ({ address }) => address); i < objects.length; i++) {
    const object = objects[i]!;
    const first = block.length === 0;
    if (object.address - end > LARGEST_GAP || object.section !== anchor.section) break;
    if (!first && labels.has(object.address)) break;
    if (object.binding === 'local' && object.file !== anchor.file) break;
    block.push(object);
    end = Math.max(end, object.address + object.size);
  }
  return block;
}
