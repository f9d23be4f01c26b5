/**
 * Takes RISC-V procedures apart.
 *
 * What is peculiar here: the linker relaxes. `auipc`+`jalr` becomes `jal` or `c.jal`; `lui` disappears when
 * the access it prepares can go through gp or x0, or shrinks to `c.lui`; what follows moves up. With
 * `--emit-relocs` every such place keeps a relocation that tells what it was, so relaxation can be undone.
 * PCREL_LO12 names the label of its `auipc` instead of the symbol; GPREL carries -gp in its addend.
 */
import type { Image, Relocation, SymbolEntry } from '../../elf/index.js';
import { hex } from '../../elf/index.js';
import { BodyError, type Body, type Item, type Reference } from '../body.js';
import { GP, ZERO } from './abi.js';
import { decode, sizeOf, type Instruction } from './decode.js';
import { isAdvice, R, relocationName } from './relocations.js';
import { isBranch, isFloatAccess, isStore } from './op.js';
import { Op } from './table.js';

/** How an item is encoded, which decides how it can be encoded elsewhere. */
export type Form =
  /** Copied as it is. */
  | { kind: 'plain'; bytes: Uint8Array }
  /** Conditional branch. */
  | { kind: 'branch'; instruction: Instruction }
  /** `jal`, `c.j`, `c.jal`, or `auipc`+`jalr`: a transfer that writes its return address to `link`. */
  | { kind: 'transfer'; link: number }
  /** `lui` or `auipc` of an address's upper part. */
  | { kind: 'upper'; register: number; pcRelative: boolean }
  /** An instruction that adds an address's lower part. `upper` is the offset of its `auipc`. */
  | { kind: 'lower'; instruction: Instruction; upper?: number };

export interface RiscvItem extends Item {
  form: Form;
}

export interface RiscvBody extends Body {
  items: readonly RiscvItem[];
}

export const GLOBAL_POINTER = '__global_pointer$';

/** Value of gp in a program, when it uses gp. */
export function globalPointer(image: Image): number | undefined {
  return image.symbols.find((s) => s.name === GLOBAL_POINTER)?.address;
}

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

class Reader {
  private readonly view: DataView;
  private readonly byOffset = new Map<number, Relocation>();

  constructor(
    private readonly image: Image,
    private readonly symbol: SymbolEntry,
    private readonly bytes: Uint8Array,
    relocations: readonly Relocation[],
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const relocation of relocations) {
      if (!isAdvice(relocation.type)) this.byOffset.set(relocation.address - symbol.address, relocation);
    }
  }

  items(): RiscvItem[] {
    const items: RiscvItem[] = [];
    for (let offset = 0; offset < this.bytes.length;) {
      const item = this.item(offset);
      items.push(item);
      offset += item.size;
    }
    return items.map((item) => (isLonelyUpper(item, items) ? { ...item, token: lonelyToken(item) } : item));
  }

  private item(offset: number): RiscvItem {
    const instruction = this.instructionAt(offset);
    const { size } = instruction.row;
    const relocation = this.byOffset.get(offset);
    if (relocation === undefined) return this.unrelocated(offset, size, instruction);
    const { base, baseFields } = instruction;
    const reference = this.referenceOf(relocation);
    switch (relocation.type as R) {
      case R.BRANCH:
      case R.RVC_BRANCH:
        return this.transfer(offset, size, reference, { kind: 'branch', instruction });
      case R.JAL:
      case R.RVC_JUMP:
        return this.transfer(offset, size, reference, { kind: 'transfer', link: baseFields.rd! });
      case R.CALL:
      case R.CALL_PLT: {
        const jump = this.instructionAt(offset + size);
        if (base.op !== Op.auipc || jump.base.op !== Op.jalr)
          throw this.error(offset, 'a call is not auipc and jalr');
        return this.transfer(offset, 8, reference, { kind: 'transfer', link: jump.baseFields.rd! });
      }
      case R.HI20:
      case R.RVC_LUI:
      case R.PCREL_HI20: {
        const pcRelative = relocation.type === R.PCREL_HI20;
        const form: Form = { kind: 'upper', register: baseFields.rd!, pcRelative };
        return { offset, size, token: '', reference: { ...reference, role: 'address' }, form };
      }
      case R.LO12_I:
      case R.LO12_S:
      case R.GPREL_I:
      case R.GPREL_S:
        return lower(offset, size, instruction, reference);
      case R.PCREL_LO12_I:
      case R.PCREL_LO12_S: {
        const upper = relocation.symbol.address - this.symbol.address;
        const high = this.byOffset.get(upper);
        if (high?.type !== (R.PCREL_HI20 as number)) {
          throw this.error(offset, 'a low part names no auipc in the same procedure');
        }
        // Code that sets gp up does not reach anything through it.
        const own = this.instructionAt(upper).baseFields.rd === baseFields.rs1;
        return lower(offset, size, instruction, this.referenceOf(high), upper, own);
      }
      default:
        throw new BodyError(
          'unsupported-relocation',
          `${this.at(offset)}: ${relocationName(relocation.type)} is not supported in code`,
        );
    }
  }

  private unrelocated(offset: number, size: number, instruction: Instruction): RiscvItem {
    const { base, baseFields } = instruction;
    if (base.op === Op.auipc) throw this.missing(offset, 'a pc-relative address');
    if (base.op !== Op.jal && !isBranch(base.op)) {
      const bytes = this.bytes.slice(offset, offset + size);
      return { offset, size, token: describe(instruction), form: { kind: 'plain', bytes } };
    }
    const target = offset + baseFields.imm!;
    if (target < 0 || target >= this.bytes.length) throw this.missing(offset, `a jump out of the procedure`);
    const form: Form =
      base.op === Op.jal ? { kind: 'transfer', link: baseFields.rd! } : { kind: 'branch', instruction };
    return { offset, size, token: transferToken(form), target, form };
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

  private referenceOf({ type, symbol, addend }: Relocation): Reference {
    const gpRelative = type === R.GPREL_I || type === R.GPREL_S;
    const gp = gpRelative ? globalPointer(this.image) : 0;
    if (gp === undefined)
      throw new BodyError('missing-relocation', `${this.image.name} has no __global_pointer$`);
    return { role: 'address', symbol, addend: addend + gp };
  }

  private instructionAt(offset: number): Instruction {
    const parcel = offset + 2 <= this.bytes.length ? this.view.getUint16(offset, true) : 0;
    const size = sizeOf(parcel);
    const whole = offset + size <= this.bytes.length;
    const word = whole && size === 4 ? this.view.getUint32(offset, true) : parcel;
    const instruction = whole ? decode(word, this.image.bits) : undefined;
    if (instruction === undefined) {
      throw new BodyError(
        'undecodable-instruction',
        `${this.at(offset)}: ${hex(word)} is not an RV${this.image.bits}GC instruction`,
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

function lower(
  offset: number,
  size: number,
  instruction: Instruction,
  reference: Reference,
  upper?: number,
  ownBase = false,
): RiscvItem {
  const { base, baseFields } = instruction;
  // The base register is how the address is reached, not what is done with it: relaxation changes it.
  const { op } = base;
  const register = isFloatAccess(op)
    ? `f${isStore(op) ? baseFields.fs2 : baseFields.fd}`
    : `x${isStore(op) ? baseFields.rs2 : baseFields.rd}`;
  const relaxed = !ownBase && (baseFields.rs1 === GP || baseFields.rs1 === ZERO);
  const form: Form = { kind: 'lower', instruction, ...(!relaxed && upper !== undefined && { upper }) };
  const token = `${base.name} ${register} lo`;
  return { offset, size, token, ...(!relaxed && { base: `x${baseFields.rs1}` }), reference, form };
}

function transferToken(form: Form): string {
  if (form.kind === 'transfer') return form.link === ZERO ? 'jump' : `call x${form.link}`;
  if (form.kind !== 'branch') throw new Error(`a ${form.kind} does not transfer control`);
  const { base, baseFields } = form.instruction;
  return `${base.name} x${baseFields.rs1} x${baseFields.rs2}`;
}

/** Name and fields of the uncompressed form: the assembler's choice of a shorter spelling is no difference. */
function describe({ base, baseFields }: Instruction): string {
  const fields = Object.entries(baseFields).sort(([a], [b]) => (a < b ? -1 : 1));
  return [base.name, ...fields.map(([name, value]) => `${name}=${value}`)].join(' ');
}

/** An upper part that no low part completes is used as it is, so relaxation cannot have touched it. */
function isLonelyUpper({ form, reference }: RiscvItem, items: readonly RiscvItem[]): boolean {
  if (form.kind !== 'upper') return false;
  return !items.some((other) => other.form.kind === 'lower' && other.reference?.symbol === reference?.symbol);
}

const lonelyToken = ({ form }: RiscvItem): string =>
  form.kind === 'upper' ? `${form.pcRelative ? 'auipc' : 'lui'} x${form.register}` : '';
