import type { ErrorName } from '../abi/errno.js';

/** What an operation gives, or the name of the error. `T` is never a string. */
export type Result<T extends object | number> = T | ErrorName;

export const isError = (result: object | number | string | undefined): result is ErrorName =>
  typeof result === 'string';
