import { Rounding } from './environment.js';

/**
 * The integer that x is rounded to, as a number; NaN and infinities stay what they are.
 *
 * Source: IEEE Std 754-2019, 5.9 "Details of operations to round a floating-point datum to integral value".
 */
export function roundToIntegral(x: number, rm: Rounding): number {
  switch (rm) {
    case Rounding.nearestEven: {
      if (!(Math.abs(x) < 2 ** 52)) return x;
      const unit = x < 0 ? -(2 ** 52) : 2 ** 52;
      return x + unit - unit;
    }
    case Rounding.towardZero:
      return Math.trunc(x);
    case Rounding.down:
      return Math.floor(x);
    case Rounding.up:
      return Math.ceil(x);
    case Rounding.nearestAway: {
      const whole = Math.trunc(x);
      return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
    }
  }
}
