/** Reads the binary form of a handler's plan; nothing of it is believed before it was checked. */
import type { Isa } from '../../isa/index.js';
import {
  checksum,
  FIRST_LIST,
  HEADER_WORDS,
  LIST_NAMES,
  LISTS,
  PLAN_MAGIC,
  versionFor,
  type HandlerPlan,
  type ListName,
  type Pages,
} from './layout.js';
import { linuxProtection } from './encode.js';

const WORD = 4;
const SMALLEST = HEADER_WORDS * WORD;
const LARGEST = 64 << 20;

/** The message names the file, the offset, the value there, and what would be right. */
export class HandlerPlanError extends Error {
  constructor(name: string, offset: number, found: string, right: string) {
    super(`${name}: offset ${offset}: ${found}, where ${right} is right`);
    this.name = 'HandlerPlanError';
  }
}

/**
 * The plan that `encodeHandlerPlan` wrote for this ISA.
 *
 * @param name the file, for messages.
 * @throws HandlerPlanError
 *
 * @example
 * decodeHandlerPlan(readFileSync('fix.sutp'), target.isa, 'fix.sutp').words.length; // 3
 */
export function decodeHandlerPlan(bytes: Uint8Array, isa: Isa, name: string): HandlerPlan {
  const fail = (offset: number, found: string, right: string): never => {
    throw new HandlerPlanError(name, offset, found, right);
  };
  const { length } = bytes;
  if (length < SMALLEST || length > LARGEST || length % WORD !== 0)
    fail(0, `${length} bytes`, `a multiple of ${WORD} from ${SMALLEST} to ${LARGEST}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const words = Array.from({ length: length / WORD }, (_, i) => view.getUint32(WORD * i, !isa.bigEndian));
  const expect = (index: number, right: number): void => {
    if (words[index] !== right) fail(WORD * index, String(words[index]), String(right));
  };
  expect(0, PLAN_MAGIC);
  expect(1, versionFor(isa));
  expect(2, length);
  expect(3, checksum(words.slice(4)));
  const entries = (list: ListName): number[][] => {
    const at = FIRST_LIST + 2 * LIST_NAMES.indexOf(list);
    const [offset, count] = [words[at]!, words[at + 1]!];
    const size = LISTS[list];
    if (offset % WORD !== 0 || offset > length || count > (length - offset) / (WORD * size))
      fail(WORD * at, `${count} ${list} from ${offset}`, `a list within ${length} bytes`);
    const first = offset / WORD;
    return Array.from({ length: count }, (_, i) => words.slice(first + i * size, first + (i + 1) * size));
  };
  const bytesAt = (offset: number, count: number): Uint8Array => {
    if (offset > length || count > length - offset)
      fail(offset, `${count} bytes`, `what lies within ${length} bytes`);
    return bytes.slice(offset, offset + count);
  };
  const maybe = (offset: number, count: number): Uint8Array | undefined =>
    offset === 0 ? undefined : bytesAt(offset, count);
  return {
    threads: words[4]!,
    journal: words[5]!,
    text: { start: words[6]!, end: words[6]! + words[7]! },
    undoes: words[14] === 0 ? undefined : words[14],
    ranges: entries('ranges').map(([pcStart, pcEnd, returnStart, returnEnd, wordStart, wordEnd]) => ({
      ...{ pcStart: pcStart!, pcEnd: pcEnd!, returnStart: returnStart!, returnEnd: returnEnd! },
      ...{ wordStart: wordStart!, wordEnd: wordEnd! },
    })),
    words: entries('words').map(([address, before, after]) => ({
      ...{ address: address!, before: before!, after: after! },
    })),
    pages: entries('pages').map(pages),
    data: entries('data').map(([address, size, before, after, journal]) => ({
      ...{ address: address!, length: size!, journal: journal! },
      ...{ before: maybe(before!, size!), after: maybe(after!, size!) },
    })),
    areas: entries('areas').map(([start, end]) => ({ start: start!, end: end === 0 ? undefined : end })),
    reservations: entries('reservations').map(pages),
    expected: entries('expected').map(([address, size, at]) => ({
      ...{ address: address!, bytes: bytesAt(at!, size!) },
    })),
    filled: entries('filled').map(([address, size, at]) => ({
      ...{ address: address!, bytes: bytesAt(at!, size!) },
    })),
  };
}

/** Read and execute change places, so it is its own inverse. */
const pages = ([start, end, protection]: number[]): Pages => ({
  ...{ start: start!, end: end!, protection: linuxProtection(protection!) },
});
