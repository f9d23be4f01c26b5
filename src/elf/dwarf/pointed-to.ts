/** What the pointers of a variable can lead into, by their types. */
import type { DataType } from './types.js';

/** `parts`: into a structure or union of that variable; `values`: to a plain value such as it has. */
export type Reach = 'parts' | 'values';

const MOST_TYPES = 5000;

/**
 * Whether a pointer that is reached from a variable of type `from` may lead into a variable of type `into`;
 * undefined when none may. Pointers to `void` and to incomplete types are not looked through.
 *
 * @example
 * pointsInto(cursorType, tableType); // 'parts' for `struct entry *cursor` and `struct entry table[8]`
 */
export function pointsInto(from: DataType, into: DataType): Reach | undefined {
  const parts = new Set([...reachedFrom(into, false)].map(keyOf));
  let reach: Reach | undefined;
  for (const type of reachedFrom(from, true)) {
    const target = type.kind === 'pointer' ? elementOf(type.target()) : undefined;
    if (target === undefined || !parts.has(keyOf(target))) continue;
    if ('members' in target) return 'parts';
    reach = 'values';
  }
  return reach;
}

/** A type, those of everything in it, and of what its pointers lead to. */
function* reachedFrom(start: DataType, throughPointers: boolean): Generator<DataType> {
  const seen = new Set<DataType>([start]);
  for (const type of seen) {
    if (seen.size > MOST_TYPES) return;
    yield type;
    if (type.kind === 'array') seen.add(type.element);
    else if ('members' in type) for (const member of type.members) seen.add(member.type);
    else if (type.kind === 'pointer' && throughPointers) {
      const target = type.target();
      if (target !== undefined) seen.add(target);
    }
  }
}

function elementOf(type: DataType | undefined): DataType | undefined {
  let element = type;
  while (element?.kind === 'array') element = element.element;
  return element;
}

/** Every compilation unit has its own entry of a type, and a structure need not have a name. */
const keyOf = (type: DataType): string =>
  `${type.kind} ${type.name} ${type.size} ${'members' in type ? type.members.map(({ name }) => name).join() : ''}`;
