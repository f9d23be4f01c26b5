/**
 * Checks an ELF header before anybody trusts a number in it.
 *
 * Source: System V ABI, chapter 4 "Object Files"; machine numbers from the registry kept with it.
 */
import { ElfError, hex } from './errors.js';
import { ADDRESS_LIMIT, LAYOUT_32, LAYOUT_64, readWord, type Layout, type TableFields } from './layout.js';

/** e_machine of the programs suture knows. */
export const EM_SPARC = 2;
/** 32-bit SPARC with instructions of V9. */
export const EM_SPARC32PLUS = 18;
export const EM_RISCV = 243;

/** 64-bit SPARC. */
const EM_SPARCV9 = 43;

const LITTLE = 1;
const BIG = 2;

/** By the number of their class in the header. */
const CLASS_32 = new Map([[1, LAYOUT_32]]);
const BOTH_CLASSES = new Map([
  [1, LAYOUT_32],
  [2, LAYOUT_64],
]);

const SUPPORTED = new Map([
  [EM_SPARC, { name: 'SPARC', data: BIG, order: 'big-endian', classes: CLASS_32 }],
  [EM_SPARC32PLUS, { name: 'SPARC v8plus', data: BIG, order: 'big-endian', classes: CLASS_32 }],
  [EM_RISCV, { name: 'RISC-V', data: LITTLE, order: 'little-endian', classes: BOTH_CLASSES }],
]);

/** Names for the refusal of machines people are likely to try. */
const OTHERS = new Map([
  [3, 'Intel 80386'],
  [8, 'MIPS'],
  [20, 'PowerPC'],
  [21, 'PowerPC 64'],
  [22, 'S/390'],
  [40, 'ARM'],
  [EM_SPARCV9, 'SPARC V9'],
  [62, 'x86-64'],
  [183, 'AArch64'],
]);

const WANTED =
  'suture reads RISC-V programs (little-endian, 32 and 64 bits) and 32-bit SPARC ones (big-endian, V8 and v8plus)';
const RELOCATABLE = 1;
const EXECUTABLE = 2;
const SHARED_OBJECT = 3;

const OF_OTHER_TYPES: Record<number, string> = {
  [RELOCATABLE]: 'ELF type 1: a relocatable object, as suture diff and suture build take; here',
  [SHARED_OBJECT]: 'ELF type 3: a shared object or position-independent executable;',
};

/** What the checked header says. */
export interface ElfHeader {
  machine: number;
  bits: 32 | 64;
  bigEndian: boolean;
  layout: Layout;
  callingConvention: string | undefined;
}

/** EF_RISCV_FLOAT_ABI and EF_RISCV_RVE of e_flags. Source: RISC-V ELF psABI, "File Header". */
const FLOAT_ABI = 6;
const RVE = 8;
const FLOAT_ABIS = ['no', 'single', 'double', 'quad'];

/** How procedures take arguments, where e_flags tell: as `-mabi` chose. */
function callingConventionOf(machine: number, flags: number): string | undefined {
  if (machine !== EM_RISCV) return undefined;
  const registers = (flags & RVE) === 0 ? '' : ' and 16 integer registers';
  return `${FLOAT_ABIS[(flags & FLOAT_ABI) >> 1]} floating-point arguments in registers${registers}`;
}

/** `relocatable`: what a compiler makes of one file, before it is linked. */
export type FileType = 'executable' | 'relocatable';

/**
 * Checks identification, machine and the extent of both tables.
 *
 * @param wanted the type that the file must have.
 * @throws ElfError with the field, its value and what would be right.
 */
export function checkHeader(bytes: Uint8Array, file: string, wanted: FileType): ElfHeader {
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
      `a program for ${name} (e_machine ${machine}); ${WANTED}` +
        (machine === EM_SPARCV9 ? '; compile with -m32' : ''),
    );
  }
  if (supported.data !== data) {
    const detail = `a ${little ? 'little' : 'big'}-endian ${supported.name} file; it must be ${supported.order}`;
    throw new ElfError(file, 'wrong-byte-order', detail);
  }
  const layout = supported.classes.get(bytes[4]!);
  if (layout === undefined) {
    const right = [...supported.classes].map(([n, { bits }]) => `class ${n} (${bits}-bit)`).join(' or ');
    const detail = `a ${supported.name} file of ELF class ${bytes[4]}; ${right} is supported`;
    throw new ElfError(file, 'unsupported-class', detail);
  }
  if (bytes.length < layout.header.size) {
    throw new ElfError(file, 'truncated', `the file ends after ${bytes.length} bytes, inside the ELF header`);
  }
  const type = view.getUint16(16, little);
  if (wanted === 'executable' && type !== EXECUTABLE) {
    const what = OF_OTHER_TYPES[type] ?? `ELF type ${type};`;
    const detail = `${what} a statically linked executable (type 2) is needed, link with -static -no-pie`;
    throw new ElfError(file, 'unsupported-type', detail);
  }
  if (wanted === 'relocatable' && type !== RELOCATABLE) {
    throw new ElfError(file, 'unsupported-type', `ELF type ${type}; a relocatable object (type 1) is needed`);
  }
  const entry = readWord(view, layout.header.entry, layout.bits, little);
  if (entry >= ADDRESS_LIMIT) {
    const detail = `its entry ${hex(entry)} lies beyond 4 GiB; link at a lower address`;
    throw new ElfError(file, 'bad-header', detail);
  }
  checkTable(view, little, file, 'program header', layout.bits, layout.header.programs);
  checkTable(view, little, file, 'section', layout.bits, layout.header.sections);
  const flags = view.getUint32(layout.header.flags, little);
  const callingConvention = callingConventionOf(machine, flags);
  return { machine, bits: layout.bits, bigEndian: !little, layout, callingConvention };
}

function checkTable(
  view: DataView,
  little: boolean,
  file: string,
  name: string,
  bits: 32 | 64,
  fields: TableFields,
): void {
  const offset = readWord(view, fields.offset, bits, little);
  const size = view.getUint16(fields.entrySize, little);
  const count = view.getUint16(fields.count, little);
  if (offset === 0 || count === 0) return;
  if (size !== fields.size) {
    const detail = `entries of the ${name} table are ${size} bytes; ${fields.size} is right`;
    throw new ElfError(file, 'bad-header', detail);
  }
  if (offset + count * size > view.byteLength) {
    const detail =
      `the ${name} table (${count} entries at ${hex(offset)}) ends beyond the file's ` +
      `${view.byteLength} bytes: the file is cut short`;
    throw new ElfError(file, 'truncated', detail);
  }
}

/** Whether the header calls the file a relocatable object; whether the rest of it is right, `readObject` tells. */
export function isObject(bytes: Uint8Array): boolean {
  return bytes.length >= 18 && bytes[bytes[5] === LITTLE ? 16 : 17] === RELOCATABLE;
}
