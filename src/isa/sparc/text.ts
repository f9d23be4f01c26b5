/** Instructions as text, as binutils writes them but for synthetic ones, and as jumps. */
import { REGISTER_NAMES } from './abi.js';
import type { Decode, Instruction } from './decode.js';
import { Op } from './operations.js';
import { displacement, isBranch, isCall, WORD } from './transfers.js';

const word = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);

export const instructionSize = (): number => WORD;

/** Small constants and negative ones in decimal, as binutils has them. */
const constant = (value: number): string => (value <= 9 ? String(value) : `0x${value.toString(16)}`);
const general = (value: number): string => `%${REGISTER_NAMES[value]!}`;
const floating = (value: number): string => `%f${value}`;

// prettier-ignore
const PREFETCHES = ['#n_reads', '#one_read', '#n_writes', '#one_write', '#page'];
const BARRIERS: readonly (readonly [number, string])[] = [
  [0x40, '#Sync'],
  [0x20, '#MemIssue'],
  [0x10, '#Lookaside'],
  [8, '#StoreStore'],
  [4, '#LoadStore'],
  [2, '#StoreLoad'],
  [1, '#LoadLoad'],
];
const SPACES: Record<number, string> = {
  0x80: '#ASI_P',
  0x81: '#ASI_S',
  0x82: '#ASI_PNF',
  0x83: '#ASI_SNF',
  0x88: '#ASI_P_L',
};

const barrier = (mask: number): string =>
  BARRIERS.flatMap(([bit, name]) => ((mask & bit) === 0 ? [] : [name])).join('|') || '0';

type Show = (value: number, address: number) => string;
const relative: Show = (value, address) => `0x${((address + WORD * value) >>> 0).toString(16)}`;

/** How a field is written where a row's syntax names it. */
const FIELDS: Record<string, Show> = {
  rd: general,
  rs1: general,
  rs2: general,
  fd: floating,
  fs1: floating,
  fs2: floating,
  dd: floating,
  ds1: floating,
  ds2: floating,
  disp16: relative,
  disp19: relative,
  disp22: relative,
  disp30: relative,
  imm22: (value) => `%hi(0x${((value << 10) >>> 0).toString(16)})`,
  const22: (value) => `0x${value.toString(16)}`,
  '%xcc': (value) => (value === 1 ? '%xcc' : '%icc'),
  '%fcc': (value) => `%fcc${value}`,
  asi: (value) => SPACES[value] ?? `(${value})`,
  fcn: (value) => PREFETCHES[value] ?? String(value),
  mask: barrier,
};

/** `be` with its suffixes: annulled, predicted not taken. */
function mnemonic({ row, fields }: Instruction): string {
  const name = row.mnemonic ?? row.name;
  const annulled = fields.a === 1 ? ',a' : '';
  return `${name}${annulled}${fields.p === 0 ? ',pn' : ''}`;
}

function operands({ row, fields }: Instruction, address: number): string {
  return row.syntax.replace(/%?[a-z]\w*/g, (name) => {
    const value = fields[name.replace('%', '')];
    // Such as %fsr, which is meant as it stands.
    if (value === undefined || (name.startsWith('%') && FIELDS[name] === undefined)) return name;
    return (FIELDS[name] ?? constant)(value, address);
  });
}

/** The text of instructions that `decode` knows; `.word` for others. */
export function describing(decode: Decode): (bytes: Uint8Array, address: number) => string {
  return (bytes, address) => {
    if (bytes.length < WORD) return `.byte ${[...bytes].map((b) => `0x${b.toString(16)}`).join(', ')}`;
    const instruction = decode(word(bytes));
    if (instruction === undefined) return `.word 0x${word(bytes).toString(16)}`;
    return `${mnemonic(instruction)} ${operands(instruction, address)}`.trim();
  };
}

/** Capstone loses the signs of V9's short constants and the register of `rd %y`, and knows little of V9 besides. */
export function misreading(decode: Decode): (bytes: Uint8Array) => boolean {
  return (bytes) => {
    const row = bytes.length < WORD ? undefined : decode(word(bytes))?.row;
    return row?.v9 === true || row?.op === (Op.rdy as number);
  };
}

export function jumpTarget(bytes: Uint8Array, address: number): number | undefined {
  if (bytes.length < WORD) return undefined;
  const instruction = word(bytes);
  return isCall(instruction) || isBranch(instruction)
    ? (address + displacement(instruction)) >>> 0
    : undefined;
}
