/** `suture diff` as people and machines read it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { suture } from '../support/cli.js';
import { faultsName, ISAS, newName, pathOf, sessionOf, tellerName } from '../support/programs.js';

const golden = (name: string): string => pathOf(`test/cli/golden/${name}.txt`);

describe.each(ISAS)('on %s', (isa) => {
  const several = [tellerName(isa), newName('teller-several', isa)];

  test('the table names what is not unchanged, with counts of the rest', async () => {
    const { status, stdout, stderr } = suture(['diff', ...several]);
    expect([status, stderr]).toEqual([0, '']);
    await expect(stdout).toMatchFileSnapshot(golden(`diff-${isa}`));
  });

  test('a changed procedure stands side by side, with names for addresses', async () => {
    const { status, stdout } = suture(['diff', ...several, 'deposit', 'refuse_amount', '--width', '80']);
    expect(status).toBe(0);
    for (const line of stdout.split('\n').slice(2)) expect(line.length).toBeLessThanOrEqual(80);
    await expect(stdout).toMatchFileSnapshot(golden(`deposit-${isa}`));
  });

  test('equal programs do not differ', () => {
    const { status, stdout } = suture(['diff', tellerName(isa), tellerName(isa)]);
    expect([status, stdout.trimEnd().split('\n').at(-1)]).toEqual([77, 'no change']);
  });

  test('another program is refused, and the reason is told', () => {
    const { status, stdout } = suture(['diff', tellerName(isa), faultsName(isa)]);
    expect(status).toBe(76);
    expect(stdout).toMatch(/^refused \(not-the-same-program\): /);
    expect(stdout).toMatch(/\nrefused, 1 reason\n$/);
  });
});

const Side = z.strictObject({ address: z.int(), size: z.int() });
const Instruction = z.strictObject({ offset: z.int(), text: z.string() });
const Counts = z.strictObject(
  Object.fromEntries(
    ['unchanged', 'changed', 'new', 'removed', 'refused'].map((verdict) => [verdict, z.int()]),
  ),
);
const About = z.strictObject({ name: z.string(), isa: z.string(), buildId: z.string().nullable() });
/** What README promises of `--json`. */
const Report = z.strictObject({
  outcome: z.enum(['patchable', 'no-change', 'refused']),
  old: About,
  new: About,
  counts: z.strictObject({ procedures: Counts, objects: Counts }),
  symbols: z.array(
    z.strictObject({
      name: z.string(),
      file: z.string().nullable(),
      kind: z.enum(['procedure', 'object']),
      verdict: z.enum(['unchanged', 'changed', 'new', 'removed', 'refused']),
      old: Side.nullable(),
      new: Side.nullable(),
      fitsInPlace: z.boolean().nullable(),
      reason: z.string().nullable(),
      change: z.enum(['initial-value', 'size', 'layout', 'constant', 'writability']).nullable(),
      refusal: z.string().nullable(),
      remarks: z.array(z.strictObject({ kind: z.string(), text: z.string() })),
    }),
  ),
  selection: z.strictObject({
    procedures: z.array(z.strictObject({ name: z.string(), why: z.string() })),
    objects: z.array(z.strictObject({ name: z.string(), decision: z.string() })),
  }),
  notes: z.array(z.string()),
  findings: z.array(z.strictObject({ reason: z.string(), message: z.string() })),
  listings: z.array(
    z.strictObject({
      name: z.string(),
      rows: z.array(
        z.strictObject({
          mark: z.enum(['same', 'changed', 'removed', 'added']),
          old: Instruction.nullable(),
          new: Instruction.nullable(),
        }),
      ),
    }),
  ),
});

test('JSON says all of it', () => {
  const args = ['diff', '--json', tellerName('sparc'), newName('teller-several', 'sparc'), 'deposit'];
  const { status, stdout } = suture(args);
  expect(status).toBe(0);
  const report = Report.parse(JSON.parse(stdout));
  expect(report.outcome).toBe('patchable');
  expect(report.counts.procedures).toEqual({ unchanged: 43, changed: 2, new: 1, removed: 0, refused: 0 });
  expect(report.symbols.filter(({ verdict }) => verdict === 'new')).toEqual([
    {
      name: 'refuse_amount',
      file: 'accounts.c',
      kind: 'procedure',
      verdict: 'new',
      old: null,
      new: expect.objectContaining({ size: 20 }) as unknown,
      fitsInPlace: null,
      reason: null,
      change: null,
      refusal: null,
      remarks: [],
    },
  ]);
  expect(report.selection.procedures.map(({ name }) => name)).toEqual(['deposit', 'withdraw']);
  const rows = report.listings[0]!.rows;
  expect(rows.map((row) => row.old).filter((side) => side !== null)).toHaveLength(108 / 4);
  expect(rows.map((row) => row.new).filter((side) => side !== null)).toHaveLength(124 / 4);
  expect(rows.at(-2)).toEqual({ mark: 'added', old: null, new: { offset: 0x74, text: 'ba refuse_amount' } });
  expect(suture(args).stdout).toBe(stdout);
});

test('JSON of what cannot be compared has the reason', () => {
  const { status, stdout } = suture(['diff', '--json', tellerName('rv32'), tellerName('sparc')]);
  expect(status).toBe(76);
  const report = Report.parse(JSON.parse(stdout));
  expect(report.findings.map(({ reason }) => reason)).toEqual(['different-isa']);
});

test('--all shows what is the same', () => {
  const programs = [tellerName('rv32'), newName('teller-shrink', 'rv32')];
  const few = suture(['diff', ...programs]).stdout;
  const all = suture(['diff', '--all', ...programs]).stdout;
  expect(few).not.toMatch(/^unchanged +procedure +main/m);
  expect(all).toMatch(/^unchanged +procedure +main/m);
  const listed = suture(['diff', ...programs, '--all', 'compound']).stdout;
  expect(listed).not.toMatch(/the same$/m);
});

test.each([
  [['nothing'], 64, /nothing is a procedure of neither teller.rv32.elf nor new.rv32.elf/],
  [['--width', 'wide'], 64, /whole number/],
])('%j is wrong', (args, code, message) => {
  const { status, stdout, stderr } = suture([
    'diff',
    tellerName('rv32'),
    newName('teller-grow', 'rv32'),
    ...args,
  ]);
  expect([status, stdout]).toEqual([code, '']);
  expect(stderr).toMatch(message);
});

test('a file that is missing, and one that is no program', () => {
  expect(suture(['diff', tellerName('rv32'), 'no-such-file']).status).toBe(66);
  expect(suture(['diff', 'package.json', tellerName('rv32')]).status).toBe(65);
});

describe('debug information', () => {
  const programs = ['old', 'new'].map((which) => `test/elf/debug/${which}.rv32.dwarf5.elf`);

  test('says which member moved, and every reason is told', () => {
    const { status, stdout } = suture(['diff', ...programs]);
    expect(status).toBe(76);
    expect(stdout.replace(/\s+/g, ' ')).toContain('its signature was `int');
    const reasons = stdout.match(/^refused \(/gm) ?? [];
    expect(reasons.length).toBeGreaterThan(1);
    expect(stdout).toContain(`refused, ${reasons.length} reasons`);
  });
});

test('--only leaves out what is not named, and refuses a name that did not change', () => {
  const args = ['diff', '--json', tellerName('rv32'), newName('teller-several', 'rv32'), '--only'];
  const report = Report.parse(JSON.parse(suture([...args, 'deposit']).stdout));
  expect(report.selection.procedures.map(({ name }) => name)).toEqual(['deposit']);
  const { status, stdout } = suture([...args, 'main']);
  expect(status).toBe(76);
  expect(Report.parse(JSON.parse(stdout)).findings[0]).toEqual({
    reason: 'unknown-symbol',
    message: expect.stringMatching(/^main is unchanged/) as unknown,
  });
});

describe('hand-written procedures', () => {
  const file = pathOf('test/cli/fixtures/compound.s');

  test('take the place of a second program', () => {
    const { status, stdout } = suture(['diff', tellerName('sparc'), '--asm', file]);
    expect([status, stdout.trimEnd().split('\n').at(-1)]).toEqual([
      0,
      '1 procedure changed (1 fits in place): patchable',
    ]);
    const listing = suture(['diff', tellerName('sparc'), 'compound', '--asm', file]).stdout;
    expect(listing).toMatch(/^compound: changed/m);
  });

  test('make a package that lands', () => {
    const folder = mkdtempSync(join(tmpdir(), 'suture-'));
    try {
      const output = join(folder, 'fix.lup');
      const program = tellerName('sparc');
      expect(suture(['build', program, '--asm', file, '-o', output])).toMatchObject({
        status: 0,
        stderr: '',
      });
      const { status, stdout } = suture(
        ['run', program, '--patch', output, '--at', '700'],
        sessionOf('teller-grow'),
      );
      expect(status).toBe(0);
      expect(stdout).not.toMatch(/forecast 111\.55/);
      expect(stdout).toMatch(/forecast \d/);
      const both = suture(['build', program, program, '--asm', file, '-o', output]);
      expect(both.status).toBe(64);
      expect(both.stderr).toMatch(/only one of them can be what is new/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('need GNU as for RISC-V', () => {
    const { status, stderr } = suture(['diff', tellerName('rv32'), '--asm', file], '', { PATH: '/nowhere' });
    expect(status).toBe(69);
    expect(stderr).toMatch(/needs GNU as; install the Debian package binutils-riscv64-unknown-elf/);
  });

  test('or a second program, one of them is named', () => {
    expect(suture(['diff', tellerName('sparc')]).status).toBe(64);
  });
});
