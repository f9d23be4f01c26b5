/** Floating-point operands at which implementations go wrong, as bit patterns, from a seed. */
import { seededNumbers } from './numbers.js';

/** Widths of an IEEE 754 binary format. */
export interface Widths {
  exponentBits: number;
  fractionBits: number;
}

export const SINGLE: Widths = { exponentBits: 8, fractionBits: 23 };
export const DOUBLE: Widths = { exponentBits: 11, fractionBits: 52 };
export const QUAD: Widths = { exponentBits: 15, fractionBits: 112 };

export type Operands = [bigint, bigint, bigint];

const hostValue = new DataView(new ArrayBuffer(8));

/** What the host makes of minus a * b, for c that nearly cancels a product. */
function negatedProduct({ exponentBits }: Widths, a: bigint, b: bigint): bigint {
  const value = (bits: bigint): number => {
    hostValue.setBigUint64(0, exponentBits === 8 ? bits << 32n : bits);
    return exponentBits === 8 ? hostValue.getFloat32(0) : hostValue.getFloat64(0);
  };
  const product = -(value(a) * value(b));
  if (exponentBits === 8) {
    hostValue.setFloat32(0, product);
    return BigInt(hostValue.getUint32(0));
  }
  hostValue.setFloat64(0, product);
  return hostValue.getBigUint64(0);
}

/** Every combination of three of the values that are exceptions to something. */
export function specialOperands({ exponentBits, fractionBits }: Widths): Operands[] {
  const place = BigInt(fractionBits);
  const infinity = BigInt(2 ** exponentBits - 1) << place;
  const one = BigInt(2 ** (exponentBits - 1) - 1) << place;
  const quiet = infinity | (1n << (place - 1n));
  const sign = 1n << (place + BigInt(exponentBits));
  const signed = [0n, one, infinity, quiet | 1n, infinity | 2n].flatMap((bits) => [bits, bits | sign]);
  const values = [...signed, 1n, infinity - 1n];
  return values.flatMap((a) => values.flatMap((b) => values.map((c): Operands => [a, b, c])));
}

/** Each call gives three operands, the second often chosen by the first and the third by both. */
export function hardOperands(format: Widths, seed: number): () => Operands {
  const { exponentBits, fractionBits } = format;
  const next = seededNumbers(seed);
  const below = (count: number): number => next() % count;
  const around = (middle: number, reach: number): number => middle - reach + below(2 * reach + 1);
  const all = (1n << BigInt(fractionBits)) - 1n;
  const largest = 2 ** exponentBits - 1;
  const bias = 2 ** (exponentBits - 1) - 1;
  // Around these the result of some operation changes its nature, or the implementation its method.
  const landmarks = [
    0,
    largest,
    bias,
    bias + 31,
    bias + 32,
    bias + 52,
    bias + 63,
    bias + 64,
    bias + fractionBits,
  ];
  if (exponentBits === 11) landmarks.push(bias - 126, bias + 127, bias - 480, bias + 480, bias + 1000);

  const random = (): bigint => {
    let bits = 0n;
    for (let k = 0; k <= fractionBits; k += 32) bits = (bits << 32n) | BigInt(next());
    return bits & all;
  };
  const fraction = (): bigint => {
    const place = BigInt(below(fractionBits + 1));
    switch (below(8)) {
      case 0:
        return 0n;
      case 1:
        return all;
      case 2:
        return BigInt(below(4));
      case 3:
        return all - BigInt(below(4));
      case 4:
        return (all << place) & all;
      case 5:
        return (1n << place) & all;
      case 6:
        return (random() << place) & all;
      default:
        return random();
    }
  };
  const pack = (exponent: number, bits = fraction()): bigint => {
    const clamped = Math.min(Math.max(exponent, 0), largest);
    return (
      (BigInt(below(2)) << BigInt(exponentBits + fractionBits)) |
      (BigInt(clamped) << BigInt(fractionBits)) |
      bits
    );
  };
  const datum = (): bigint => {
    switch (below(12)) {
      case 0:
        return pack(below(largest + 1));
      case 1:
        return pack(around(landmarks[below(landmarks.length)]!, 3));
      case 2:
        return pack(below(2) * largest, 0n);
      case 3:
        return pack(largest);
      case 4: // Narrowed, it is tiny only before it is rounded.
        return pack(bias - 127, all - BigInt(below(8)));
      default:
        return pack(around(bias, 70));
    }
  };
  const exponentOf = (bits: bigint): number => Number(bits >> BigInt(fractionBits)) & largest;
  /** A few units in the last place away; a magnitude stays one. */
  const near = (bits: bigint): bigint => {
    const sign = 1n << BigInt(exponentBits + fractionBits);
    const magnitude = (bits & (sign - 1n)) + BigInt(around(0, 2));
    return (magnitude < 0n || magnitude >= sign ? 0n : magnitude) | (below(2) === 0 ? 0n : sign);
  };

  return () => {
    let a = datum();
    let b: bigint;
    switch (below(9)) {
      case 0:
        b = near(a);
        break;
      case 1:
        b = pack(exponentOf(a) - below(fractionBits + 4));
        break;
      case 2: // A product, or a quotient, at the end of the range.
        b = pack(
          below(2) * largest + bias - exponentOf(a) + around(0, 3) - below(2) * below(fractionBits + 3),
        );
        break;
      case 3:
        b = pack(exponentOf(a) + below(2) * largest - bias + around(0, 3));
        break;
      case 4: {
        // The product of 1 + n units and 2 - 2n units is a little less than 2: tiny only before it is rounded.
        const n = BigInt(1 + below(3));
        a = pack(bias - 1 - below(20), n);
        b = pack(bias - exponentOf(a), all + 1n - 2n * n);
        break;
      }
      case 5: {
        // The product of 1 + u and 1 - u is a little less than 1.
        const place = BigInt(fractionBits - (fractionBits >> 1) - below(8));
        const n = BigInt(1 + 2 * below(4));
        a = pack(around(bias, 2), n << place);
        b = pack(bias - 1, all + 1n - (n << (place + 1n)));
        break;
      }
      default:
        b = datum();
    }
    let c: bigint;
    switch (below(5)) {
      case 0:
        c = exponentBits > 11 ? datum() : near(negatedProduct(format, a, b));
        break;
      case 1:
      case 2:
        c = pack(exponentOf(a) + exponentOf(b) - bias + around(0, 2 * fractionBits + 4));
        break;
      case 3: // The product decides how a bit behind the last one is rounded.
        c = pack(exponentOf(a) + exponentOf(b) - bias + fractionBits + around(1, 1), BigInt(below(4)));
        break;
      default:
        c = datum();
    }
    return [a, b, c];
  };
}

/** Integers of up to 64 bits, signed and unsigned, many of them halfway between two floating-point numbers. */
export function hardIntegers(seed: number): () => bigint {
  const next = seededNumbers(seed);
  return () => {
    const bits = (BigInt(next()) << 32n) | BigInt(next());
    const place = BigInt(next() % 64);
    const small = BigInt(next() % 5) - 2n;
    const unsigned = BigInt.asUintN(
      64,
      [bits >> place, (bits >> place) << BigInt(next() % 40), (1n << place) + small][next() % 3]!,
    );
    return next() % 2 === 0 ? unsigned : BigInt.asIntN(64, unsigned);
  };
}
