/**
 * The binary interchange formats: what their bits say.
 *
 * Source: IEEE Std 754-2019, 3.4 "Binary interchange format encodings".
 */

/** A datum; `value` is (-1)^negative * significand * 2^exponent, and a zero has significand 0. */
export type Datum =
  | { kind: 'finite'; negative: boolean; exponent: number; significand: bigint }
  | { kind: 'infinite'; negative: boolean }
  | { kind: 'nan'; negative: boolean; signaling: boolean; fraction: bigint };

export class Format {
  /** Bits of a significand, the hidden one counted. */
  readonly precision: number;
  /** Exponent of the smallest normal number. */
  readonly smallestExponent: number;
  /** Infinity, which is one more than the largest finite number. */
  readonly infinity: bigint;
  /** The sign bit. */
  readonly sign: bigint;
  /** The bit that tells a quiet NaN from a signaling one. */
  readonly quiet: bigint;
  private readonly fractionMask: bigint;

  constructor(
    readonly exponentBits: number,
    readonly fractionBits: number,
  ) {
    this.precision = fractionBits + 1;
    this.smallestExponent = 2 - 2 ** (exponentBits - 1);
    this.infinity = ((1n << BigInt(exponentBits)) - 1n) << BigInt(fractionBits);
    this.sign = 1n << BigInt(exponentBits + fractionBits);
    this.quiet = 1n << BigInt(fractionBits - 1);
    this.fractionMask = (1n << BigInt(fractionBits)) - 1n;
  }

  unpack(bits: bigint): Datum {
    const negative = (bits & this.sign) !== 0n;
    const magnitude = bits & (this.sign - 1n);
    const fraction = bits & this.fractionMask;
    if (magnitude > this.infinity) {
      return { kind: 'nan', negative, signaling: (fraction & this.quiet) === 0n, fraction };
    }
    if (magnitude === this.infinity) return { kind: 'infinite', negative };
    const biased = Number(magnitude >> BigInt(this.fractionBits));
    return {
      kind: 'finite',
      negative,
      exponent: Math.max(biased, 1) - 1 + this.smallestExponent - this.fractionBits,
      significand: biased === 0 ? fraction : fraction + this.fractionMask + 1n,
    };
  }

  /** A magnitude with a sign. */
  signed(negative: boolean, magnitude: bigint): bigint {
    return negative ? this.sign | magnitude : magnitude;
  }

  /** The quiet NaN with as much of this fraction as fits; `fractionBits` is the width of the format it is from. */
  nan(negative: boolean, fraction: bigint, fractionBits: number): bigint {
    const narrowed =
      fractionBits > this.fractionBits
        ? fraction >> BigInt(fractionBits - this.fractionBits)
        : fraction << BigInt(this.fractionBits - fractionBits);
    return this.signed(negative, this.infinity | this.quiet | narrowed);
  }

  /** The result of an invalid operation none of whose operands is a NaN. */
  defaultNan(canonical: boolean): bigint {
    return this.infinity | (canonical ? this.quiet : this.fractionMask);
  }
}

export const SINGLE = new Format(8, 23);
export const DOUBLE = new Format(11, 52);
