/**
 * Small programs that are hard to compare or to link, compiled here in two versions and patched at many
 * instructions. Needs Debian's gcc-riscv64-unknown-elf and gcc-sparc64-linux-gnu.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readImage, type Image } from '#suture/elf/index.js';
import {
  diff,
  link,
  LiveProcess,
  openPackage,
  Program,
  Refusal,
  select,
  type Diff,
} from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { Collected, ISAS, pathOf, PLENTY, runToEnd, start, type IsaName } from '../support/programs.js';
import { OldThenNew } from '../support/session.js';

const COMPILERS: Record<IsaName, string[]> = {
  rv32: ['riscv64-unknown-elf-gcc', '-march=rv32imac', '-mabi=ilp32'],
  rv64: ['riscv64-unknown-elf-gcc', '-march=rv64gc', '-mabi=lp64d'],
  sparc: ['sparc64-linux-gnu-gcc', '-m32', '-mcpu=v8', '-fno-pic', '-no-pie'],
};
const COMPILE =
  '-O2 -std=gnu11 -ffreestanding -funsigned-char -ffunction-sections -fdata-sections -fno-stack-protector ' +
  '-fasynchronous-unwind-tables -fno-tree-loop-distribute-patterns';
const LINK =
  '-nostdlib -static -Wl,--emit-relocs -Wl,--build-id=sha1 -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 ' +
  '-Wl,-z,common-page-size=4096';

let folder = '';

beforeAll(() => {
  const missing = Object.values(COMPILERS).filter(
    ([name]) => spawnSync(name!, ['--version']).error !== undefined,
  );
  if (missing.length > 0) throw new Error(`${missing.map(([name]) => name).join(' and ')} not found`);
  folder = mkdtempSync(join(tmpdir(), 'suture-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** One answer per line of input; `STEP(x)` is what each answers. */
const PRELUDE = `#include "runtime.h"
#define STEP(x) int main(void) { char l[20]; int k = 0; while (read_line(l, 20) >= 0) { x; k++; print_flush(); } return 0; }
`;
const SESSION = 'a\nb\nc\nd\n';

function build(isa: IsaName, name: string, sources: Record<string, string>, flags: readonly string[]): Image {
  const runtime = pathOf('targets/runtime');
  const arch = isa === 'sparc' ? 'sparc' : 'riscv';
  const [compiler, ...target] = COMPILERS[isa];
  const options = [...target, ...COMPILE.split(' '), ...flags, `-I${runtime}`, `-I${runtime}/${arch}`];
  const objects: string[] = [];
  const compile = (source: string, object: string): void => {
    execFileSync(compiler!, [...options, '-c', source, '-o', object]);
    objects.push(object);
  };
  compile(`${runtime}/${arch}/start.S`, join(folder, `${name}-start.o`));
  for (const [file, text] of Object.entries(sources)) {
    const source = join(folder, file);
    writeFileSync(source, PRELUDE + text);
    compile(source, join(folder, `${name}-${basename(file, '.c')}.o`));
  }
  for (const file of readdirSync(runtime).filter((entry) => entry.endsWith('.c'))) {
    compile(join(runtime, file), join(folder, `${name}-${file}.o`));
  }
  const linked = join(folder, `${name}.elf`);
  execFileSync(compiler!, [...options, ...LINK.split(' '), ...objects, '-o', linked]);
  return readImage(new Uint8Array(readFileSync(linked)), `${name}.elf`);
}

interface Case {
  name: string;
  old: string;
  new: string;
  flags?: string[];
  /** Procedures and objects that are not `unchanged`, in any order. */
  verdicts?: string[];
  refused?: string;
}

const COLD = ['-freorder-blocks-and-partition', '-Wl,--no-relax'];
const coldProgram = (first: string, last: string, slow = 'slow'): string => `
  __attribute__((noinline, noclone, cold)) int bad(int k) { print("bad%d ", k); return k + 1; }
  PROCEDURE int g(int k) { return k * 2; }
  PROCEDURE int p(int k) { int x = ${first}; if (k & 1) { x += bad(x); bad(7); print("${slow} %d ", x); x += g(7); x += bad(x); }
    x += g(3); ${last}; return x; }
  STEP(p(k))`;

const CASES: Case[] = [
  {
    name: 'a string whose tail is shared',
    old: 'PROCEDURE void p(void) { print("say hello\\n"); } PROCEDURE void q(void) { print("hello\\n"); } STEP(if (k & 1) p(); else q())',
    new: 'PROCEDURE void p(void) { print("say world\\n"); } PROCEDURE void q(void) { print("world\\n"); } STEP(if (k & 1) p(); else q())',
    verdicts: ['p changed', 'q changed'],
  },
  {
    name: 'a new string with a pointer into its middle',
    old: 'PROCEDURE void p(void) { print("p\\n"); } STEP(p())',
    new: 'PROCEDURE void p(void) { const char *s = "abcdefghijkl"; print("%s|", s); print("%s\\n", s + 4); } STEP(p())',
    verdicts: ['p changed'],
  },
  {
    name: 'a cold part whose other part changed',
    old: coldProgram('g(k)', 'print("x %d\\n", x)'),
    new: coldProgram('g(k)', 'print("NEW %d %d\\n", x, g(x))'),
    flags: COLD,
    verdicts: ['p changed', 'p.cold changed'],
  },
  {
    name: 'a cold part of a procedure that shrank',
    old: coldProgram('g(k + 1000)', 'print("x %d\\n", x)'),
    new: coldProgram('g(k + 5)', 'print("x %d\\n", x)'),
    flags: COLD,
    verdicts: ['p changed', 'p.cold changed'],
  },
  {
    name: 'a cold part that changed alone',
    old: coldProgram('g(k)', 'print("x %d\\n", x)'),
    new: coldProgram('g(k)', 'print("x %d\\n", x)', 'SLOW'),
    flags: COLD,
    verdicts: ['p changed', 'p.cold changed'],
  },
  {
    name: 'numbered static locals that got other numbers',
    old: `PROCEDURE int f(void) { static int count; return ++count; }
      PROCEDURE int g(void) { static int count; count += 10; return count; }
      PROCEDURE int q(int k) { return k + 1; } STEP(print("%d %d %d\\n", f(), g(), q(k)))`,
    new: `PROCEDURE int f(void) { static int count; return ++count; }
      PROCEDURE int g(void) { static int count; count += 10; return count; }
      PROCEDURE int q(int k) { static int count; return k + 100 + (count += 2) * 0; } STEP(print("%d %d %d\\n", f(), g(), q(k)))`,
    flags: ['-Wl,--no-relax'],
  },
  {
    name: 'a static variable that became global',
    old: 'static int count = 5; PROCEDURE int f(void) { return ++count; } PROCEDURE int g(int k) { return k * 3 + 1; } STEP(print("%d %d\\n", f(), g(k)))',
    new: 'int count = 5; PROCEDURE int f(void) { return ++count; } PROCEDURE int g(int k) { return k * 3 + 1000; } STEP(print("%d %d\\n", f(), g(k)))',
    verdicts: ['g changed'],
  },
  {
    name: 'a constant that became writable',
    old: 'static const int tab[4] = {1, 2, 3, 4}; PROCEDURE int f(int k) { return tab[k & 3]; } STEP(print("%d\\n", f(k)))',
    new: 'static int tab[4] = {1, 2, 3, 4}; PROCEDURE int f(int k) { tab[k & 3]++; return tab[k & 3]; } STEP(print("%d\\n", f(k)))',
    refused: 'data-changed',
  },
  {
    name: 'new variables with an alignment',
    old: 'PROCEDURE void p(int k) { print("p %d\\n", k); } STEP(p(k))',
    new: `static _Alignas(256) char buf[256]; static char pad = 1; char pad2[3] = {1, 2, 3};
      PROCEDURE char *gb(void) { buf[0]++; return buf; }
      PROCEDURE void p(int k) { pad += k - k; print("%d %d %d\\n", pad, pad2[1], (int)((unsigned long)gb() & 255)); } STEP(p(k))`,
    flags: ['-Wl,--no-relax'],
  },
  {
    name: 'a numbered switch table beside a new one',
    old: `PROCEDURE int f(int k) { switch (k) { case 0: return 17; case 1: return 5; case 2: return 99; case 3: return 4; case 4: return 61; } return 1234; }
      PROCEDURE int q(int k) { return k * 5 + 3; } STEP(print("%d %d\\n", f(k), q(k)))`,
    new: `PROCEDURE int z(int k) { switch (k) { case 0: return 7; case 1: return 50; case 2: return 9; case 3: return 44; case 4: return 16; } return 124; }
      PROCEDURE int f(int k) { switch (k) { case 0: return 17; case 1: return 5; case 2: return 99; case 3: return 4; case 4: return 61; } return 1234; }
      PROCEDURE int q(int k) { return z(k) + 3; } STEP(print("%d %d\\n", f(k), q(k)))`,
    flags: ['-Wl,--no-relax'],
    verdicts: ['q changed', 'z new'],
  },
  {
    name: 'a jump table in a changed procedure',
    old: `PROCEDURE void p(int k) { switch (k) { case 0: print("nil\\n"); break; case 1: print("%x one\\n", k); break; case 2: print("%d two\\n", k); break;
      case 3: print("three %d\\n", k + 1); break; case 4: print("four\\n"); break; default: print("many\\n"); } } STEP(p(k))`,
    new: `PROCEDURE void p(int k) { switch (k) { case 0: print("NIL %d\\n", k); break; case 1: print("%x ONE\\n", k); break; case 2: print("%d TWO %d\\n", k, k); break;
      case 3: print("THREE %d\\n", k + 2); break; case 4: print("FOUR\\n"); break; default: print("MANY\\n"); } } STEP(p(k))`,
    verdicts: ['p changed'],
  },
];

const named = ({ verdicts }: Diff): string[] =>
  verdicts.filter(({ verdict }) => verdict !== 'unchanged').map(({ name, verdict }) => `${name} ${verdict}`);

describe.each(ISAS)('on %s', (isa) => {
  test.each(CASES.map((each) => [each.name, each] as const))(
    '%s',
    (_name, { old, new: changed, flags = [], verdicts, refused }) => {
      const oldImage = build(isa, 'old', { 'm.c': old }, flags);
      const newImage = build(isa, 'new', { 'm.c': changed }, flags);
      const comparison = diff(new Program(oldImage), new Program(newImage));
      if (verdicts !== undefined) expect(named(comparison).sort()).toEqual([...verdicts].sort());
      if (refused !== undefined) {
        expect(() => link(comparison)).toThrow(Refusal);
        expect(select(comparison).findings.map(({ reason }) => reason)).toContain(refused);
        return;
      }
      const patch = openPackage(link(comparison));
      const right = new OldThenNew(oldImage, newImage, SESSION);
      const end = runToEnd(oldImage, SESSION).count;
      for (let point = 0; point < end; point += 11) {
        const output = new Collected();
        const process = start(oldImage, SESSION, output);
        process.run(point);
        new LiveProcess(new EmulatedTarget(process)).update(patch).advance();
        const landed = output.text.length;
        const stop = process.run(PLENTY);
        expect(stop, `update at ${point}`).toEqual({ kind: 'exited', status: 0 });
        expect(right.isRight(output.text, landed), `update at ${point}:\n${output.text}`).toBe(true);
      }
    },
  );

  test('the same static name in two files of one name is told by who refers to it', () => {
    const files = (other: boolean): Record<string, string> => ({
      ...(other && {
        'x.c':
          'static int v; __attribute__((noipa)) static int help(void) { return v += 100; } int fb(void) { return help(); }',
      }),
      'm.c': `#line 1 "x.c"
        static int v; __attribute__((noipa)) static int help(void) { return v += 1; } int fa(void) { return help(); }
        int fb(void); PROCEDURE int two(int k) { return ${other ? 'fb()' : 'k + 2'}; } STEP(print("%d %d\\n", fa(), two(k)))`,
    });
    const oldImage = build(isa, 'old', files(false), []);
    const newImage = build(isa, 'new', files(true), []);
    // The compiler names the file it was given; both are made to say x.c, as two folders would.
    const sameFile = (image: Image): Image => ({
      ...image,
      symbols: image.symbols.map((symbol) => (symbol.file === 'm.c' ? { ...symbol, file: 'x.c' } : symbol)),
    });
    const renumbered = (image: Image): Image => {
      const renamed = sameFile(image);
      const relocations = image.relocations.map((r) => ({
        ...r,
        symbol: renamed.symbols[image.symbols.indexOf(r.symbol)]!,
      }));
      return { ...renamed, relocations };
    };
    const comparison = diff(new Program(renumbered(oldImage)), new Program(renumbered(newImage)));
    const verdictsOf = (name: string): string[] =>
      comparison.verdicts.flatMap((each) => (each.name === name ? [each.verdict] : [])).sort();
    // Taken for each other, they would make a change of what refers to them.
    expect(['fa', 'fb', 'help', 'v'].map(verdictsOf)).toEqual([
      ['unchanged'],
      ['new'],
      ['new', 'unchanged'],
      ['new', 'unchanged'],
    ]);
    expect(select(comparison).findings).toEqual([]);
  });
});
