/**
 * A directory of the host, granted to a guest.
 *
 * Nothing outside of it is reached: the directory a name lies in must be, with all links resolved, exactly
 * where its path says, and what is opened there must not be a link.
 */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  opendirSync,
  openSync,
  readSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { genericErrors, type ErrorName } from '../process/abi/errno.js';
import { R_OK, W_OK, X_OK } from '../process/abi/files.js';
import type { HostChanges, HostDirectory, HostEntry, Result } from '../process/files/index.js';

/** More entries than this in one directory are too many for a guest anyway. */
const MOST_ENTRIES = 1 << 17;
const PERMISSIONS = 0o7777;
const OWNER_WRITES = 0o200;

export class GrantedDirectory implements HostDirectory, HostChanges {
  private readonly root: string;

  /** @throws Error of node:fs when there is no such directory. */
  constructor(path: string) {
    this.root = realpathSync(path);
    closeSync(openSync(this.root, constants.O_RDONLY | constants.O_DIRECTORY));
  }

  list(path: string): Result<readonly string[]> {
    return attempt(() => {
      const names: string[] = [];
      const directory = opendirSync(this.real(path));
      try {
        for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
          const isKnown = entry.isFile() || entry.isDirectory() || entry.isSymbolicLink();
          // A name that is not UTF-8 has no path a guest could give.
          if (isKnown && !entry.name.includes('\ufffd')) names.push(entry.name);
          if (names.length > MOST_ENTRIES) break;
        }
      } finally {
        directory.closeSync();
      }
      return names;
    });
  }

  stat(path: string): Result<HostEntry> {
    return attempt(() => {
      const at = this.locate(path);
      const found = lstatSync(at);
      const kind = found.isDirectory()
        ? 'directory'
        : found.isFile()
          ? 'file'
          : found.isSymbolicLink()
            ? 'link'
            : undefined;
      if (kind === undefined) return 'ENOENT';
      const access = kind === 'link' ? R_OK | W_OK | X_OK : accessTo(at);
      return { kind, size: found.size, mode: found.mode & PERMISSIONS, access };
    });
  }

  read(path: string, size: number): Result<Uint8Array> {
    return this.withFile(path, constants.O_RDONLY, (file) => {
      const bytes = new Uint8Array(size);
      let done = 0;
      for (let count = -1; done < size && count !== 0; done += count) {
        count = readSync(file, bytes, done, size - done, done);
      }
      return bytes.subarray(0, done);
    });
  }

  readLink(path: string): Result<{ target: string }> {
    return attempt(() => ({ target: readlinkSync(this.locate(path)) }));
  }

  create(path: string, mode: number): ErrorName | undefined {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    return failure(() => {
      const file = openSync(this.locate(path), flags);
      // Whoever runs suture has a mask of their own.
      fchmodSync(file, mode);
      closeSync(file);
    });
  }

  write(path: string, offset: number, bytes: Uint8Array): ErrorName | undefined {
    return errorOf(
      this.withFile(path, constants.O_WRONLY, (file) => {
        for (let done = 0; done < bytes.length;) {
          done += writeSync(file, bytes, done, bytes.length - done, offset + done);
        }
        return bytes;
      }),
    );
  }

  truncate(path: string, size: number): ErrorName | undefined {
    return errorOf(
      this.withFile(path, constants.O_WRONLY, (file) => {
        ftruncateSync(file, size);
        return size;
      }),
    );
  }

  setMode(path: string, mode: number): ErrorName | undefined {
    return failure(() => {
      const at = this.locate(path);
      // chmod would follow it.
      if (lstatSync(at).isSymbolicLink()) return 'EOPNOTSUPP';
      chmodSync(at, mode);
      return undefined;
    });
  }

  unlink(path: string): ErrorName | undefined {
    return failure(() => {
      unlinkSync(this.locate(path));
    });
  }

  makeDirectory(path: string, mode: number): ErrorName | undefined {
    return failure(() => {
      const at = this.locate(path);
      mkdirSync(at);
      chmodSync(at, mode);
    });
  }

  removeDirectory(path: string): ErrorName | undefined {
    return failure(() => {
      rmdirSync(this.locate(path));
    });
  }

  rename(from: string, to: string): ErrorName | undefined {
    return failure(() => {
      renameSync(this.locate(from), this.locate(to));
    });
  }

  /** Where a path lies; the directory above it is real. */
  private locate(path: string): string {
    if (path === '') return this.real(path);
    const parent = dirname(path);
    return join(this.real(parent === '.' ? '' : parent), basename(path));
  }

  /** A directory that must be where its path says. */
  private real(path: string): string {
    const at = join(this.root, path);
    if (realpathSync.native(at) !== at) throw new Outside();
    return at;
  }

  private withFile<T extends object | number>(
    path: string,
    flags: number,
    use: (file: number) => T,
  ): Result<T> {
    return attempt(() => {
      const file = openFile(this.locate(path), flags);
      try {
        return fstatSync(file).isFile() ? use(file) : 'EACCES';
      } finally {
        closeSync(file);
      }
    });
  }
}

/** A guest that has a file open writes to it although its mode no longer says so. */
function openFile(path: string, flags: number): number {
  // A pipe that took the file's place must not keep us waiting.
  const all = flags | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    return openSync(path, all);
  } catch (error) {
    const found = lstatSync(path);
    if ((error as NodeJS.ErrnoException).code !== 'EACCES' || !found.isFile()) throw error;
    if (flags === constants.O_RDONLY) throw error;
    chmodSync(path, (found.mode & PERMISSIONS) | OWNER_WRITES);
    try {
      return openSync(path, all);
    } finally {
      chmodSync(path, found.mode & PERMISSIONS);
    }
  }
}

/** A link took the place of a directory. */
class Outside extends Error {}

function accessTo(path: string): number {
  let access = 0;
  for (const wanted of [R_OK, W_OK, X_OK]) {
    try {
      accessSync(path, wanted);
      access |= wanted;
    } catch {
      // Not allowed.
    }
  }
  return access;
}

function attempt<T extends object | number>(action: () => Result<T>): Result<T> {
  try {
    return action();
  } catch (error) {
    if (error instanceof Outside) return 'EACCES';
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || code.startsWith('ERR_')) throw error;
    return code in genericErrors ? (code as ErrorName) : 'EIO';
  }
}

const failure = (action: () => ErrorName | undefined): ErrorName | undefined =>
  errorOf(attempt(() => action() ?? 0));

const errorOf = (result: Result<object | number>): ErrorName | undefined =>
  typeof result === 'string' ? result : undefined;
