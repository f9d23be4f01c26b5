/** How the layout of one variable differs between two builds of a program. */
import type { DataType, Member } from './types.js';

/**
 * One difference. `path` leads from the variable inward, such as `in[].limit`; it is empty for the variable
 * itself. Offsets and sizes are in bytes, those of bit-fields in bits.
 */
export type LayoutChange =
  | { kind: 'added' | 'removed'; path: string; offset: number; size: number; typeName: string }
  | { kind: 'moved' | 'resized'; path: string; unit: 'bytes' | 'bits'; from: number; to: number }
  /** An array has more or fewer elements; undefined where it has no bounds. */
  | { kind: 'counted'; path: string; from: number | undefined; to: number | undefined }
  | { kind: 'retyped'; path: string; from: TypeAndSize; to: TypeAndSize }
  /** Changes no byte and no meaning of one. */
  | { kind: 'renamed'; path: string; to: string }
  /** A value that an enumeration no longer has, or gives to another name. */
  | { kind: 'renumbered'; path: string; enumerator: string; from: number; to: number | undefined };

interface TypeAndSize {
  name: string;
  size: number;
}

/** Changes of a type of which a variable of the program may have pointers to instances. */
export interface PointeeChange {
  typeName: string;
  changes: readonly LayoutChange[];
}

/** More changes than these are not listed; that there are some is known by then. */
const MOST_CHANGES = 1000;
const MOST_POINTERS = 8;
/** Pairs of types, of which a hostile pair of files can have as many as the product of their sizes. */
const MOST_PAIRS_COMPARED = 100_000;
const MOST_PAIRS_REACHED = 5000;

/**
 * Compares the types of one variable in two programs; empty when every byte means the same.
 *
 * @example
 * compareLayouts(oldType, newType).map(describeLayoutChange); // ['member `limit` moved from offset 8 to 16']
 */
export function compareLayouts(before: DataType, after: DataType): LayoutChange[] {
  const strip = (path: string): string => path.replace(/^\./, '');
  return new Comparison().changes(before, after).map((change) => ({ ...change, path: strip(change.path) }));
}

/**
 * Compares what can be reached through the pointers of one variable: a list's nodes, a table's entries. What is
 * so far away that thousands of other types come first is not looked at.
 */
export function comparePointees(before: DataType, after: DataType): PointeeChange[] {
  const comparison = new Comparison();
  const seen = new Map<DataType, Set<DataType>>();
  const found = new Map<string, PointeeChange>();
  const waiting: [DataType, DataType][] = [[before, after]];
  let visited = 0;
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const [mine, theirs] = pair;
    if (++visited > MOST_PAIRS_REACHED) break;
    const partners = seen.get(mine) ?? new Set();
    if (partners.has(theirs)) continue;
    seen.set(mine, partners.add(theirs));
    if (mine.kind === 'pointer' && theirs.kind === 'pointer') {
      const [target, successor] = [mine.target(), theirs.target()];
      if (target === undefined || successor?.name !== target.name) continue;
      const changes = comparison.changes(target, successor);
      if (changes.length > 0) {
        const stripped = changes.map((change) => ({ ...change, path: change.path.replace(/^\./, '') }));
        found.set(target.name, { typeName: target.name, changes: stripped });
      }
      waiting.push([target, successor]);
    } else if (mine.kind === 'array' && theirs.kind === 'array') {
      waiting.push([mine.element, theirs.element]);
    } else if ('members' in mine && 'members' in theirs) {
      const others = byName(theirs.members);
      for (const { name, type } of mine.members) {
        const other = others.get(name);
        if (other !== undefined) waiting.push([type, other.type]);
      }
    }
  }
  return [...found.values()];
}

class Comparison {
  /** Types are shared, so a pair of them is compared once. */
  private readonly known = new Map<DataType, Map<DataType, LayoutChange[]>>();
  private pairs = 0;

  /** Paths begin with `.` or `[`. */
  changes(before: DataType, after: DataType): LayoutChange[] {
    const partners = this.known.get(before) ?? new Map<DataType, LayoutChange[]>();
    this.known.set(before, partners);
    let changes = partners.get(after);
    if (changes === undefined) {
      changes = this.compare(before, after).slice(0, MOST_CHANGES);
      partners.set(after, changes);
    }
    return changes;
  }

  private compare(before: DataType, after: DataType): LayoutChange[] {
    const retyped: LayoutChange = {
      kind: 'retyped',
      path: '',
      from: { name: before.name, size: before.size },
      to: { name: after.name, size: after.size },
    };
    const resized: LayoutChange[] =
      before.size === after.size
        ? []
        : [{ kind: 'resized', path: '', unit: 'bytes', from: before.size, to: after.size }];
    // Too many to go on: then they do not pass for the same.
    if (++this.pairs > MOST_PAIRS_COMPARED) return [retyped];
    if (before.kind === 'scalar' && after.kind === 'scalar') {
      const { size, encoding, order } = before;
      const same = size === after.size && encoding === after.encoding && order === after.order;
      return same ? [] : [retyped];
    }
    if (before.kind === 'enumeration' && after.kind === 'enumeration') {
      return [...resized, ...renumbered(before.values, after.values)];
    }
    if (before.kind === 'pointer' && after.kind === 'pointer') {
      return before.size === after.size && samePointer(before, after) ? [] : [retyped];
    }
    if (before.kind === 'array' && after.kind === 'array') {
      const changes = inside('[]', this.changes(before.element, after.element));
      if (before.count === after.count) return changes;
      return [{ kind: 'counted', path: '', from: before.count, to: after.count }, ...changes];
    }
    if ('members' in before && 'members' in after && before.kind === after.kind) {
      const changes = this.compareMembers(before.members, after.members);
      return changes.length > 0 ? changes : resized;
    }
    const bothUnknown = before.kind === 'unknown' && after.kind === 'unknown';
    if (bothUnknown && before.name === after.name) return resized;
    return [retyped];
  }

  private compareMembers(before: readonly Member[], after: readonly Member[]): LayoutChange[] {
    const olds = byName(before);
    const news = byName(after);
    const removed = before.filter(({ name }) => !news.has(name));
    const added = after.filter(({ name }) => !olds.has(name));
    const renamed = new Map<Member, Member>();
    for (const member of removed) {
      const heir = added.find(
        (other) => samePlace(member, other) && this.changes(member.type, other.type).length === 0,
      );
      if (heir !== undefined) renamed.set(member, heir);
    }
    const heirs = new Set(renamed.values());
    const first: LayoutChange[] = [
      ...added.filter((member) => !heirs.has(member)).map((member) => whole('added', member)),
      ...removed.filter((member) => !renamed.has(member)).map((member) => whole('removed', member)),
      ...[...renamed].map(([{ name }, heir]): LayoutChange => ({
        kind: 'renamed',
        path: `.${name}`,
        to: heir.name,
      })),
    ];
    const last: LayoutChange[] = [];
    for (const member of before) {
      const other = news.get(member.name);
      if (other === undefined) continue;
      const path = `.${member.name}`;
      first.push(...inside(path, this.changes(member.type, other.type)));
      if (member.bits?.size !== other.bits?.size) {
        const [from, to] = [bitsOf(member), bitsOf(other)];
        first.push({ kind: 'resized', path, unit: 'bits', from, to });
      }
      if (samePlace(member, other)) continue;
      if (member.bits !== undefined && other.bits !== undefined) {
        if (member.bits.offset === other.bits.offset) continue;
        last.push({ kind: 'moved', path, unit: 'bits', from: member.bits.offset, to: other.bits.offset });
      } else if (member.offset !== other.offset) {
        last.push({ kind: 'moved', path, unit: 'bytes', from: member.offset, to: other.offset });
      }
    }
    // Causes before consequences.
    return [...first, ...last];
  }
}

const byName = (members: readonly Member[]): Map<string, Member> =>
  new Map(members.map((member) => [member.name, member]));

const bitsOf = ({ bits, type }: Member): number => bits?.size ?? type.size * 8;

const samePlace = (member: Member, other: Member): boolean =>
  member.offset === other.offset &&
  member.bits?.offset === other.bits?.offset &&
  member.bits?.size === other.bits?.size;

const whole = (kind: 'added' | 'removed', { name, offset, type, typeName }: Member): LayoutChange => ({
  kind,
  path: `.${name}`,
  offset,
  size: type.size,
  typeName,
});

const inside = (path: string, changes: readonly LayoutChange[]): LayoutChange[] =>
  changes.map((change) => ({ ...change, path: path + change.path }));

function renumbered(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): LayoutChange[] {
  const values = new Set(after.values());
  const changes: LayoutChange[] = [];
  for (const [enumerator, from] of before) {
    const to = after.get(enumerator);
    // A name that is gone matters only when nothing else stands for its value.
    if (to === from || (to === undefined && values.has(from))) continue;
    changes.push({ kind: 'renumbered', path: '', enumerator, from, to });
  }
  return changes;
}

/** Whether two pointers point to what is called the same, whatever typedefs were used to say so. */
function samePointer(before: DataType, after: DataType): boolean {
  let [mine, theirs]: (DataType | undefined)[] = [before, after];
  for (let i = 0; i < MOST_POINTERS && mine?.kind === 'pointer' && theirs?.kind === 'pointer'; i++) {
    if (mine.name === theirs.name) return true;
    [mine, theirs] = [mine.target(), theirs.target()];
  }
  return mine !== undefined && mine.name === theirs?.name;
}

/** As a sentence without its full stop. */
export function describeLayoutChange(change: LayoutChange): string {
  const subject = change.path === '' ? 'it' : `member \`${change.path}\``;
  switch (change.kind) {
    case 'added':
      return `${subject} was added at offset ${change.offset} (${change.typeName}, ${bytes(change.size)})`;
    case 'removed':
      return `${subject} was removed from offset ${change.offset} (${change.typeName}, ${bytes(change.size)})`;
    case 'moved':
      return `${subject} moved from ${change.unit === 'bits' ? 'bit' : 'offset'} ${change.from} to ${change.to}`;
    case 'resized': {
      const verb = change.to > change.from ? 'grew' : 'shrank';
      return `${subject} ${verb} from ${change.from} to ${change.to} ${change.unit}`;
    }
    case 'counted': {
      if (change.from === undefined || change.to === undefined) {
        return change.to === undefined
          ? `${subject} lost its bounds`
          : `${subject} has ${change.to} elements now`;
      }
      const verb = change.to > change.from ? 'grew' : 'shrank';
      return `${subject} ${verb} from ${change.from} to ${change.to} elements`;
    }
    case 'retyped': {
      const { from, to } = change;
      const size = (of: TypeAndSize): string => (from.size === to.size ? '' : ` (${bytes(of.size)})`);
      return `${subject} is \`${to.name}\`${size(to)}, was \`${from.name}\`${size(from)}`;
    }
    case 'renamed':
      return `${subject} is called \`${change.to}\` now`;
    case 'renumbered': {
      const where = change.path === '' ? '' : ` of ${subject}`;
      const now = change.to === undefined ? 'is gone' : `is ${change.to}`;
      return `enumerator \`${change.enumerator}\`${where} ${now}, was ${change.from}`;
    }
  }
}

const bytes = (count: number): string => `${count} byte${count === 1 ? '' : 's'}`;
