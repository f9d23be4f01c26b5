/** Frame information made by hand, with the pointer encodings that compilers use elsewhere. */
import { expect, test } from 'vitest';
import { CallFrames, ElfError, type Image } from '#suture/elf/index.js';
import { imageOf } from '../support/programs.js';

const ADDRESS = 0x40000;
const START = 0x12340;
const SIZE = 0x20;
const INSIDE = START + 8;

const bytesOf32 = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >> shift) & 255);
const bytesOf64 = (value: bigint): number[] => [
  ...bytesOf32(Number(BigInt.asIntN(32, value))),
  ...bytesOf32(Number(BigInt.asIntN(32, value >> 32n))),
];
const entry = (id: number, body: number[]): number[] => {
  const padded = [...body, ...Array<number>(-body.length & 3).fill(0)];
  return [...bytesOf32(padded.length + 4), ...bytesOf32(id), ...padded];
};

/** CFA = x2 + 16, ra at CFA - 8, four bytes into the procedure. */
const PROGRAM = [0x44, 0x0e, 16, 0x81, 1];
const COMMON_PROGRAM = [0x0c, 2, 0];

/** `.eh_frame` of one procedure with its address in an encoding. */
function ehFrame(encoding: number, pointer: (at: number) => number[], size: number[]): Uint8Array {
  const common = entry(0, [1, ...Buffer.from('zR\0'), 1, 0x78, 1, 1, encoding, ...COMMON_PROGRAM]);
  const at = ADDRESS + common.length + 8;
  const frame = entry(common.length + 4, [...pointer(at), ...size, 0, ...PROGRAM]);
  return new Uint8Array([...common, ...frame, 0, 0, 0, 0]);
}

function debugFrame(addressSize: number, start: number[], size: number[]): Uint8Array {
  const common = entry(0xffffffff, [4, 0, addressSize, 0, 1, 0x78, 1, ...COMMON_PROGRAM]);
  return new Uint8Array([...common, ...entry(0, [...start, ...size, ...PROGRAM])]);
}

function withFrames(isa: 'rv32' | 'rv64', name: string, bytes: Uint8Array): Image {
  const image = imageOf(`targets/faults/faults.${isa}.elf`);
  const section = { ...image.sections.find((s) => s.name === '.eh_frame')!, name, bytes, address: ADDRESS };
  return { ...image, sections: [section] };
}

const small = (value: number) => (): number[] => bytesOf32(value);
const large = (value: bigint) => (): number[] => bytesOf64(value);
const relative32 = (at: number): number[] => bytesOf32(START - at);
const relative64 = (at: number): number[] => bytesOf64(BigInt(START - at));
const SIZE_32 = bytesOf32(SIZE);
const SIZE_64 = bytesOf64(BigInt(SIZE));

test.each([
  ['rv32', 'absptr', ehFrame(0x00, small(START), SIZE_32)],
  ['rv32', 'udata4', ehFrame(0x03, small(START), SIZE_32)],
  ['rv32', 'pcrel sdata4', ehFrame(0x1b, relative32, SIZE_32)],
  ['rv32', 'pcrel sdata8', ehFrame(0x1c, relative64, SIZE_64)],
  ['rv64', 'absptr', ehFrame(0x00, large(BigInt(START)), SIZE_64)],
  ['rv64', 'udata4', ehFrame(0x03, small(START), SIZE_32)],
  ['rv64', 'udata8', ehFrame(0x04, large(BigInt(START)), SIZE_64)],
  ['rv64', 'sdata4', ehFrame(0x0b, small(START), SIZE_32)],
  ['rv64', 'sdata8', ehFrame(0x0c, large(BigInt(START)), SIZE_64)],
  ['rv64', 'pcrel absptr', ehFrame(0x10, relative64, SIZE_64)],
  ['rv64', 'pcrel sdata4', ehFrame(0x1b, relative32, SIZE_32)],
  ['rv64', 'pcrel sdata8', ehFrame(0x1c, relative64, SIZE_64)],
] as const)('on %s a procedure is found by an address encoded as %s', (isa, _encoding, bytes) => {
  const frames = CallFrames.read(withFrames(isa, '.eh_frame', bytes));
  expect(frames.ruleAt(START - 1)).toBeUndefined();
  expect(frames.ruleAt(START + SIZE)).toBeUndefined();
  expect(frames.ruleAt(START)).toMatchObject({ cfaRegister: 2, cfaOffset: 0 });
  expect(frames.ruleAt(INSIDE)).toMatchObject({ cfaRegister: 2, cfaOffset: 16, returnRegister: 1 });
  expect(frames.ruleAt(INSIDE)?.registers.get(1)).toEqual({ kind: 'memory', offset: -8 });
});

test.each([
  ['rv32', debugFrame(4, bytesOf32(START), SIZE_32)],
  ['rv64', debugFrame(8, bytesOf64(BigInt(START)), SIZE_64)],
] as const)('on %s .debug_frame has addresses of the program’s width', (isa, bytes) => {
  const frames = CallFrames.read(withFrames(isa, '.debug_frame', bytes));
  expect(frames.ruleAt(INSIDE)).toMatchObject({ cfaRegister: 2, cfaOffset: 16 });
  expect(frames.ruleAt(START + SIZE)).toBeUndefined();
});

test.each([
  [
    'an address beyond 4 GiB',
    '.eh_frame',
    ehFrame(0x04, large(2n ** 40n), SIZE_64),
    /0x10000000000 lies beyond 4 GiB/,
  ],
  ['a negative address', '.eh_frame', ehFrame(0x0c, large(-8n), SIZE_64), /-0x8 lies beyond/],
  ['a size beyond 4 GiB', '.eh_frame', ehFrame(0x04, large(8n), bytesOf64(2n ** 33n)), /0x200000000 lies/],
  [
    'an encoding by data address',
    '.eh_frame',
    ehFrame(0x34, large(8n), SIZE_64),
    /encoding 0x34 is not supported/,
  ],
  ['an encoding in LEB128', '.eh_frame', ehFrame(0x01, large(8n), SIZE_64), /encoding 0x1 is not supported/],
  ['an entry of the 64-bit format', '.eh_frame', new Uint8Array(16).fill(255), /64-bit DWARF format/],
  ['an address cut short', '.eh_frame', ehFrame(0x04, large(8n), SIZE_64).slice(0, 34), /wanted at/],
  [
    'another address size',
    '.debug_frame',
    debugFrame(4, bytesOf32(START), SIZE_32),
    /of 4 bytes.*; 8 and 0 are/,
  ],
] as const)('%s is refused', (_what, section, bytes, message) => {
  const read = (): unknown => CallFrames.read(withFrames('rv64', section, bytes));
  expect(read).toThrow(ElfError);
  expect(read).toThrow(message);
});
