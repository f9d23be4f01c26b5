/**
 * Registers that callers rely on. A compiler that sees a procedure's body knows which registers it leaves alone,
 * and keeps values there across a call (`-fipa-ra`), whatever the calling convention says. Where old and new
 * bodies are mixed, a caller may meet a callee that is not the one it was compiled with.
 */
import type { SymbolEntry } from '../elf/index.js';
import { BodyError } from '../isa/body.js';
import type { Correlation } from './correlate.js';
import type { Diff } from './diff.js';
import type { Program } from './program.js';
import type { Finding } from './refusal.js';

/** A body of one of the two programs. */
export interface Code {
  program: Program;
  symbol: SymbolEntry;
}

/** Registers by name, or all of them. */
type Registers = ReadonlySet<string> | 'all';

export class Clobbers {
  /** @param replaced procedures of the new program that take the place of old ones. */
  constructor(
    private readonly oldProgram: Program,
    private readonly newProgram: Program,
    private readonly correlation: Correlation,
    private readonly replaced: ReadonlySet<SymbolEntry>,
  ) {}

  /** Whether a call made by code of one program writes registers in the patched one that it did not there. */
  exceeds(callee: Code): boolean {
    const assumed = registersWrittenIn(callee);
    const actual = registersWrittenIn(this.inPatched(callee), (code) => this.inPatched(code));
    if (assumed === 'all') return false;
    return actual === 'all' || [...actual].some((register) => !assumed.has(register));
  }

  /** What runs in the patched program for a procedure of either. */
  private inPatched({ program, symbol }: Code): Code {
    const successor = program === this.oldProgram ? this.correlation.successor(symbol) : symbol;
    const old = program === this.oldProgram ? symbol : this.correlation.predecessor(symbol);
    if (successor !== undefined && (old === undefined || this.replaced.has(successor))) {
      return { program: this.newProgram, symbol: successor };
    }
    return { program: this.oldProgram, symbol: old! };
  }
}

/** What a procedure and everything it calls write. */
export function registersWrittenIn(start: Code, instead = (code: Code): Code => code): Registers {
  const found = new Set<string>();
  const seen = new Set([start.symbol]);
  const queue = [start];
  for (let code = queue.pop(); code !== undefined; code = queue.pop()) {
    const own = writtenBy(code);
    if (own === 'all') return 'all';
    for (const register of own) found.add(register);
    for (const symbol of calleesOf(code)) {
      const callee = instead({ program: code.program, symbol });
      if (callee.symbol.kind !== 'procedure') return 'all';
      if (seen.has(callee.symbol)) continue;
      seen.add(callee.symbol);
      queue.push(callee);
    }
  }
  return found;
}

/**
 * What forbids that old activations go on beside new code: each may call what has a new body, which must leave alone
 * what the old one left alone. Then an old body writes no more than it did, and its own callers are safe as well.
 */
export function clobbersAcrossVersions(
  { old: oldProgram, new: newProgram, correlation }: Diff,
  procedures: readonly { old: SymbolEntry | undefined; new: SymbolEntry }[],
): Finding[] {
  const replaced = new Set(procedures.map((procedure) => procedure.new));
  const clobbers = new Clobbers(oldProgram, newProgram, correlation, replaced);
  const callers = new Map<SymbolEntry, string[]>();
  for (const { old: caller } of procedures) {
    if (caller === undefined) continue;
    for (const callee of calleesOf({ program: oldProgram, symbol: caller })) {
      if (callee.kind === 'procedure') callers.set(callee, [...(callers.get(callee) ?? []), caller.name]);
    }
  }
  return [...callers].flatMap(([callee, names]): Finding[] => {
    if (!clobbers.exceeds({ program: oldProgram, symbol: callee })) return [];
    return [
      {
        reason: 'not-cross-version',
        message:
          `old activations of ${names.join(', ')} would call the new ${callee.name}, which writes registers that ` +
          'the old one, with all it called, left alone; their code may rely on that (-fipa-ra): leave ' +
          '"consistency": "activeness"',
      },
    ];
  });
}

function writtenBy({ program, symbol }: Code): Registers {
  try {
    const { registers, unknownCalls } = program.isa.registersWritten(program.body(symbol));
    return unknownCalls ? 'all' : registers;
  } catch (error) {
    if (error instanceof BodyError) return 'all';
    throw error;
  }
}

/** The named things that a procedure calls or jumps to. */
export function calleesOf({ program, symbol }: Code): Set<SymbolEntry> {
  const callees = new Set<SymbolEntry>();
  for (const { reference } of program.itemsIfUnderstood(symbol)) {
    if (reference === undefined || reference.role === 'address') continue;
    const referent = program.referent(reference);
    if (referent.kind === 'symbol') callees.add(referent.symbol);
  }
  return callees;
}
