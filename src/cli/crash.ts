/** What a person sees when a guest is killed. */
import { hex, SymbolIndex } from '../elf/index.js';
import { Disassembler } from '../isa/disassemble.js';
import { LiveProcess, walkThread } from '../patch/index.js';
import type { Process, ProcessStop } from '../process/process.js';
import { reportTrap } from '../process/report.js';
import { EmulatedTarget } from '../target/index.js';

const COLUMNS = 4;
const MOST_FRAMES = 20;
const CONTEXT_BYTES = 16;
/** Bytes of stack, and lines of it, that are shown where frame information ends. */
const STACK_SEARCHED = 1024;
const MOST_POSSIBLE = 12;

/** Registers, backtrace, instructions around pc. */
export async function crashReport(
  process: Process,
  stop: Extract<ProcessStop, { kind: 'killed' }>,
  live?: LiveProcess,
): Promise<string[]> {
  if (stop.trap === undefined) return [`${process.image.name}: killed by ${stop.signal}`];
  const { what, pc, procedure } = reportTrap(stop.trap, process.memory, process.image);
  const at = procedure === undefined ? hex(pc) : `${hex(pc)} (${procedure})`;
  return [
    `${process.image.name}: killed by ${stop.signal}: ${what}`,
    `  at pc ${at}, after ${process.instructions} instructions`,
    'registers:',
    ...registerLines(process),
    'backtrace:',
    ...backtrace(process, live ?? new LiveProcess(new EmulatedTarget(process))),
    'instructions around pc:',
    ...(await around(process, pc)),
  ];
}

function registerLines(process: Process): string[] {
  const cells = process.core
    .registers()
    .map(({ name, value, bits }) => `${name.padStart(6)} ${value.toString(16).padStart(bits / 4, '0')}`);
  return Array.from({ length: Math.ceil(cells.length / COLUMNS) }, (_, row) =>
    cells.slice(row * COLUMNS, (row + 1) * COLUMNS).join(' '),
  );
}

function backtrace(process: Process, live: LiveProcess): string[] {
  const index = new SymbolIndex(process.image.symbols);
  const thread = live.target.threads.find(({ core }) => core === process.core)!;
  const { activations, complete } = walkThread(live.target, thread, live.rules.ruleAt);
  const lines = activations
    .slice(0, MOST_FRAMES)
    .map(
      ({ resume, within }, depth) =>
        `  #${depth} ${hex(resume[0]!)} ${index.describe(within) ?? '(no symbol)'}`,
    );
  if (activations.length > MOST_FRAMES) lines.push(`  ... ${activations.length - MOST_FRAMES} more`);
  return complete ? lines : [...lines, ...possibleCallers(process, index)];
}

/** Where frame information ends: words on the stack that lie behind an instruction of a procedure. */
function possibleCallers(process: Process, index: SymbolIndex): string[] {
  const { memory, isa } = process;
  const sp = process.stackPointer();
  const size = process.space.contiguous(sp, STACK_SEARCHED);
  const words = new DataView(memory.read(sp, size).buffer);
  const found: string[] = [];
  for (let at = 0; at + 4 <= size && found.length < MOST_POSSIBLE; at += 4) {
    const value = words.getUint32(at, !isa.bigEndian);
    const procedure = index.at(value);
    if (procedure?.kind !== 'procedure' || value === procedure.address) continue;
    const line = `  ?  ${hex(value)} ${index.describe(value) ?? ''}`;
    if (found.at(-1) !== line) found.push(line);
  }
  return ['  no frame information beyond; code addresses on the stack:', ...found];
}

async function around(process: Process, pc: number): Promise<string[]> {
  const procedure = new SymbolIndex(process.image.symbols).at(pc);
  // Instructions can only be told apart from a known start.
  const start = procedure?.kind === 'procedure' ? procedure.address : pc;
  const size = process.space.contiguous(start, pc - start + CONTEXT_BYTES);
  if (size <= 0) return [`  ${hex(pc)}: nothing is mapped`];
  const disassembler = await Disassembler.create(process.isa);
  const lines = disassembler.lines(process.memory.read(start, size), start);
  disassembler.close();
  return lines
    .filter(({ address }) => address >= pc - CONTEXT_BYTES)
    .map(({ address, text }) => `${address === pc ? '=>' : '  '} ${hex(address)}: ${text}`);
}
