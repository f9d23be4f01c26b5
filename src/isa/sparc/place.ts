/** Puts a SPARC procedure at an address. Nothing grows; a `ba` that no longer reaches becomes the `call` it was. */
import { hex, symbolNamed, type Image } from '../../elf/index.js';
import { BodyError, type Placed, type Placement } from '../body.js';
import { moveToO7, type PartOf, type SparcBody, type SparcItem } from './body.js';
import { isCall, reachOf, redirected, WORD } from './transfers.js';

export const largestSize = (body: SparcBody): number => body.items.length * WORD;

/** The psABI's truncations. */
const HI22 = (value: number): number => value >>> 10;
const LO10 = (value: number): number => value & 0x3ff;
/** Those of numbers with a sign, which `sethi` and `xor` make. */
const HIX22 = (value: number): number => (value < 0 ? ~value : value) >>> 10;
const LOX10 = (value: number): number => (value & 0x3ff) | (value < 0 ? 0x1c00 : 0);

const CALL = 0x40000000;

/** @throws BodyError when something does not reach. */
export function place(body: SparcBody, placement: Placement): Placed {
  const bytes = new Uint8Array(largestSize(body));
  const view = new DataView(bytes.buffer);
  const offsets = new Map<number, number>();
  let before: SparcItem | undefined;
  for (const item of body.items) {
    offsets.set(item.offset, item.offset);
    const at = placement.address + item.offset;
    const where = `${body.symbol.name}+${hex(item.offset)}`;
    const back = before && returnAddressBack(before, view.getUint32(before.offset));
    view.setUint32(item.offset, back ?? encode(body, item, at, where, placement));
    before = item;
  }
  offsets.set(bytes.length, bytes.length);
  return { bytes, offsets };
}

function encode(body: SparcBody, item: SparcItem, at: number, where: string, placement: Placement): number {
  const { word, form, target, reference } = item;
  const to =
    target !== undefined
      ? placement.address + target
      : reference === undefined
        ? 0
        : placement.resolve(reference);
  switch (form.kind) {
    case 'plain':
      return word;
    case 'transfer':
    case 'branch':
      return transfer(item, at, to) ?? outOfReach(word, where, at, to);
    case 'high': {
      const value = valueOf(form.of, at, to, where, placement.image);
      return ((word & ~0x3fffff) | (isSigned(form.of) ? HIX22(value) : HI22(value))) >>> 0;
    }
    case 'low': {
      const value = valueOf(form.of, at, to, where, placement.image);
      if (form.of === 'absolute') checkPair(body, to, where, placement);
      return ((word & ~0x1fff) | (isSigned(form.of) ? LOX10(value) : LO10(value))) >>> 0;
    }
    case 'immediate': {
      const value = to | 0;
      if ((value << 19) >> 19 !== value) {
        throw new BodyError(
          'out-of-reach',
          `${where}: ${hex(to)} does not fit a 13-bit immediate (-4096 to 4095)`,
        );
      }
      return ((word & ~0x1fff) | (value & 0x1fff)) >>> 0;
    }
  }
}

const isSigned = (of: PartOf): boolean => of === 'got' || of === 'thread';

/** The number a high and a low part make together. */
function valueOf(of: PartOf, at: number, to: number, where: string, image: Image): number {
  switch (of) {
    case 'absolute':
      return to;
    case 'pc':
      return (to - at) | 0;
    case 'got': {
      const table = symbolNamed(image.symbols, '_GLOBAL_OFFSET_TABLE_');
      if (table === undefined) throw unplaceable(where, `${image.name} has no _GLOBAL_OFFSET_TABLE_`);
      return (to - table.address) | 0;
    }
    case 'thread': {
      // A thread's block ends where %g7 points.
      const { threadStorage } = image;
      if (threadStorage === undefined)
        throw unplaceable(where, `${image.name} has no thread-local variables`);
      const { size, alignment } = threadStorage;
      return to - Math.ceil(size / alignment) * alignment;
    }
    case 'got-entry':
      throw unplaceable(where, 'an address is taken from an entry of the GOT; compile with -fno-pic');
  }
}

const unplaceable = (where: string, what: string): BodyError =>
  new BodyError('unsupported-relocation', `${where}: ${what}`);

/**
 * A call or branch to another place: in a longer form when it needs one, and the `ba` that stands for a `call`
 * as that. Undefined when it cannot reach.
 */
export function transfer({ word, form }: SparcItem, at: number, to: number): number | undefined {
  const distance = (to - at) | 0;
  const wasCall = form.kind === 'transfer' && (form.leaves || form.keeps !== undefined);
  return redirected(word, distance) ?? (wasCall ? redirected(CALL, distance) : undefined);
}

/** What stands in the delay slot of a `ba` that became a `call` again, when that is not what stood there. */
export function returnAddressBack({ form }: SparcItem, word: number): number | undefined {
  return form.kind === 'transfer' && form.keeps !== undefined && isCall(word)
    ? moveToO7(form.keeps)
    : undefined;
}

function outOfReach(word: number, where: string, at: number, to: number): never {
  const reach = `${reachOf(word) / 1024} KiB`;
  throw new BodyError(
    'out-of-reach',
    `${where}: a branch from ${hex(at)} cannot reach ${hex(to)} (${reach})`,
  );
}

/** A low part is only right beside a high part of the same address. */
function checkPair(body: SparcBody, to: number, where: string, placement: Placement): void {
  const paired = body.items.some(
    ({ form, reference }) =>
      form.kind === 'high' && reference !== undefined && HI22(placement.resolve(reference)) === HI22(to),
  );
  if (!paired) {
    throw new BodyError(
      'split-address',
      `${where}: ${hex(to)} has no high part in this procedure at its new place`,
    );
  }
}
