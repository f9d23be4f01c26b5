/** Structures and unions that one compilation unit only declares and another one defines. */
import { AT, TAG } from './constants.js';
import { constant, type Entries, type Entry } from './entries.js';

const AGGREGATES: ReadonlySet<number> = new Set([TAG.structure, TAG.class, TAG.union]);
/** Below the unit itself; names inside of something else are another scope's. */
const OUTERMOST = 1;

export class Completions {
  private known: ReadonlyMap<string, number | undefined> | undefined;

  constructor(private readonly entries: Entries) {}

  /** Offset of the definition of what an entry declares; undefined when there is none, or several that differ. */
  of(declaration: Entry): number | undefined {
    const key = this.keyOf(declaration);
    return key === undefined ? undefined : (this.known ??= this.collect()).get(key);
  }

  private collect(): Map<string, number | undefined> {
    const found = new Map<string, number | undefined>();
    const sizes = new Map<string, number | undefined>();
    for (const unit of this.entries.units) {
      this.entries.walk(unit, AGGREGATES, (entry, depth) => {
        const key = this.keyOf(entry);
        if (depth !== OUTERMOST || key === undefined || entry.attributes.has(AT.declaration)) return;
        const size = constant(entry.attributes.get(AT.byteSize));
        if (!sizes.has(key)) found.set(key, entry.offset);
        else if (sizes.get(key) !== size) found.set(key, undefined);
        sizes.set(key, size);
      });
    }
    return found;
  }

  private keyOf(entry: Entry): string | undefined {
    const name = AGGREGATES.has(entry.tag) ? this.entries.name(entry) : undefined;
    return name && `${entry.tag === TAG.union ? 'union' : 'struct'} ${name}`;
  }
}
