/** Reads the files named on the command line. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readImage, type Image } from '../elf/index.js';
import { CliError, ExitCode } from './exit-codes.js';

const LARGEST_FILE = 512 << 20;

/** @throws CliError when the file cannot be read, ElfError when it is not a program suture knows. */
export function loadImage(path: string): Image {
  return readImage(readBytes(path), basename(path));
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
  if (bytes.length > LARGEST_FILE) {
    throw new CliError(ExitCode.badFile, `${path}: ${bytes.length} bytes; at most ${LARGEST_FILE} are read`);
  }
  return bytes;
}
