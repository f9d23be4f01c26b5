/**
 * Puts a RISC-V procedure at an address, with everything it refers to where the running program has it.
 *
 * Each item starts in the size it had and grows when its operand does not reach: `c.j` to `jal` to
 * `auipc`+`jalr`, `c.lui` to `lui`, an access through gp to `lui` and the access. Sizes only grow, so the
 * layout settles.
 */
import { hex } from '../../elf/index.js';
import { BodyError, type Placed, type Placement } from '../body.js';
import { encodeFields, fits, type Values } from '../pattern.js';
import { GP, RA, T1, TP, ZERO } from './abi.js';
import { globalPointer, type RiscvBody, type RiscvItem } from './body.js';
import type { Instruction } from './decode.js';
import { isFloatAccess, isStore } from './op.js';
import { row, type Row, type Xlen } from './table.js';

/** An encoded instruction: its value and its bytes. */
type Encoded = readonly [word: number, size: number];

// prettier-ignore
const INVERSE: Record<string, string> = {
  beq: 'bne', bne: 'beq', blt: 'bge', bge: 'blt', bltu: 'bgeu', bgeu: 'bltu',
};

const LARGEST: Record<RiscvItem['form']['kind'], number> = {
  plain: 0,
  branch: 8,
  transfer: 8,
  upper: 4,
  lower: 8,
};

/** Bytes the body takes at most, wherever it goes. */
export function largestSize(body: RiscvBody): number {
  return body.items.reduce((sum, item) => sum + Math.max(item.size, LARGEST[item.form.kind]), 0);
}

const upperPart = (value: number): number => ((value + 0x800) & 0xfffff000) | 0;
const lowerPart = (value: number): number => (value << 20) >> 20;

/** The upper part, when it and a lower part make the value: RV64 extends both by their signs. */
function reachedPart(value: number, xlen: Xlen): number | undefined {
  const reached = value + 0x800 >= -(2 ** 31) && value + 0x800 < 2 ** 31;
  return xlen === 32 || reached ? upperPart(value) : undefined;
}

/** RV32 has an address space that is a circle. */
const distanceOf = (at: number, to: number, xlen: Xlen): number => (xlen === 32 ? (to - at) | 0 : to - at);

function encode(instruction: Row, xlen: Xlen, fields: Partial<Values>): Encoded | undefined {
  if (instruction.xlen !== undefined && instruction.xlen !== xlen) return undefined;
  const values: Values = {};
  for (const field of instruction.pattern.fields.values()) {
    const value = field.name in fields ? fields[field.name] : 0;
    if (value === undefined || !fits(field, value)) return undefined;
    values[field.name] = value;
  }
  if (instruction.excludes?.(values, xlen)) return undefined;
  return [encodeFields(instruction.pattern, values), instruction.size];
}

/** @throws BodyError when something does not reach and cannot be made to. */
export function place(body: RiscvBody, placement: Placement): Placed {
  const sizes = body.items.map((item) => item.size);
  for (;;) {
    const offsets = layOut(body, sizes);
    const encoded = body.items.map((item, i) => encodeItem(body, item, sizes[i]!, offsets, placement));
    let grew = false;
    for (const [i, words] of encoded.entries()) {
      const size = words.reduce((sum, [, bytes]) => sum + bytes, 0);
      if (size > sizes[i]!) grew = true;
      sizes[i] = size;
    }
    if (!grew) return { bytes: toBytes(encoded.flat()), offsets };
  }
}

function layOut(body: RiscvBody, sizes: readonly number[]): Map<number, number> {
  const offsets = new Map<number, number>();
  let at = 0;
  for (const [i, item] of body.items.entries()) {
    offsets.set(item.offset, at);
    at += sizes[i]!;
  }
  offsets.set(body.symbol.size, at);
  return offsets;
}

function toBytes(words: readonly Encoded[]): Uint8Array {
  const bytes: number[] = [];
  for (const [word, size] of words) {
    for (let i = 0; i < size; i++) bytes.push((word >>> (8 * i)) & 0xff);
  }
  return Uint8Array.from(bytes);
}

/** The item's instructions, none smaller than `size` allows, so that a layout never shrinks again. */
function encodeItem(
  body: RiscvBody,
  item: RiscvItem,
  size: number,
  offsets: ReadonlyMap<number, number>,
  placement: Placement,
): Encoded[] {
  const { form } = item;
  const xlen = placement.image.bits;
  const at = placement.address + offsets.get(item.offset)!;
  const where = `${body.symbol.name}+${hex(item.offset)}`;
  const to =
    item.target !== undefined
      ? placement.address + offsetOf(item.target, offsets, where)
      : item.reference === undefined
        ? 0
        : placement.resolve(item.reference);
  switch (form.kind) {
    case 'plain': {
      return [...form.bytes].map((byte) => [byte, 1]);
    }
    case 'transfer': {
      const words = transfer(form.link, at, to, size, xlen, where);
      const isPart = item.reference !== undefined && placement.isPart?.(item.reference) === true;
      if (words.length === 1 || form.link !== ZERO || !isPart) return words;
      const message = `${where}: a jump to ${hex(to)} from ${hex(at)} takes t1, which may be in use there`;
      throw new BodyError('out-of-reach', message);
    }
    case 'branch':
      return branch(form.instruction, at, to, size, xlen, where);
    case 'upper': {
      const fromPc = form.of === 'pc' || form.of === 'got';
      const fields = { rd: form.register, imm: reachedPart(fromPc ? to - at : to, xlen) };
      const short = fromPc || size > 2 ? undefined : encode(row('c.lui'), xlen, fields);
      return [short ?? must(encode(row(fromPc ? 'auipc' : 'lui'), xlen, fields), where)];
    }
    case 'lower': {
      const { of, instruction, upper } = form;
      if (upper === undefined) {
        if (of === 'thread') return [throughThread(body, instruction, to, where, placement)];
        return lower(body, instruction, to, size, where, placement);
      }
      const upperAt = placement.address + offsetOf(upper, offsets, where);
      if (of === 'pc') return [withImmediate(instruction, lowerPart(to - upperAt), xlen, where)];
      // The address itself instead of its entry in the GOT, which the running program may not have.
      const { rd, rs1 } = instruction.baseFields;
      const imm = lowerPart(of === 'got' ? to - upperAt : to);
      return [must(encode(row('addi'), xlen, { rd, rs1, imm }), where)];
    }
  }
}

function offsetOf(target: number, offsets: ReadonlyMap<number, number>, where: string): number {
  const offset = offsets.get(target);
  if (offset !== undefined) return offset;
  throw new BodyError('undecodable-instruction', `${where} jumps into the middle of an instruction`);
}

function must(encoded: Encoded | undefined, where: string): Encoded {
  if (encoded === undefined) throw new BodyError('out-of-reach', `${where}: the address does not fit`);
  return encoded;
}

/** A jump or call to `to`: at least `size` bytes long, as short as reaches. */
export function transfer(
  link: number,
  at: number,
  to: number,
  size: number,
  xlen: Xlen,
  where: string,
): Encoded[] {
  const distance = distanceOf(at, to, xlen);
  const short = size > 2 || (link !== ZERO && link !== RA) ? undefined : row(link === ZERO ? 'c.j' : 'c.jal');
  const compressed = short && encode(short, xlen, { imm: distance });
  if (compressed !== undefined) return [compressed];
  const direct = size > 4 ? undefined : encode(row('jal'), xlen, { rd: link, imm: distance });
  if (direct !== undefined) return [direct];
  const scratch = link === ZERO ? T1 : link;
  return [
    must(encode(row('auipc'), xlen, { rd: scratch, imm: reachedPart(distance, xlen) }), where),
    must(encode(row('jalr'), xlen, { rd: link, rs1: scratch, imm: lowerPart(distance) }), where),
  ];
}

function branch(
  instruction: Instruction,
  at: number,
  to: number,
  size: number,
  xlen: Xlen,
  where: string,
): Encoded[] {
  const { row: own, fields, base, baseFields } = instruction;
  const distance = distanceOf(at, to, xlen);
  const short = own.size === 2 && size === 2 ? encode(own, xlen, { ...fields, imm: distance }) : undefined;
  if (short !== undefined) return [short];
  const direct = size <= 4 ? encode(base, xlen, { ...baseFields, imm: distance }) : undefined;
  if (direct !== undefined) return [direct];
  const inverse = row(INVERSE[base.name]!);
  const jump = encode(row('jal'), xlen, { rd: ZERO, imm: distance - 4 });
  if (jump === undefined) {
    throw new BodyError(
      'out-of-reach',
      `${where}: a conditional branch cannot reach ${hex(to)} from ${hex(at)}`,
    );
  }
  return [must(encode(inverse, xlen, { ...baseFields, imm: 8 }), where), jump];
}

function withImmediate(instruction: Instruction, immediate: number, xlen: Xlen, where: string): Encoded {
  return must(encode(instruction.base, xlen, { ...instruction.baseFields, imm: immediate }), where);
}

/** An access to a thread's variable, `to` bytes from tp. */
function throughThread(
  body: RiscvBody,
  instruction: Instruction,
  to: number,
  where: string,
  placement: Placement,
): Encoded {
  const xlen = placement.image.bits;
  if (instruction.baseFields.rs1 !== TP) {
    checkPair(body, to, where, placement);
    return withImmediate(instruction, lowerPart(to), xlen, where);
  }
  const direct = encode(instruction.base, xlen, { ...instruction.baseFields, imm: to });
  if (direct !== undefined) return direct;
  const message = `${where}: the linker relaxed this access to tp, and ${hex(to)} is out of tp's reach; `;
  throw new BodyError('no-temporary-register', `${message}link the new program with -Wl,--no-relax`);
}

/** An access with an absolute low part, through gp, or through x0. */
function lower(
  body: RiscvBody,
  instruction: Instruction,
  to: number,
  size: number,
  where: string,
  placement: Placement,
): Encoded[] {
  const { base, baseFields } = instruction;
  const xlen = placement.image.bits;
  const through = baseFields.rs1!;
  if (through !== GP && through !== ZERO) {
    checkPair(body, to, where, placement);
    return [withImmediate(instruction, lowerPart(to), xlen, where)];
  }
  const gp = globalPointer(placement.image);
  if (size <= 4) {
    const fromZero = encode(base, xlen, { ...baseFields, rs1: ZERO, imm: distanceOf(0, to, xlen) });
    const fromGp =
      gp === undefined
        ? undefined
        : encode(base, xlen, { ...baseFields, rs1: GP, imm: distanceOf(gp, to, xlen) });
    const direct = fromZero ?? fromGp;
    if (direct !== undefined) return [direct];
  }
  if (isStore(base.op) || isFloatAccess(base.op)) {
    const access = isStore(base.op) ? 'store' : 'load';
    throw new BodyError(
      'no-temporary-register',
      `${where}: the linker relaxed this ${access} to gp, and ${hex(to)} is out of gp's reach; ` +
        'link the new program with -Wl,--no-relax',
    );
  }
  const register = baseFields.rd!;
  return [
    must(encode(row('lui'), xlen, { rd: register, imm: reachedPart(to, xlen) }), where),
    must(encode(base, xlen, { ...baseFields, rs1: register, imm: lowerPart(to) }), where),
  ];
}

/** A low part is only right beside an upper part of the same address. */
function checkPair(body: RiscvBody, to: number, where: string, placement: Placement): void {
  const paired = body.items.some(
    ({ form, reference }) =>
      form.kind === 'upper' &&
      reference !== undefined &&
      upperPart(placement.resolve(reference)) === upperPart(to),
  );
  if (!paired) {
    throw new BodyError(
      'split-address',
      `${where}: ${hex(to)} has no upper part in this procedure at its new place`,
    );
  }
}
