/**
 * The procedures of the program that an update calls: hooks and transformations.
 *
 * They run one after another on one stack, which exists only as long as no thread runs. What they print is held
 * back until the update has happened.
 */
import { hex } from '../elf/index.js';
import { PAGE_SIZE } from '../machine/memory.js';
import { MOST_OUTPUT, type CallEnd, type Target } from '../target/index.js';
import { Journal } from './journal.js';
import type { PlannedCall } from './plan.js';
import { Refusal } from './refusal.js';

const STACK_SIZE = 1 << 16;
/** Instructions one call may take. */
const LONGEST_CALL = 1_000_000;
const READ_WRITE = 6;

export interface CallEvent {
  kind: 'called';
  call: PlannedCall;
  end: CallEnd;
  instructions: number;
}

export class Calls {
  /** Instructions of all calls together. */
  instructions = 0;
  private readonly output: { stream: 1 | 2; bytes: Uint8Array }[] = [];

  private constructor(
    private readonly target: Target,
    private readonly stack: { start: number; end: number } | undefined,
    private readonly reserved: Journal,
    private readonly onEvent: (event: CallEvent) => void,
  ) {}

  /**
   * Reserves the stack, when there is anything to call. `close` must follow.
   *
   * @throws Refusal when there is no room for it.
   */
  static open(target: Target, calls: readonly PlannedCall[], onEvent: (event: CallEvent) => void): Calls {
    const reserved = new Journal(target);
    if (calls.length === 0) return new Calls(target, undefined, reserved, onEvent);
    const start = target.gaps().findLast((gap) => gap.end - gap.start >= STACK_SIZE + 2 * PAGE_SIZE)?.start;
    if (start === undefined) {
      throw new Refusal(
        'no-room',
        `no gap of ${hex(STACK_SIZE)} bytes is left for the stack of the ${calls[0]!.why}`,
      );
    }
    const stack = { start, end: start + STACK_SIZE + PAGE_SIZE };
    try {
      reserved.reserve(stack.start, stack.start + PAGE_SIZE, 0, '[ update guard ]');
      reserved.reserve(stack.start + PAGE_SIZE, stack.end, READ_WRITE, '[ update stack ]');
    } catch (error) {
      reserved.undo();
      throw error;
    }
    return new Calls(target, stack, reserved, onEvent);
  }

  /** Releases the stack. */
  close(): void {
    this.reserved.undo();
  }

  /** Hands on what was printed. */
  print(): void {
    for (const { stream, bytes } of this.output) this.target.print(stream, bytes);
  }

  /**
   * Whether the procedure answers 0, for yes. It leaves nothing behind: what it changed is undone and what it
   * printed dropped.
   *
   * @throws Refusal when it does not return.
   */
  ask(call: PlannedCall): boolean {
    const journal = new Journal(this.target);
    try {
      return this.answer(call, journal).value === 0;
    } finally {
      journal.undo();
    }
  }

  /** Lets the procedures of a moment do their work, as deeds of `journal`. @throws Refusal unless each returns 0. */
  carryOut(planned: readonly PlannedCall[], moment: PlannedCall['when'], journal: Journal): void {
    for (const call of planned.filter(({ when }) => when === moment)) {
      const { value, output } = this.answer(call, journal);
      if (value !== 0) {
        throw new Refusal('hook-refused', `the ${call.why} answered ${value}, which is no`);
      }
      this.output.push(...output);
    }
  }

  private answer(
    call: PlannedCall,
    journal: Journal,
  ): { value: number; output: { stream: 1 | 2; bytes: Uint8Array }[] } {
    if (this.stack === undefined) throw new Error(`${call.why} is called without a stack`);
    const { address } = call;
    const { end, instructions, output } = journal.call({
      address,
      args: call.arguments,
      stack: this.stack,
      limit: LONGEST_CALL,
    });
    this.instructions += instructions;
    this.onEvent({ kind: 'called', call, end, instructions });
    if (end.kind === 'returned') return { value: end.value, output };
    const reason = end.kind === 'limit' ? 'hook-too-long' : 'hook-failed';
    throw new Refusal(reason, `the ${call.why} ${whatHappened(end)}`);
  }
}

function whatHappened(end: Exclude<CallEnd, { kind: 'returned' }>): string {
  switch (end.kind) {
    case 'limit':
      return `did not return within ${LONGEST_CALL} instructions: it stood at ${hex(end.pc)}`;
    case 'system-call':
      return (
        `made the system call ${end.name} at ${hex(end.pc)}; only write to standard output and error is possible, ` +
        `${MOST_OUTPUT} bytes at most`
      );
    case 'trap':
      return end.trap.kind === 'memory'
        ? `failed at ${hex(end.trap.pc)}: ${end.trap.access} of ${hex(end.trap.address)}, ${end.trap.cause}`
        : `failed at ${hex(end.trap.pc)}: ${end.trap.kind}`;
  }
}
