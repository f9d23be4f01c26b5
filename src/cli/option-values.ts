/** What the value of an option means, and what is wrong with it. All throw InvalidArgumentError. */
import { InvalidArgumentError } from 'commander';
import { REDIRECTS } from '../patch/index.js';
import type { Redirections } from './redirected.js';
import type { Extent } from './self-check.js';

/** A process has eight bits to say how it ended. */
const LARGEST_STATUS = 255;

/** An instruction count or seed. */
export function count(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number, 0 or more.');
}

export function positive(text: string): number {
  const value = count(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number, 1 or more.');
}

export function exitStatus(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= LARGEST_STATUS) return value;
  throw new InvalidArgumentError(`It must be an exit status, 0 to ${LARGEST_STATUS}.`);
}

export function extent(text: string): Extent {
  if (text === 'all') return text;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number of points, or all.');
}

export function fileName(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It must be the name of a file.');
}

/** NAME=VALUE; NAME alone takes suture's own value. */
export function variable(text: string, before: string[]): string[] {
  const [name = ''] = text.split('=', 1);
  if (name === '') throw new InvalidArgumentError('It must be NAME=VALUE, or NAME to pass on a variable.');
  if (text.includes('=')) return [...before, text];
  const value = process.env[name];
  if (value === undefined) throw new InvalidArgumentError(`There is no variable ${name} to pass on.`);
  return [...before, `${name}=${value}`];
}

/** STRATEGY for all procedures, or PROCEDURE=STRATEGY. */
export function redirection(text: string, before: Redirections = { of: {} }): Redirections {
  const at = text.lastIndexOf('=');
  const strategy = REDIRECTS.find((name) => name === text.slice(at + 1));
  if (strategy === undefined)
    throw new InvalidArgumentError(
      `It must be one of ${REDIRECTS.join(', ')}, or PROCEDURE= and one of them.`,
    );
  if (at < 0) return { ...before, all: strategy };
  return { ...before, of: { ...before.of, [text.slice(0, at)]: strategy } };
}

export const several = (text: string, before: string[] = []): string[] => [...before, text];
