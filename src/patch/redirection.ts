/**
 * How calls reach a body that has moved.
 *
 *     call sites      every direct call is rewritten; a jump at the old entry serves pointers
 *     trampoline      a jump at the old entry serves all of them
 *     binding table   the word is written through which every call goes that was bound, see `binding-table.ts`
 *
 * Pointers keep what they hold, the old entry, so that they stay equal to each other.
 */
import { hex } from '../elf/index.js';
import type { Isa } from '../isa/index.js';
import type { ForbiddenRange, PlannedWrite, Redirect } from './plan.js';
import { isLongJump, noteRegisterTaken } from './passing.js';
import { Refusal } from './refusal.js';
import type { Running, RunningBody, RunningCall } from './running.js';

/** Whom a jump at an entry serves when all direct calls go elsewhere; those may call whatever they like. */
const POINTERS = 'pointers';

export interface Redirected {
  /** Why it was done so, for people. */
  why: string;
  writes: PlannedWrite[];
  forbidden: ForbiddenRange[];
  notes: string[];
}

export interface Move {
  isa: Isa;
  running: Running;
  /** The code that is replaced. */
  old: RunningBody;
  /** Entry of the new body. */
  entry: number;
  strategy: Exclude<Redirect, 'in-place'>;
  /** Entries of procedures whose bodies are replaced as well: their calls are. */
  replaced: ReadonlySet<number>;
}

const NOTHING: Redirected = { why: '', writes: [], forbidden: [], notes: [] };

/** @throws Refusal when the strategy cannot be followed. */
export function redirect(move: Move): Redirected {
  switch (move.strategy) {
    case 'call-sites':
      return throughCallSites(move);
    case 'trampoline':
      return throughEntries(move, 'every call and pointer');
    case 'binding-table':
      return throughTable(move);
  }
}

function throughCallSites(move: Move): Redirected {
  const { old, entry, running, replaced } = move;
  const calls = running.callsOf(old.entry).filter(({ callerEntry }) => !replaced.has(callerEntry));
  const rewritten = calls.map((call) => rewrite(move, call));
  const left = rewritten.filter(({ writes }) => writes.length === 0).length;
  const merged = merge(rewritten);
  const too = tooShort(move);
  if (too === undefined) {
    const jump = throughEntries(move, left === 0 ? POINTERS : 'pointers and calls that do not reach');
    const why = `${calls.length - left} of ${calls.length} direct calls rewritten`;
    return { ...merge([merged, jump]), why };
  }
  // Without a jump at the entry every way in must be known, and rewritten.
  if (left > 0) throw new Refusal('too-short-for-trampoline', `${too}, and ${merged.notes[0]!}`);
  const pointer = running.pointerTo(old.entry);
  if (pointer !== undefined)
    throw new Refusal('too-short-for-trampoline', `${too}, and ${pointer} holds its address`);
  const why = `${calls.length} of ${calls.length} direct calls rewritten; nothing else leads to ${hex(old.entry)}`;
  // Who stands at the old entry would execute the old body.
  const forbidden = [...merged.forbidden, whole(old, true)];
  return {
    ...merged,
    forbidden,
    why,
    notes: [...merged.notes, `${too}: it has no trampoline and needs none for ${hex(entry)}`],
  };
}

function throughTable(move: Move): Redirected {
  const { old, entry, running } = move;
  if (!running.hasTable) {
    throw new Refusal(
      'redirection-impossible',
      `calls of ${old.name} go through no binding table; have one made when the program is loaded`,
    );
  }
  const binding = running.bindingOf(old.entry);
  // New bodies call each other directly; what was not there when the table was made is rewritten.
  const direct = running
    .callsOf(old.entry)
    .filter((call) => !call.original && !move.replaced.has(call.callerEntry))
    .map((call) => rewrite(move, call));
  if (binding === undefined) {
    const why = 'nothing called it when the table was made';
    return { ...merge([...direct, throughEntries(move, 'pointers and new calls')]), why };
  }
  const size = running.program.isa.bits / 8;
  const after = new Uint8Array(size);
  new DataView(after.buffer).setUint32(0, entry, !running.program.image.bigEndian);
  const before = running.bytes(binding.word, size);
  const word = {
    phase: 'commit' as const,
    address: binding.word,
    before,
    after,
    code: false,
    why: `word of ${old.name} in the binding table`,
  };
  const table: Redirected = {
    why: 'one word of the binding table',
    writes: [word],
    forbidden: [binding.jump],
    notes: noteRegisterTaken(running, old.entry, `the table jump of ${old.name}`),
  };
  const pointer = running.pointerTo(old.entry);
  const unbound =
    binding.unbound > 0 ? `${binding.unbound} calls that are too short for the table` : undefined;
  const missed = direct.some(({ writes }) => writes.length === 0) ? 'new calls that do not reach' : undefined;
  const rest = [pointer && `the address in ${pointer}`, unbound, missed].filter((part) => part !== undefined);
  // Without a jump at the entry, who stands there would execute the old body.
  const way =
    rest.length === 0 ? { ...NOTHING, forbidden: closed(move) } : throughEntries(move, rest.join(' and '));
  return { ...merge([table, ...direct, way]), why: table.why };
}

/** The old body, and what leads there from its entry, for nobody to stand in. */
function closed(move: Move): ForbiddenRange[] {
  const { old, running } = move;
  const jump = Math.max(running.jumpLength(old.entry), 1);
  const before: ForbiddenRange = {
    start: old.entry,
    end: old.entry + jump,
    kind: 'procedure',
    entryCounts: true,
    name: `the jump at ${old.name}`,
  };
  return [whole(old, true), ...(old.start === old.entry ? [] : [before])];
}

/** Jumps at every address at which the procedure can be entered. */
function throughEntries(move: Move, whom: string): Redirected {
  const { old } = move;
  const too = tooShort(move);
  if (too !== undefined)
    throw new Refusal('too-short-for-trampoline', `${too}: its callers cannot be sent there`);
  const jumps = entriesOf(move).map(({ at }) => jumpAt(move, at, whom));
  const long = jumps.some(({ writes }) => writes.some(({ after }) => isLongJump(after)));
  const notes =
    long && whom !== POINTERS ? noteRegisterTaken(move.running, old.entry, `the jump at ${old.name}`) : [];
  return merge([{ why: '', writes: [], forbidden: [whole(old, false)], notes }, ...jumps]);
}

function jumpAt({ isa, running, old, entry }: Move, at: number, whom: string): Redirected {
  const jump = isa.trampoline(at, entry);
  if (jump === undefined) {
    throw new Refusal(
      'out-of-reach',
      `no jump reaches ${hex(entry)} from the entry of ${old.name} at ${hex(at)}`,
    );
  }
  const write: PlannedWrite = {
    phase: 'commit',
    address: at,
    before: running.bytes(at, jump.bytes.length),
    after: jump.bytes,
    code: true,
    why: `trampoline at the old entry of ${old.name}, for ${whom}`,
  };
  // Where the body is elsewhere already, a jump stands here, in which somebody may be.
  const length = Math.max(jump.bytes.length, running.jumpLength(at));
  const range = {
    start: at,
    end: at + length,
    kind: 'sequence' as const,
    entryCounts: false,
    name: `the jump at ${old.name}`,
  };
  const forbidden = at === old.start ? [] : [range];
  return { why: `one jump at ${hex(at)}, for ${whom}`, writes: [write], forbidden, notes: [] };
}

/** Where the procedure can be entered, and how many bytes may be overwritten there. */
function entriesOf({ running, old }: Move): { at: number; capacity: number }[] {
  const here = { at: old.start, capacity: old.capacity };
  return old.start === old.entry
    ? [here]
    : [{ at: old.entry, capacity: running.capacityAt(old.entry) }, here];
}

/** What is wrong with a jump at an entry; undefined when there is room for it. */
function tooShort(move: Move): string | undefined {
  const { isa, old, entry } = move;
  for (const { at, capacity } of entriesOf(move)) {
    const jump = isa.trampoline(at, entry);
    if (jump !== undefined && jump.bytes.length > capacity) {
      return `${old.name} has ${capacity} bytes at ${hex(at)}, a jump to ${hex(entry)} takes ${jump.bytes.length}`;
    }
  }
  return undefined;
}

function rewrite({ isa, running, old, entry }: Move, { caller, site }: RunningCall): Redirected {
  const redirection = isa.redirectCall(site, entry);
  const where = `${caller}+${hex(site.item.offset)}`;
  if (redirection === undefined) {
    const note =
      `the call of ${old.name} in ${where} is ${site.item.size} bytes long and cannot reach ${hex(entry)}: ` +
      'it goes through the trampoline';
    return { why: '', writes: [], forbidden: [], notes: [note] };
  }
  const write: PlannedWrite = {
    phase: 'commit',
    address: site.address,
    before: running.bytes(site.address, redirection.bytes.length),
    after: redirection.bytes,
    code: true,
    why: `call of ${old.name} in ${where}`,
  };
  const end = site.address + Math.max(site.item.size, redirection.bytes.length);
  const forbidden = redirection.boundaries.map((boundary): ForbiddenRange => {
    return {
      start: site.address,
      end,
      kind: 'sequence',
      entryCounts: false,
      name: `${where}, offset ${boundary}`,
    };
  });
  return { why: '', writes: [write], forbidden, notes: [] };
}

function whole({ name, start, capacity }: RunningBody, entryCounts: boolean): ForbiddenRange {
  return { start, end: start + capacity, kind: 'procedure', entryCounts, name };
}

function merge(parts: readonly Redirected[]): Redirected {
  return {
    why: parts
      .map(({ why }) => why)
      .filter((why) => why !== '')
      .join('; '),
    writes: parts.flatMap(({ writes }) => writes),
    forbidden: parts.flatMap(({ forbidden }) => forbidden),
    notes: parts.flatMap(({ notes }) => notes),
  };
}
