/** binutils reads every row of both SPARC tables as we write it. Needs sparc64-linux-gnu-objdump. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { encodeFields, type Field, type Values } from '#suture/isa/pattern.js';
import { decode, decodeV9 } from '#suture/isa/sparc/decode.js';
import { TABLE, type Row } from '#suture/isa/sparc/table.js';
import { TABLE_V9 } from '#suture/isa/sparc/table-v9.js';
import { describing } from '#suture/isa/sparc/text.js';

const OBJDUMP = 'sparc64-linux-gnu-objdump';
const SEED = 20094;
const SAMPLES = 12;
/** Where objdump is told that the instructions are, so that no branch goes below zero. */
const START = 0x10000000;

/** Registers that make no synthetic instruction: none is g0, and destinations are no sources. */
const SOME: Record<string, readonly number[]> = {
  rd: [10, 12, 26],
  rs1: [9, 14, 17, 30],
  rs2: [1, 11, 15, 31],
  asi: [0x80, 0x82, 0x83, 0x88],
  fcn: [0, 1, 2, 3, 4],
  // Others are shown with a sign.
  const22: [5, 0x1fffff],
  // What only calls a trap of the kernel is shown without the register.
  imm7: [1, 0x10, 0x6d],
};

function valueOf({ name, signed, width, segments }: Field): fc.Arbitrary<number> {
  const some = SOME[name];
  if (some !== undefined) return fc.constantFrom(...some);
  const lowest = Math.min(...segments.map((s) => s.to));
  const count = 2 ** (width - lowest);
  const [min, max] = signed ? [-count / 2, count / 2 - 1] : [0, count - 1];
  return fc.integer({ min, max }).map((value) => value * 2 ** lowest);
}

function samplesOf(row: Row): Values[] {
  const fields = [...row.pattern.fields.values()].map((field) => [field.name, valueOf(field)] as const);
  const any = fc.record(Object.fromEntries(fields)) as fc.Arbitrary<Values>;
  return fc.sample(any, { seed: SEED, numRuns: SAMPLES });
}

/** What binutils calls otherwise: by the newer of two names, or by a synthetic one without other operands. */
const OTHERWISE: readonly (readonly [RegExp, string])[] = [
  [/^addc(cc)?\b/, 'addx$1'],
  [/^subc(cc)?\b/, 'subx$1'],
  [/^illtrap\b/, 'unimp'],
  [/^b(,a)?(,pn)? /, 'ba$1$2 '],
  [/^fb(,a)?(,pn)? /, 'fba$1$2 '],
  [/^movr(n?)e\b/, 'movr$1z'],
  [/^fmovr([sd])(n?)e\b/, 'fmovr$1$2z'],
  [/^(fzero|fone|fsrc[12]|fnot[12]|f(?:x?n?or|n?and|(?:or|and)not[12]))d\b/, '$1'],
  // A branch never taken, on xcc and predicted taken, is a prefetch to it.
  [/^iprefetch /, 'bn %xcc,'],
  [/^flush +([^[]*)$/, 'flush [$1]'],
  [/^(fcmpe?[sd]) %fcc0,/, '$1'],
  [/^(t\w+) %icc,/, '$1'],
  [/^(cas|casx) (\[[^\]]+\])/, '$1a $2 #ASI_P'],
  [/^(cas|casx)l (\[[^\]]+\])/, '$1a $2 #ASI_P_L'],
];

/** The text without spaces that do not matter, addresses as numbers, and names as ours. */
function normal(text: string): string {
  let alike = text.replace(/\s*!.*$/, '').trim();
  alike = alike.replace(/\s+/g, ' ');
  for (const [theirs, ours] of OTHERWISE) alike = alike.replace(theirs, ours);
  return alike.replace(/\s+/g, ' ').replace(/ ?([[\],+]) ?/g, '$1');
}

beforeAll(() => {
  if (spawnSync(OBJDUMP, ['--version']).error !== undefined) throw new Error(`${OBJDUMP} not found`);
});

test.each([
  ['version 8', TABLE, decode, 'sparc'],
  ['version 9', TABLE_V9, decodeV9, 'sparc:v8plusb'],
] as const)('%s', (_version, table, decodeWord, machine) => {
  const samples = table.flatMap((row) => samplesOf(row).map((values) => ({ row, values })));
  const bytes = new Uint8Array(4 * samples.length);
  const view = new DataView(bytes.buffer);
  for (const [i, { row, values }] of samples.entries())
    view.setUint32(4 * i, encodeFields(row.pattern, values));
  const folder = mkdtempSync(join(tmpdir(), 'suture-'));
  const file = join(folder, 'rows');
  writeFileSync(file, bytes);
  const { stdout } = spawnSync(
    OBJDUMP,
    ['-D', '-z', '-b', 'binary', '-EB', '-m', machine, `--adjust-vma=${START}`, file],
    { encoding: 'latin1', maxBuffer: 1 << 26 },
  );
  rmSync(folder, { recursive: true });
  const lines = stdout.split('\n').filter((line) => /^\s*[0-9a-f]+:\t/.test(line));
  expect(lines).toHaveLength(samples.length);
  const describe = describing(decodeWord);
  const wrong: string[] = [];
  for (const [i, { row, values }] of samples.entries()) {
    const own = describe(bytes.subarray(4 * i, 4 * i + 4), START + 4 * i);
    const theirs = lines[i]!.split('\t')[2]!;
    const goes = [...row.pattern.fields.keys()].some((name) => name.startsWith('disp'));
    const alike = goes ? normal(theirs).replace(/([ ,])([0-9a-f]+)$/, '$10x$2') : normal(theirs);
    // Their number of a trap on xcc has its bits for the condition codes in it.
    if (values.xcc === 1 && 'imm7' in values) continue;
    if (alike !== normal(own)) wrong.push(`${row.name}: '${own}', but '${theirs}'`);
  }
  expect(wrong).toEqual([]);
});
