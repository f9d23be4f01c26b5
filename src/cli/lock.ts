/**
 * Locks between processes: a file that names its holder. The lock of a process that is gone is taken over.
 *
 *     free     no file; who links his own there has it
 *     held     by a process that is there, or of which nobody can tell
 *     stale    its holder is gone. Only who has the claim, a second file, may put his own in its place, and looks
 *              again first: whom he read of may have been followed by another before he had it.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface Held {
  /** As people name it. */
  by: string;
  /** What to remove when that is known to be wrong. */
  files: string[];
}

/** Who asks, and what he sees; a test has several in one process. */
export interface Asker {
  /** No other process has this text, ever. */
  me: string;
  isGone: (holder: string) => boolean;
  files: Files;
}

type Files = Pick<
  typeof import('node:fs'),
  'linkSync' | 'readFileSync' | 'renameSync' | 'rmSync' | 'writeFileSync'
>;

const asker = (): Asker => ({
  me: identity(),
  isGone,
  files: { linkSync, readFileSync, renameSync, rmSync, writeFileSync },
});

/** Takes the lock at this path. Returns who has it, if somebody else does. */
export function takeLock(path: string, { me, isGone, files }: Asker = asker()): Held | undefined {
  const own = `${path}.${randomUUID()}`;
  const claim = `${path}.claim`;
  const links = (to: string): boolean =>
    unless('EEXIST', () => {
      files.linkSync(own, to);
      return true;
    }) ?? false;
  const holderOf = (file: string): string | undefined =>
    unless('ENOENT', () => files.readFileSync(file, 'utf8'));
  // A lock has its holder from the start: it gets its name when it is whole.
  files.writeFileSync(own, me);
  try {
    for (;;) {
      if (links(path)) return undefined;
      const holder = holderOf(path);
      if (holder === undefined) continue;
      if (!isGone(holder)) return { by: described(holder), files: [path] };
      if (!links(claim)) {
        const other = holderOf(claim);
        if (other === undefined) continue;
        return { by: described(other), files: [path, claim] };
      }
      try {
        if (holderOf(path) !== holder) continue;
        files.renameSync(own, path);
        return undefined;
      } finally {
        files.rmSync(claim);
      }
    }
  } finally {
    files.rmSync(own, { force: true });
  }
}

/** Gives back a lock that this process has. */
export function giveLockBack(path: string): void {
  const holder = unless('ENOENT', () => readFileSync(path, 'utf8'));
  if (holder === identity()) rmSync(path, { force: true });
}

function unless<T>(code: string, act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
    return undefined;
  }
}

/** Numbers of processes are used again, and every container has its own: the host and when it began belong to it. */
const identity = (): string => `${process.pid} ${startOf(process.pid) ?? ''} ${hostname()}`;

function described(holder: string): string {
  const [pid, , host = hostname()] = holder.split(' ');
  return host === hostname() ? `process ${pid}` : `process ${pid} of host ${host}`;
}

function isGone(holder: string): boolean {
  const [number, start = '', host = hostname()] = holder.split(' ');
  if (host !== hostname()) return false;
  const pid = Number(number);
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
  const now = startOf(pid);
  return now !== undefined && (now === ENDED || (start !== '' && now !== start));
}

const ENDED = 'ended';
/** In what follows the name of a process in its status. */
const STATE = 0;
const START = 19;

/** Ticks after the boot of the host, where it has /proc; `ended` for one that only waits to be buried. */
function startOf(pid: number): string | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name may have spaces and parentheses in it.
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return fields[STATE] === 'Z' || fields[STATE] === 'X' ? ENDED : fields[START];
}
