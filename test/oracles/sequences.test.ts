/**
 * Random sequences of instructions, executed by the interpreter and by every judge there is: qemu-user and the
 * Unicorn library. Needs Debian's qemu-user, libunicorn2, gcc-riscv64-unknown-elf and gcc-sparc64-linux-gnu.
 *
 * By default a few thousand. These variables of the environment say otherwise:
 *
 *     SEQUENCES=100000   how many for each instruction set and judge
 *     SEED=7             the seed of the first; the others follow
 *     ISA=rv32,sparc     of rv32, rv64, sparc, v8plus
 *     JUDGE=qemu         of qemu, unicorn
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DIALECTS, engineJudge, firstFailure, qemuJudge, report, type Judge } from '../support/judges.js';
import { sequenceOf, type Dialect, type RowLike, type Sequence, type Unit } from '../support/sequences.js';

const { SEQUENCES, SEED = '1', ISA, JUDGE } = process.env;

/** Fewer where each takes longer. */
const counts = { qemu: Number(SEQUENCES ?? 2000), unicorn: Number(SEQUENCES ?? 500) };
/** Sequences that are in memory at once. */
const BATCH = 1000;
const A_LONG_TIME = 4 * 3600_000;

const chosen = (name: string, list: string | undefined): boolean =>
  list === undefined || list.split(',').includes(name);

const dialects = DIALECTS.filter(({ name }) => chosen(name, ISA));

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'suture-harness-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function* batches(dialect: Dialect, count: number): Generator<Sequence[]> {
  for (let done = 0; done < count; done += BATCH) {
    const size = Math.min(BATCH, count - done);
    yield Array.from({ length: size }, (_, i) => sequenceOf(dialect, Number(SEED) + done + i));
  }
}

function judge(dialect: Dialect, name: keyof typeof counts, other: Judge): void {
  const builtin = engineJudge(dialect, 'builtin');
  for (const sequences of batches(dialect, counts[name])) {
    const failure = firstFailure(dialect, builtin, other, sequences);
    if (failure !== undefined) expect.fail(report(dialect, name, failure));
  }
}

describe.each(dialects)('$name', (dialect) => {
  const some = (count: number): Sequence[] => Array.from({ length: count }, (_, i) => sequenceOf(dialect, i));

  test('sequences have every instruction, and come to their end', () => {
    const sequences = some(3000);
    const used = new Set(sequences.flatMap(({ units }) => units.flat().map(({ row }) => row)));
    expect(dialect.rows.filter((row) => !used.has(row)).map(({ name }) => name)).toEqual([]);
    expect(engineJudge(dialect, 'builtin')(sequences).filter((end) => typeof end === 'string')).toEqual([]);
  });

  test('a machine that does one instruction wrongly is found out', () => {
    const builtin = engineJudge(dialect, 'builtin');
    const names = dialect.isa.name === 'sparc' ? ['xor', 'xnor'] : ['xor', 'or'];
    const rows = names.map((name) => dialect.rows.find((row) => row.name === name)!) as [RowLike, RowLike];
    const wrong = (unit: Unit): Unit =>
      unit.map((one) => (one.row === rows[0] ? { ...one, row: rows[1] } : one));
    const machine: Judge = (sequences) =>
      builtin(sequences.map((one) => ({ ...one, units: one.units.map(wrong) })));
    const failure = firstFailure(dialect, machine, builtin, some(500))!;
    expect(failure.sequence.units.flat().filter(({ row }) => row === rows[0])).toHaveLength(1);
    expect(failure.sequence.units.flat().length).toBeLessThan(4);
    expect(report(dialect, 'qemu', failure)).toMatch(/xor.*SEED=\d+ SEQUENCES=1/s);
  });

  test.runIf(chosen('qemu', JUDGE))(
    'qemu agrees',
    () => {
      judge(dialect, 'qemu', qemuJudge(dialect, folder));
    },
    A_LONG_TIME,
  );

  // The library has no processor for it.
  const hasNative = dialect.name !== 'v8plus';

  test.runIf(hasNative && chosen('unicorn', JUDGE))(
    'Unicorn agrees',
    () => {
      judge(dialect, 'unicorn', engineJudge(dialect, 'unicorn'));
    },
    A_LONG_TIME,
  );
});
