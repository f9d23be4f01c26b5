/**
 * What a plan means to the in-process handler.
 *
 * The handler decides nothing, so whatever depends on the ISA, on symbols or on relocations is worked out here: which
 * words mean a call that will return into forbidden code, which aligned words of text become which, which pages are
 * opened and with what permission they are closed.
 */
import { hex } from '../../elf/index.js';
import type { Isa } from '../../isa/isa.js';
import { PAGE_SIZE } from '../../machine/memory.js';
import type { Target, TargetRegion } from '../../target/index.js';
import type { ForbiddenRange, Plan, PlannedWrite } from '../plan.js';
import { Refusal } from '../refusal.js';
import { couldResume } from '../resume-scan.js';
import { forbiddenForRollback } from '../steps.js';
import { readWords } from '../words.js';
import { checksumOf, encodeHandlerPlan } from './encode.js';
import type { CodeRange, DataWrite, HandlerPlan, Pages, WordWrite } from './layout.js';

const WORD = 4;
const WRITE = 2;
/** Bytes from a call, whose own address a context may hold, to where it returns. */
const LONGEST_CALL = 12;
/** Bytes behind a return address in which the handler looks for sigreturn. */
const RETURN_CODE = 12;
/** Instructions begin at even addresses. */
const STEP = 2;

/**
 * The plan for a handler inside `target`, which stands where the plan was made.
 *
 * @throws Refusal `handler-cannot` when the plan asks for what only the host can do: procedures to be called, or
 * more threads than one.
 */
export function toHandlerPlan(target: Target, plan: Plan): HandlerPlan {
  refuseWhatItCannot(target, plan);
  const commit = plan.writes.filter(({ phase }) => phase === 'commit');
  const regions = target.regions();
  const words = new WordWrites(target, regions);
  const contents = commit.filter((write) => !words.take(write));
  let journal = WORD * words.list.length;
  const data = contents.map(({ address, before, after }): DataWrite => {
    const at = journal;
    journal += WORD * Math.ceil(after.length / WORD);
    return { address, length: after.length, before, after, journal: at };
  });
  return {
    threads: target.threads.length,
    journal,
    text: textOf(target),
    undoes: undefined,
    ranges: plan.forbidden.map((range) => codeRange(target, range)),
    words: words.list,
    pages: closedPages(regions, commit),
    data,
    areas: areasOf(target, regions),
    reservations: plan.reservations.map(({ start, end, protection }) => ({ start, end, protection })),
    expected: plan.expected.map(({ address, bytes }) => ({ address, bytes })),
    filled: plan.writes.flatMap(({ phase, address, after }) =>
      phase === 'prepare' ? [{ address, bytes: after }] : [],
    ),
  };
}

/**
 * The plan that takes `applied` back: it is carried out with the journal that the first one left. What was reserved
 * stays, since something may still point there.
 */
export function toInversePlan(target: Target, plan: Plan, applied: HandlerPlan): HandlerPlan {
  return {
    ...applied,
    undoes: checksumOf(encodeHandlerPlan(applied, target.isa), target.isa),
    ranges: forbiddenForRollback(plan).map((range) => codeRange(target, range)),
    words: applied.words.map(({ address, before, after }) => ({ address, before: after, after: before })),
    data: applied.data.toReversed().map((write) => ({ ...write, before: write.after, after: write.before })),
    reservations: [],
    expected: [],
    filled: [],
  };
}

function refuseWhatItCannot(target: Target, { calls, program }: Plan): void {
  const refuse = (why: string): never => {
    throw new Refusal(
      'handler-cannot',
      `the handler inside the process cannot update ${program}: ${why}; use the host's executor`,
    );
  };
  const call = calls.find(({ when }) => !when.startsWith('rollback-')) ?? calls[0];
  if (call !== undefined) refuse(`the update calls ${call.why} at ${hex(call.address)}`);
  if (target.threads.length > 1) {
    refuse(`it has ${target.threads.length} threads, and a handler sees its own registers and stack only`);
  }
}

/** The hull of the words that may mean a call that returns into a range, and of the pcs in it. */
function codeRange(target: Target, range: ForbiddenRange): CodeRange {
  const { start, end, entryCounts } = range;
  const { isa } = target;
  const read = readWords(target);
  const pcStart = entryCounts ? start : start + 1;
  const words = new Hull(pcStart, end);
  const returns = new Hull();
  for (let word = start - LONGEST_CALL; word < end + LONGEST_CALL; word += STEP) {
    const calls = isa.callsThatLeft(word, read);
    if (couldResume(range, word, calls) !== 'never') words.add(word);
    const kept = calls.filter(
      ({ call, returnsTo }) => word === (isa.returnRegisterHoldsCall ? call : returnsTo),
    );
    if (couldResume(range, word, kept) === 'behind-call') returns.add(word);
  }
  return {
    ...{ pcStart, pcEnd: end, returnStart: returns.start, returnEnd: returns.end },
    ...{ wordStart: words.start, wordEnd: words.end },
  };
}

/** From the lowest to the highest; nothing at first. */
class Hull {
  constructor(
    private low = Infinity,
    private high = -Infinity,
  ) {}

  add(value: number): void {
    this.low = Math.min(this.low, value);
    this.high = Math.max(this.high, value + 1);
  }

  get start(): number {
    return this.isEmpty ? 0 : this.low;
  }

  get end(): number {
    return this.isEmpty ? 0 : this.high;
  }

  private get isEmpty(): boolean {
    return this.low >= this.high;
  }
}

/** Writes of code and of tables as aligned words, each with all that its bytes become. */
class WordWrites {
  private readonly byAddress = new Map<number, { before: Uint8Array; after: Uint8Array }>();

  constructor(
    private readonly target: Target,
    private readonly regions: readonly TargetRegion[],
  ) {}

  /** Ascending. */
  get list(): WordWrite[] {
    const value = (bytes: Uint8Array): number =>
      new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, !this.target.isa.bigEndian);
    return [...this.byAddress]
      .sort(([a], [b]) => a - b)
      .map(([address, { before, after }]) => ({ address, before: value(before), after: value(after) }));
  }

  /** Takes a write when nothing but this update changes the words it lies in. */
  take({ address, before, after }: PlannedWrite): boolean {
    if (before === undefined || !this.isClosed(address, after.length)) return false;
    for (const [i, byte] of after.entries()) {
      const at = address + i;
      const word = this.wordAt(at - (at % WORD));
      word.before[at % WORD] = before[i]!;
      word.after[at % WORD] = byte;
    }
    return true;
  }

  private wordAt(address: number): { before: Uint8Array; after: Uint8Array } {
    let word = this.byAddress.get(address);
    if (word === undefined) {
      const before = this.target.read(address, WORD).slice();
      word = { before, after: before.slice() };
      this.byAddress.set(address, word);
    }
    return word;
  }

  private isClosed(address: number, length: number): boolean {
    return this.regions.some(
      ({ start, end, protection }) =>
        address >= start && address + length <= end && (protection & WRITE) === 0,
    );
  }
}

/** The pages to open, neighbours of one permission together. */
function closedPages(regions: readonly TargetRegion[], writes: readonly PlannedWrite[]): Pages[] {
  const numbers = new Set<number>();
  for (const { address, after } of writes) {
    const last = Math.floor((address + after.length - 1) / PAGE_SIZE);
    for (let page = Math.floor(address / PAGE_SIZE); page <= last; page++) numbers.add(page);
  }
  const pages: Pages[] = [];
  for (const page of [...numbers].sort((a, b) => a - b)) {
    const start = page * PAGE_SIZE;
    const region = regions.find((each) => start >= each.start && start < each.end);
    if (region === undefined || (region.protection & WRITE) !== 0) continue;
    const before = pages.at(-1);
    if (before?.end === start && before.protection === region.protection) before.end += PAGE_SIZE;
    else pages.push({ start, end: start + PAGE_SIZE, protection: region.protection });
  }
  return pages;
}

/** Where most returns of the program go: its largest executable segment. */
function textOf({ image }: Target): { start: number; end: number } {
  const [largest] = image.segments
    .filter(({ executable }) => executable)
    .sort((a, b) => b.memorySize - a.memorySize);
  if (largest === undefined) return { start: 0, end: 0 };
  // What stands behind the return is looked at as well.
  const end = largest.address + Math.max(0, largest.bytes.length - RETURN_CODE);
  return { start: largest.address, end };
}

/** Sections of code; segments, with whatever else is in them, where there are none. */
function codeOf({ sections, segments }: Target['image']): Uint8Array[] {
  const code = sections.filter(({ executable }) => executable).map(({ bytes }) => bytes);
  return code.length > 0 ? code : segments.filter(({ executable }) => executable).map(({ bytes }) => bytes);
}

/** Data among the code may count too. */
function replacesStack(code: Uint8Array, isa: Isa): boolean {
  for (let at = 0; at < code.length;) {
    const size = isa.instructionSize(code.subarray(at));
    if (at + size > code.length) return false;
    if (isa.stackChange(code.subarray(at, at + size)) === 'replaced') return true;
    at += size;
  }
  return false;
}

/**
 * Memory in which a program may put away where another flow of control goes on: contexts of coroutines, `jmp_buf`s.
 * None in a program that never loads a stack pointer from memory, as every resumption of one must.
 */
function areasOf(target: Target, regions: readonly TargetRegion[]): HandlerPlan['areas'] {
  const { image, isa } = target;
  if (!codeOf(image).some((code) => replacesStack(code, isa))) return [];
  const dataEnd = Math.max(0, ...image.segments.map(({ address, memorySize }) => address + memorySize));
  const heap = PAGE_SIZE * Math.ceil(dataEnd / PAGE_SIZE);
  const isStack = ({ start, end }: TargetRegion): boolean =>
    target.threads.some(({ stackTop }) => stackTop > start && stackTop <= end);
  const areas = regions
    .filter((region) => (region.protection & WRITE) !== 0 && !isStack(region) && region.start !== heap)
    .map(({ start, end }) => ({ start, end }));
  return [...areas, { start: heap, end: undefined }];
}
