/**
 * A table of procedures, through which every call goes from the moment it is made. An update then writes one word.
 *
 *     call --rewritten--> jump through the word of the procedure --> whatever the word points to
 *
 * It is what PODUS does, and costs what it did: three instructions at every call, also when nothing is ever updated.
 * Pointers go on to hold the entry of the procedure and do not use the table.
 *
 * The jump takes a register. Where a caller may have kept a value in it, a note says so.
 *
 * Source: Segal and Frieder, "On-the-fly program modification: systems for dynamic updating", IEEE Software 1993.
 */
import type { SymbolEntry } from '../elf/index.js';
import { hex } from '../elf/index.js';
import type { Target } from '../target/index.js';
import { align } from './area.js';
import type { Binding } from './binding.js';
import { callSites } from './call-sites.js';
import type { ForbiddenRange, Plan, PlannedWrite } from './plan.js';
import { noteRegisterTaken } from './passing.js';
import type { Program } from './program.js';
import { findRoom } from './room.js';
import type { Running } from './running.js';

const READ = 4;
const EXECUTE = 1;
const PAGE = 4096;
const CODE_ALIGNMENT = 16;

/** The plan that gives a program that was just loaded its table. */
export function planBindings(
  target: Pick<Target, 'image' | 'gaps'>,
  running: Running,
): { plan: Plan; bindings: Binding[] } {
  const { program } = running;
  const { isa, image } = program;
  const width = isa.bits / 8;
  // What has no size is never replaced. On SPARC it may be a helper of position-independent code, whose callers
  // keep values in the register that the jump takes.
  const called = program.procedures.filter(
    ({ address, size }) => size > 0 && (callSites(program).get(address) ?? []).length > 0,
  );
  const unique = [...new Map(called.map((procedure) => [procedure.address, procedure])).values()];
  const stride = align(isa.tableJump(0, 0).bytes.length, CODE_ALIGNMENT);
  const textSize = align(unique.length * stride, PAGE);
  const tableSize = align(unique.length * width, PAGE);
  const start = findRoom(target, textSize + tableSize, isa.jumpReach);
  const table = start + textSize;
  const writes: PlannedWrite[] = [];
  const forbidden: ForbiddenRange[] = [];
  const notes: string[] = [];
  const words = new Uint8Array(unique.length * width);
  const bindings = unique.map((procedure, i): Binding => {
    const at = start + i * stride;
    const word = table + i * width;
    const { bytes } = isa.tableJump(at, word);
    writes.push(
      written(
        'prepare',
        at,
        new Uint8Array(bytes.length),
        bytes,
        true,
        `jump through the word of ${procedure.name}`,
      ),
    );
    new DataView(words.buffer).setUint32(i * width, procedure.address, !image.bigEndian);
    const unbound = bindCalls(program, procedure, at, { writes, forbidden, notes });
    const name = `the table jump of ${procedure.name}`;
    notes.push(...noteRegisterTaken(running, procedure.address, name));
    return {
      entry: procedure.address,
      word,
      jump: { start: at, end: at + bytes.length, kind: 'sequence', entryCounts: false, name },
      unbound,
    };
  });
  writes.push(written('prepare', table, new Uint8Array(words.length), words, false, 'the binding table'));
  const reservations = [
    {
      name: '[ bindings text ]',
      start,
      end: start + textSize,
      protection: READ | EXECUTE,
      why: 'jumps through the binding table',
    },
    {
      name: '[ bindings ]',
      start: table,
      end: table + tableSize,
      // What cannot be written keeps no return addresses: the entries in it are not taken for such.
      protection: READ,
      why: 'the binding table',
    },
  ];
  const expected = writes.flatMap(({ phase, address, before, why }) =>
    phase === 'commit' && before !== undefined ? [{ address, bytes: before, why }] : [],
  );
  const { name, buildId } = image;
  const plan: Plan = {
    program: name,
    buildId,
    procedures: [],
    data: [],
    expected,
    forbidden,
    reservations: unique.length === 0 ? [] : reservations,
    writes: unique.length === 0 ? [] : writes,
    calls: [],
    notes,
  };
  return { plan, bindings };
}

/** Sends the calls of a procedure to its jump; returns how many are too short for that. */
function bindCalls(
  program: Program,
  procedure: SymbolEntry,
  to: number,
  into: { writes: PlannedWrite[]; forbidden: ForbiddenRange[]; notes: string[] },
): number {
  let unbound = 0;
  for (const { caller, site } of callSites(program).get(procedure.address) ?? []) {
    const redirection = program.isa.redirectCall(site, to);
    const where = `${caller.name}+${hex(site.item.offset)}`;
    if (redirection === undefined) {
      unbound++;
      into.notes.push(
        `the call of ${procedure.name} in ${where} cannot reach the table and goes to the procedure itself`,
      );
      continue;
    }
    const before = program.data(site.address, site.address + redirection.bytes.length).bytes;
    into.writes.push(
      written(
        'commit',
        site.address,
        before,
        redirection.bytes,
        true,
        `call of ${procedure.name} in ${where}`,
      ),
    );
    for (const boundary of redirection.boundaries) {
      const end = site.address + site.item.size;
      into.forbidden.push({
        start: site.address,
        end,
        kind: 'sequence',
        entryCounts: false,
        name: `${where}, offset ${boundary}`,
      });
    }
  }
  return unbound;
}

const written = (
  phase: PlannedWrite['phase'],
  address: number,
  before: Uint8Array,
  after: Uint8Array,
  code: boolean,
  why: string,
): PlannedWrite => ({ phase, address, before, after, code, why });
