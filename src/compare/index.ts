export { compare, type CompareOptions } from './compare.js';
export * from './model.js';
