export { Flag, Order, Rounding, type FloatRules } from './environment.js';
export { FloatUnit } from './unit.js';
