/**
 * Single instructions of V9 under qemu-user: the same program of machine words runs there and on our core, and
 * both write what registers held afterwards. Needs Debian's qemu-user.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Values } from '#suture/isa/pattern.js';
import { SparcV9Core } from '#suture/isa/sparc/execute-v9.js';
import { NOP, type Row } from '#suture/isa/sparc/table.js';
import { TABLE_V9 } from '#suture/isa/sparc/table-v9.js';
import { EXECUTE, Memory, READ, WRITE } from '#suture/machine/memory.js';
import { bytesOfWords, v9 } from '../support/sparc.js';

const QEMU = 'qemu-sparc32plus';
const SETS = 250;
const CODE = 0x10000;
const INPUT = 0x400000;
const OUTPUT = 0x800000;
/** qemu's pages for this machine. */
const PAGE = 8192;
const STEPS = 2e7;

// An operand record: three doublewords, CCR, Y, FSR. A result record: two doublewords, CCR, Y.
const RECORD = 40;
const RESULT = 24;
const [IN, OUT, LEFT] = [2, 3, 4];
const [X, Y, Z, CCR, WORD] = [8, 9, 10, 16, 17];

interface Segment {
  address: number;
  bytes: Uint8Array;
  size: number;
}

/** An executable of these segments that starts at CODE. */
function executable(segments: readonly Segment[]): Uint8Array {
  const pages = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE;
  const file = new Uint8Array(PAGE + segments.reduce((sum, { bytes }) => sum + pages(bytes.length), 0));
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 2, 1]);
  // ET_EXEC, EM_SPARC32PLUS with EF_SPARC_32PLUS, 52 bytes of header, 32 a segment.
  for (const [at, value] of [
    [16, 2],
    [18, 18],
    [40, 52],
    [42, 32],
    [44, segments.length],
    [46, 40],
  ] as const)
    view.setUint16(at, value);
  for (const [at, value] of [
    [20, 1],
    [24, CODE],
    [28, 52],
    [36, 0x100],
  ] as const)
    view.setUint32(at, value);
  let offset = PAGE;
  for (const [i, { address, bytes, size }] of segments.entries()) {
    const header = [1, offset, address, address, bytes.length, size, READ | WRITE | EXECUTE, PAGE];
    for (const [k, value] of header.entries()) view.setUint32(52 + 32 * i + 4 * k, value);
    file.set(bytes, offset);
    offset += pages(bytes.length);
  }
  return file;
}

/** Numbers from a seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    return (mixed ^ (mixed >>> 12)) >>> 0;
  };
}

function operands(): Uint8Array {
  const next = generator(20095);
  const edges = [0, 1, 2, 7, 8, 31, 32, 33, 63, 64, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe];
  const word = (): number => (next() % 2 === 0 ? edges[next() % edges.length]! : next());
  const extended = (): [number, number] => {
    const low = word();
    const high = [0, low >>> 31 === 1 ? 0xffffffff : 0, word()][next() % 3]!;
    return [high, low];
  };
  const view = new DataView(new ArrayBuffer(RECORD * SETS));
  for (let i = 0; i < SETS; i++) {
    const [x, y] = [extended(), extended()];
    const words = [...x, ...(next() % 4 === 0 ? x : y), ...extended(), next() & 0xff, word()];
    // fcc1 to fcc3, and fcc0 without traps.
    words.push(next() & 0x3f, (next() & 3) << 10);
    for (const [k, value] of words.entries()) view.setUint32(RECORD * i + 4 * k, value);
  }
  return new Uint8Array(view.buffer);
}

interface Case {
  name: string;
  words: readonly number[];
}

const op = (name: string, fields: Values): Case => ({
  name: `${name} ${JSON.stringify(fields)}`,
  words: [v9(name, fields)],
});

const named = (pattern: RegExp): Row[] => TABLE_V9.filter(({ name }) => pattern.test(name));
const names = (pattern: RegExp): string[] => [...new Set(named(pattern).map(({ name }) => name))];

const having = (field: string): string[] =>
  TABLE_V9.filter(({ pattern }) => pattern.fields.has(field)).map(({ name }) => name);

const ARITHMETIC =
  /^(add|sub)x?(cc)?$|^(and|or)n?(cc)?$|^xn?or(cc)?$|^[us]mul(cc)?$|^(mulscc|taddcc|tsubcc|mulx)$/;
const DIVISIONS = /^[us]div(x|cc)?$/;
const SHIFTS = /^s(ll|rl|ra)x?$/;

/** Divisors are odd, so that they are not zero. */
const odd = v9('or', { rd: Y, rs1: Y, simm13: 1 });
/** A doubleword to work on, where the result will be. */
const there = v9('stx', { rd: X, rs1: OUT, simm13: 0 });
const mark = (bit: number): number => v9('or', { rd: Z, rs1: Z, simm13: bit });

/** Jumps over the second of three marks or not, with the first in its delay slot. */
const branch = (name: string, fields: Values): Case => ({
  name: `${name} ${JSON.stringify(fields)}`,
  words: [v9('or', { rd: Z, rs1: 0, simm13: 0 }), v9(name, fields), mark(1), mark(2), mark(4)],
});

/** A row with the operands of the records, whichever of them it has. */
const floating = (row: Row, more: Values = {}): Case => {
  const all: Values = { fd: 4, dd: 4, fs1: 0, ds1: 0, fs2: 2, ds2: 2, rs1: X, ...more };
  const used = Object.entries(all).filter(([field]) => row.pattern.fields.has(field));
  return op(row.name, Object.fromEntries(used));
};

function cases(): Case[] {
  const registers = { rd: Z, rs1: X, rs2: Y };
  const constants = [5, -3, -4096, 4095].map((simm13) => ({ rd: Z, rs1: X, simm13 }));
  const space = { rd: Z, rs1: OUT, rs2: 0, asi: 0x80 };
  return [
    ...names(ARITHMETIC).flatMap((name) => [registers, ...constants].map((fields) => op(name, fields))),
    ...names(DIVISIONS).flatMap((name) => [
      { name, words: [odd, v9(name, registers)] },
      ...constants.map((fields) => op(name, fields)),
    ]),
    ...names(SHIFTS).flatMap((name) => {
      const field = name.endsWith('x') ? 'shcnt64' : 'shcnt';
      const counts = [0, 1, 13, 31, ...(name.endsWith('x') ? [32, 33, 63] : [])];
      return [op(name, registers), ...counts.map((count) => op(name, { rd: Z, rs1: X, [field]: count }))];
    }),
    op('popc', { rd: Z, rs2: Y }),
    op('alignaddr', registers),
    op('alignaddrl', registers),
    ...names(/^(ld|ldsw|ld[su][bh]|ldx|ldd)$/).map((name) => op(name, { rd: Z, rs1: IN, simm13: 8 })),
    ...names(/^(ld[su][bhw]a|ldxa)$/).map((name) => op(name, { ...space, rs1: IN })),
    ...['casa', 'casxa'].map((name) => ({ name, words: [there, v9(name, { ...space, rs2: Y })] })),
    ...['swapa', 'ldstuba'].map((name) => ({ name, words: [there, v9(name, space)] })),
    ...[0, 1].flatMap((xcc) => names(/^mov[a-z]+$/).flatMap((name) => move(name, xcc))),
    ...names(/^movr/).flatMap((name) => [op(name, registers), op(name, { rd: Z, rs1: X, simm10: -7 })]),
    ...having('disp22').flatMap((name) => [0, 1].map((a) => branch(name, { a, disp22: 3 }))),
    ...having('disp16').flatMap((name) => [0, 1].map((a) => branch(name, { a, rs1: X, p: a, disp16: 3 }))),
    ...having('disp19').flatMap((name) =>
      [0, 1, 3].flatMap((of) =>
        [0, 1].map((a) => branch(name, { a, p: a, xcc: of & 1, fcc: of, disp19: 3 })),
      ),
    ),
    ...named(/^fmov(r|[sd](?=.))/).flatMap((row) =>
      [0, 1, 3].map((of) => floating(row, { xcc: of & 1, fcc: of })),
    ),
    // Where qemu 7.2 takes the first operand from the second, compilers expect, and the manual says, the opposite.
    ...named(/^f(or|nor|and|nand|xor|xnor|not|src|zero|one|pad)/).map((row) => floating(row)),
    ...Array.from({ length: 8 }, (_, offset) => ({
      name: `faligndata ${offset}`,
      words: [v9('wrgsr', { rs1: 0, simm13: offset }), v9('faligndata', { ds1: 0, ds2: 2, dd: 4 })],
    })),
  ];
}

function move(name: string, codes: number): Case[] {
  const { of } = TABLE_V9.find((row) => row.name === name)!;
  if (of === 'register') return [];
  const field = of === 'float' ? { fcc: 2 * codes } : { xcc: codes };
  return [op(name, { rd: Z, ...field, rs2: Y }), op(name, { rd: Z, ...field, simm11: -5 })];
}

/** All cases one after the other, each in a loop over the operands, then write and exit. */
function program(list: readonly Case[]): number[] {
  const words: number[] = [];
  const set = (rd: number, value: number): number[] => [
    v9('sethi', { rd, imm22: value >>> 10 }),
    v9('or', { rd, rs1: rd, simm13: value & 0x3ff }),
  ];
  words.push(...set(OUT, OUTPUT));
  for (const { words: instructions } of list) {
    words.push(...set(IN, INPUT), ...set(LEFT, SETS));
    const body = [
      ...[X, Y, Z].map((rd, i) => v9('ldx', { rd, rs1: IN, simm13: 8 * i })),
      ...[0, 2, 4].map((dd, i) => v9('lddf', { dd, rs1: IN, simm13: 8 * i })),
      v9('ldxfsr', { rs1: IN, simm13: 32 }),
      v9('ld', { rd: CCR, rs1: IN, simm13: 24 }),
      v9('ld', { rd: WORD, rs1: IN, simm13: 28 }),
      v9('wry', { rs1: WORD, rs2: 0 }),
      v9('wrccr', { rs1: CCR, rs2: 0 }),
      ...instructions,
      v9('rdccr', { rd: CCR }),
      v9('rdy', { rd: WORD }),
      v9('stx', { rd: Z, rs1: OUT, simm13: 0 }),
      v9('stdf', { dd: 4, rs1: OUT, simm13: 8 }),
      v9('st', { rd: CCR, rs1: OUT, simm13: 16 }),
      v9('st', { rd: WORD, rs1: OUT, simm13: 20 }),
      v9('add', { rd: IN, rs1: IN, simm13: RECORD }),
      v9('add', { rd: OUT, rs1: OUT, simm13: RESULT }),
      v9('subcc', { rd: LEFT, rs1: LEFT, simm13: 1 }),
    ];
    words.push(...body, v9('bne', { a: 0, disp22: -body.length }), NOP);
  }
  const [write, exit] = [4, 1];
  const call = (number: number): number[] => [
    v9('or', { rd: 1, rs1: 0, simm13: number }),
    v9('ta', { xcc: 0, rs1: 0, imm7: 0x10 }),
  ];
  words.push(...set(X, 1), ...set(Y, OUTPUT), ...set(Z, list.length * SETS * RESULT), ...call(write));
  return [...words, ...set(X, 0), ...call(exit)];
}

function underQemu(file: Uint8Array): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'suture-'));
  const path = join(folder, 'operations');
  writeFileSync(path, file);
  chmodSync(path, 0o755);
  const { stdout, status, error } = spawnSync(QEMU, [path], { maxBuffer: 1 << 28 });
  rmSync(folder, { recursive: true });
  if (error !== undefined || status !== 0)
    throw new Error(`${QEMU}: ${error?.message ?? `status ${status}`}`);
  return stdout;
}

test('instructions of V9 leave the registers that they leave under qemu', () => {
  const list = cases();
  const code = bytesOfWords(program(list));
  expect(CODE + code.length).toBeLessThan(INPUT);
  const size = list.length * SETS * RESULT;
  const segments = [
    { address: CODE, bytes: code, size: code.length },
    { address: INPUT, bytes: operands(), size: SETS * RECORD },
    { address: OUTPUT, bytes: new Uint8Array(0), size },
  ];
  const memory = new Memory(true);
  for (const { address, bytes, size } of segments) {
    memory.map(address, address + Math.ceil(size / PAGE) * PAGE, READ | WRITE | EXECUTE, 'program');
    memory.write(address, bytes);
  }
  const core = new SparcV9Core(memory);
  core.pc = CODE;
  expect(core.run(STEPS).kind).toBe('syscall');
  const ours = Buffer.from(memory.read(OUTPUT, size));
  const theirs = Buffer.from(underQemu(executable(segments)));
  expect(theirs).toHaveLength(size);
  const wrong = list.flatMap(({ name }, i) => {
    for (let k = 0; k < SETS; k++) {
      const at = (i * SETS + k) * RESULT;
      const [mine, other] = [ours, theirs].map((all) => all.subarray(at, at + RESULT).toString('hex'));
      if (mine !== other) return [`${name} of set ${k}: ${mine}, but ${other}`];
    }
    return [];
  });
  expect(wrong).toEqual([]);
  expect(list.length).toBeGreaterThan(600);
});
