/** suture keygen, build, show, and run with a package. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { suture } from '../support/cli.js';
import { bytesOf, newName, sessionOf, tellerName } from '../support/programs.js';

const OLD = tellerName('rv32');
const NEW = newName('teller-grow', 'rv32');
const MANIFEST = 'patches/teller-grow/manifest.json';

let folder = '';
const at = (name: string): string => join(folder, name);
const write = (name: string, contents: Uint8Array | string): string => {
  writeFileSync(at(name), contents);
  return at(name);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'suture-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const build = (name: string, ...more: string[]): ReturnType<typeof suture> =>
  suture(['build', OLD, NEW, '-o', at(name), ...more]);

test('keygen without a name for the file is refused', () => {
  const { status, stderr } = suture(['keygen', '']);
  expect(status).toBe(64);
  expect(stderr).toContain('keygen needs the name of a file');
});

test('keygen makes a pair of keys, the private one for its owner alone, and overwrites nothing', () => {
  expect(suture(['keygen', at('key')])).toMatchObject({ status: 0, stderr: '' });
  expect(statSync(at('key')).mode & 0o777).toBe(0o600);
  expect(readFileSync(at('key'), 'utf8')).toContain('PRIVATE KEY');
  const before = readFileSync(at('key.pub'), 'utf8');
  expect(before).toContain('PUBLIC KEY');
  const again = suture(['keygen', at('key')]);
  expect(again.status).toBe(74);
  expect(again.stderr).toBe(`suture: ${at('key')}: it is there already, and is not overwritten\n`);
  rmSync(at('key'));
  expect(suture(['keygen', at('key')]).status).toBe(74);
  expect(readdirSync(folder)).toEqual(['key.pub']);
  expect(readFileSync(at('key.pub'), 'utf8')).toBe(before);
});

describe('build', () => {
  test('the same inputs give the same bytes', () => {
    suture(['keygen', at('key')]);
    const signed = ['--manifest', MANIFEST, '--key', at('key')];
    for (const [first, second, more] of [
      ['a.lup', 'b.lup', []],
      ['c.lup', 'd.lup', signed],
    ] as const) {
      expect(build(first, ...more)).toMatchObject({ status: 0, stderr: '' });
      expect(build(second, ...more).status).toBe(0);
      expect(Buffer.compare(readFileSync(at(first)), readFileSync(at(second)))).toBe(0);
    }
    expect(Buffer.compare(readFileSync(at('a.lup')), readFileSync(at('c.lup')))).not.toBe(0);
  });

  test.each<[string, string[], number, string]>([
    ['no change', [OLD, OLD], 77, 'no procedure of teller.rv32.elf changed'],
    ['another program', [OLD, tellerName('sparc')], 76, 'both must be builds of one program'],
    ['a missing file', [OLD, 'missing.elf'], 66, 'there is no such file'],
    ['a missing manifest', [OLD, NEW, '--manifest', 'missing.json'], 66, 'there is no such file'],
    ['a key that is none', [OLD, NEW, '--key', MANIFEST], 65, 'no Ed25519 private key'],
    ['a manifest that is none', [OLD, NEW, '--manifest', NEW], 65, 'not JSON'],
    ['an unknown procedure', [OLD, NEW, '--only', 'nobody'], 76, 'nobody is no procedure'],
  ])('%s: nothing is written, and what was there stays', (_name, args, status, message) => {
    write('fix.lup', 'what was there');
    const result = suture(['build', ...args, '-o', at('fix.lup')]);
    expect(result.stderr).toContain(message);
    expect([result.status, result.stdout]).toEqual([status, '']);
    expect(readFileSync(at('fix.lup'), 'utf8')).toBe('what was there');
    expect(readdirSync(folder)).toEqual(['fix.lup']);
  });

  test.each([
    ['a folder', ''],
    ['below a file', 'key/fix.lup'],
    ['in no folder', 'no/fix.lup'],
  ])('an output that is %s is an error and leaves nothing', (_name, output) => {
    write('key', '');
    expect(build(output).status).toBe(74);
    expect(readdirSync(folder)).toEqual(['key']);
  });
});

describe('show and run', () => {
  test('tell who signed', () => {
    for (const name of ['mine', 'other']) suture(['keygen', at(name)]);
    build('plain.lup', '--manifest', MANIFEST);
    build('signed.lup', '--manifest', MANIFEST, '--key', at('mine'));
    const bad = readFileSync(at('signed.lup'));
    bad[60]! ^= 1;
    write('bad.lup', bad);
    const [mine, other] = [`me=${at('mine.pub')}`, `them=${at('other.pub')}`];
    for (const [file, trusted, status, shown] of [
      ['plain.lup', [], 0, 'UNSIGNED: anybody may have made it'],
      ['plain.lup', [mine], 81, 'UNSIGNED: anybody may have made it'],
      ['signed.lup', [], 0, 'signed by an UNKNOWN KEY '],
      ['signed.lup', [other, mine], 0, 'signed by me (key '],
      ['signed.lup', [other], 81, 'signed by an UNKNOWN KEY '],
      ['bad.lup', [], 81, 'BAD SIGNATURE'],
      ['bad.lup', [mine], 81, 'BAD SIGNATURE'],
    ] as const) {
      const trust = trusted.flatMap((each) => ['--trust', each]);
      const result = suture(['show', at(file), ...trust]);
      expect(result.stdout.split('\n')[1], `${file} ${trust.join(' ')}`).toContain(shown);
      expect(result.status, `${file} ${trust.join(' ')}`).toBe(status);
      // What show has doubts about is not applied.
      const ran = suture(
        ['run', '--patch', at(file), ...trust, '--at', '700', OLD],
        sessionOf('teller-grow'),
      );
      expect(ran.status, ran.stderr).toBe(status);
      if (status === 0) expect(ran.stderr).toContain('update applied at instruction 700');
      else expect(ran.stdout).toBe('');
    }
  });

  test('show says what is in it, as text and as JSON', () => {
    build('fix.lup', '--manifest', MANIFEST);
    const text = suture(['show', at('fix.lup')]).stdout;
    expect(text).toContain('title        Round compound interest to the nearest cent and limit its years');
    expect(text).toMatch(/from {9}teller\.rv32\.elf, build id [0-9a-f]{40}/);
    expect(text).toMatch(/compound: 68 bytes, 4 relocations \(grown from 54 to 68 bytes/);
    expect(text).toMatch(/replaces compound at 0x[0-9a-f]+, 54 bytes, sha256 [0-9a-f]{64}/);
    const json = JSON.parse(suture(['show', at('fix.lup'), '--json']).stdout) as Record<string, unknown>;
    expect(json).toMatchObject({
      file: 'fix.lup',
      signature: { state: 'unsigned' },
      metadata: { nature: 'fix' },
      procedures: [{ name: 'compound', replaces: { name: 'compound', size: 54 } }],
    });
  });

  test('a title cannot move the cursor', () => {
    const manifest = write('m.json', JSON.stringify({ title: 'a\u001b[2Jb\nc', nature: 'fix' }));
    build('fix.lup', '--manifest', manifest);
    expect(suture(['show', at('fix.lup')]).stdout).toContain('title        a\\u001b[2Jb\\u000ac');
  });

  test('a program answers with a package as with the program it was made of', () => {
    build('fix.lup');
    const session = sessionOf('teller-grow');
    const byPackage = suture(['run', '--patch', at('fix.lup'), '--at', '700', OLD], session);
    const byProgram = suture(['run', '--patch', NEW, '--at', '700', OLD], session);
    expect(byPackage.stdout).toBe(byProgram.stdout);
    expect(byPackage.stdout).not.toBe(suture(['run', OLD], session).stdout);
    expect(byPackage.stderr).toBe(
      `fix.lup: UNSIGNED, not verified: anybody may have made it\n${byProgram.stderr}`,
    );
  });

  test.each([
    [
      'of another program',
      newName('teller-shrink', 'rv32'),
      'teller.rv32.elf is not new.rv32.elf: it has build id',
    ],
    ['that makes it what it is', OLD, /refused: teller\.rv32\.elf \(build id [0-9a-f]{40}\) runs already/],
  ])('a package %s is refused, and the program goes on', (_, to, refusal) => {
    suture(['build', NEW, to, '-o', at('back.lup')]);
    const { status, stdout, stderr } = suture(
      ['run', '--patch', at('back.lup'), OLD],
      sessionOf('teller-grow'),
    );
    expect(stderr).toMatch(refusal);
    expect([status, stdout]).toEqual([76, suture(['run', OLD], sessionOf('teller-grow')).stdout]);
  });

  test.each<[string, (file: string) => string[], number, string]>([
    ['--trust without a file', (file) => ['--trust', 'me', '--patch', file, OLD], 64, 'it must be NAME=FILE'],
    [
      '--trust with no key',
      (file) => ['--trust', `me=${file}`, '--patch', file, OLD],
      65,
      'no Ed25519 public key',
    ],
    [
      '--trust without a package',
      () => ['--trust', `me=${at('key.pub')}`, '--patch', NEW, OLD],
      64,
      'is not one',
    ],
    ['--trust without a patch', () => ['--trust', `me=${at('key.pub')}`, OLD], 64, 'name one with --patch'],
    ['--from with a package', (file) => ['--from', OLD, '--patch', file, OLD], 64, 'says what it is for'],
  ])('%s is refused', (_name, args, status, message) => {
    suture(['keygen', at('key')]);
    build('fix.lup');
    const result = suture(['run', ...args(at('fix.lup'))]);
    expect(result.stderr).toContain(message);
    expect([result.status, result.stdout]).toEqual([status, '']);
  });

  test('a file that is no package, and a damaged one, are one clear error', () => {
    build('fix.lup');
    const damaged = readFileSync(at('fix.lup'));
    damaged[100]! ^= 4;
    write('damaged.lup', damaged);
    write('cut.lup', readFileSync(at('fix.lup')).subarray(0, 300));
    write('program.lup', bytesOf(OLD));
    for (const [name, message] of [
      ['damaged.lup', 'its hash does not belong to its contents'],
      ['cut.lup', 'it is cut short'],
      ['program.lup', 'not a package'],
    ] as const) {
      const { status, stdout, stderr } = suture(['show', at(name)]);
      expect(stderr).toMatch(new RegExp(`^suture: ${name}: .*${message}.*\n$`));
      expect([status, stdout]).toEqual([65, '']);
    }
  });
});
