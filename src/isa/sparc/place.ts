/** Puts a SPARC procedure at an address. Nothing grows; a `ba` that no longer reaches becomes the `call` it was. */
import { hex } from '../../elf/index.js';
import { BodyError, type Placed, type Placement } from '../body.js';
import type { SparcBody, SparcItem } from './body.js';
import { reachOf, redirected, WORD } from './transfers.js';

export const largestSize = (body: SparcBody): number => body.items.length * WORD;

/** The psABI's truncations. */
const HI22 = (value: number): number => value >>> 10;
const LO10 = (value: number): number => value & 0x3ff;

const CALL = 0x40000000;

/** @throws BodyError when something does not reach. */
export function place(body: SparcBody, placement: Placement): Placed {
  const bytes = new Uint8Array(largestSize(body));
  const view = new DataView(bytes.buffer);
  const offsets = new Map<number, number>();
  for (const item of body.items) {
    offsets.set(item.offset, item.offset);
    const at = placement.address + item.offset;
    const to =
      item.target !== undefined
        ? placement.address + item.target
        : item.reference === undefined
          ? 0
          : placement.resolve(item.reference);
    const where = `${body.symbol.name}+${hex(item.offset)}`;
    if (item.form.kind === 'low') checkPair(body, to, where, placement);
    view.setUint32(item.offset, encode(item, at, to, where));
  }
  offsets.set(bytes.length, bytes.length);
  return { bytes, offsets };
}

function encode(item: SparcItem, at: number, to: number, where: string): number {
  const { word, form } = item;
  switch (form.kind) {
    case 'plain':
      return word;
    case 'transfer':
    case 'branch':
      return transfer(item, at, to) ?? outOfReach(word, where, at, to);
    case 'high':
      return ((word & ~0x3fffff) | HI22(to)) >>> 0;
    case 'low':
      return ((word & ~0x1fff) | LO10(to)) >>> 0;
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

/**
 * A call or branch to another place: in a longer form when it needs one, and the `ba` that stands for a `call`
 * as that. Undefined when it cannot reach.
 */
export function transfer({ word, form }: SparcItem, at: number, to: number): number | undefined {
  const distance = (to - at) | 0;
  const wasCall = form.kind === 'transfer' && form.leaves;
  return redirected(word, distance) ?? (wasCall ? redirected(CALL, distance) : undefined);
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
