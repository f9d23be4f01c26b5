/** Packages from end to end: built of two files and a manifest, applied by `suture run`, stacked, and taken back. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LiveProcess, openPackage, readPackage, type Patch } from '#suture/patch/index.js';
import type { Process } from '#suture/process/process.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { suture } from '../support/cli.js';
import {
  imageOf,
  ISAS,
  newName,
  runToEnd,
  sessionOf,
  start,
  tellerName,
  type IsaName,
} from '../support/programs.js';

/** Where a package has its key and signature, see container.ts. */
const SIGNED_HEAD = 52;
const SIGNATURE_PART = 96;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'suture-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Builds a package as a user does. */
function build(name: string, from: string, to: string, manifest: string): string {
  const file = join(folder, name);
  const { status, stderr } = suture(['build', from, to, '--manifest', manifest, '-o', file]);
  expect([status, stderr]).toEqual([0, '']);
  return file;
}

const ownPrograms = (name: string, isa: IsaName): [from: string, to: string] => [
  `patches/${name}/old.${isa}.elf`,
  newName(name, isa),
];

const packageOf = (name: string, isa: IsaName, from = ownPrograms(name, isa)[0]): string =>
  build(`${name}.${isa}.lup`, from, newName(name, isa), `patches/${name}/manifest.json`);

const lines = (text: string): string[] => text.trimEnd().split('\n');
const toTheEnd = (program: string, session: Uint8Array): string[] =>
  lines(runToEnd(imageOf(program), session).output);

/** The story without counts of instructions and what is said of signatures. */
const storyOf = (stderr: string): string[] =>
  lines(stderr)
    .filter((line) => !line.includes('UNSIGNED'))
    .map((line) => line.replace(/ (after|at instruction) \d.*/, ''));

const patchIn = (file: string): Patch => openPackage(readPackage(readFileSync(file), file).package);

/** Bytes of an object of the program. */
function object(process: Process, name: string): string {
  const { address, size } = process.image.symbols.find((symbol) => symbol.name === name)!;
  return Buffer.from(process.memory.read(address, size)).toString('hex');
}

describe.each(ISAS)('on %s', (isa) => {
  test.each(['initial-value-reset', 'constant-table', 'structure-grown'])(
    '%s: old answers before the moment, new ones after it',
    (name) => {
      const [from, to] = ownPrograms(name, isa);
      const session = sessionOf(name);
      const file = packageOf(name, isa);
      const result = suture(['run', '--patch', file, '--at', 'output:7:', from], session);
      expect(result.status, result.stderr).toBe(0);
      const [before, after, mixed] = [toTheEnd(from, session), toTheEnd(to, session), lines(result.stdout)];
      expect(mixed.slice(0, 8)).toEqual(before.slice(0, 8));
      expect(mixed.slice(9)).toEqual(after.slice(9));
      expect(mixed.slice(9)).not.toEqual(before.slice(9));
    },
  );

  test('a reset variable has its new value, and its old one again after the way back', () => {
    const [from] = ownPrograms('initial-value-reset', isa);
    const process = start(imageOf(from), sessionOf('initial-value-reset'));
    process.run(300);
    const before = [object(process, 'limit'), process.digest()];
    const live = new LiveProcess(new EmulatedTarget(process));
    live.update(patchIn(packageOf('initial-value-reset', isa))).advance();
    expect(parseInt(object(process, 'limit').replace(/^0*|0*$/g, ''), 16)).toBe(7);
    live.rollback().advance();
    expect([object(process, 'limit'), process.digest()]).toEqual(before);
  });

  test('a transformed object cannot go back without a procedure for that: said, and the program goes on', () => {
    const [from, to] = ownPrograms('structure-grown', isa);
    const session = sessionOf('structure-grown');
    const args = [
      '--patch',
      packageOf('structure-grown', isa),
      '--at',
      'output:3:',
      '--rollback-at',
      'output:9:',
    ];
    const { status, stdout, stderr } = suture(['run', ...args, from], session);
    expect(status).toBe(76);
    expect(stderr).toMatch(
      /refused: the update transforms visitors, and the package has no procedure for the way/,
    );
    expect(lines(stdout).slice(5)).toEqual(toTheEnd(to, session).slice(5));
  });

  test('hooks are called in their order, on the way there and back', () => {
    const file = packageOf('teller-hooks', isa, tellerName(isa));
    const session = sessionOf('teller-hooks');
    const moments = ['--at', 'entry:run_forecast#1', '--rollback-at', 'entry:run_forecast#2'];
    const { status, stderr } = suture(['run', '--patch', file, ...moments, tellerName(isa)], session);
    expect(status, stderr).toBe(0);
    const called = (when: string, name: string): string =>
      `update called the ${when} hook ${name}: it answered 0`;
    expect(storyOf(stderr)).toEqual([
      expect.stringMatching(/^update prepared: /),
      called('check', 'hook_check'),
      called('pre', 'hook_pre'),
      called('transfer', 'hook_transfer'),
      called('post', 'hook_post'),
      'update applied',
      called('rollback-check', 'hook_rollback_check'),
      called('rollback-pre', 'hook_rollback_pre'),
      called('rollback-transfer', 'hook_rollback_transfer'),
      called('rollback-post', 'hook_rollback_post'),
      'update taken back',
    ]);
  });

  describe('packages on packages', () => {
    const program = `targets/chain/chain.${isa}.elf`;
    const [one, two] = [newName('chain-01', isa), newName('chain-02', isa)];
    const session = Buffer.from('1\n2\n3\n4\n5\n6\n7\n8\n9\n');
    let first = '';
    let second = '';
    beforeAll(() => {
      first = build(`first.${isa}.lup`, program, one, 'patches/chain-01/manifest.json');
      second = build(`second.${isa}.lup`, one, two, 'patches/chain-02/manifest.json');
    });

    test('are each version in turn, and taken back in order', () => {
      const reading = (n: number): string => `entry:read_line#${n}`;
      const args = ['--patch', first, '--patch', second, '--at', reading(3), '--at', reading(3)];
      const backs = ['--rollback-at', reading(3), '--rollback-at', reading(3)];
      const { status, stdout, stderr } = suture(['run', ...args, ...backs, program], session);
      expect(status, stderr).toBe(0);
      const [v0, v1, v2] = [program, one, two].map((name) => toTheEnd(name, session)) as [
        string[],
        string[],
        string[],
      ];
      expect(lines(stdout)).toEqual([
        ...v0.slice(0, 2),
        ...v1.slice(2, 4),
        ...v2.slice(4, 6),
        ...v1.slice(6, 8),
        ...v0.slice(8),
      ]);
    });

    test('are refused out of order, and the program goes on as it was', () => {
      const { status, stdout, stderr } = suture(['run', '--patch', second, '--at', '0', program], session);
      expect(status).toBe(76);
      expect(stderr).toMatch(/refused: chain\.\w+\.elf is not new\.\w+\.elf: it has build id/);
      expect(lines(stdout)).toEqual(toTheEnd(program, session));
      const live = new LiveProcess(new EmulatedTarget(start(imageOf(program), session)));
      live.update(patchIn(first)).advance();
      live.update(patchIn(second)).advance();
      expect(() => live.rollback({}, live.updates[0])).toThrow(
        'Version 1 of ten cannot be taken back before what was built on it: Version 2 of ten',
      );
      expect(live.updates).toHaveLength(2);
    });

    test('under a signature that belongs to another they are refused before the program starts', () => {
      const key = join(folder, `key.${isa}`);
      expect(suture(['keygen', key]).status).toBe(0);
      const signed = (name: string, from: string, to: string): Buffer => {
        const file = join(folder, name);
        expect(suture(['build', from, to, '--key', key, '-o', file]).status).toBe(0);
        return readFileSync(file);
      };
      const first = signed(`a.${isa}.lup`, program, one);
      const mixed = signed(`b.${isa}.lup`, one, two);
      first.copy(mixed, SIGNED_HEAD, SIGNED_HEAD, SIGNED_HEAD + SIGNATURE_PART);
      const file = join(folder, `mixed.${isa}.lup`);
      writeFileSync(file, mixed);
      const result = suture(['run', '--trust', `me=${key}.pub`, '--patch', file, program], session);
      expect([result.status, result.stdout]).toEqual([81, '']);
      expect(result.stderr).toContain('its signature does not belong to it');
    });
  });
});
