/** Writes a handler's plan in its binary form. */
import type { Isa } from '../../isa/index.js';
import {
  checksum,
  FIRST_LIST,
  HEADER_WORDS,
  LIST_NAMES,
  LISTS,
  PLAN_MAGIC,
  versionFor,
  type CodeRange,
  type HandlerPlan,
  type ListName,
  type Pages,
} from './layout.js';

const WORD = 4;

/**
 * The bytes that `targets/runtime/updater` carries out; equal plans give equal bytes.
 *
 * @example
 * writeFileSync('fix.sutp', encodeHandlerPlan(toHandlerPlan(target, plan), target.isa));
 */
export function encodeHandlerPlan(plan: HandlerPlan, isa: Isa): Uint8Array {
  const lists = LIST_NAMES.map((name) => plan[name].length * LISTS[name]);
  const bytes = new ByteStore(WORD * (HEADER_WORDS + lists.reduce((sum, words) => sum + words, 0)));
  const entries: Record<ListName, number[][]> = {
    ranges: plan.ranges.map(bounds),
    words: plan.words.map((w) => [w.address, w.before, w.after]),
    pages: plan.pages.map(pages),
    data: plan.data.map((d) => [
      ...[d.address, d.length, d.before === undefined ? 0 : bytes.add(d.before)],
      ...[d.after === undefined ? 0 : bytes.add(d.after), d.journal],
    ]),
    areas: plan.areas.map(({ start, end }) => [start, end ?? 0]),
    reservations: plan.reservations.map(pages),
    expected: plan.expected.map((e) => [e.address, e.bytes.length, bytes.add(e.bytes)]),
    filled: plan.filled.map((e) => [e.address, e.bytes.length, bytes.add(e.bytes)]),
  };
  const { start, end } = plan.text;
  const header = [PLAN_MAGIC, versionFor(isa), bytes.end, 0, plan.threads, plan.journal];
  header.push(start, end - start, ...hulls(plan.ranges), plan.undoes ?? 0);
  let offset = WORD * HEADER_WORDS;
  for (const [i, name] of LIST_NAMES.entries()) {
    header.push(offset, plan[name].length);
    offset += WORD * lists[i]!;
  }
  const words = [...header, ...LIST_NAMES.flatMap((name) => entries[name].flat())];
  const encoded = new Uint8Array(bytes.end);
  const view = new DataView(encoded.buffer);
  for (const [i, word] of words.entries()) view.setUint32(WORD * i, word, !isa.bigEndian);
  bytes.copyTo(encoded);
  const rest = Array.from({ length: encoded.length / WORD - 4 }, (_, i) =>
    view.getUint32(WORD * (i + 4), !isa.bigEndian),
  );
  view.setUint32(3 * WORD, checksum(rest), !isa.bigEndian);
  if (header.length !== HEADER_WORDS || FIRST_LIST + 2 * LIST_NAMES.length !== HEADER_WORDS)
    throw new Error(`a header of ${header.length} words`);
  return encoded;
}

/** The checksum that an encoded plan says it has. */
export const checksumOf = (encoded: Uint8Array, isa: Isa): number =>
  new DataView(encoded.buffer, encoded.byteOffset).getUint32(3 * WORD, !isa.bigEndian);

const bounds = (r: CodeRange): number[] => [
  ...[r.pcStart, r.pcEnd, r.returnStart, r.returnEnd],
  ...[r.wordStart, r.wordEnd],
];

/** Start and bytes of the two hulls of all bounds, split where most lies between, and of those of return addresses. */
function hulls(ranges: readonly CodeRange[]): number[] {
  const pieces = ranges
    .flatMap((r) => [
      { start: r.pcStart, end: r.pcEnd },
      { start: r.returnStart, end: r.returnEnd },
      { start: r.wordStart, end: r.wordEnd },
    ])
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  let [split, widest] = [pieces.length, FAR];
  let reached = 0;
  for (const [i, { start, end }] of pieces.entries()) {
    if (i > 0 && start - reached > widest) [split, widest] = [i, start - reached];
    reached = Math.max(reached, end);
  }
  const returns = ranges.map((r) => ({ start: r.returnStart, end: r.returnEnd }));
  return [pieces.slice(0, split), pieces.slice(split), returns].flatMap(hull);
}

/** Bytes between forbidden code from which on it is looked for apart. */
const FAR = 4096;

/** Start and bytes; nothing at all is written as zeros. */
function hull(pieces: readonly { start: number; end: number }[]): number[] {
  const filled = pieces.filter(({ start, end }) => start < end);
  if (filled.length === 0) return [0, 0];
  const start = Math.min(...filled.map((piece) => piece.start));
  return [start, Math.max(...filled.map((piece) => piece.end)) - start];
}

/** mprotect counts read as 1 and execute as 4. */
const pages = ({ start, end, protection }: Pages): number[] => [start, end, linuxProtection(protection)];

export const linuxProtection = (protection: number): number =>
  ((protection & 4) >> 2) | (protection & 2) | ((protection & 1) << 2);

/** Bytes behind the lists, each piece in whole words. */
class ByteStore {
  private readonly pieces: { at: number; bytes: Uint8Array }[] = [];

  constructor(public end: number) {}

  add(bytes: Uint8Array): number {
    const at = this.end;
    this.pieces.push({ at, bytes });
    this.end += WORD * Math.ceil(bytes.length / WORD);
    return at;
  }

  copyTo(target: Uint8Array): void {
    for (const { at, bytes } of this.pieces) target.set(bytes, at);
  }
}
