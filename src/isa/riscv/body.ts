/**
 * Takes RISC-V procedures apart.
 *
 * What is peculiar here: the linker relaxes. `auipc`+`jalr` becomes `jal` or `c.jal`; `lui` disappears when
 * the access it prepares can go through gp, tp or x0, or shrinks to `c.lui`; what follows moves up, and
 * alignment takes another number of nops. With `--emit-relocs` every such place keeps a relocation that tells
 * what it was, so relaxation can be undone. PCREL_LO12 names the label of its `auipc` instead of the symbol;
 * GPREL carries -gp in its addend. Position-independent objects load addresses from the GOT, which in a static
 * program is a detour: taken apart, such a load is the address itself.
 */
import {
  hex,
  dataWithin,
  symbolNamed,
  type Image,
  type Relocation,
  type SymbolEntry,
} from '../../elf/index.js';
import { ADDRESS_ZERO, BodyError, type Body, type Item, type Reference } from '../body.js';
import { GP, TP, ZERO } from './abi.js';
import { decode, sizeOf, type Instruction } from './decode.js';
import { isBranch, isFloatAccess, isStore } from './op.js';
import { isAdvice, mayAlign, R, relocationName } from './relocations.js';
import { Op, type Xlen } from './table.js';

/** What the value of an upper part is: an address, its distance, or that of its GOT entry; or one of a thread's block. */
export type UpperOf = 'absolute' | 'pc' | 'got' | 'thread' | 'thread-got';

/** How an item is encoded, which decides how it can be encoded elsewhere. */
export type Form =
  /** Copied as it is. */
  | { kind: 'plain'; bytes: Uint8Array }
  /** Conditional branch. */
  | { kind: 'branch'; instruction: Instruction }
  /** `jal`, `c.j`, `c.jal`, or `auipc`+`jalr`: a transfer that writes its return address to `link`. */
  | { kind: 'transfer'; link: number }
  /** `lui` or `auipc` of an address's upper part. */
  | { kind: 'upper'; register: number; of: UpperOf }
  /** An instruction that adds an address's lower part. `upper` is the offset of its `auipc`, of what that is. */
  | { kind: 'lower'; instruction: Instruction; upper?: number; of: UpperOf };

export interface RiscvItem extends Item {
  form: Form;
}

export interface RiscvBody extends Body {
  items: readonly RiscvItem[];
}

export const GLOBAL_POINTER = '__global_pointer$';

/** Value of gp in a program, when it uses gp. */
export const globalPointer = (image: Image): number | undefined =>
  symbolNamed(image.symbols, GLOBAL_POINTER)?.address;

/**
 * The body of a procedure.
 *
 * @param bytes the procedure's bytes, `relocations` those that lie in it.
 * @throws BodyError naming procedure and offset when an instruction or relocation is not understood.
 */
export function takeApart(
  image: Image,
  symbol: SymbolEntry,
  bytes: Uint8Array,
  relocations: readonly Relocation[],
): RiscvBody {
  return { symbol, items: new Reader(image, symbol, bytes, relocations).items() };
}

interface Cache {
  decoded: Map<number, Instruction>;
  plain: Map<number, Pick<RiscvItem, 'token' | 'form'>>;
}

/**
 * Programs repeat themselves. By word, which says whether it is compressed, as a signed number: those are the
 * keys that a map finds without allocating.
 */
const CACHES: Record<Xlen, Cache> = {
  32: { decoded: new Map(), plain: new Map() },
  64: { decoded: new Map(), plain: new Map() },
};
const MOST_CACHED = 1 << 16;

function decoded(word: number, xlen: Xlen): Instruction | undefined {
  const cache = CACHES[xlen];
  const known = cache.decoded.get(word);
  if (known !== undefined) return known;
  if (cache.decoded.size > MOST_CACHED) {
    cache.decoded.clear();
    cache.plain.clear();
  }
  const instruction = decode(word, xlen);
  if (instruction !== undefined) cache.decoded.set(word, instruction);
  return instruction;
}

class Reader {
  private readonly view: DataView;
  private readonly byOffset = new Map<number, Relocation>();
  /** Where data is, as offsets. */
  private readonly data: readonly [from: number, to: number][];
  /** How many marks say that nops from an offset on may be there for alignment alone. */
  private readonly aligned = new Map<number, number>();
  /** Where the last call ends that the linker may have shortened, which leaves the mark of an alignment there. */
  private shortened = -1;

  constructor(
    private readonly image: Image,
    private readonly symbol: SymbolEntry,
    private readonly bytes: Uint8Array,
    relocations: readonly Relocation[],
  ) {
    this.data = dataWithin(image, symbol.section, symbol.address, symbol.address + bytes.length);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const relocation of relocations) {
      const offset = relocation.address - symbol.address;
      if (!isAdvice(relocation.type)) this.byOffset.set(offset, relocation);
      else if (mayAlign(relocation.type)) this.aligned.set(offset, (this.aligned.get(offset) ?? 0) + 1);
    }
  }

  items(): RiscvItem[] {
    const items: RiscvItem[] = [];
    for (let offset = 0; offset < this.bytes.length;) {
      const item = this.item(offset);
      items.push(item);
      offset += item.size;
    }
    // An upper part that no low part completes is used as it is, so relaxation cannot have touched it.
    const completed = new Set<SymbolEntry>();
    for (const { form, reference } of items) if (form.kind === 'lower') completed.add(reference!.symbol);
    for (const item of items) {
      const { form, reference } = item;
      if (form.kind !== 'upper' || completed.has(reference!.symbol)) continue;
      item.token = `${isFromPc(form.of) ? 'auipc' : 'lui'} x${form.register}`;
    }
    return items;
  }

  private item(offset: number): RiscvItem {
    if (this.data.length > 0 && this.data.some(([from, to]) => offset >= from && offset < to))
      return this.datum(offset);
    const instruction = this.instructionAt(offset);
    const { size } = instruction.row;
    const relocation = this.byOffset.get(offset);
    if (relocation === undefined) return this.unrelocated(offset, size, instruction);
    const { base, baseFields } = instruction;
    const { type } = relocation;
    const need = (right: boolean): void => {
      if (!right) throw this.error(offset, `${relocationName(type)} of ${base.name}`);
    };
    switch (type as R) {
      case R.BRANCH:
      case R.RVC_BRANCH:
        need(isBranch(base.op));
        return this.transfer(offset, size, this.referenceOf(relocation), { kind: 'branch', instruction });
      case R.JAL:
      case R.RVC_JUMP:
        need(base.op === Op.jal);
        if (baseFields.rd !== ZERO || !this.isInside(relocation)) this.shortened = offset + size;
        return this.transfer(offset, size, this.referenceOf(relocation), {
          kind: 'transfer',
          link: baseFields.rd!,
        });
      case R.CALL:
      case R.CALL_PLT: {
        need(base.op === Op.auipc);
        const jump = this.instructionAt(offset + size);
        if (jump.base.op !== Op.jalr) throw this.error(offset, 'a call is not auipc and jalr');
        return this.transfer(offset, 8, this.referenceOf(relocation), {
          kind: 'transfer',
          link: jump.baseFields.rd!,
        });
      }
      case R.HI20:
      case R.RVC_LUI:
      case R.PCREL_HI20:
      case R.GOT_HI20:
      case R.TLS_GOT_HI20:
      case R.TPREL_HI20: {
        const of = UPPER_PARTS[type]!;
        need(base.op === (isFromPc(of) ? Op.auipc : Op.lui));
        const form: Form = { kind: 'upper', register: baseFields.rd!, of };
        return { offset, size, token: '', reference: this.referenceOf(relocation), form };
      }
      case R.TPREL_ADD:
        need(base.op === Op.add);
        // Where the access can go through tp itself the linker removes it.
        return { ...this.plain(offset, size, ''), reference: this.referenceOf(relocation) };
      case R.LO12_I:
      case R.LO12_S:
      case R.GPREL_I:
      case R.GPREL_S:
        need(hasLowerPart(instruction));
        return lower(offset, size, instruction, this.referenceOf(relocation), 'absolute');
      case R.TPREL_LO12_I:
      case R.TPREL_LO12_S:
      case R.TPREL_I:
      case R.TPREL_S:
        need(hasLowerPart(instruction));
        return lower(offset, size, instruction, this.referenceOf(relocation), 'thread');
      case R.PCREL_LO12_I:
      case R.PCREL_LO12_S:
        need(hasLowerPart(instruction));
        return this.lowerOf(relocation, offset, size, instruction);
      default:
        throw new BodyError(
          'unsupported-relocation',
          `${this.at(offset)}: ${relocationName(type)} is not supported in code`,
        );
    }
  }

  /** The lower part of the distance whose upper part an `auipc` of the same procedure has. */
  private lowerOf(relocation: Relocation, offset: number, size: number, instruction: Instruction): RiscvItem {
    const upper = relocation.symbol.address - this.symbol.address;
    const high = this.byOffset.get(upper);
    const of = high && UPPER_PARTS[high.type];
    if (of === undefined || !isFromPc(of)) {
      throw this.error(offset, 'a low part names no auipc in the same procedure');
    }
    const load = this.image.bits === 32 ? Op.lw : Op.ld;
    if (of !== 'pc' && instruction.base.op !== load) {
      throw this.error(offset, `an address is taken from the GOT by ${instruction.base.name}`);
    }
    // Code that sets gp up does not reach anything through it.
    const own = this.instructionAt(upper).baseFields.rd === instruction.baseFields.rs1;
    return lower(offset, size, instruction, this.referenceOf(high!), of, upper, own);
  }

  /** Data among the code. */
  private datum(offset: number): RiscvItem {
    const relocation = this.byOffset.get(offset);
    if (relocation !== undefined)
      throw this.error(offset, `${relocationName(relocation.type)} in data among code`);
    return { ...this.plain(offset, 1, ''), token: `data ${this.bytes[offset]}` };
  }

  private plain(offset: number, size: number, token: string): RiscvItem {
    return { offset, size, token, form: { kind: 'plain', bytes: this.bytes.slice(offset, offset + size) } };
  }

  /** Token and form of an instruction that goes anywhere as it is: the same objects for the same word. */
  private whole(offset: number, size: number, instruction: Instruction): Pick<RiscvItem, 'token' | 'form'> {
    const { plain } = CACHES[this.image.bits];
    const word = this.wordAt(offset, size);
    let known = plain.get(word);
    if (known === undefined) {
      const bytes = this.bytes.slice(offset, offset + size);
      known = { token: describe(instruction), form: { kind: 'plain', bytes } };
      plain.set(word, known);
    }
    return known;
  }

  private wordAt(offset: number, size: number): number {
    return size === 2 ? this.view.getUint16(offset, true) : this.view.getInt32(offset, true);
  }

  private unrelocated(offset: number, size: number, instruction: Instruction): RiscvItem {
    const { base, baseFields } = instruction;
    if (base.op === Op.auipc) throw this.missing(offset, 'a pc-relative address');
    if (base.op !== Op.jal && !isBranch(base.op)) {
      const marks = this.aligned.get(offset) ?? 0;
      if (isNop(instruction) && marks > (this.shortened === offset ? 1 : 0)) {
        this.aligned.set(offset + size, 1);
        return this.plain(offset, size, '');
      }
      const { token, form } = this.whole(offset, size, instruction);
      return { offset, size, token, form };
    }
    const target = offset + baseFields.imm!;
    const form: Form =
      base.op === Op.jal ? { kind: 'transfer', link: baseFields.rd! } : { kind: 'branch', instruction };
    // What the assembler resolved itself lies in the same section.
    const reference: Reference = {
      role: 'address',
      symbol: ADDRESS_ZERO,
      addend: this.symbol.address + target,
    };
    return this.transfer(offset, size, reference, form);
  }

  private transfer(offset: number, size: number, reference: Reference, form: Form): RiscvItem {
    const target = reference.symbol.address + reference.addend - this.symbol.address;
    const inside = target >= 0 && target < this.bytes.length;
    const links = form.kind === 'transfer' && form.link !== ZERO;
    const token = transferToken(form);
    if (inside && !(links && target === 0)) return { offset, size, token, target, form };
    const role = form.kind === 'branch' ? 'branch' : links ? 'call' : 'jump';
    return { offset, size, token, reference: { ...reference, role }, form };
  }

  private isInside({ symbol, addend }: Relocation): boolean {
    const target = symbol.address + addend - this.symbol.address;
    return target >= 0 && target < this.bytes.length;
  }

  private referenceOf({ type, symbol, addend }: Relocation): Reference {
    const gpRelative = type === R.GPREL_I || type === R.GPREL_S;
    const gp = gpRelative ? globalPointer(this.image) : 0;
    if (gp === undefined) throw this.error(0, `${this.image.name} has no __global_pointer$`);
    return { role: 'address', symbol, addend: addend + gp };
  }

  private instructionAt(offset: number): Instruction {
    const parcel = offset + 2 <= this.bytes.length ? this.view.getUint16(offset, true) : 0;
    const size = sizeOf(parcel);
    const whole = offset + size <= this.bytes.length;
    const word = whole ? this.wordAt(offset, size) : parcel;
    const instruction = whole ? decoded(word, this.image.bits) : undefined;
    if (instruction === undefined) {
      throw new BodyError(
        'undecodable-instruction',
        `${this.at(offset)}: ${hex(word >>> 0)} is not an RV${this.image.bits}GC instruction`,
      );
    }
    return instruction;
  }

  private at(offset: number): string {
    return `${this.image.name}: ${this.symbol.name}+${hex(offset)}`;
  }

  private missing(offset: number, what: string): BodyError {
    const advice = 'link with -Wl,--emit-relocs';
    return new BodyError('missing-relocation', `${this.at(offset)}: ${what} has no relocation; ${advice}`);
  }

  private error(offset: number, what: string): BodyError {
    return new BodyError('unsupported-relocation', `${this.at(offset)}: ${what}`);
  }
}

/** Of the relocations of upper parts: what the value is. */
const UPPER_PARTS: Partial<Record<number, UpperOf>> = {
  [R.HI20]: 'absolute',
  [R.RVC_LUI]: 'absolute',
  [R.PCREL_HI20]: 'pc',
  [R.GOT_HI20]: 'got',
  [R.TLS_GOT_HI20]: 'thread-got',
  [R.TPREL_HI20]: 'thread',
};

/** Whether `auipc` makes it. */
const isFromPc = (of: UpperOf): boolean => of === 'pc' || of === 'got' || of === 'thread-got';

const hasLowerPart = ({ baseFields }: Instruction): boolean =>
  baseFields.rs1 !== undefined && baseFields.imm !== undefined;

export const NOP_TOKEN = 'addi imm=0 rd=0 rs1=0';
const isNop = ({ base, baseFields }: Instruction): boolean =>
  base.op === Op.addi && baseFields.rd === ZERO && baseFields.rs1 === ZERO && baseFields.imm === 0;

function lower(
  offset: number,
  size: number,
  instruction: Instruction,
  reference: Reference,
  of: UpperOf,
  upper?: number,
  ownBase = false,
): RiscvItem {
  const { base, baseFields } = instruction;
  // The base register is how the address is reached, not what is done with it: relaxation changes it.
  const { op } = base;
  const register = isFloatAccess(op)
    ? `f${isStore(op) ? baseFields.fs2 : baseFields.fd}`
    : `x${isStore(op) ? baseFields.rs2 : baseFields.rd}`;
  const through = baseFields.rs1!;
  const relaxed = !ownBase && (through === GP || through === ZERO || (of === 'thread' && through === TP));
  const form: Form = { kind: 'lower', instruction, of, ...(!relaxed && upper !== undefined && { upper }) };
  const what = of === 'got' || of === 'thread-got' ? of : 'lo';
  const token = `${base.name} ${register} ${what}`;
  return { offset, size, token, ...(!relaxed && { base: `x${through}` }), reference, form };
}

function transferToken(form: Form): string {
  if (form.kind === 'transfer') return form.link === ZERO ? 'jump' : `call x${form.link}`;
  if (form.kind !== 'branch') throw new Error(`a ${form.kind} does not transfer control`);
  const { base, baseFields } = form.instruction;
  return `${base.name} x${baseFields.rs1} x${baseFields.rs2}`;
}

const descriptions = new Map<string, readonly string[]>();

/** Name and fields of the uncompressed form: the assembler's choice of a shorter spelling is no difference. */
function describe({ base, baseFields }: Instruction): string {
  let fields = descriptions.get(base.name);
  if (fields === undefined) descriptions.set(base.name, (fields = Object.keys(baseFields).sort()));
  let text = base.name;
  for (const name of fields) text += ` ${name}=${baseFields[name]}`;
  return text;
}
