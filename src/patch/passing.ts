/**
 * The register that a jump takes which stands between a call and its procedure: a long one, or one through a table.
 *
 * The ABI leaves it to nobody there. A compiler that saw the procedure (-fipa-ra) may still have kept a value of the
 * caller in it across the call, when nothing that runs meanwhile writes it.
 */
import type { SymbolEntry } from '../elf/index.js';
import { BodyError } from '../isa/body.js';
import { callSites } from './call-sites.js';
import { registersWrittenIn } from './clobbers.js';
import type { Program } from './program.js';

/** Bytes of a jump of one instruction. */
const SHORT_JUMP = 4;

/** Whether a jump at an entry takes several instructions, and so a register. */
export const isLongJump = (jump: Uint8Array): boolean => jump.length > SHORT_JUMP;

/**
 * A note for the plan when callers of the procedure at `entry`, or callers of these, may keep a value there.
 *
 * @param what the jump, in words.
 */
export function noteRegisterTaken(program: Program, entry: number, what: string): string[] {
  const register = program.isa.jumpRegister;
  const reliers = reliersOn(program, entry, register);
  if (reliers.length === 0) return [];
  return [
    `${what} takes ${register}, in which ${reliers.join(', ')} may keep a value meanwhile if the program was ` +
      'compiled with -fipa-ra',
  ];
}

/** Procedures that write the register themselves, and call what does not write it. */
function reliersOn(program: Program, entry: number, register: string): string[] {
  const first = program.symbolAt(entry);
  const reliers = new Set<string>();
  const seen = new Set<SymbolEntry>();
  const queue = first === undefined ? [] : [first];
  for (let callee = queue.pop(); callee !== undefined; callee = queue.pop()) {
    const written = registersWrittenIn({ program, symbol: callee });
    if (written === 'all' || written.has(register)) continue;
    for (const { caller } of callSites(program).get(callee.address) ?? []) {
      if (seen.has(caller)) continue;
      seen.add(caller);
      if (writesItself(program, caller, register)) reliers.add(caller.name);
      else queue.push(caller);
    }
  }
  return [...reliers].sort();
}

function writesItself(program: Program, symbol: SymbolEntry, register: string): boolean {
  try {
    const { registers, inPassing } = program.isa.registersWritten(program.body(symbol));
    return registers.has(register) && !inPassing.has(register);
  } catch (error) {
    if (error instanceof BodyError) return true;
    throw error;
  }
}
