/**
 * Watching what guests execute, read and write in chosen ranges.
 *
 * A bus that has an observer asks it about every access to a page in which something is watched, and such
 * pages only; elsewhere accesses cost what they always cost. Instructions are reported exactly although they
 * may do several accesses: at the first one that is watched the core leaves the instruction, which has
 * changed nothing that doing it again does not change the same way, and then does it once more and has every
 * access recorded.
 */

/**
 * `unmapped`: where nothing is mapped; whoever tries it finds that out. `word`: a write that leaves an aligned word
 * with a value in a watched range, wherever in memory that is.
 */
export type AccessKind = 'execute' | 'read' | 'write' | 'unmapped' | 'word';

/** An access that overlaps a watched range. */
export interface ObservedAccess {
  /** Instructions of the whole process that had retired before the one that did this. */
  instruction: number;
  /** Address of that instruction; for what a kernel does, of the one it stopped at, such as a system call. */
  pc: number;
  kind: AccessKind;
  /** First byte of the whole access, which may lie before the range; of the word for one that was watched for its value. */
  address: number;
  /** Bytes of the whole access. Misaligned ones are reported in the pieces in which they are carried out. */
  size: number;
}

/** Addresses `[start, end)`. */
export interface AddressRange {
  start: number;
  end: number;
}

/** What is to be watched. */
export type Watched = Partial<Record<AccessKind, readonly AddressRange[]>>;

/** Leaves an instruction at its first access that is watched. Nobody outside of a core ever sees it. */
export class Interruption extends Error {}

/**
 * Aligned units that are watched whole while it is decided whether to leave an instruction: one that changes what
 * it has read, or its own address register, keeps to one of these, and is so left before it changed anything.
 */
const GRANULE = 8;

const INTERRUPTION = new Interruption('an access that is watched');

const enum Mode {
  /** No instruction is being executed: what comes is a kernel's, and reported at once. */
  outside,
  /** Instructions are being executed, and the first access that is watched ends that. */
  executing,
  /** One instruction is being executed, and its accesses are recorded. */
  recording,
  /** Nothing counts. */
  quiet,
}

export class Observer {
  private readonly watched: Record<AccessKind, readonly AddressRange[]>;
  private mode = Mode.outside;
  private recorded: { kind: AccessKind; address: number; size: number }[] = [];
  private instruction = 0;
  private pc = 0;
  private stopping = false;

  /**
   * @param report is called with each access after the instruction that did it, which stands as a whole: its
   *   fetch first, then what it read and wrote in the order it did. An instruction that traps has been
   *   executed, once however often it is tried, but reads and writes of one that faults never happened; that it
   *   tried where nothing is mapped did.
   *   What `report` itself reads and writes is not watched.
   */
  constructor(
    watched: Watched,
    private readonly report: (access: ObservedAccess) => void,
  ) {
    const { execute, read, write, unmapped, word } = watched;
    this.watched = {
      execute: disjoint(execute),
      read: disjoint(read),
      write: disjoint(write),
      unmapped: disjoint(unmapped),
      word: disjoint(word),
    };
  }

  /** What stops a core when it is executed; what else is watched does not concern it. */
  get executed(): readonly AddressRange[] {
    return this.watched.execute;
  }

  /** The same about the rest, with other ranges for what is read and written. */
  withAccesses(read: readonly AddressRange[], write: readonly AddressRange[]): Observer {
    const other = new Observer({ read, write }, this.report);
    other.watched.execute = this.watched.execute;
    other.watched.unmapped = this.watched.unmapped;
    other.watched.word = this.watched.word;
    return other;
  }

  /** Whether any write may matter by the value it leaves. */
  get watchesWords(): boolean {
    return this.watched.word.length > 0;
  }

  /** Lets the core come back after the instruction that is reported, as if it had reached its limit. */
  stop(): void {
    this.stopping = true;
  }

  /** For a core: whether it is to come back, asked once. */
  takeStop(): boolean {
    const { stopping } = this;
    this.stopping = false;
    return stopping;
  }

  /** Whether any byte of `[start, end)` is watched for accesses of this kind. */
  watches(kind: AccessKind, start: number, end: number): boolean {
    const range = this.watched[kind][this.firstBehind(kind, start)];
    return range !== undefined && range.start < end;
  }

  /** The ranges watched for accesses of this kind that have bytes in `[start, end)`, ascending. */
  overlapping(kind: AccessKind, start: number, end: number): AddressRange[] {
    const ranges = this.watched[kind];
    const first = this.firstBehind(kind, start);
    let last = first;
    while (last < ranges.length && ranges[last]!.start < end) last++;
    return ranges.slice(first, last);
  }

  /** For a bus, before it carries out an access that is permitted, or tells that there is nothing at an address. */
  accessed(kind: 'read' | 'write' | 'unmapped', address: number, size: number): void {
    if (this.mode === Mode.executing) {
      const start = address - (address % GRANULE);
      const end = Math.ceil((address + size) / GRANULE) * GRANULE;
      if (this.watches(kind, start, end)) throw INTERRUPTION;
    } else if (this.mode !== Mode.quiet && this.watches(kind, address, address + size)) {
      this.recorded.push({ kind, address, size });
      if (this.mode === Mode.outside) this.reportRecorded();
    }
  }

  /** For a bus, before an aligned word gets a value, if `watchesWords`. */
  storing(address: number, value: number): void {
    if (this.mode === Mode.quiet || !this.watches('word', value, value + 1)) return;
    if (this.mode === Mode.executing) throw INTERRUPTION;
    this.recorded.push({ kind: 'word', address, size: 4 });
    if (this.mode === Mode.outside) this.reportRecorded();
  }

  /** For a bus: an instruction is about to change what it has read, by several writes of which none may be done twice. */
  changing(): void {
    if (this.watchesWords && this.mode === Mode.executing) throw INTERRUPTION;
  }

  /** For a core: accesses within `action` that are watched throw `Interruption`. */
  executing<T>(action: () => T): T {
    return this.within(Mode.executing, action);
  }

  /** For a core: accesses within `action`, which is one instruction, are kept until they are settled. */
  recording<T>(action: () => T): T {
    return this.within(Mode.recording, action);
  }

  /**
   * For a core, after an instruction was recorded.
   *
   * @param executed bytes of the instruction, 0 when its execution is not to be reported.
   * @param completed whether its reads and writes happened.
   */
  settle(instruction: number, pc: number, executed: number, completed: boolean): void {
    this.standAt(instruction, pc);
    if (!completed) this.recorded = this.recorded.filter(({ kind }) => kind === 'unmapped');
    if (executed > 0 && this.watches('execute', pc, pc + executed)) {
      this.recorded.unshift({ kind: 'execute', address: pc, size: executed });
    }
    this.reportRecorded();
  }

  /** Where the hart that was executed last stands: that is whose call a kernel serves. */
  standAt(instruction: number, pc: number): void {
    this.instruction = instruction;
    this.pc = pc;
  }

  /** Does something whose accesses are nobody's, such as a debugger's. */
  quietly<T>(action: () => T): T {
    return this.within(Mode.quiet, action);
  }

  private reportRecorded(): void {
    if (this.recorded.length === 0) return;
    const { recorded, instruction, pc } = this;
    this.recorded = [];
    this.quietly(() => {
      for (const access of recorded) this.report({ instruction, pc, ...access });
    });
  }

  /** Index of the first watched range that ends behind an address. */
  private firstBehind(kind: AccessKind, address: number): number {
    const ranges = this.watched[kind];
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranges[middle]!.end <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private within<T>(mode: Mode, action: () => T): T {
    const before = this.mode;
    this.mode = mode;
    try {
      return action();
    } finally {
      this.mode = before;
    }
  }
}

/** The same addresses in ascending ranges that do not touch. */
function disjoint(ranges: readonly AddressRange[] = []): AddressRange[] {
  const result: AddressRange[] = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else if (start < end) result.push({ start, end });
  }
  return result;
}
