/**
 * Objects as Debian's compilers make them, against the programs that are linked from them: regression patches of
 * one file, and a file compiled without sections of its own for every procedure.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CallFrames, DebugInformation, readObject, type Image, type ObjectPlace } from '#suture/elf/index.js';
import {
  diff,
  diffObjects,
  link,
  openPackage,
  placeIn,
  Program,
  select,
  type Diff,
} from '#suture/patch/index.js';
import { cases, instructionsFor, loaded, programsOf, type Case } from '../support/cases.js';
import { applyAtPoints } from '../support/every-point.js';
import { TOOLCHAINS } from '../support/compile.js';
import { ISAS, pathOf, runToEnd, type IsaName } from '../support/programs.js';

/** Milliseconds. */
const BUILDING = 600_000;
/** Of each a file changed that is there before and after, and all that changed is in it. */
const NAMES = [
  ...[
    'alias',
    'aligned-buffer',
    'cold-split',
    'computed-goto',
    'constant-table',
    'constprop-gone',
    'division-64',
  ],
  ...['double-arithmetic', 'duplicate-statics', 'function-pointer-table', 'initial-value-reset', 'isra-gone'],
  ...['jump-table', 'long-long', 'misaligned', 'new-helper', 'new-static', 'static-became-global'],
  ...[
    'static-locals-swapped',
    'string-tail-shared',
    'structure-grown',
    'tail-call',
    'teller-grow',
    'variadic',
  ],
];
const APPLIED = ['duplicate-statics', 'jump-table', 'structure-grown', 'teller-grow'];

let folder = '';
const chosen = cases().filter(({ name }) => NAMES.includes(name));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'suture-objects-'));
  const targets = chosen.flatMap(({ target }) => (target === undefined ? [] : [target]));
  const names = [...new Set([...NAMES, ...targets])];
  execFileSync(pathOf('scripts/build-targets'), [...names, '--objects', '--out', folder]);
}, BUILDING);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Pair {
  running: Image;
  after: Image;
  session: string;
  /** Both builds of the one object that changed. */
  objects: (place?: ObjectPlace) => [Image, Image];
}

function pairOf(of: Case, isa: IsaName): Pair {
  const { oldName, newName, session } = programsOf(of, isa, folder);
  const bytes = (program: string, file: string): Uint8Array =>
    new Uint8Array(readFileSync(join(`${program}.objects`, file)));
  const changed = readdirSync(`${newName}.objects`).filter(
    (file) => Buffer.compare(bytes(oldName, file), bytes(newName, file)) !== 0,
  );
  expect(changed).toHaveLength(1);
  const [file] = changed as [string];
  return {
    running: loaded(oldName),
    after: loaded(newName),
    session: readFileSync(session, 'latin1'),
    objects: (place) => [
      readObject(bytes(oldName, file), `old ${file}`, place),
      readObject(bytes(newName, file), `new ${file}`, place),
    ],
  };
}

const verdicts = ({ verdicts: all }: Diff): string[] =>
  all.flatMap(({ name, verdict, change }) =>
    verdict === 'unchanged' ? [] : [[name, verdict, ...(change === undefined ? [] : [change])].join(' ')],
  );

describe.each(ISAS)('on %s', (isa) => {
  test('every case that is named is there', () => {
    expect(chosen.map(({ name }) => name)).toEqual([...NAMES].sort());
  });

  test.each(chosen.map((each) => [each.name, each] as const))('%s', (_name, each) => {
    const { running, after, objects } = pairOf(each, isa);
    const wanted = verdicts(diff(new Program(running), new Program(after))).sort();
    expect(wanted.length).toBeGreaterThan(0);
    const [old, successor] = objects();
    expect(verdicts(diff(new Program(old), new Program(successor))).sort()).toEqual(wanted);
    for (const object of [old, successor]) {
      expect(verdicts(diff(new Program(object), new Program({ ...object })))).toEqual([]);
    }
    const [oldPlaced, newPlaced] = objects(placeIn(running));
    expect(verdicts(diffObjects(running, oldPlaced, newPlaced)).sort()).toEqual(wanted);
  });

  test.each(chosen.filter(({ name }) => APPLIED.includes(name)).map((each) => [each.name, each] as const))(
    '%s: the package made of the objects answers old, then new',
    (name, each) => {
      const { running, after, objects, session } = pairOf(each, isa);
      const comparison = diffObjects(running, ...objects(placeIn(running)));
      const patch = openPackage(link(comparison, select(comparison, instructionsFor(each).select)));
      const { count } = runToEnd(running, session);
      const points = [1, 2, 3, 4].map((part) => Math.floor((count * part) / 5));
      const command = (point: number): string => `the package of ${name}'s objects for ${isa} at ${point}`;
      expect(
        applyAtPoints({ oldImage: running, newImage: after, patch, session, command }, points).points,
      ).toBe(4);
    },
  );
});

/** With constants, a common symbol, thread-local and weak ones, and debug information. */
const SOURCE = `
  int common[3]; static int counter; extern int outside(const char *); extern int maybe(void) __attribute__((weak));
  static _Thread_local int own = 3; _Thread_local int zeroed; extern int elsewhere;
  static int helper(int x) { return x * 7 + counter++; }
  int first(int n) { if (maybe) n += maybe(); return outside("first") + common[n & 1] + own++ + elsewhere; }
  int second(int n) {
    switch (n) { case 0: return helper(1); case 1: return outside("one"); case 2: return 5; case 3: return zeroed;
      case 4: return outside("four"); case 5: return helper(n); default: return first(n) + helper(n); }
  }`;

describe.each(['rv32', 'rv64', 'v8plus'] as const)('a file as %s has it', (machine) => {
  function built(name: string, source: string, flags: readonly string[]): Program {
    const [file, output] = [join(folder, `${name}.c`), join(folder, `${name}.${machine}.o`)];
    writeFileSync(file, source);
    const chain = TOOLCHAINS[machine];
    const own = chain.flags.filter((flag) => !flag.startsWith('-Wl,') && flag !== '-nostdlib');
    execFileSync(chain.compiler, [...own, ...flags, '-fno-pic', '-g', '-fcommon', '-c', file, '-o', output]);
    return new Program(readObject(new Uint8Array(readFileSync(output)), `${name}.o`));
  }

  test.each([
    ['as it is', ['-O2']],
    ['in sections', ['-O2', '-ffunction-sections', '-fdata-sections']],
    ['without optimization', ['-O0']],
  ])('compiled %s', (_how, flags) => {
    const program = built('one', SOURCE, flags);
    const { image } = program;
    expect(program.objects.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['common', 'counter', 'own', 'zeroed']) as string[],
    );
    expect(verdicts(diff(program, built('two', `/* A line more. */\n${SOURCE}`, flags)))).toEqual([]);
    const changed = built('three', SOURCE.replace('return 5', 'return 6'), flags);
    expect(verdicts(diff(program, changed))).toEqual(['second changed']);
    const renamed = built('four', SOURCE.replaceAll('outside(', 'inside('), flags);
    expect(verdicts(diff(program, renamed)).sort()).toEqual(['first changed', 'second changed']);
    const debug = DebugInformation.of(image)!;
    const { address } = image.symbols.find(({ name }) => name === 'common')!;
    expect(debug.variable(address, 'common')).toMatchObject({ kind: 'array' });
    const second = program.procedures.find(({ name }) => name === 'second')!;
    const rules = CallFrames.read(image).rows(second.address, second.address + second.size);
    expect(rules.length).toBeGreaterThan(1);
    expect(rules.every(({ rule }) => rule !== undefined)).toBe(true);
  });
});
