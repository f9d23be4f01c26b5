/** What `--trace` prints on standard error, a line an event. */
import { hex, SymbolIndex } from '../elf/index.js';
import { Disassembler } from '../isa/disassemble.js';
import type { Process, TraceEvent } from '../process/process.js';

/** `[1000] write(0x1, 0x10194, 0x6, 0x0, 0x0, 0x0) = 6`, much as strace(1) does; all six registers are shown. */
export function traceLine(event: TraceEvent): string {
  if (event.kind === 'signal') return `[${event.thread}] --- ${event.name} ---`;
  const args = event.args.map((value) => (value < 0 ? String(value) : hex(value))).join(', ');
  return `[${event.thread}] ${event.name}(${args}) = ${event.result}`;
}

/** Executes instruction by instruction and names each. */
export class InstructionTrace {
  private readonly index: SymbolIndex;

  private constructor(
    private readonly guest: Process,
    private readonly disassembler: Disassembler,
    private readonly print: (line: string) => void,
  ) {
    this.index = new SymbolIndex(guest.image.symbols);
  }

  static async create(guest: Process, print: (line: string) => void): Promise<InstructionTrace> {
    return new InstructionTrace(guest, await Disassembler.create(guest.isa), print);
  }

  /** As `Process.run`. */
  run(limit: number): ReturnType<Process['run']> {
    const { guest } = this;
    for (;;) {
      const places = new Map(guest.threads.map((thread) => [thread, thread.core.pc]));
      const before = guest.instructions;
      const stop = guest.run(Math.min(limit, before + 1));
      const pc = places.get(guest.thread);
      if (guest.instructions > before && pc !== undefined) this.tell(before, guest.thread.id, pc);
      if (stop.kind !== 'limit' || guest.instructions >= limit) return stop;
    }
  }

  private tell(count: number, thread: number, pc: number): void {
    const { guest, disassembler } = this;
    const bytes = guest.memory.read(pc, guest.space.contiguous(pc, LONGEST));
    const [line] = disassembler.lines(bytes, pc);
    this.print(`${count} [${thread}] ${hex(pc)} ${this.index.describe(pc) ?? '?'}: ${line?.text ?? '?'}`);
  }
}

/** Bytes of the longest instruction. */
const LONGEST = 4;
