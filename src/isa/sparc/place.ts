/** Puts a SPARC procedure at an address. Nothing grows; a `ba` that no longer reaches becomes the `call` it was. */
import { hex } from '../../elf/index.js';
import { BodyError, type Placed, type Placement } from '../body.js';
import { isCall, WORD, type SparcBody, type SparcItem } from './body.js';

export const largestSize = (body: SparcBody): number => body.items.length * WORD;

/** The psABI's truncations. */
const HI22 = (value: number): number => value >>> 10;
const LO10 = (value: number): number => value & 0x3ff;

const CALL = 0x40000000;

/** `disp22` of a branch over `distance` bytes, or undefined when it is more than 8 MiB. */
export function displacement22(distance: number): number | undefined {
  const words = distance >> 2;
  return (words << 10) >> 10 === words ? words & 0x3fffff : undefined;
}

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
      return transfer(item, at, to) ?? outOfReach(where, at, to);
    case 'branch': {
      const displacement = displacement22((to - at) | 0);
      return displacement === undefined
        ? outOfReach(where, at, to)
        : ((word & ~0x3fffff) | displacement) >>> 0;
    }
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

/** A `call`, or the `ba` that stands for one, to another place; undefined when a `ba` neither reaches nor may become a call. */
export function transfer({ word, form }: SparcItem, at: number, to: number): number | undefined {
  const distance = (to - at) | 0;
  if (isCall(word)) return (CALL | ((distance >> 2) & 0x3fffffff)) >>> 0;
  const displacement = displacement22(distance);
  if (displacement !== undefined) return ((word & ~0x3fffff) | displacement) >>> 0;
  const wasCall = form.kind === 'transfer' && form.leaves;
  return wasCall ? (CALL | ((distance >> 2) & 0x3fffffff)) >>> 0 : undefined;
}

function outOfReach(where: string, at: number, to: number): never {
  throw new BodyError('out-of-reach', `${where}: a branch from ${hex(at)} cannot reach ${hex(to)} (8 MiB)`);
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
