/**
 * The in-process handler in a process that was not built for it.
 *
 *     installed --prepare--> prepared --apply--> applied        removed: everything of the handler is unmapped
 *                                |  ^
 *                               busy+
 *
 * Its stack, its code, its status block with the journal, and the plan get pages of their own, away from where the
 * program maps memory. It is run as the action of a signal where the process stands, on its own stack.
 */
import { hex, type Image } from '../../elf/index.js';
import { MemoryFault } from '../../isa/core.js';
import { EXECUTE, PAGE_SIZE, READ, WRITE } from '../../machine/memory.js';
import type { EmulatedTarget } from '../../target/index.js';
import { Refusal } from '../refusal.js';
import { encodeHandlerPlan } from './encode.js';
import type { HandlerPlan } from './layout.js';
import { CODE_BYTES, FIELDS, REASONS, STATES, VERDICTS, type HandlerStatus } from './status.js';

/** A signal that programs leave alone; they cannot see it arrive. */
const SIGNAL = 63;
/** More than any plan takes; only a handler that is not one would. */
const LIMIT = 1_000_000_000;
/** How large the stack of a program may be. */
const STACK_SIZE = 8 << 20;
/** Of the handler's own stack: a signal's frame, and its few. */
const OWN_STACK = 8 * PAGE_SIZE;
/** What follows each update's journal. */
const FOOTER = 8;
const PREPARE = 1;
const APPLY = 2;

export interface HandlerRun extends HandlerStatus {
  /** From the handler's first instruction to sigreturn. */
  instructions: number;
}

export class HandlerExecutor {
  private readonly stack: number;
  private readonly code: number;
  private readonly block: number;
  private readonly journal: number;
  private plan: { start: number; end: number } | undefined;
  private readonly end: number;

  /**
   * Puts the handler into the process.
   *
   * @param handler the program targets/updater of the target's ISA.
   * @param room bytes of journal; `HandlerPlan.journal` says how many a plan takes.
   * @param avoid ranges that must stay free.
   */
  constructor(
    private readonly target: EmulatedTarget,
    handler: Image,
    room: number,
    private readonly avoid: readonly { start: number; end: number }[] = [],
  ) {
    const code = codeOf(handler, target);
    this.stack = this.findRoom(OWN_STACK + CODE_BYTES + pagesFor(this.fieldsSize + room + FOOTER));
    this.code = this.stack + OWN_STACK;
    target.reserve(this.stack, this.code, READ | WRITE, 'handler stack');
    this.block = this.code + CODE_BYTES;
    this.journal = this.block + this.fieldsSize;
    this.end = this.block + pagesFor(this.fieldsSize + room + FOOTER);
    target.reserve(this.code, this.block, READ | WRITE, 'handler');
    target.write(this.code, code);
    target.protect(this.code, this.block, READ | EXECUTE);
    target.synchronize(this.code, this.block);
    target.reserve(this.block, this.end, READ | WRITE, 'handler status');
    this.set('journal', this.journal);
    this.set('journalRoom', this.end - this.journal);
    this.set('ownStart', this.stack);
    this.set('ownEnd', this.end);
    this.set('stackSize', STACK_SIZE);
  }

  /** Address of its action for a signal. */
  get entry(): number {
    return this.code;
  }

  /** Pages that are the handler's, the plan's among them. */
  get regions(): { start: number; end: number }[] {
    return [{ start: this.stack, end: this.end }, ...[this.plan ?? []].flat()];
  }

  /** Gives it a plan, in place of the one before. The journal stays. */
  load(plan: HandlerPlan): void {
    this.loadBytes(encodeHandlerPlan(plan, this.target.isa));
  }

  /** The same for bytes, of which the handler is the judge. */
  loadBytes(bytes: Uint8Array): void {
    const { target } = this;
    if (this.plan !== undefined) target.release(this.plan.start, this.plan.end);
    const size = pagesFor(bytes.length);
    const start = this.findRoom(size);
    this.plan = { start, end: start + size };
    target.reserve(start, start + size, READ | WRITE, 'handler plan');
    target.write(start, bytes);
    target.protect(start, start + size, READ);
    this.set('plan', start);
    this.set('planRoom', bytes.length);
    this.set('state', 0);
  }

  /** Lets it check the plan, and fill new memory: as a rule long before `apply`. */
  prepare(): HandlerRun {
    return this.run(PREPARE);
  }

  /** The update itself, where the process stands. */
  apply(): HandlerRun {
    return this.run(APPLY);
  }

  /** Unmaps all that is the handler's; what it changed stays. */
  remove(): void {
    for (const { start, end } of this.regions) this.target.release(start, end);
    this.plan = undefined;
  }

  private run(command: number): HandlerRun {
    const { target } = this;
    const [thread, another] = target.threads;
    if (thread === undefined || another !== undefined || target.ended) {
      const count = target.threads.length;
      throw new Refusal(
        'handler-cannot',
        `the handler runs in a process of one thread, and this one has ${count}`,
      );
    }
    this.set('command', command);
    this.set('threads', target.threads.length);
    this.set('stackTop', thread.framesTop);
    const outcome = this.interrupt();
    const status = this.status();
    if (outcome.end !== 'returned') {
      const where = `its status is ${status.state}, ${status.verdict}, ${status.reason} ${hex(status.address)}`;
      throw new Error(`the handler in the process did not return (${outcome.end}); ${where}`);
    }
    return { ...status, instructions: outcome.instructions };
  }

  private interrupt(): ReturnType<EmulatedTarget['interrupt']> {
    try {
      return this.target.interrupt({
        handler: this.entry,
        signal: SIGNAL,
        stackTop: this.code,
        limit: LIMIT,
      });
    } catch (error) {
      if (!(error instanceof MemoryFault)) throw error;
      throw new Refusal('handler-cannot', `no signal can be delivered: ${error.message}`);
    }
  }

  /** What the status block says. */
  status(): HandlerStatus {
    const get = (name: (typeof FIELDS)[number]): number => this.get(name);
    return {
      state: STATES[get('state')] ?? 'idle',
      verdict: VERDICTS[get('verdict')] ?? 'none',
      reason: REASONS[get('reason')] ?? 'fine',
      address: get('address'),
      foundAt: get('foundAt'),
      attempts: get('attempts'),
      wordsScanned: get('wordsScanned'),
      framesWalked: get('framesWalked'),
      wordsWritten: get('wordsWritten'),
      changedSince: get('changedSince'),
    };
  }

  private get wordSize(): number {
    return this.target.isa.bits / 8;
  }

  private get fieldsSize(): number {
    return FIELDS.length * this.wordSize;
  }

  private addressOf(name: (typeof FIELDS)[number]): number {
    return this.block + FIELDS.indexOf(name) * this.wordSize;
  }

  private set(name: (typeof FIELDS)[number], value: number): void {
    const bytes = new Uint8Array(this.wordSize);
    const { bigEndian } = this.target.isa;
    new DataView(bytes.buffer).setUint32(bigEndian ? this.wordSize - 4 : 0, value, !bigEndian);
    this.target.write(this.addressOf(name), bytes);
  }

  private get(name: (typeof FIELDS)[number]): number {
    const { bigEndian } = this.target.isa;
    const bytes = this.target.read(this.addressOf(name) + (bigEndian ? this.wordSize - 4 : 0), 4);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, !bigEndian);
  }

  /** In the middle of the largest gap: away from the break below and from what mmap gives out above. */
  private findRoom(size: number): number {
    const [largest] = this.target
      .gaps()
      .flatMap((gap) => withoutRanges(gap, this.avoid))
      .sort((a, b) => b.end - b.start - (a.end - a.start));
    if (largest === undefined || largest.end - largest.start < 2 * size)
      throw new Refusal('no-room', `the handler needs ${size} bytes and the process has no such gap`);
    const middle = (largest.start + largest.end) / 2;
    return middle - (middle % PAGE_SIZE);
  }
}

const pagesFor = (bytes: number): number => PAGE_SIZE * Math.max(1, Math.ceil(bytes / PAGE_SIZE));

function withoutRanges(
  gap: { start: number; end: number },
  ranges: readonly { start: number; end: number }[],
): { start: number; end: number }[] {
  let pieces = [gap];
  for (const { start, end } of ranges) {
    pieces = pieces.flatMap((piece) => [
      { start: piece.start, end: Math.min(piece.end, start) },
      { start: Math.max(piece.start, end), end: piece.end },
    ]);
    pieces = pieces.filter((piece) => piece.start < piece.end);
  }
  return pieces;
}

/** The code of targets/updater. @throws Error when it is no handler for this target. */
function codeOf(handler: Image, { isa }: EmulatedTarget): Uint8Array {
  const segment = handler.segments.find(({ executable }) => executable);
  const fits = handler.machine === isa.machine && handler.bits === isa.bits;
  if (
    segment === undefined ||
    !fits ||
    segment.address !== handler.entry ||
    segment.bytes.length > CODE_BYTES
  )
    throw new Error(`${handler.name} is not the in-process handler for ${isa.title}`);
  return segment.bytes;
}
