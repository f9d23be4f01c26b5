/** Holds the check of who is inside against shadow stacks, for every procedure and sequence of a program at once. */
import type { Image } from '#suture/elf/index.js';
import {
  findBlockers,
  LiveProcess,
  type Blocker,
  type ForbiddenRange,
  type RuleLookup,
} from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { start } from './programs.js';
import { ShadowStacks, type Position } from './shadow-stack.js';

/** What only looked like an activation, by how it was found. */
export type FalseAlarm =
  | 'activation of a complete walk'
  | 'activation of a walk that ended early'
  | 'word in a register'
  | 'word on a stack that was not walked'
  | 'word in other memory';

export interface Agreement {
  /** Instructions before which the check was made. */
  checked: number;
  instructions: number;
  /** Activations, and positions inside sequences, that the check did not find. */
  misses: string[];
  falseAlarms: Partial<Record<FalseAlarm, number>>;
  seen: ShadowStacks['seen'];
}

/** Nobody is inside by standing at the entry, nor in front of a sequence. */
function isInside(position: Position, { start, end, kind }: ForbiddenRange): boolean {
  const isWithin = (address: number): boolean => address > start && address < end;
  if ('at' in position) return position.at.some(isWithin);
  return kind === 'procedure' ? position.in >= start && position.in < end : isWithin(position.returnsTo);
}

/** Every procedure, and every two instructions of it that stand together, as far as they may be rewritten together. */
function rangesOf(image: Image): ForbiddenRange[] {
  const procedures = image.symbols.filter(({ kind, size }) => kind === 'procedure' && size > 0);
  return procedures.flatMap(({ name, address, size }) => {
    const procedure = {
      start: address,
      end: address + size,
      kind: 'procedure',
      entryCounts: false,
      name,
    } as const;
    const sequence = { ...procedure, end: Math.min(address + 8, procedure.end), kind: 'sequence' } as const;
    return [procedure, sequence];
  });
}

const entriesOf = (image: Image, names: readonly string[]): number[] =>
  image.symbols.filter(({ name }) => names.includes(name)).map(({ address }) => address);

function kindOf({ depth, reliable, foundAt, thread }: Blocker): FalseAlarm {
  if (depth !== undefined)
    return reliable ? 'activation of a complete walk' : 'activation of a walk that ended early';
  if (foundAt === 'register') return 'word in a register';
  return thread === undefined ? 'word in other memory' : 'word on a stack that was not walked';
}

/**
 * Runs a program on a session and makes the check before every `step`-th instruction, from `first` on.
 *
 * @param check the check; another one shows what this would see.
 */
export function agreementOf(
  image: Image,
  session: string,
  {
    step = 1,
    first = 0,
    check = findBlockers,
  }: { step?: number; first?: number; check?: typeof findBlockers } = {},
): Agreement {
  const process = start(image, session);
  const target = new EmulatedTarget(process);
  const ruleAt = remembering(new LiveProcess(target).rules.ruleAt);
  const ranges = rangesOf(image);
  const shadows = new ShadowStacks(process, {
    procedureAt: (address) =>
      ranges.find((r) => r.kind === 'procedure' && address >= r.start && address < r.end)?.start ?? address,
    switches: entriesOf(image, ['coroutine_switch']),
    leaves: entriesOf(image, ['coroutine_leave', 'long_jump']),
  });
  const result: Agreement = { checked: 0, instructions: 0, misses: [], falseAlarms: {}, seen: shadows.seen };
  do {
    if (process.instructions % step !== first) continue;
    result.checked++;
    const blockers = check(target, ranges, ruleAt);
    compare(blockers, shadows.positions(), ranges, process.instructions, result);
  } while (shadows.step());
  if (!process.hasEnded) throw new Error(`${image.name} did not end, at instruction ${process.instructions}`);
  result.instructions = process.instructions;
  return result;
}

/** The program does not change. */
function remembering(ruleAt: RuleLookup): RuleLookup {
  const rules = new Map<number, ReturnType<RuleLookup>>();
  return (pc) => {
    if (!rules.has(pc)) rules.set(pc, ruleAt(pc));
    return rules.get(pc);
  };
}

function compare(
  blockers: readonly Blocker[],
  positions: ReadonlyMap<number | undefined, Position[]>,
  ranges: readonly ForbiddenRange[],
  instruction: number,
  result: Agreement,
): void {
  const inside = new Set<ForbiddenRange>();
  for (const [thread, places] of positions) {
    for (const range of ranges) {
      if (!places.some((position) => isInside(position, range))) continue;
      inside.add(range);
      const found = blockers.some(
        (blocker) => blocker.range === range && (blocker.depth === undefined || blocker.thread === thread),
      );
      const whose = thread === undefined ? 'a coroutine' : `thread ${thread}`;
      if (!found)
        result.misses.push(`${whose} is inside ${range.kind} ${range.name} at instruction ${instruction}`);
    }
  }
  const alarms = new Set<string>();
  for (const blocker of blockers) {
    const { depth, thread, range } = blocker;
    const own = positions.get(thread) ?? [];
    const right = depth === undefined ? inside.has(range) : own.some((position) => isInside(position, range));
    const kind = kindOf(blocker);
    const alarm = `${kind} ${thread} ${range.kind} ${range.start}`;
    if (right || alarms.has(alarm)) continue;
    alarms.add(alarm);
    result.falseAlarms[kind] = (result.falseAlarms[kind] ?? 0) + 1;
  }
}
