/** CBOR as packages use it: deterministic, and bounded in depth and in the number of values. */
import { decode, encode, Tokenizer, Type, type DecodeOptions } from 'cborg';

/** Levels of lists and maps within each other; a package needs seven. */
const DEEPEST = 16;
/** Values in all. */
const MOST_VALUES = 4_000_000;

const OPTIONS: DecodeOptions = {
  strict: true,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
};

/** Counts what it hands out, and how deep that lies. */
class BoundedTokenizer extends Tokenizer {
  private values = 0;
  /** How many values each open list or map still has to get. */
  private readonly open: number[] = [];

  override next(): ReturnType<Tokenizer['next']> {
    const token = super.next();
    if (++this.values > MOST_VALUES) throw new RangeError(`more than ${MOST_VALUES} values`);
    while (this.open.at(-1) === 0) this.open.pop();
    if (this.open.length > 0) this.open[this.open.length - 1]!--;
    const list = Type.equals(token.type, Type.array);
    if (list || Type.equals(token.type, Type.map)) {
      this.open.push(Number(token.value) * (list ? 1 : 2));
      if (this.open.length > DEEPEST) throw new RangeError(`more than ${DEEPEST} levels of lists and maps`);
    }
    return token;
  }
}

/** Same value, same bytes: map keys are sorted, numbers are as short as they can be. */
export const toCbor = (value: unknown): Uint8Array => encode(value);

/** @throws Error when the bytes are not one value, or more than a package can hold. */
export function fromCbor(bytes: Uint8Array): unknown {
  return decode(bytes, { ...OPTIONS, tokenizer: new BoundedTokenizer(bytes, OPTIONS) });
}
