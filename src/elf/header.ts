/**
 * Checks an ELF header before anybody trusts a number in it.
 *
 * Source: System V ABI, chapter 4 "Object Files"; machine numbers from the registry kept with it.
 */
import { ElfError, hex } from './errors.js';

/** e_machine of the programs suture knows. */
export const EM_SPARC = 2;
/** 32-bit SPARC with instructions of V9. */
export const EM_SPARC32PLUS = 18;
export const EM_RISCV = 243;

const CLASS_32 = 1;
const LITTLE = 1;
const BIG = 2;

const SUPPORTED = new Map([
  [EM_SPARC, { name: 'SPARC', data: BIG, order: 'big-endian' }],
  [EM_RISCV, { name: 'RISC-V', data: LITTLE, order: 'little-endian' }],
]);

/** Names for the refusal of machines people are likely to try. */
const OTHERS = new Map([
  [3, 'Intel 80386'],
  [8, 'MIPS'],
  [18, 'SPARC v8plus'],
  [20, 'PowerPC'],
  [21, 'PowerPC 64'],
  [22, 'S/390'],
  [40, 'ARM'],
  [43, 'SPARC V9'],
  [62, 'x86-64'],
  [183, 'AArch64'],
]);

const WANTED = 'suture reads 32-bit RISC-V (little-endian) and 32-bit SPARC (big-endian) programs';
const HEADER_SIZE = 52;
const PROGRAM_SIZE = 32;
const SECTION_SIZE = 40;
const EXECUTABLE = 2;

/** What the checked header says. */
export interface ElfHeader {
  machine: number;
  bits: 32 | 64;
  bigEndian: boolean;
}

/**
 * Checks identification, machine and the extent of both tables.
 *
 * @throws ElfError with the field, its value and what would be right.
 */
export function checkHeader(bytes: Uint8Array, file: string): ElfHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0) !== 0x7f454c46) {
    throw new ElfError(file, 'not-elf', 'not an ELF file: it does not begin with 7f 45 4c 46');
  }
  if (bytes.length < 20) {
    throw new ElfError(file, 'truncated', `the file ends after ${bytes.length} bytes, inside the ELF header`);
  }
  const data = bytes[5];
  if (data !== LITTLE && data !== BIG) {
    throw new ElfError(file, 'bad-header', `byte order ${data} in the ELF header is neither 1 nor 2`);
  }
  const little = data === LITTLE;
  const machine = view.getUint16(18, little);
  const supported = SUPPORTED.get(machine);
  if (supported === undefined) {
    const swapped = SUPPORTED.get(view.getUint16(18, !little));
    if (swapped !== undefined) {
      const detail = `the header of this ${swapped.name} file is marked ${little ? 'little' : 'big'}-endian; ${WANTED}`;
      throw new ElfError(file, 'wrong-byte-order', detail);
    }
    const name = OTHERS.get(machine) ?? 'unknown';
    throw new ElfError(
      file,
      'unsupported-machine',
      `a program for ${name} (e_machine ${machine}); ${WANTED}`,
    );
  }
  if (supported.data !== data) {
    const detail = `a ${little ? 'little' : 'big'}-endian ${supported.name} file; it must be ${supported.order}`;
    throw new ElfError(file, 'wrong-byte-order', detail);
  }
  if (bytes[4] !== CLASS_32) {
    const detail = `a ${supported.name} file of ELF class ${bytes[4]}; class 1 (32-bit) is supported`;
    throw new ElfError(file, 'unsupported-class', detail);
  }
  if (bytes.length < HEADER_SIZE) {
    throw new ElfError(file, 'truncated', `the file ends after ${bytes.length} bytes, inside the ELF header`);
  }
  const type = view.getUint16(16, little);
  if (type !== EXECUTABLE) {
    const detail = `ELF type ${type}; a statically linked executable (type 2) is needed, link with -static -no-pie`;
    throw new ElfError(file, 'unsupported-type', detail);
  }
  checkTable(view, little, file, 'program header', 28, 42, 44, PROGRAM_SIZE);
  checkTable(view, little, file, 'section', 32, 46, 48, SECTION_SIZE);
  return { machine, bits: 32, bigEndian: !little };
}

function checkTable(
  view: DataView,
  little: boolean,
  file: string,
  name: string,
  offsetField: number,
  entrySizeField: number,
  countField: number,
  entrySize: number,
): void {
  const offset = view.getUint32(offsetField, little);
  const size = view.getUint16(entrySizeField, little);
  const count = view.getUint16(countField, little);
  if (offset === 0 || count === 0) return;
  if (size !== entrySize) {
    const detail = `entries of the ${name} table are ${size} bytes; ${entrySize} is right`;
    throw new ElfError(file, 'bad-header', detail);
  }
  if (offset + count * entrySize > view.byteLength) {
    const detail =
      `the ${name} table (${count} entries at ${hex(offset)}) ends beyond the file's ` +
      `${view.byteLength} bytes: the file is cut short`;
    throw new ElfError(file, 'truncated', detail);
  }
}
