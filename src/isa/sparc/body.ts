/**
 * Takes SPARC procedures apart.
 *
 * What is peculiar here: every instruction is four bytes and every address is built whole by `sethi` and a
 * low part, so code moves without growing. The instruction after a transfer belongs to it. The linker
 * rewrites a `call` whose delay slot leaves the window (a tail call) to `ba` and keeps R_SPARC_WDISP30.
 * Branches inside a procedure are resolved by the assembler and have no relocation.
 */
import { EM_SPARC32PLUS, hex, type Image, type Relocation, type SymbolEntry } from '../../elf/index.js';
import { BodyError, type Body, type Item, type Reference } from '../body.js';
import { decode, decodeV9 } from './decode.js';
import { R, relocationName } from './relocations.js';
import { displacement, isBranch, isCall, isRestore, withoutDisplacement, WORD } from './transfers.js';

export type Form =
  | { kind: 'plain' }
  /** `call`, or the `ba` the linker made of it; `leaves`: the delay slot is a `restore`. */
  | { kind: 'transfer'; leaves: boolean }
  | { kind: 'branch' }
  | { kind: 'high' }
  | { kind: 'low' }
  | { kind: 'immediate' };

export interface SparcItem extends Item {
  word: number;
  form: Form;
}

export interface SparcBody extends Body {
  items: readonly SparcItem[];
}

/** @throws BodyError naming procedure and offset when an instruction or relocation is not understood. */
export function takeApart(
  image: Image,
  symbol: SymbolEntry,
  bytes: Uint8Array,
  relocations: readonly Relocation[],
): SparcBody {
  const where = (offset: number): string => `${image.name}: ${symbol.name}+${hex(offset)}`;
  if (bytes.length % WORD !== 0) {
    throw new BodyError('undecodable-instruction', `${where(bytes.length)}: ends inside an instruction`);
  }
  const byOffset = new Map(relocations.map((r) => [r.address - symbol.address, r]));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [decodeWord, version] = image.machine === EM_SPARC32PLUS ? [decodeV9, 'V9'] : [decode, 'V8'];
  const items: SparcItem[] = [];
  for (let offset = 0; offset < bytes.length; offset += WORD) {
    const word = view.getUint32(offset);
    if (decodeWord(word) === undefined) {
      throw new BodyError(
        'undecodable-instruction',
        `${where(offset)}: ${hex(word)} is not a ${version} instruction of user programs`,
      );
    }
    const delay = offset + WORD < bytes.length ? view.getUint32(offset + WORD) : 0;
    const relocation = byOffset.get(offset);
    const item =
      relocation === undefined || relocation.type === (R.NONE as number)
        ? unrelocated(offset, word, bytes.length, where)
        : relocated(offset, word, delay, relocation, symbol, where);
    items.push(item);
  }
  return { symbol, items };
}

const branchToken = (word: number): string => withoutDisplacement(word).toString(16);
const token = (word: number, mask: number): string => ((word & ~mask) >>> 0).toString(16);

function unrelocated(
  offset: number,
  word: number,
  size: number,
  where: (offset: number) => string,
): SparcItem {
  if (!isCall(word) && !isBranch(word)) {
    return { offset, size: WORD, word, token: token(word, 0), form: { kind: 'plain' } };
  }
  const target = offset + displacement(word);
  if (target < 0 || target >= size) {
    const message = `${where(offset)}: a transfer out of the procedure has no relocation; link with -Wl,--emit-relocs`;
    throw new BodyError('missing-relocation', message);
  }
  if (isCall(word)) {
    return { offset, size: WORD, word, token: 'call', target, form: { kind: 'transfer', leaves: false } };
  }
  return { offset, size: WORD, word, token: branchToken(word), target, form: { kind: 'branch' } };
}

function relocated(
  offset: number,
  word: number,
  delay: number,
  { type, symbol, addend }: Relocation,
  own: SymbolEntry,
  where: (offset: number) => string,
): SparcItem {
  const base = { offset, size: WORD, word };
  const reference: Reference = { role: 'address', symbol, addend };
  switch (type as R) {
    case R.WDISP30:
      return {
        ...base,
        token: 'call',
        reference: { ...reference, role: 'call' },
        form: { kind: 'transfer', leaves: isRestore(delay) },
      };
    case R.WDISP22:
    case R.WDISP19:
    case R.WDISP16: {
      const target = symbol.address + addend - own.address;
      const inside =
        target >= 0 && target < own.size
          ? { target }
          : { reference: { ...reference, role: 'branch' as const } };
      return { ...base, token: branchToken(word), ...inside, form: { kind: 'branch' } };
    }
    case R.HI22:
      return { ...base, token: `${token(word, 0x3fffff)} hi`, reference, form: { kind: 'high' } };
    case R.LO10:
      return { ...base, token: `${token(word, 0x1fff)} lo`, reference, form: { kind: 'low' } };
    case R.ABS13:
      return { ...base, token: `${token(word, 0x1fff)} imm`, reference, form: { kind: 'immediate' } };
    default:
      throw new BodyError(
        'unsupported-relocation',
        `${where(offset)}: ${relocationName(type)} is not supported in code`,
      );
  }
}
