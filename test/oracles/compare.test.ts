/**
 * Whole programs with their C libraries, compared: with themselves, and with what the same source becomes in
 * another folder, in another order, with a comment more, and under another linker's optimization.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readImage } from '#suture/elf/index.js';
import { diff, LiveProcess, Program, select } from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { compileTo, MACHINES, needToolchains, type Machine } from '../support/compile.js';
import { placedWhereItIs } from '../support/placed.js';
import { Collected, pathOf, PLENTY, start } from '../support/programs.js';

const FLAGS = ['-O2', '-Wl,--emit-relocs', '-fno-section-anchors'];
const SOURCE = readFileSync(pathOf('test/programs/compared/comparable.c'), 'utf8');
const PARTS = SOURCE.split('/* next */\n');

let folder = '';

beforeAll(() => {
  needToolchains(MACHINES);
  folder = mkdtempSync(join(tmpdir(), 'suture-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function built(
  machine: Machine,
  name: string,
  source: string,
  flags: readonly string[] = [],
): Promise<Program> {
  const path = join(folder, name);
  writeFileSync(path, source);
  const output = join(folder, `${basename(name, '.c')}.${machine}`);
  await compileTo(output, machine, [path], [...FLAGS, ...flags]);
  return new Program(readImage(new Uint8Array(readFileSync(output)), name));
}

const changes = (before: Program, after: Program): string[] =>
  diff(before, after).verdicts.flatMap(({ name, verdict, reason }) =>
    verdict === 'unchanged' ? [] : [`${name} ${verdict}: ${reason}`],
  );

describe.each(MACHINES)('on %s', (machine) => {
  let program: Program;

  beforeAll(async () => {
    program = await built(machine, 'comparable.c', SOURCE);
  });

  test('a program with its library does not differ from itself', () => {
    expect(program.procedures.length).toBeGreaterThan(50);
    expect(changes(program, new Program(program.image))).toEqual([]);
  });

  test('every body is understood, and the same when it is put where it is', () => {
    for (const procedure of program.procedures) placedWhereItIs(program, procedure);
  });

  test('nor from what its source becomes in another folder', async () => {
    mkdirSync(join(folder, 'elsewhere'), { recursive: true });
    copyFileSync(join(folder, 'comparable.c'), join(folder, 'elsewhere', 'renamed.c'));
    expect(changes(program, await built(machine, 'elsewhere/renamed.c', SOURCE))).toEqual([]);
  });

  test('nor with a comment more', async () => {
    const source = PARTS.join('/* next */\n/* A line more. */\n');
    expect(changes(program, await built(machine, 'comment.c', source))).toEqual([]);
  });

  test('nor with its procedures in another order', async () => {
    const [head, first, second, ...rest] = PARTS;
    const source = [head, second, first, ...rest].join('');
    expect(changes(program, await built(machine, 'order.c', source))).toEqual([]);
  });

  test.each(['-Wl,--no-relax', '-Wl,--relax'])('nor when it is linked with %s', async (flag) => {
    expect(changes(program, await built(machine, `linked${flag}.c`, SOURCE, [flag]))).toEqual([]);
  });

  test('and a change is found however it is linked', async () => {
    const changed = SOURCE.replace('abs(n) * 3', 'abs(n) * 5');
    for (const flag of ['-Wl,--no-relax', '-Wl,--relax']) {
      const after = await built(machine, `changed${flag}.c`, changed, [flag]);
      expect(changes(program, after)).toEqual([expect.stringMatching(/^choose changed/)]);
    }
  });
});

describe.each(MACHINES)('one procedure that grows, on %s', (machine) => {
  const source = (text: string): string => `
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    __attribute__((noipa)) int score(const char *s, int k) { int r = k; ${text} return r; }
    int main(void) {
      for (int i = 0; i < 40; i++) {
        char *m = malloc(16 + i);
        sprintf(m, "item%d", i * 7);
        printf("%d %s %d\\n", i, m, score(m, i));
        if (i % 3) free(m);
      }
      return 0;
    }`;
  const grown = `
    char buffer[64];
    snprintf(buffer, sizeof buffer, "%s-%d-%d", s, k, k * 3);
    for (char *c = buffer; *c; c++) r = r * 33 + *c;
    if (strstr(buffer, "7-")) r++;`;

  test('makes no change of the library that moves behind it', async () => {
    const flags = ['-ffunction-sections', '-fdata-sections'];
    const before = await built(machine, 'grown-old.c', source('for (; *s; s++) r = r * 31 + *s;'), flags);
    const after = await built(machine, 'grown-new.c', source(grown), flags);
    const { verdicts } = diff(before, after);
    const of = (wanted: string): string[] =>
      verdicts.flatMap(({ verdict, name }) => (verdict === wanted ? [name] : []));
    expect(of('changed')).toEqual(['score']);
    expect(of('refused')).toEqual([]);
  });

  test('does the same when its calls go through a binding table', async () => {
    // Position-independent code, which SPARC compilers make without being asked, calls helpers of its own.
    const { image } = await built(machine, 'bound.c', source('r += *s;'), ['-fPIE']);
    const [plain, bound] = [new Collected(), new Collected()];
    const process = start(image, '', bound);
    new LiveProcess(new EmulatedTarget(process)).bind();
    expect(process.run(PLENTY)).toEqual(start(image, '', plain).run(PLENTY));
    expect(bound.text).toBe(plain.text);
    expect(plain.text).toMatch(/^0 item0 105\n/);
  });
});

test.each(MACHINES)(
  'one instruction more where code without a size falls through is seen, on %s',
  async (machine) => {
    const [increment, leave] =
      machine === 'v8plus' ? ['add %o0, 1, %o0', 'retl; nop'] : ['addi a0, a0, 1', 'ret'];
    const source = (body: string): string =>
      `__asm__(".text; .globl more, leave; .type more, STT_FUNC; .type leave, STT_FUNC; more: ${body}; leave: ${leave}");
     int more(int); int main(int argc, char **argv) { (void)argv; return more(argc); }`;
    const program = await built(machine, 'falls.c', source(increment));
    const longer = await built(machine, 'falls-on.c', source(`${increment}; ${increment}`));
    expect(changes(program, longer).join()).toContain('more refused');
    const filled = await built(machine, 'falls-filled.c', source(`${increment}; nop`));
    expect(changes(program, filled)).toEqual([]);
  },
);

describe.each(MACHINES)('registers that a caller relies on, on %s', (machine) => {
  const source = (leaf: string, top: string): string => `
    #define PROCEDURE __attribute__((noinline, noclone))
    PROCEDURE static int leaf(int x) { return ${leaf}; }
    PROCEDURE int top(int a, int b) { int r = leaf(a); return r * b + ${top}; }
    int main(int argc, char **argv) { (void)argv; return top(argc, 3); }`;

  test('bring the caller along when the callee now writes them', async () => {
    const before = await built(machine, 'registers-old.c', source('x + 1', '1'));
    const after = await built(machine, 'registers-new.c', source('x * x % 1009 * (x ^ 77) / 31', '2'));
    const { procedures, findings } = select(diff(before, after), { only: ['leaf'] });
    expect(findings).toEqual([]);
    expect(procedures.map(({ new: { name } }) => name)).toEqual(['leaf', 'top']);
    expect(procedures[1]!.why).toBe('relies on registers that leaf now writes (-fipa-ra)');
  });

  test('leave it out, with a note, when it does not', async () => {
    const before = await built(machine, 'registers-old.c', source('x * x % 1009 * (x ^ 77) / 31', '1'));
    const after = await built(machine, 'registers-new.c', source('x + 1', '2'));
    const { procedures, notes } = select(diff(before, after), { only: ['leaf'] });
    expect(procedures.map(({ new: { name } }) => name)).toEqual(['leaf']);
    expect(notes).toEqual([expect.stringMatching(/^top changed too, calls leaf and is left out/)]);
  });
});

describe('objects reached through one section anchor', () => {
  const source = (variable: string): string => `
    static int limit, count;
    int spare;
    __attribute__((noipa)) int next(void) { return ++${variable}; }
    __attribute__((noipa)) void set(int a, int b) { limit = a; count = b; spare = a + b; }
    int main(void) { set(1, 2); return next() + limit + count + spare; }`;

  test('must be where they were', async () => {
    const anchored = ['-fsection-anchors'];
    const before = await built('rv64', 'anchors-old.c', source('limit'), anchored);
    const after = await built('rv64', 'anchors-new.c', source('count'), anchored);
    const comparison = diff(before, after);
    expect(comparison.verdicts.find(({ name }) => name === 'set')).toMatchObject({ verdict: 'changed' });
    expect(select(comparison).findings.map(({ reason }) => reason)).toContain('ambiguous-reference');
  });
});
