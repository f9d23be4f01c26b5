/**
 * The journal of a rehearsal: what was found so far, a line each, so that a rehearsal which ended early goes on where
 * it was. Its first line says what was rehearsed, and by which suture; a journal of anything else is refused. Every
 * line begins with a sum of the rest: one that was damaged is no finding.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { Job, PointClass } from '../rehearsal/index.js';
import { CliError, ExitCode } from './exit-codes.js';
import { giveLockBack, takeLock, type Held } from './lock.js';
import { ownDigest } from './own-digest.js';

const Header = z.strictObject({
  journal: z.string(),
  of: z.string(),
  points: z.int().min(1),
});

const point = z.int().min(0);
const Line = z.strictObject({
  first: point,
  last: point,
  decision: z.enum(['at-once', 'deferred', 'refused']),
  judgement: z.enum(['right', 'crashed', 'hung', 'diverged']),
  landsAt: point.optional(),
  reason: z.string(),
  objection: z.string().optional(),
  place: z.strictObject({ pc: point, thread: z.int(), stack: z.array(z.string()) }),
  conflict: z.strictObject({ instruction: z.int(), pc: point, why: z.string() }).optional(),
  difference: z
    .strictObject({
      line: z.int(),
      old: z.string().optional(),
      new: z.string().optional(),
      expected: z.string().nullable().optional(),
      got: z.string().optional(),
    })
    .optional(),
  ranInstructions: z.number().min(0),
  merged: z.boolean(),
});

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')));
/** The format, and who writes it: another suture may find something else. */
const writer = (): string => `rehearsal 3, suture ${version}, build ${ownDigest()}`;

const LARGEST = 1 << 30;
const NEWLINE = 10;

/** A number that two rehearsals share exactly when they find the same. */
export function identityOf(job: Job): string {
  const sum = createHash('sha256');
  const add = (value: unknown): void => {
    sum.update(
      JSON.stringify(value, (_key, part: unknown) =>
        part instanceof Uint8Array
          ? Buffer.from(part).toString('base64')
          : part === Infinity
            ? 'Infinity'
            : part,
      ),
    );
  };
  add(job);
  return sum.digest('hex');
}

export class Journal {
  private constructor(
    private readonly path: string,
    private readonly descriptor: number,
    /** What an earlier rehearsal had found. */
    readonly found: readonly PointClass[],
  ) {}

  /**
   * Goes on with the journal at `path`, or begins it. Nobody else can while it is open.
   *
   * @throws CliError when it cannot be read or written, is of another rehearsal, damaged, or in use.
   */
  static open(path: string, job: Job, points: number): Journal {
    lock(path);
    try {
      const header = { journal: writer(), of: identityOf(job), points };
      const found = existsSync(path) ? read(path, header) : undefined;
      const descriptor = openSync(path, 'a', 0o666);
      const journal = new Journal(path, descriptor, found ?? []);
      if (found === undefined) journal.begin(header);
      return journal;
    } catch (error) {
      giveLockBack(lockOf(path));
      throw error instanceof CliError
        ? error
        : new CliError(
            ExitCode.outputFailed,
            `journal ${path} cannot be opened: ${(error as Error).message}`,
          );
    }
  }

  /** @throws CliError when it cannot be written, as on a full disk; what was written before stays good. */
  add(found: readonly PointClass[]): void {
    this.append(found);
  }

  close(): void {
    closeSync(this.descriptor);
    giveLockBack(lockOf(this.path));
  }

  private begin(header: z.infer<typeof Header>): void {
    try {
      this.append([header]);
    } catch (error) {
      closeSync(this.descriptor);
      throw error;
    }
  }

  private append(lines: readonly object[]): void {
    const bytes = Buffer.from(lines.map((line) => `${summed(line)}\n`).join(''));
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.descriptor, bytes, done);
    } catch (error) {
      throw new CliError(
        ExitCode.outputFailed,
        `journal ${this.path} cannot be written: ${(error as Error).message}; what it holds so far stays good`,
      );
    }
  }
}

/** What a journal holds, undefined when not even its header; a last line that is cut short was never written, and goes. */
function read(path: string, wanted: z.infer<typeof Header>): PointClass[] | undefined {
  const file = statSync(path);
  if (!file.isFile()) throw new CliError(ExitCode.outputFailed, `journal ${path}: it is no regular file`);
  if (file.size > LARGEST)
    throw new CliError(ExitCode.badFile, `journal ${path}: ${file.size} bytes; it may have ${LARGEST}`);
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  if (end === 0 && summed(wanted).startsWith(bytes.toString('latin1'))) {
    truncateSync(path);
    return undefined;
  }
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  const header = Header.safeParse(parsed(path, lines[0] ?? '', 1));
  if (!header.success)
    throw new CliError(ExitCode.badFile, `journal ${path}: it is no journal of a rehearsal`);
  if (header.data.journal !== wanted.journal) {
    throw new CliError(
      ExitCode.badFile,
      `journal ${path}: it is of "${header.data.journal}", and this is "${wanted.journal}"; ` +
        'go on with the suture that began it, or name another file to begin anew',
    );
  }
  if (header.data.of !== wanted.of || header.data.points !== wanted.points) {
    throw new CliError(
      ExitCode.badFile,
      `journal ${path}: it is of another rehearsal: program, patch, workload or options differ; name another file`,
    );
  }
  let next = 0;
  const found = lines.slice(1).map((text, i): PointClass => {
    const line = Line.safeParse(parsed(path, text, i + 2));
    const good = line.success && line.data.first <= line.data.last && line.data.last < wanted.points;
    if (!good) throw new CliError(ExitCode.badFile, `journal ${path}: line ${i + 2} is no class of points`);
    return line.data as PointClass;
  });
  for (const { first, last } of [...found].sort((a, b) => a.first - b.first)) {
    if (first < next)
      throw new CliError(ExitCode.badFile, `journal ${path}: point ${first} was decided twice`);
    next = last + 1;
  }
  if (end < bytes.length) truncateSync(path, end);
  return found;
}

/** A line as it stands in the file: what is told, behind its sum. */
function summed(told: object): string {
  const text = JSON.stringify(told);
  return `${sumOf(text)} ${text}`;
}

const SUM_DIGITS = 8;
const sumOf = (text: string): string => crc32(text).toString(16).padStart(SUM_DIGITS, '0');

function parsed(path: string, line: string, number: number): unknown {
  const text = line.slice(SUM_DIGITS + 1);
  if (line !== `${sumOf(text)} ${text}`)
    throw new CliError(
      ExitCode.badFile,
      number === 1
        ? `journal ${path}: it is no journal of a rehearsal, or its first line is damaged`
        : `journal ${path}: line ${number} is damaged; name another file, or keep the lines before it alone`,
    );
  return JSON.parse(text);
}

const lockOf = (path: string): string => `${path}.lock`;

function lock(path: string): void {
  let held: Held | undefined;
  try {
    held = takeLock(lockOf(path));
  } catch (error) {
    throw new CliError(
      ExitCode.outputFailed,
      `journal ${path} cannot be locked: ${(error as Error).message}`,
    );
  }
  if (held === undefined) return;
  throw new CliError(
    ExitCode.outputFailed,
    `journal ${path} is in use by ${held.by}; wait for it, or name another file with --journal ` +
      `(if that is no rehearsal, remove ${held.files.join(' and ')})`,
  );
}
