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
  // No bounds at all are written as zeros.
  const all = plan.ranges.flatMap(bounds).filter((bound) => bound !== 0);
  const low = all.length === 0 ? 0 : Math.min(...all);
  const span = all.length === 0 ? 0 : Math.max(...all) - low;
  const { start, end } = plan.text;
  const header = [PLAN_MAGIC, versionFor(isa), bytes.end, 0, plan.threads, plan.journal];
  header.push(start, end - start, low, span);
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

const bounds = (r: CodeRange): number[] => [
  ...[r.pcStart, r.pcEnd, r.returnStart, r.returnEnd],
  ...[r.wordStart, r.wordEnd],
];

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
