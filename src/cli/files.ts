/** Reads and writes the files named on the command line. */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isObject, readImage, readObject, type Image, type ObjectPlace } from '../elf/index.js';
import { CliError, ExitCode } from './exit-codes.js';

const LARGEST_FILE = 512 << 20;

/** @throws CliError when the file cannot be read, ElfError when it is not a program suture knows. */
export function loadImage(path: string): Image {
  return readImage(readBytes(path), basename(path));
}

/** An unlinked object, laid out there. @throws as `loadImage` does. */
export function loadObject(path: string, place: ObjectPlace): Image {
  return readObject(readBytes(path), basename(path), place);
}

/** A program, or an unlinked object. @throws as `loadImage` does. */
export function loadBuild(path: string): Image {
  const bytes = readBytes(path);
  return (isObject(bytes) ? readObject : readImage)(bytes, basename(path));
}

/** @throws CliError when one of two builds is an object and the other is linked. */
export function checkSameKind(before: Image, after: Image): void {
  if (before.relocatable === after.relocatable) return;
  const [object, program] = before.relocatable ? [before, after] : [after, before];
  const message = `${object.name} is a relocatable object and ${program.name} a linked program`;
  throw new CliError(ExitCode.usage, `${message}; name two objects or two programs`);
}

export function readBytes(path: string): Uint8Array {
  if (path === '') throw new CliError(ExitCode.usage, 'the name of a file is empty');
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EACCES: 'permission denied',
      EISDIR: 'it is a directory',
      ENOTDIR: 'part of its path is not a directory',
    };
    throw new CliError(ExitCode.noFile, `${path}: ${reasons[code ?? ''] ?? String(error)}`);
  }
  checkSize(path, bytes.length);
  return bytes;
}

/** @throws CliError for more bytes than a file may have. */
export function checkSize(name: string, size: number): void {
  if (size <= LARGEST_FILE) return;
  throw new CliError(ExitCode.badFile, `${name}: ${size} bytes; at most ${LARGEST_FILE} are read`);
}

const LARGEST_TEXT = 1 << 20;

/** A small text, such as a manifest or a key. */
export function readText(path: string): string {
  const bytes = readBytes(path);
  if (bytes.length <= LARGEST_TEXT) return Buffer.from(bytes).toString('utf8');
  throw new CliError(
    ExitCode.badFile,
    `${path}: ${bytes.length} bytes; at most ${LARGEST_TEXT} are read of a text`,
  );
}

/** Writes a file whole or not at all: what was there before stays until all of it is there. */
export function replaceFile(path: string, contents: Uint8Array): void {
  writeBeside(path, contents, renameSync);
}

/** For work that ends with `replaceFile`: what forbids that is found before. @throws CliError */
export function checkReplaceable(path: string): void {
  writeBeside(path, new Uint8Array(), (temporary) => {
    rmSync(temporary);
  });
}

function writeBeside(
  path: string,
  contents: Uint8Array,
  then: (temporary: string, whole: string) => void,
): void {
  let temporary: string | undefined;
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isFile() === false) throw new Error('it is not a file');
    const whole = there === undefined ? path : realpathSync(path);
    temporary = join(dirname(whole), `.${basename(whole)}.${process.pid}.tmp`);
    write(temporary, contents, 0o666);
    then(temporary, whole);
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { force: true });
    throw cannotWrite(path, error as NodeJS.ErrnoException);
  }
}

/** Writes files that must not be there yet, all or none. */
export function createFiles(files: readonly { path: string; contents: string; mode: number }[]): void {
  const created: string[] = [];
  for (const { path, contents, mode } of files) {
    try {
      write(path, Buffer.from(contents), mode, () => created.push(path));
    } catch (error) {
      for (const done of created) rmSync(done, { force: true });
      throw cannotWrite(path, error as NodeJS.ErrnoException);
    }
  }
}

/** Writes a file that must not be there yet, down to the disk. */
function write(path: string, contents: Uint8Array, mode: number, created?: () => void): void {
  const file = openSync(path, 'wx', mode);
  created?.();
  try {
    writeFileSync(file, contents);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function cannotWrite(path: string, { code, message }: NodeJS.ErrnoException): CliError {
  if (code === 'EEXIST')
    return new CliError(ExitCode.outputFailed, `${path}: it is there already, and is not overwritten`);
  const reasons: Record<string, string> = {
    ENOENT: 'its folder does not exist',
    EACCES: 'permission denied',
    EISDIR: 'it is a directory',
    ENOTDIR: 'part of its path is not a directory',
    ENOSPC: 'no space is left',
    EROFS: 'its file system can only be read',
  };
  return new CliError(ExitCode.outputFailed, `${path}: cannot be written: ${reasons[code ?? ''] ?? message}`);
}
