/**
 * The directory a user grants, as the host knows it.
 *
 * Paths are relative to it: names joined by `/`, never `.` or `..`; the empty path is the directory itself.
 * An implementation follows no symbolic link, neither at the end of a path nor on the way.
 */
import type { ErrorName } from '../abi/errno.js';
import type { Result } from './result.js';

export type EntryKind = 'file' | 'directory' | 'link';

export interface HostEntry {
  kind: EntryKind;
  /** Bytes. */
  size: number;
  /** Permission bits. */
  mode: number;
  /** What suture itself may do with it: sum of R_OK, W_OK, X_OK. */
  access: number;
}

export interface HostDirectory {
  /** Names of files, directories and symbolic links; what is none of these does not exist for a guest. */
  list(path: string): Result<readonly string[]>;
  stat(path: string): Result<HostEntry>;
  /** The first `size` bytes, fewer where the file ends. */
  read(path: string, size: number): Result<Uint8Array>;
  readLink(path: string): Result<{ target: string }>;
}

/** Where changes go as they happen. An error is the guest's, and then nothing has changed. */
export interface HostChanges {
  create(path: string, mode: number): ErrorName | undefined;
  write(path: string, offset: number, bytes: Uint8Array): ErrorName | undefined;
  truncate(path: string, size: number): ErrorName | undefined;
  setMode(path: string, mode: number): ErrorName | undefined;
  unlink(path: string): ErrorName | undefined;
  makeDirectory(path: string, mode: number): ErrorName | undefined;
  removeDirectory(path: string): ErrorName | undefined;
  rename(from: string, to: string): ErrorName | undefined;
}
