/** The files a program finds, as they were when the rehearsal began: every run begins with the same. */
import { isError, type HostDirectory, type HostEntry, type Result } from '../process/files/index.js';

interface GivenEntry {
  path: string;
  entry: Result<HostEntry>;
  /** Names in a directory, bytes of a file, where a link leads. */
  holds: Result<readonly string[]> | Result<Uint8Array> | Result<{ target: string }>;
}

/** A directory with all below it, as data that can be sent to a worker. */
export interface GivenFiles {
  /** Where the program sees it, and where it begins: absolute paths. */
  mount: string;
  workingDirectory: string;
  entries: readonly GivenEntry[];
}

export class TooManyFiles extends Error {}

const MOST_ENTRIES = 10_000;
const MOST_BYTES = 64 << 20;

/** Reads a directory with all that is in it. @throws TooManyFiles */
export function takeFiles(host: HostDirectory): GivenEntry[] {
  const entries: GivenEntry[] = [];
  const waiting = [''];
  let bytes = 0;
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const entry = host.stat(path);
    bytes += isError(entry) || entry.kind !== 'file' ? 0 : entry.size;
    if (entries.length === MOST_ENTRIES || bytes > MOST_BYTES)
      throw new TooManyFiles(
        `it has more than ${MOST_ENTRIES} files or ${MOST_BYTES >> 20} MiB, and a rehearsal keeps them all`,
      );
    const holds = isError(entry) ? entry : held(host, path, entry);
    entries.push({ path, entry, holds });
    if (areNames(holds)) for (const name of holds) waiting.push(path === '' ? name : `${path}/${name}`);
  }
  return entries;
}

function held(host: HostDirectory, path: string, { kind, size }: HostEntry): GivenEntry['holds'] {
  if (kind === 'file') return host.read(path, size);
  if (kind === 'link') return host.readLink(path);
  const names = host.list(path);
  return isError(names) ? names : [...names].sort();
}

const areNames = (holds: GivenEntry['holds']): holds is readonly string[] => Array.isArray(holds);

/** What was taken, for a process to read. */
export class GivenDirectory implements HostDirectory {
  private readonly entries: ReadonlyMap<string, GivenEntry>;

  constructor(entries: readonly GivenEntry[]) {
    this.entries = new Map(entries.map((each) => [each.path, each]));
  }

  list(path: string): Result<readonly string[]> {
    const holds = this.holds(path);
    return isError(holds) || areNames(holds) ? holds : 'ENOTDIR';
  }

  stat(path: string): Result<HostEntry> {
    return this.entries.get(path)?.entry ?? 'ENOENT';
  }

  read(path: string, size: number): Result<Uint8Array> {
    const holds = this.holds(path);
    if (isError(holds)) return holds;
    return holds instanceof Uint8Array ? holds.subarray(0, size) : 'EINVAL';
  }

  readLink(path: string): Result<{ target: string }> {
    const holds = this.holds(path);
    return isError(holds) || 'target' in holds ? holds : 'EINVAL';
  }

  private holds(path: string): GivenEntry['holds'] {
    return this.entries.get(path)?.holds ?? 'ENOENT';
  }
}
