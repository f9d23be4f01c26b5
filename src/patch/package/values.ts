/** Reads decoded values and refuses whatever is not what it should be, by its path. */

/** Makes the error of what was found at a path and what would be right there. */
export type Complaint = (path: string, detail: string) => Error;

export class Value {
  constructor(
    private readonly value: unknown,
    private readonly path: string,
    private readonly complain: Complaint,
  ) {}

  integer(least: number, most: number): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
      throw this.wrong(`a whole number from ${least} to ${most}`);
    }
    return value;
  }

  boolean(): boolean {
    if (typeof this.value !== 'boolean') throw this.wrong('true or false');
    return this.value;
  }

  text(longest: number): string {
    const { value } = this;
    if (typeof value !== 'string' || value.length > longest) {
      throw this.wrong(`a text of up to ${longest} characters`);
    }
    return value;
  }

  oneOf<T extends string>(choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.value);
    if (found === undefined) throw this.wrong(`one of ${choices.join(', ')}`);
    return found;
  }

  bytes(longest: number, shortest = 0): Uint8Array {
    const { value } = this;
    if (!(value instanceof Uint8Array) || value.length > longest || value.length < shortest) {
      throw this.wrong(shortest === longest ? `${longest} bytes` : `up to ${longest} bytes`);
    }
    return value;
  }

  list(longest: number): Value[] {
    return this.array(longest).map((value, i) => new Value(value, `${this.path}[${i}]`, this.complain));
  }

  /** Whole numbers in a flat list, taken `width` at a time: each row within the limits of its columns. */
  rows(most: number, columns: readonly (readonly [least: number, most: number])[]): number[][] {
    const width = columns.length;
    const flat = this.array(most * width);
    if (flat.length % width !== 0) throw this.wrong(`a list of ${width} numbers for each row`);
    return Array.from({ length: flat.length / width }, (_, row) =>
      columns.map(([least, greatest], column) => {
        const i = row * width + column;
        return new Value(flat[i], `${this.path}[${i}]`, this.complain).integer(least, greatest);
      }),
    );
  }

  /** The fields of a map, which are all of `required`, any of `optional`, and no others. */
  fields<R extends string, O extends string = never>(
    required: readonly R[],
    optional: readonly O[] = [],
  ): Record<R, Value> & Partial<Record<O, Value>> {
    const { value } = this;
    if (!(value instanceof Map)) throw this.wrong(`a map with ${required.join(', ')}`);
    const map = value as ReadonlyMap<unknown, unknown>;
    const known = new Set<unknown>([...required, ...optional]);
    for (const key of map.keys()) {
      if (!known.has(key)) throw this.complain(this.path, `unknown field ${show(key)}`);
    }
    const missing = required.find((key) => !map.has(key));
    if (missing !== undefined) throw this.complain(this.path, `the field ${missing} is missing`);
    return Object.fromEntries(
      [...map].map(([key, field]) => [
        key,
        new Value(field, this.path === '' ? String(key) : `${this.path}.${String(key)}`, this.complain),
      ]),
    ) as Record<R, Value> & Partial<Record<O, Value>>;
  }

  wrong(right: string): Error {
    return this.complain(this.path, `${show(this.value)} where there should be ${right}`);
  }

  private array(longest: number): readonly unknown[] {
    const { value } = this;
    if (!Array.isArray(value) || value.length > longest) throw this.wrong(`a list of up to ${longest}`);
    return value as readonly unknown[];
  }
}

/** A value in a few words. */
function show(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Map) return 'a map';
  return String(value);
}
