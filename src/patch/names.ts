/** What code refers to, in words for people: a name, or what a nameless constant holds. */
import { hex } from '../elf/index.js';
import type { Reference } from '../isa/body.js';
import type { Data, Program, Referent } from './program.js';

const LONGEST_STRING = 24;
const MOST_BYTES = 8;

/** Such as `accounts+0x8`, `"ready\n"` or `8 bytes 3ff0000000000000`. */
export function nameOfReference(program: Program, reference: Reference): string {
  return nameOfReferent(program, program.referent(reference));
}

function nameOfReferent(program: Program, referent: Referent): string {
  if (referent.kind === 'absolute') return hex(referent.value);
  const { offset } = referent;
  const name =
    referent.kind === 'symbol' ? referent.symbol.name : describeData(program.unnamed(referent.base));
  return offset === 0 ? name : `${name}${offset < 0 ? '-' : '+'}${hex(Math.abs(offset))}`;
}

function describeData({ bytes, relocations }: Data): string {
  if (relocations.length > 0) return `table of ${relocations.length} addresses`;
  const text = textOf(bytes);
  if (text !== undefined) return text;
  const shown = Buffer.from(bytes.subarray(0, MOST_BYTES)).toString('hex');
  return `${bytes.length} bytes ${shown}${bytes.length > MOST_BYTES ? '...' : ''}`;
}

/** A printable string that ends in NUL, quoted. */
function textOf(bytes: Uint8Array): string | undefined {
  const end = bytes.indexOf(0);
  const printable = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13);
  if (end < 0 || bytes.subarray(end).some((byte) => byte !== 0)) return undefined;
  if (end === 0 || !bytes.subarray(0, end).every(printable)) return undefined;
  const text = String.fromCharCode(...bytes.subarray(0, Math.min(end, LONGEST_STRING)));
  return JSON.stringify(end > LONGEST_STRING ? `${text}...` : text);
}
