/** A granted directory on a real disk: nothing outside of it is read or written, whatever links say. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GrantedDirectory } from '#suture/cli/host-directory.js';
import { Guest } from '../support/guest-files.js';

let top = '';
const granted = (path = ''): string => join(top, 'granted', path);
const outside = (path = ''): string => join(top, 'outside', path);

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'suture-granted-')));
  for (const path of [granted(), granted('sub'), outside()]) mkdirSync(path);
  writeFileSync(granted('file'), 'inside');
  writeFileSync(granted('sub/deep'), 'deeper');
  writeFileSync(outside('file'), 'secret');
});

afterEach(() => {
  rmSync(top, { recursive: true });
});

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const namesIn = (host: GrantedDirectory, path = ''): string[] => {
  const names = host.list(path);
  if (typeof names === 'string') throw new Error(names);
  return [...names].sort();
};
const textOf = (result: string | Uint8Array): string =>
  typeof result === 'string' ? result : Buffer.from(result).toString();

test('lists, reads and describes', () => {
  symlinkSync('sub/deep', granted('link'));
  chmodSync(granted('file'), 0o640);
  const host = new GrantedDirectory(granted());
  expect(namesIn(host)).toEqual(['file', 'link', 'sub']);
  expect(host.list('sub')).toEqual(['deep']);
  expect(host.stat('file')).toMatchObject({ kind: 'file', size: 6, mode: 0o640 });
  expect(host.stat('sub')).toMatchObject({ kind: 'directory' });
  expect(host.stat('link')).toMatchObject({ kind: 'link' });
  expect(host.stat('')).toMatchObject({ kind: 'directory' });
  expect(host.readLink('link')).toEqual({ target: 'sub/deep' });
  expect(textOf(host.read('sub/deep', 100))).toBe('deeper');
  expect(textOf(host.read('sub/deep', 4))).toBe('deep');
  expect(host.read('nothing', 1)).toBe('ENOENT');
  expect(host.list('file')).toBe('ENOTDIR');
});

test('changes', () => {
  const host = new GrantedDirectory(granted());
  const mode = (path: string): number => statSync(granted(path)).mode & 0o7777;
  expect(host.create('new', 0o600)).toBeUndefined();
  expect(mode('new')).toBe(0o600);
  expect(host.create('new', 0o600)).toBe('EEXIST');
  expect(host.write('new', 2, bytes('abc'))).toBeUndefined();
  expect(readFileSync(granted('new'), 'utf8')).toBe('\0\0abc');
  expect(host.truncate('new', 3)).toBeUndefined();
  expect(readFileSync(granted('new'), 'utf8')).toBe('\0\0a');
  expect(host.makeDirectory('dir', 0o777)).toBeUndefined();
  expect(mode('dir')).toBe(0o777);
  expect(host.rename('new', 'dir/moved')).toBeUndefined();
  expect(host.removeDirectory('dir')).toBe('ENOTEMPTY');
  expect(host.setMode('dir/moved', 0o400)).toBeUndefined();
  expect(mode('dir/moved')).toBe(0o400);
  // A descriptor opened before may go on writing.
  expect(host.write('dir/moved', 0, bytes('x'))).toBeUndefined();
  expect(mode('dir/moved')).toBe(0o400);
  expect(host.unlink('dir/moved')).toBeUndefined();
  expect(host.removeDirectory('dir')).toBeUndefined();
  expect(existsSync(granted('dir'))).toBe(false);
});

test('must exist', () => {
  expect(() => new GrantedDirectory(granted('nothing'))).toThrow('ENOENT');
  expect(() => new GrantedDirectory(granted('file'))).toThrow('ENOTDIR');
});

describe('what leads out', () => {
  const host = (): GrantedDirectory => new GrantedDirectory(granted());

  test('a link to a file is neither read nor written', () => {
    symlinkSync(outside('file'), granted('out'));
    expect(host().read('out', 100)).toMatch(/ELOOP|EMLINK/);
    expect(host().write('out', 0, bytes('x'))).toMatch(/ELOOP|EMLINK/);
    expect(host().truncate('out', 0)).toMatch(/ELOOP|EMLINK/);
    expect(host().setMode('out', 0o777)).toBe('EOPNOTSUPP');
    expect(host().create('out', 0o644)).toBe('EEXIST');
    expect(readFileSync(outside('file'), 'utf8')).toBe('secret');
  });

  test('a link to a directory is not followed on the way', () => {
    symlinkSync(outside(), granted('out'));
    symlinkSync('sub', granted('alias'));
    for (const way of ['out', 'alias']) {
      const at = `${way}/${way === 'out' ? 'file' : 'deep'}`;
      expect(host().list(way)).toBe('EACCES');
      for (const answer of [
        host().read(at, 100),
        host().stat(at),
        host().readLink(at),
        host().write(at, 0, bytes('x')),
        host().truncate(at, 0),
        host().setMode(at, 0),
        host().unlink(at),
        host().create(`${way}/new`, 0o644),
        host().makeDirectory(`${way}/new`, 0o755),
        host().removeDirectory(at),
        host().rename(at, 'here'),
        host().rename('file', `${way}/new`),
      ]) {
        expect(answer).toBe('EACCES');
      }
    }
    expect(readFileSync(outside('file'), 'utf8')).toBe('secret');
    expect(existsSync(outside('new'))).toBe(false);
  });

  test('a directory that a link took the place of later', () => {
    const here = host();
    const guest = Guest.create({ host: here, changes: here, mount: '/data' });
    const fd = guest.opened('sub/deep', ['O_RDWR']);
    renameSync(granted('sub'), granted('was'));
    symlinkSync(outside(), granted('sub'));
    writeFileSync(outside('deep'), 'secret');
    expect(guest.call('write', fd, bytes('x'), 1)).toBe('EACCES');
    expect(guest.open('sub/new', ['O_CREAT'])).toBe('EACCES');
    expect(guest.call('unlinkat', -100, 'sub/deep', 0)).toBe('EACCES');
    expect(readFileSync(outside('deep'), 'utf8')).toBe('secret');
  });

  test('a granted directory that is itself a link is what it leads to', () => {
    symlinkSync(granted(), join(top, 'alias'));
    expect(textOf(new GrantedDirectory(join(top, 'alias')).read('file', 100))).toBe('inside');
  });
});

describe('what is neither file nor directory nor link', () => {
  test('is not there, and nothing waits for it', () => {
    execFileSync('mkfifo', [granted('fifo')]);
    const host = new GrantedDirectory(granted());
    expect(namesIn(host)).toEqual(['file', 'sub']);
    expect(host.stat('fifo')).toBe('ENOENT');
    expect(host.read('fifo', 100)).toBe('EACCES');
    expect(host.write('fifo', 0, bytes('x'))).toMatch(/ENXIO|EACCES/);
    expect(host.create('fifo', 0o644)).toBe('EEXIST');
  });

  test('nor is a name that is not UTF-8', () => {
    writeFileSync(Buffer.concat([Buffer.from(granted('x')), Buffer.of(0xff)]), '');
    expect(namesIn(new GrantedDirectory(granted()))).toEqual(['file', 'sub']);
  });
});

test('a guest works in it', () => {
  symlinkSync('/etc', granted('etc'));
  symlinkSync('../outside/file', granted('out'));
  symlinkSync('sub/deep', granted('link'));
  const host = new GrantedDirectory(granted());
  const guest = Guest.create({ host, changes: host, mount: granted(), workingDirectory: top });
  expect(guest.cwd()).toBe(top);
  expect(guest.cat('granted/file')).toBe('inside');
  expect(guest.cat(granted('link'))).toBe('deeper');
  for (const path of ['outside/file', outside('file'), 'granted/out', 'granted/etc/passwd', '/etc/passwd']) {
    expect(guest.cat(path)).toBe('ENOENT');
  }
  guest.get('chdir', 'granted');
  guest.put('sub/new', 'made');
  expect(readFileSync(granted('sub/new'), 'utf8')).toBe('made');
  guest.get('renameat', -100, 'sub', -100, 'moved');
  guest.put('moved/deep', 'changed');
  expect(readFileSync(granted('moved/deep'), 'utf8')).toBe('changed');
  expect(existsSync(granted('sub'))).toBe(false);
  guest.fork().put('moved/deep', 'forked');
  expect(readFileSync(granted('moved/deep'), 'utf8')).toBe('changed');
});
