/**
 * Fills in what an unlinked object leaves open in its frame and debug information: fields whose values depend on
 * where things are. Code and data keep theirs, which are compared and placed by their relocations.
 *
 * Sources: RISC-V ELF psABI, "Relocations"; System V ABI SPARC Processor Supplement, "Relocation".
 */
import { ElfError, hex } from './errors.js';
import { EM_RISCV } from './header.js';
import type { Relocation } from './relocations.js';
import type { Section } from './section.js';

/** With V what is in the field: S + A, V + S + A, V - S - A, S + A - P. */
type Calculation = 'set' | 'add' | 'subtract' | 'distance';

/** Bytes of the field; or its six lower bits, or a number in LEB128 of as many bytes as are there. */
type Field = 1 | 2 | 4 | 8 | 'six-bits' | 'uleb';

type Kind = readonly [Calculation, Field] | 'nothing';

const RISCV: Readonly<Record<number, Kind>> = {
  0: 'nothing', // NONE
  1: ['set', 4], // 32
  2: ['set', 8], // 64
  8: ['set', 4], // TLS_DTPREL32
  9: ['set', 8], // TLS_DTPREL64
  33: ['add', 1], // ADD8 and so on
  34: ['add', 2],
  35: ['add', 4],
  36: ['add', 8],
  37: ['subtract', 1], // SUB8 and so on
  38: ['subtract', 2],
  39: ['subtract', 4],
  40: ['subtract', 8],
  43: 'nothing', // ALIGN
  51: 'nothing', // RELAX
  52: ['subtract', 'six-bits'], // SUB6
  53: ['set', 'six-bits'], // SET6
  54: ['set', 1], // SET8 and so on
  55: ['set', 2],
  56: ['set', 4],
  57: ['distance', 4], // 32_PCREL
  60: ['set', 'uleb'], // SET_ULEB128
  61: ['subtract', 'uleb'], // SUB_ULEB128
};

const SPARC: Readonly<Record<number, Kind>> = {
  0: 'nothing', // NONE
  1: ['set', 1], // 8 and so on
  2: ['set', 2],
  3: ['set', 4],
  4: ['distance', 1], // DISP8 and so on
  5: ['distance', 2],
  6: ['distance', 4],
  23: ['set', 4], // UA32
  32: ['set', 8], // 64
  46: ['distance', 8], // DISP64
  54: ['set', 8], // UA64
  55: ['set', 2], // UA16
  76: ['set', 4], // TLS_DTPOFF32
  77: ['set', 8], // TLS_DTPOFF64
};

/**
 * The bytes of a section with its relocations applied.
 *
 * @param relocations in the order of their table: those of one field work on what the one before it left.
 * @throws ElfError naming section, offset and type of a relocation that is unknown or runs over the section's end.
 */
export function withFieldsFilled(
  section: Section,
  relocations: readonly Relocation[],
  machine: number,
  bigEndian: boolean,
  file: string,
): Uint8Array {
  // Not slice(), which for the Buffer that a file is read into makes no copy.
  const bytes = Uint8Array.from(section.bytes);
  const view = new DataView(bytes.buffer);
  const kinds = machine === EM_RISCV ? RISCV : SPARC;
  for (const { address, type, symbol, addend } of relocations) {
    const at = address - section.address;
    const fail = (what: string): ElfError =>
      new ElfError(file, 'bad-relocation', `relocation type ${type} at ${section.name}+${hex(at)} ${what}`);
    const kind = kinds[type];
    if (kind === undefined) throw fail('is none of those that frame and debug information has');
    if (kind === 'nothing') continue;
    const [calculation, field] = kind;
    const size = field === 'uleb' ? lengthOfUleb(bytes, at) : field === 'six-bits' ? 1 : field;
    if (at + size > bytes.length) throw fail('runs over the end of the section');
    const value = BigInt(symbol.address + addend);
    const there = field === 'uleb' ? readUleb(bytes, at, size) : readField(view, at, size, bigEndian);
    const result = {
      set: value,
      add: there + value,
      subtract: there - value,
      distance: value - BigInt(address),
    }[calculation];
    if (field === 'uleb') writeUleb(bytes, at, size, result);
    else if (field === 'six-bits') bytes[at] = (bytes[at]! & 0xc0) | Number(BigInt.asUintN(6, result));
    else writeField(view, at, size, result, bigEndian);
  }
  return bytes;
}

function readField(view: DataView, at: number, size: number, bigEndian: boolean): bigint {
  if (size === 8) return view.getBigUint64(at, !bigEndian);
  if (size === 4) return BigInt(view.getUint32(at, !bigEndian));
  return BigInt(size === 2 ? view.getUint16(at, !bigEndian) : view.getUint8(at));
}

function writeField(view: DataView, at: number, size: number, value: bigint, bigEndian: boolean): void {
  const bits = Number(BigInt.asUintN(32, value));
  if (size === 8) view.setBigUint64(at, BigInt.asUintN(64, value), !bigEndian);
  else if (size === 4) view.setUint32(at, bits, !bigEndian);
  else if (size === 2) view.setUint16(at, bits & 0xffff, !bigEndian);
  else view.setUint8(at, bits & 0xff);
}

/** Of 64 bits at most; a longer one counts as that long, and its end is found to be missing elsewhere. */
const LONGEST_ULEB = 10;

function lengthOfUleb(bytes: Uint8Array, at: number): number {
  let size = 1;
  while (size < LONGEST_ULEB && (bytes[at + size - 1] ?? 0) >= 0x80) size++;
  return size;
}

function readUleb(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 7n) | BigInt(bytes[at + i]! & 0x7f);
  return value;
}

/** In as many bytes as before. */
function writeUleb(bytes: Uint8Array, at: number, size: number, value: bigint): void {
  for (let i = 0; i < size; i++) {
    const more = i < size - 1 ? 0x80 : 0;
    bytes[at + i] = Number(BigInt.asUintN(7, value >> BigInt(7 * i))) | more;
  }
}
