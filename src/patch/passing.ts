/**
 * The register that a jump takes which stands between a call and its procedure: a long one, or one through a table.
 *
 * The ABI leaves it to nobody there. A compiler that saw the procedure (-fipa-ra) may still have kept a value of the
 * caller in it across the call, when nothing that runs meanwhile writes it.
 */
import type { Running, RunningCode } from './running.js';

/** Bytes of a jump of one instruction. */
const SHORT_JUMP = 4;

/** Whether a jump at an entry takes several instructions, and so a register. */
export const isLongJump = (jump: Uint8Array): boolean => jump.length > SHORT_JUMP;

/**
 * A note for the plan when callers of the procedure at `entry`, or callers of these, may keep a value there. Callers
 * of every version count: bodies that an update has replaced may be running still.
 *
 * @param what the jump, in words.
 */
export function noteRegisterTaken(running: Running, entry: number, what: string): string[] {
  const register = running.program.isa.jumpRegister;
  const reliers = new Set(running.history.flatMap((version) => reliersOn(version, entry, register)));
  if (reliers.size === 0) return [];
  return [
    `${what} takes ${register}, in which ${[...reliers].sort().join(', ')} may keep a value meanwhile if the ` +
      'program was compiled with -fipa-ra',
  ];
}

/** What a procedure of a version and everything it calls there write; undefined when that may be every register. */
function registersWrittenFrom(version: Running, entry: number): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  const seen = new Set([entry]);
  const queue = [entry];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const code = version.code(next);
    const own = code && version.program.isa.registersWritten(code.body);
    if (code === undefined || own === undefined || own.unknownCalls) return undefined;
    for (const register of own.registers) found.add(register);
    const unseen = code.callees.filter((callee) => !seen.has(callee));
    for (const callee of unseen) seen.add(callee);
    queue.push(...unseen);
  }
  return found;
}

/** Names of the procedures of a version that write the register themselves, and call what does not write it. */
function reliersOn(version: Running, entry: number, register: string): string[] {
  const reliers: string[] = [];
  const seen = new Set([entry]);
  const queue = [entry];
  for (let callee = queue.pop(); callee !== undefined; callee = queue.pop()) {
    const written = registersWrittenFrom(version, callee);
    if (written === undefined || written.has(register)) continue;
    for (const { caller, callerEntry } of version.callsOf(callee)) {
      if (seen.has(callerEntry)) continue;
      seen.add(callerEntry);
      if (writesItself(version, version.code(callerEntry), register)) reliers.push(caller);
      else queue.push(callerEntry);
    }
  }
  return reliers;
}

function writesItself({ program }: Running, code: RunningCode | undefined, register: string): boolean {
  if (code === undefined) return true;
  const { registers, inPassing } = program.isa.registersWritten(code.body);
  return registers.has(register) && !inPassing.has(register);
}
