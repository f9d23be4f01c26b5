/** Says in words what ended a process. */
import { hex, SymbolIndex, type Image } from '../elf/index.js';
import type { Trap } from '../isa/core.js';
import { showProtection, type Memory, type Region } from '../machine/memory.js';

/** A trap with everything a person asks next: what it did, to which mapping, and where in the program. */
export interface TrapReport {
  /** One sentence without the location, such as `write to 0x10010, which is mapped r-x-- (teller.elf)`. */
  what: string;
  pc: number;
  /** Procedure and offset of pc. */
  procedure: string | undefined;
  /** For a memory fault: what is mapped at the address, and the symbol there. */
  mapping: Region | undefined;
  symbol: string | undefined;
}

/** Bits of `Flag` in isa/float. */
const EXCEPTIONS: readonly [string, number][] = [
  ['invalid operation', 16],
  ['division by zero', 8],
  ['overflow', 4],
  ['underflow', 2],
  ['inexact result', 1],
];

const VERBS = { fetch: 'instruction fetch from', read: 'read from', write: 'write to' };

export function reportTrap(trap: Trap, memory: Memory, image: Image): TrapReport {
  const index = new SymbolIndex(image.symbols);
  const address = trap.kind === 'memory' ? trap.address : undefined;
  const mapping = address === undefined ? undefined : memory.find(address);
  const symbol = address === undefined ? undefined : index.describe(address);
  return {
    what: describeTrap(trap, mapping, symbol),
    pc: trap.pc,
    procedure: index.describe(trap.pc),
    mapping,
    symbol,
  };
}

function describeTrap(trap: Trap, mapping: Region | undefined, symbol: string | undefined): string {
  switch (trap.kind) {
    case 'memory': {
      const access = `${VERBS[trap.access]} ${hex(trap.address)}${symbol === undefined ? '' : ` (${symbol})`}`;
      if (trap.cause === 'misaligned') return `${access}, which is not aligned`;
      if (mapping === undefined) return `${access}, where nothing is mapped`;
      const place = `${showProtection(mapping.protection)} ${mapping.name}`;
      const hint = mapping.name === '[ guard ]' ? ': the stack is exhausted' : '';
      return `${access}, which is mapped ${place}${hint}`;
    }
    case 'illegal':
      return `illegal instruction ${hex(trap.word)}`;
    case 'break':
      return 'breakpoint instruction';
    case 'divide-by-zero':
      return 'division by zero';
    case 'trap-instruction':
      return `trap instruction with number ${trap.number}, which Linux does not serve`;
    case 'float-exception':
      return `floating-point exception (${EXCEPTIONS.filter(([, bit]) => (trap.flags & bit) !== 0)
        .map(([name]) => name)
        .join(', ')})`;
    case 'syscall':
      return 'system call';
  }
}
