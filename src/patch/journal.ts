/**
 * What was done to a process, in order, and how to undo it to the last byte and permission.
 *
 * Undoing must not stop half way: every step is tried again when it fails, and the steps after one that cannot be
 * done are done all the same.
 */
import { hex } from '../elf/index.js';
import type { CallOutcome, OutsideCall, Target, TargetRegion } from '../target/index.js';

type Entry =
  | { kind: 'reserved'; start: number; end: number }
  /** Pages that are writable for a moment, and the permission they had. */
  | { kind: 'opened'; start: number; end: number; protection: number }
  | Written
  /** Memory that a procedure of the program changed when it was called. */
  | { kind: 'called'; address: number; before: Uint8Array };

type Pages = Omit<TargetRegion, 'name'>;

interface Written {
  kind: 'written';
  address: number;
  before: Uint8Array;
  after: Uint8Array;
  code: boolean;
  /** Contents of an object, which the program may have changed since. */
  state: boolean;
}

const WRITE = 2;
const EXECUTE = 1;
const PAGE = 4096;
/** How often a step of undoing is tried. */
const ATTEMPTS = 3;

/** Some of a process is not as it was, and stays so: there is nothing more that could be done. */
export class UndoFailed extends Error {
  constructor(readonly failures: readonly string[]) {
    super(`the process could not be restored: ${failures.join('; ')}`);
    this.name = 'UndoFailed';
  }
}

export class Journal {
  private entries: Entry[] = [];

  constructor(private readonly target: Target) {}

  reserve(start: number, end: number, protection: number, name: string): void {
    this.target.reserve(start, end, protection, name);
    this.entries.push({ kind: 'reserved', start, end });
  }

  /**
   * Writes, opening the pages for as long as it takes when they are not writable.
   *
   * @param state the bytes are contents of an object of the program.
   */
  write(address: number, bytes: Uint8Array, { code = false, state = false } = {}): void {
    if (bytes.length === 0) return;
    const before = this.target.read(address, bytes.length);
    const closed = this.closedPages(address, bytes.length);
    // First the entry, then the deed: what fails half way is undone as well.
    for (const pages of closed) {
      this.entries.push({ kind: 'opened', ...pages });
      this.open(pages);
    }
    this.entries.push({ kind: 'written', address, before, after: bytes, code, state });
    this.target.write(address, bytes);
    for (const { start, end, protection } of closed) {
      this.target.protect(start, end, protection);
      this.entries = this.entries.filter((entry) => entry.kind !== 'opened' || entry.start !== start);
    }
  }

  /** Calls a procedure of the program. */
  call(call: OutsideCall): CallOutcome {
    const outcome = this.target.call(call);
    for (const { address, before } of outcome.written) this.entries.push({ kind: 'called', address, before });
    return outcome;
  }

  /**
   * Takes back, as deeds of this journal, what another one did: every byte it wrote, latest first. Reservations
   * stay. Contents that the program has changed since stay too, and are counted.
   *
   * @param everything also what procedures changed that it called; right only when nobody has run since.
   */
  takeBack(other: Journal, everything: boolean): { changedSince: number } {
    let changedSince = 0;
    for (const entry of other.entries.toReversed()) {
      if (entry.kind === 'called' && everything) this.write(entry.address, entry.before);
      if (entry.kind !== 'written') continue;
      const { address, before, code, state } = entry;
      if (state && Buffer.compare(this.target.read(address, before.length), entry.after) !== 0) {
        changedSince++;
        continue;
      }
      this.write(address, before, { code, state });
      if (code) this.target.synchronize(address, address + before.length);
    }
    return { changedSince };
  }

  /** Bytes that were written over something of the program. */
  get bytesWritten(): number {
    return this.entries.reduce((sum, e) => sum + (e.kind === 'written' ? e.after.length : 0), 0);
  }

  /** From now on only the reservations count. */
  forgetWrites(): void {
    this.entries = this.entries.filter(({ kind }) => kind === 'reserved');
  }

  /** Releases reserved memory; what `inUse` says of stays, for a later try. Returns whether all is gone. */
  release(inUse: (start: number, end: number) => boolean = () => false): boolean {
    this.entries = this.entries.filter((entry) => {
      if (entry.kind !== 'reserved' || inUse(entry.start, entry.end)) return true;
      const failures = persist(() => {
        this.target.release(entry.start, entry.end);
      });
      return failures.length > 0;
    });
    return this.entries.length === 0;
  }

  /**
   * Undoes everything, latest first.
   *
   * @throws UndoFailed when something cannot be undone; everything else is.
   */
  undo(): void {
    const failures = this.entries
      .toReversed()
      .flatMap((entry) => this.revert(entry).map((failure) => `${describe(entry)}: ${failure}`));
    this.entries = [];
    if (failures.length > 0) throw new UndoFailed(failures);
  }

  /** Returns what could not be done. */
  private revert(entry: Entry): string[] {
    const { target } = this;
    switch (entry.kind) {
      case 'reserved':
        return persist(() => {
          target.release(entry.start, entry.end);
        });
      case 'opened':
        return persist(() => {
          target.protect(entry.start, entry.end, entry.protection);
        });
      case 'called':
        return this.restore(entry.address, entry.before);
      case 'written': {
        const { address, before, code } = entry;
        const failures = this.restore(address, before);
        const synchronize = (): void => {
          target.synchronize(address, address + before.length);
        };
        return code ? [...failures, ...persist(synchronize)] : failures;
      }
    }
  }

  /** Writes without an entry. Whatever fails, the pages are closed again. */
  private restore(address: number, bytes: Uint8Array): string[] {
    const closed = this.closedPages(address, bytes.length);
    const each = (deed: (pages: Pages) => void): string[] =>
      closed.flatMap((pages) =>
        persist(() => {
          deed(pages);
        }),
      );
    return [
      ...each((pages) => {
        this.open(pages);
      }),
      ...persist(() => {
        this.target.write(address, bytes);
      }),
      ...each(({ start, end, protection }) => {
        this.target.protect(start, end, protection);
      }),
    ];
  }

  private open({ start, end, protection }: Pages): void {
    this.target.protect(start, end, (protection & ~EXECUTE) | WRITE);
  }

  /** The pages of a range that cannot be written, region by region. */
  private closedPages(address: number, length: number): Pages[] {
    const end = address + length;
    return this.target
      .regions()
      .filter((region) => region.start < end && region.end > address && (region.protection & WRITE) === 0)
      .map((region) => ({
        start: Math.max(region.start, address - (address % PAGE)),
        end: Math.min(region.end, Math.ceil(end / PAGE) * PAGE),
        protection: region.protection,
      }));
  }
}

/** Why something failed as often as it was tried; empty when it did not. */
function persist(deed: () => void): string[] {
  let failure: unknown;
  for (let i = 0; i < ATTEMPTS; i++) {
    try {
      deed();
      return [];
    } catch (error) {
      failure = error;
    }
  }
  return [String(failure)];
}

function describe(entry: Entry): string {
  switch (entry.kind) {
    case 'reserved':
      return `releasing ${hex(entry.start)} to ${hex(entry.end)}`;
    case 'opened':
      return `the permission of ${hex(entry.start)} to ${hex(entry.end)}`;
    default:
      return `${entry.before.length} bytes at ${hex(entry.address)}`;
  }
}
