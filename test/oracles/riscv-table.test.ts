/** binutils reads every row of the RISC-V table as the table writes it. Needs riscv64-unknown-elf-objdump. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeFields, readFields, type Values } from '#suture/isa/pattern.js';
import { rowsOf, type Row, type Xlen } from '#suture/isa/riscv/table.js';
import { WIDTHS } from '../support/riscv.js';

const OBJDUMP = 'riscv64-unknown-elf-objdump';
const SEED = 20260103;
const SAMPLES = 20;
/** Where objdump is told that the instructions are, so that no branch goes below zero. */
const START = 0x10000000;

const JUMP = /^(c\.)?(j|jal|beqz?|bnez?|blt|bge|bltu|bgeu)$/;
const UPPER = /^(c\.lui|lui|auipc)$/;
const ROUNDING = ['rne', 'rtz', 'rdn', 'rup', 'rmm'];
/** What is exact in every mode has the first one for binutils, and that is not written. */
const NEVER_ROUNDED = /^fcvt\.d\.(wu?|s)$/;
const ORDERING = ['', '.rl', '.aq', '.aqrl'];
const CSRS: Record<number, string> = {
  0x001: 'fflags',
  0x002: 'frm',
  0x003: 'fcsr',
  0xc00: 'cycle',
  0xc01: 'time',
  0xc02: 'instret',
  0xc80: 'cycleh',
};

interface Sample {
  row: Row;
  values: Values;
  address: number;
}

/** Encodings of a row that binutils has a name for: no hints, and nothing where a field is to be zero yet. */
function samplesOf(row: Row, xlen: Xlen): Values[] {
  if (row.name === 'fence') return [{ pred: 3, succ: 1 }];
  if (row.name === 'fence.i') return [{}];
  const hint = (values: Values): boolean =>
    row.size === 2 && (values.rd === 0 || values.shamt === 0 || (row.name === 'c.addi' && values.imm === 0));
  const csrs = Object.keys(CSRS).map(Number);
  const any = fc
    .tuple(fc.integer({ min: -0x80000000, max: 0x7fffffff }), fc.constantFrom(...csrs))
    .map(([bits, csr]) => {
      const values = readFields(row.pattern, row.pattern.match | (bits & ~row.pattern.mask));
      if ('csr' in values) return { ...values, csr };
      return NEVER_ROUNDED.test(row.name) ? { ...values, rm: 0 } : values;
    })
    .filter((values) => row.excludes?.(values, xlen) !== true && !hint(values));
  return fc.sample(any, { seed: SEED, numRuns: SAMPLES });
}

/** What has to be among the operands: every register and every number that a field holds. */
function operandsOf({ row, values, address }: Sample): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (/^[rf][sd]/.test(name))
      return [`${name.startsWith('f') ? 'f' : 'x'}${name.endsWith("'") ? value + 8 : value}`];
    if (name === 'rm') return NEVER_ROUNDED.test(row.name) ? [] : ROUNDING.slice(value, value + 1);
    if (name === 'csr') return [CSRS[value]!];
    if (name === 'shamt') return [`0x${value.toString(16)}`];
    if (name === 'imm' && JUMP.test(row.name)) return [`0x${(address + value).toString(16)}`];
    if (name === 'imm' && UPPER.test(row.name)) return [`0x${((value >>> 12) & 0xfffff).toString(16)}`];
    return ['imm', 'uimm', 'zimm'].includes(name) ? [String(value)] : [];
  });
}

const mnemonicOf = ({ row, values }: Sample): string => `${row.name}${ORDERING[values.ordering ?? 0]}`;

/** Mnemonic and operands of each instruction. */
function disassemble(bytes: Uint8Array, xlen: Xlen): { mnemonic: string; operands: string[] }[] {
  const folder = mkdtempSync(join(tmpdir(), 'suture-'));
  try {
    const file = join(folder, 'code');
    writeFileSync(file, bytes);
    const options = ['-M', 'no-aliases,numeric', `--adjust-vma=${START}`];
    const { stdout } = spawnSync(OBJDUMP, ['-D', '-b', 'binary', '-m', `riscv:rv${xlen}`, ...options, file], {
      encoding: 'latin1',
      maxBuffer: 1 << 26,
    });
    return [...stdout.matchAll(/^\s*[0-9a-f]+:\t[0-9a-f]+\s+\t(\S+)(?:\t(\S+))?/gm)].map(
      ([, mnemonic, operands = '']) => ({ mnemonic: mnemonic!, operands: operands.split(/[,()]/) }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

beforeAll(() => {
  if (spawnSync(OBJDUMP, ['--version']).error !== undefined) {
    throw new Error(`${OBJDUMP} not found: apt-get install binutils-riscv64-unknown-elf`);
  }
});

describe.each(WIDTHS)('RV%i', (xlen) => {
  test('every row means to binutils what it means here', () => {
    const samples: Sample[] = [];
    const bytes: number[] = [];
    for (const row of rowsOf(xlen)) {
      for (const values of samplesOf(row, xlen)) {
        samples.push({ row, values, address: START + bytes.length });
        const word = encodeFields(row.pattern, values);
        for (let i = 0; i < row.size; i++) bytes.push((word >>> (8 * i)) & 0xff);
      }
    }
    const theirs = disassemble(Uint8Array.from(bytes), xlen);
    expect(theirs).toHaveLength(samples.length);
    for (const [i, sample] of samples.entries()) {
      const { mnemonic, operands } = theirs[i]!;
      const what = `${mnemonic} ${operands.join(',')}`;
      expect(mnemonic, what).toBe(mnemonicOf(sample));
      for (const operand of operandsOf(sample)) expect(operands, what).toContain(operand);
    }
  });
});
