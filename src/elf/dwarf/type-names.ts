/** Types as a C programmer writes them: `const char *`, `struct entry [10]`, `int (*)(int)`. */
import { AT, PARAMETERS, TAG } from './constants.js';
import { reference, type Entries, type Entry } from './entries.js';
import { dimensions, elementCount } from './dimensions.js';

const DEEPEST_NAME = 12;
const MOST_PARAMETERS = 12;
const LONGEST_NAME = 200;
const QUALIFIERS = new Map<number, string>([
  [TAG.const, 'const'],
  [TAG.volatile, 'volatile'],
  [TAG.restrict, 'restrict'],
  [TAG.atomic, '_Atomic'],
]);
const KEYWORDS = new Map<number, string>([
  [TAG.structure, 'struct'],
  [TAG.class, 'class'],
  [TAG.union, 'union'],
  [TAG.enumeration, 'enum'],
]);
const SUBRANGES: ReadonlySet<number> = new Set([TAG.subrange]);

export class TypeNames {
  private readonly known = new Map<number, string>();

  constructor(private readonly entries: Entries) {}

  /** The name of the type at this offset; `void` where an entry has none. What is very long is cut. */
  of(offset: number | undefined): string {
    if (offset === undefined) return 'void';
    let name = this.known.get(offset);
    if (name === undefined) this.known.set(offset, (name = this.declare(offset, '', 0)));
    return name;
  }

  /** A declaration of `inner` (a name, `*`, `[10]` or what else binds closer) as something of this type. */
  private declare(offset: number | undefined, inner: string, depth: number): string {
    const spaced = inner === '' ? '' : ` ${inner}`;
    if (offset === undefined) return `void${spaced}`;
    if (depth > DEEPEST_NAME) return `...${spaced}`;
    return shorten(this.declareAs(this.entries.at(offset), inner, spaced, depth + 1));
  }

  private declareAs(entry: Entry, inner: string, spaced: string, depth: number): string {
    const target = reference(this.entries.find(entry, AT.type));
    const qualifier = QUALIFIERS.get(entry.tag);
    if (qualifier !== undefined) {
      const isPointer = target !== undefined && this.entries.at(target).tag === TAG.pointer;
      if (isPointer) return this.declare(target, `${qualifier}${spaced}`, depth);
      return `${qualifier} ${this.declare(target, inner, depth)}`;
    }
    switch (entry.tag) {
      case TAG.pointer:
        return this.declare(target, this.bound(`*${inner}`, target), depth);
      case TAG.reference:
      case TAG.rvalueReference:
        return this.declare(target, this.bound(`&${inner}`, target), depth);
      case TAG.array:
        return this.declare(
          target,
          `${inner}${dimensions(this.entries.children(entry, SUBRANGES).map(elementCount))}`,
          depth,
        );
      case TAG.subroutineType:
        return this.declare(target, `${inner}(${this.parameters(entry, depth)})`, depth);
      default: {
        const keyword = KEYWORDS.get(entry.tag);
        const name = this.entries.name(entry);
        if (keyword === undefined) return `${name ?? '(unnamed)'}${spaced}`;
        return `${keyword} ${name ?? '{...}'}${spaced}`;
      }
    }
  }

  /** Parentheses where the declared thing would otherwise be an array or procedure of pointers. */
  private bound(inner: string, target: number | undefined): string {
    const tag = target === undefined ? undefined : this.entries.at(target).tag;
    return tag === TAG.array || tag === TAG.subroutineType ? `(${inner})` : inner;
  }

  private parameters(entry: Entry, depth: number): string {
    const parameters = this.entries.children(entry, PARAMETERS);
    const shown = parameters
      .slice(0, MOST_PARAMETERS)
      .map((child) =>
        child.tag === TAG.unspecifiedParameters
          ? '...'
          : this.declare(reference(child.attributes.get(AT.type)), '', depth),
      );
    if (parameters.length > MOST_PARAMETERS) shown.push('...');
    if (shown.length > 0) return shown.join(', ');
    return entry.attributes.has(AT.prototyped) ? 'void' : '';
  }
}

const shorten = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}...` : name;
