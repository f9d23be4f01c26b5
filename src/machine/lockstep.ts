/**
 * Two engines at once, to find out whether they agree.
 *
 * The interpreter executes a chunk of instructions. The native engine executes the same ones from a copy of
 * what was before, and then registers and memory must be equal, and both must have come to a stop for the same
 * reason. If not, the chunk is halved until one instruction is left before which everything is equal and after
 * which something is not.
 *
 * Whoever runs the core sees the interpreter only: what it returns, and when.
 */
import type { CachingCore, Executor } from '../isa/caching-core.js';
import type { Bus, Stop } from '../isa/core.js';
import type { Isa } from '../isa/isa.js';
import { Memory, PAGE_SIZE } from './memory.js';
import { architectureOf, type Architecture } from './unicorn/architecture.js';
import { nativeMachine } from './unicorn/executor.js';
import { Cause } from './unicorn/messages.js';

/** A register, or the word of memory at an address, with what the engines say of it. */
export interface Difference {
  name: string;
  builtin: bigint;
  unicorn: bigint;
}

/** The instruction on which the engines do not agree. */
export interface Disagreement {
  /** Instructions retired before it. */
  instruction: number;
  pc: number;
  /** Disassembled. */
  text: string;
  /** What it did in the interpreter, and in the native engine: `executed`, or how it trapped. */
  builtin: string;
  unicorn: string;
  registers: Difference[];
  memory: Difference[];
}

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** The engines disagree. */
export class Divergence extends Error {
  constructor(readonly disagreement: Disagreement) {
    const { instruction, pc, text, builtin, unicorn, registers, memory } = disagreement;
    const values = [...registers, ...memory].map(
      (d) => `\n  ${d.name}: builtin ${hex(d.builtin)}, unicorn ${hex(d.unicorn)}`,
    );
    const ends = builtin === unicorn ? '' : `\n  builtin: ${builtin}\n  unicorn: ${unicorn}`;
    super(
      `the engines disagree on instruction ${instruction} at ${hex(pc)}: ${text}${ends}${values.join('')}`,
    );
  }
}

/** A core and its memory. */
interface Point {
  core: CachingCore;
  memory: Memory;
}

/** Where an engine came to, and how the instruction there traps if that is why it went no further. */
interface Outcome extends Point {
  trap: string | undefined;
}

/** Instructions between two comparisons. */
const CHUNK = 200_000;
/** Differing words of memory that are told at most. */
const MOST_WORDS = 16;

export class Lockstep implements Executor {
  private constructor(
    private readonly isa: Isa,
    private readonly architecture: Architecture,
    private readonly memory: Memory,
    private readonly chunk: number,
    /** What only the interpreter executed, because the native engine cannot, and how often; of forks too. */
    readonly unjudged: Map<string, number>,
  ) {}

  /**
   * @param chunk instructions between two comparisons.
   * @throws EngineUnavailable
   */
  static create(isa: Isa, memory: Memory, chunk = CHUNK): Lockstep {
    const architecture = architectureOf(isa);
    nativeMachine(architecture);
    return new Lockstep(isa, architecture, memory, chunk, new Map());
  }

  fork(bus: Bus): Lockstep {
    if (!(bus instanceof Memory)) throw new TypeError('lockstep needs a Memory');
    return new Lockstep(this.isa, this.architecture, bus, this.chunk, this.unjudged);
  }

  /** @throws Divergence */
  run(core: CachingCore, limit: number): Stop {
    let stop: Stop = { kind: 'limit' };
    while (core.retired < limit && stop.kind === 'limit') {
      const before = copyOf({ core, memory: this.memory });
      stop = core.interpret(Math.min(limit, core.retired + this.chunk));
      while (stop.kind === 'limit' && core.retired < limit && !this.architecture.canBegin(core.state())) {
        // The next chunk is to begin where the native engine can.
        stop = core.interpret(core.retired + 1);
      }
      this.compare(before, { core, memory: this.memory, trap: trapOf(stop) });
    }
    return stop;
  }

  private compare(before: Point, builtin: Outcome): void {
    const retired = builtin.core.retired - before.core.retired;
    const attempted = builtin.trap === undefined ? retired : retired + 1;
    if (!agree(builtin, this.native(before, attempted))) throw new Divergence(this.locate(before, attempted));
  }

  /** The instruction on which the engines disagree, of `count` after which they do. */
  private locate(before: Point, count: number): Disagreement {
    let equal = 0;
    let different = count;
    while (different - equal > 1) {
      const middle = (equal + different) >> 1;
      if (agree(interpreted(before, middle), this.native(before, middle))) equal = middle;
      else different = middle;
    }
    const { core, memory } = interpreted(before, equal);
    const builtin = interpreted(before, different);
    const unicorn = this.native(before, different);
    const comparable = builtin.trap === undefined && unicorn.trap === undefined;
    return {
      instruction: core.retired,
      pc: core.pc,
      text: this.isa.describe(instructionAt(memory, core.pc), core.pc),
      builtin: builtin.trap ?? 'executed',
      unicorn: unicorn.trap ?? 'executed',
      registers: comparable ? differingRegisters(builtin.core, unicorn.core) : [],
      memory: comparable ? differingWords(builtin.memory, unicorn.memory) : [],
    };
  }

  /** At most `count` instructions from a point, in the native engine. */
  private native(from: Point, count: number): Outcome {
    const { core, memory } = copyOf(from);
    const end = core.retired + count;
    while (core.retired < end) {
      let why = 'in a delay slot';
      const state = core.state();
      if (this.architecture.canBegin(state)) {
        const result = nativeMachine(this.architecture).run(memory, state, end - core.retired, []);
        core.restore(result.state);
        core.retired += result.retired;
        if (result.cause === Cause.limit) break;
        why = this.architecture.trapOf(result);
        const word = wordOf(instructionAt(memory, core.pc), memory.bigEndian);
        if (!this.architecture.mayStop(result, word)) return { core, memory, trap: why };
      }
      this.unjudged.set(why, (this.unjudged.get(why) ?? 0) + 1);
      const trap = trapOf(core.interpret(core.retired + 1));
      if (trap !== undefined) return { core, memory, trap };
    }
    return { core, memory, trap: undefined };
  }
}

/** At most `count` instructions from a point, in the interpreter. */
function interpreted(from: Point, count: number): Outcome {
  const { core, memory } = copyOf(from);
  return { core, memory, trap: trapOf(core.interpret(core.retired + count)) };
}

/** The same once more, to be interpreted without breakpoints. */
function copyOf(point: Point): Point {
  const memory = point.memory.fork();
  const core = point.core.fork(memory);
  core.executor = undefined;
  for (const pc of [...core.breakpoints]) core.clearBreakpoint(pc);
  return { core, memory };
}

function trapOf(stop: Stop): string | undefined {
  if (stop.kind === 'limit' || stop.kind === 'breakpoint') return undefined;
  if (stop.kind !== 'memory' || stop.cause === 'misaligned') return stop.kind;
  return `${stop.kind} ${stop.access} ${hex(stop.address)}`;
}

function agree(a: Outcome, b: Outcome): boolean {
  if (a.trap !== b.trap) return false;
  const theirs = b.core.state();
  return (
    a.core.state().every((word, i) => word === theirs[i]) && a.memory.differingPages(b.memory).length === 0
  );
}

function differingRegisters(builtin: CachingCore, unicorn: CachingCore): Difference[] {
  const theirs = unicorn.registers();
  const named = builtin
    .registers()
    .map(({ name, value }, i) => ({ name, builtin: value, unicorn: theirs[i]?.value ?? 0n }))
    .filter((difference) => difference.builtin !== difference.unicorn);
  if (named.length > 0) return named;
  // What has no name for people, such as a register window that is not the current one.
  const hidden = unicorn.state();
  return Array.from(builtin.state(), (word, i) => ({
    name: `word ${i} of the state`,
    builtin: BigInt(word >>> 0),
    unicorn: BigInt(hidden[i]! >>> 0),
  })).filter((difference) => difference.builtin !== difference.unicorn);
}

function differingWords(builtin: Memory, unicorn: Memory): Difference[] {
  const found: Difference[] = [];
  for (const start of builtin.differingPages(unicorn)) {
    const [mine, theirs] = [builtin, unicorn].map((memory) => memory.read(start, PAGE_SIZE)) as [
      Uint8Array,
      Uint8Array,
    ];
    for (let offset = 0; offset < PAGE_SIZE && found.length < MOST_WORDS; offset += 4) {
      const [a, b] = [mine, theirs].map((bytes) => wordOf(bytes.subarray(offset), builtin.bigEndian)) as [
        number,
        number,
      ];
      if (a !== b) found.push({ name: hex(start + offset), builtin: BigInt(a), unicorn: BigInt(b) });
    }
  }
  return found;
}

const LONGEST = 4;

/** The bytes of an instruction, as many of them as are mapped. */
function instructionAt(memory: Memory, pc: number): Uint8Array {
  for (let length = LONGEST; length > 0; length--) {
    if (memory.isMapped(pc, pc + length)) return memory.read(pc, length);
  }
  return new Uint8Array();
}

function wordOf(bytes: Uint8Array, bigEndian: boolean): number {
  let word = 0;
  for (let i = 0; i < 4; i++) word |= (bytes[i] ?? 0) << (8 * (bigEndian ? 3 - i : i));
  return word >>> 0;
}
