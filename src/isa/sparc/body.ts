/**
 * Takes SPARC procedures apart.
 *
 * What is peculiar here: every instruction is four bytes and every address is built whole by `sethi` and a
 * low part, so code moves without growing. The instruction after a transfer belongs to it. The linker
 * rewrites a `call` whose delay slot takes the window or the return address away (a tail call) to `ba`, the `mov`
 * in the delay slot of a leaf's to `nop`, and keeps R_SPARC_WDISP30.
 * Transfers within a section are resolved by the assembler and have no relocation. Position-independent
 * objects reach data by its distance from the GOT, and thread-local variables by their distance from %g7: the
 * linker rewrites the loads from the GOT and keeps the relocations of what it rewrote.
 */
import { EM_SPARC32PLUS, hex, type Image, type Relocation, type SymbolEntry } from '../../elf/index.js';
import { ADDRESS_ZERO, BodyError, type Body, type Item, type Reference } from '../body.js';
import { decode, decodeV9 } from './decode.js';
import { R, relocationName } from './relocations.js';
import { displacement, isBranch, isCall, takesReturnAway, withoutDisplacement, WORD } from './transfers.js';

/** What a high or low part is of: an address, its distance from pc or the GOT, from %g7, or its GOT entry. */
export type PartOf = 'absolute' | 'pc' | 'got' | 'thread' | 'got-entry';

export type Form =
  | { kind: 'plain' }
  /**
   * `call`, or the `ba` the linker made of it. `leaves`: the delay slot takes the window or the return address away,
   * so that the `ba` can be a `call` again; so it can where `keeps`, a register, has the return address and the
   * delay slot, a `nop` now, is the `mov` from there again.
   */
  | { kind: 'transfer'; leaves: boolean; keeps?: number }
  | { kind: 'branch' }
  | { kind: 'high'; of: PartOf }
  | { kind: 'low'; of: PartOf }
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
  const byOffset = new Map<number, Relocation>();
  for (const relocation of relocations) byOffset.set(relocation.address - symbol.address, relocation);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [decodeWord, version] = image.machine === EM_SPARC32PLUS ? [decodeV9, 'V9'] : [decode, 'V8'];
  const items: SparcItem[] = [];
  for (let offset = 0; offset < bytes.length; offset += WORD) {
    const word = view.getUint32(offset);
    if (!isHarmless(word) && decodeWord(word) === undefined) {
      throw new BodyError(
        'undecodable-instruction',
        `${where(offset)}: ${hex(word)} is not a ${version} instruction of user programs`,
      );
    }
    const delay = offset + WORD < bytes.length ? view.getUint32(offset + WORD) : 0;
    const relocation = byOffset.get(offset);
    const item =
      relocation === undefined || relocation.type === (R.NONE as number)
        ? unrelocated(offset, word, bytes.length, symbol, delay)
        : relocated(offset, word, delay, relocation, symbol, where);
    items.push(item);
  }
  for (const [i, slot] of items.entries()) {
    const before = items[i - 1];
    if (before === undefined || !isKnownCall(before)) continue;
    items[i - 1] = keeping(before, slot, items[i - 2]);
    items[i] = delayOf(before, slot);
  }
  return { symbol, items };
}

const isKnownCall = ({ form, reference }: SparcItem): boolean =>
  form.kind === 'transfer' && reference !== undefined;

/** What binutils' `_bfd_sparc_elf_relocate_section` makes a `nop` of, and when. */
function keeping(call: SparcItem, slot: SparcItem, before: SparcItem | undefined): SparcItem {
  const kept = before !== undefined && (before.word & RD_ELSEWHERE) >>> 0 === MOVE_FROM_O7;
  if (!kept || call.form.kind !== 'transfer' || isCall(call.word) || slot.word !== NOP) return call;
  return { ...call, form: { ...call.form, keeps: (before.word >>> 25) & 31 } };
}
/** or %o7, %g0, rd */
const MOVE_FROM_O7 = 0x8013c000;
const RD_ELSEWHERE = 0xc1ffffff;

/** or register, %g0, %o7 */
export const moveToO7 = (register: number): number => (MOVE_TO_O7 | (register << 14)) >>> 0;

/**
 * A leaf's tail call keeps its return address in another register. The linker may make a `ba` of the `call`, and
 * of the `mov` to o7 in its delay slot a `nop`.
 */
function delayOf(call: SparcItem, slot: SparcItem): SparcItem {
  const [rs1, rs2] = [(slot.word >>> 14) & 31, slot.word & 31];
  const moves = (slot.word & MOVE_MASK) >>> 0 === MOVE_TO_O7 && (rs1 === 0 || rs2 === 0);
  if (moves) return { ...slot, token: RETURN_ADDRESS_BACK, base: `r${rs1 | rs2}` };
  return slot.word === NOP && !isCall(call.word) ? { ...slot, token: RETURN_ADDRESS_BACK } : slot;
}
const RETURN_ADDRESS_BACK = 'mov o7';
const NOP = 0x01000000;
export const NOP_TOKEN = NOP.toString(16);
/** or rs1, rs2, %o7 */
const MOVE_TO_O7 = 0x9e100000;
const MOVE_MASK = 0xfff83fe0;

/** Formats of arithmetic and memory, and `sethi`: whatever the operation, nothing in them depends on where they are. */
function isHarmless(word: number): boolean {
  const op = word >>> 30;
  const op3 = (word >>> 19) & 0x3f;
  const transfers = op3 >= FIRST_TRANSFER;
  return op === 3 || (op === 2 && !transfers) || isSethi(word);
}
/** op3 of jmpl; return, Tcc, done and retry follow. */
const FIRST_TRANSFER = 0x38;

const isSethi = (word: number): boolean => (word & 0xc1c00000) >>> 0 === 0x01000000;
const hasImmediate = (word: number): boolean => word >>> 30 >= 2 && (word & 0x2000) !== 0;
const isLoad = (word: number): boolean => word >>> 30 === 3;
/** Both have op3 0. */
const addInsteadOf = (load: number): number => (load & ~0x40000000) >>> 0;
const isXor = (word: number): boolean => (word & 0xc1f80000) >>> 0 === 0x80180000;

const tokens = new Map<number, string>();

/** A word in hexadecimal: the same string for the same word. */
function text(word: number): string {
  // As a signed number: those are the keys that a map finds without allocating.
  const key = word | 0;
  let token = tokens.get(key);
  if (token === undefined) {
    // Programs repeat themselves, but a long life sees many.
    if (tokens.size > MOST_TOKENS) tokens.clear();
    tokens.set(key, (token = word.toString(16)));
  }
  return token;
}
const MOST_TOKENS = 1 << 17;

const branchToken = (word: number): string => text(withoutDisplacement(word));
const token = (word: number, mask: number): string => text((word & ~mask) >>> 0);
const PLAIN: Form = { kind: 'plain' };
const BRANCH: Form = { kind: 'branch' };
const HIGH = formsOf('high');
const LOW = formsOf('low');

function formsOf(kind: 'high' | 'low'): Record<PartOf, Form> {
  const form = (of: PartOf): Form => ({ kind, of });
  return {
    absolute: form('absolute'),
    pc: form('pc'),
    got: form('got'),
    thread: form('thread'),
    'got-entry': form('got-entry'),
  };
}

function unrelocated(offset: number, word: number, size: number, own: SymbolEntry, delay: number): SparcItem {
  if (!isCall(word) && !isBranch(word)) return { offset, size: WORD, token: text(word), form: PLAIN, word };
  const base = { offset, size: WORD, word };
  const target = offset + displacement(word);
  const inside = target >= 0 && target < size;
  // What the assembler resolved itself lies in the same section.
  const reference: Reference = {
    role: 'address',
    symbol: ADDRESS_ZERO,
    addend: (own.address + target) >>> 0,
  };
  if (isCall(word)) {
    const form: Form = { kind: 'transfer', leaves: !inside && takesReturnAway(delay) };
    const to = inside ? { target } : { reference: { ...reference, role: 'call' as const } };
    return { ...base, token: 'call', ...to, form };
  }
  const to = inside ? { target } : { reference: { ...reference, role: 'branch' as const } };
  return { ...base, token: branchToken(word), ...to, form: BRANCH };
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
  const need = (right: boolean): void => {
    if (right) return;
    const message = `${where(offset)}: ${relocationName(type)} of ${hex(word)}, which has no such field`;
    throw new BodyError('unsupported-relocation', message);
  };
  const high = (of: PartOf): SparcItem => {
    need(isSethi(word));
    return {
      offset,
      size: WORD,
      token: `${token(word, 0x3fffff)} hi${suffix(of)}`,
      reference,
      form: HIGH[of],
      word,
    };
  };
  const low = (of: PartOf): SparcItem => {
    need(hasImmediate(word));
    return {
      offset,
      size: WORD,
      token: `${token(word, 0x1fff)} lo${suffix(of)}`,
      reference,
      form: LOW[of],
      word,
    };
  };
  const plain = (what = word): SparcItem => {
    return { offset, size: WORD, token: text(what), form: PLAIN, word: what };
  };
  const unrelaxed = (): BodyError => {
    const advice = 'the linker has not rewritten it yet; compile objects with -ftls-model=local-exec';
    return new BodyError('unsupported-relocation', `${where(offset)}: ${relocationName(type)}: ${advice}`);
  };
  switch (type as R) {
    case R.WDISP30:
    case R.WPLT30:
      need(isCall(word) || isBranch(word));
      return {
        ...base,
        token: 'call',
        reference: { ...reference, role: 'call' },
        form: { kind: 'transfer', leaves: takesReturnAway(delay) },
      };
    case R.WDISP22:
    case R.WDISP19:
    case R.WDISP16: {
      need(isBranch(word));
      const target = symbol.address + addend - own.address;
      const inside =
        target >= 0 && target < own.size
          ? { target }
          : { reference: { ...reference, role: 'branch' as const } };
      return { ...base, token: branchToken(word), ...inside, form: BRANCH };
    }
    case R.HI22:
      return high('absolute');
    case R.LO10:
      return low('absolute');
    case R.PC22:
      return high('pc');
    case R.PC10:
      return low('pc');
    case R.GOTDATA_HIX22:
      return high('got');
    case R.GOTDATA_LOX10:
      return low('got');
    case R.GOTDATA_OP_HIX22:
      return high(gotPart(symbol));
    case R.GOTDATA_OP_LOX10:
      return low(gotPart(symbol));
    case R.GOT22:
      return high('got-entry');
    case R.GOT10:
      return low('got-entry');
    case R.TLS_LE_HIX22:
    case R.TLS_IE_HI22:
    case R.TLS_GD_HI22:
    case R.TLS_LDO_HIX22:
      return high(threadPart(symbol));
    case R.TLS_LE_LOX10:
    case R.TLS_IE_LO10:
    case R.TLS_GD_LO10:
    case R.TLS_LDO_LOX10:
      // Where the linker left the way through the GOT, it left the `or` or `add` too.
      return low(isXor(word) ? 'thread' : 'got-entry');
    // What the linker has rewritten or not, as the parts before it; in a static program no call is left.
    case R.TLS_GD_CALL:
    case R.TLS_LDM_CALL:
      if (isCall(word)) throw unrelaxed();
      return plain();
    case R.TLS_IE_LD:
      if (isLoad(word) && symbol.defined) throw unrelaxed();
      return plain();
    case R.GOTDATA_OP:
      // The linker makes an `add` of the load of an address that it knows; an object has the load still.
      return plain(isLoad(word) && symbol.defined ? addInsteadOf(word) : word);
    case R.TLS_LDM_HI22:
    case R.TLS_LDM_LO10:
    case R.TLS_LDM_ADD:
    case R.TLS_LDO_ADD:
    case R.TLS_IE_ADD:
    case R.TLS_GD_ADD:
      return plain();
    case R.ABS13:
      need(hasImmediate(word));
      return { ...base, token: `${token(word, 0x1fff)} imm`, reference, form: { kind: 'immediate' } };
    default:
      throw new BodyError(
        'unsupported-relocation',
        `${where(offset)}: ${relocationName(type)} is not supported in code`,
      );
  }
}

const suffix = (of: PartOf): string => (of === 'absolute' ? '' : ` ${of}`);

/** A weak symbol that nothing defines keeps its way through the GOT, where there is a zero. */
const gotPart = ({ defined }: SymbolEntry): PartOf => (defined ? 'got' : 'got-entry');
const threadPart = ({ defined }: SymbolEntry): PartOf => (defined ? 'thread' : 'got-entry');
